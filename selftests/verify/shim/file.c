// SPDX-License-Identifier: GPL-2.0-only
/*
 * File descriptors, of a single process.
 */
#include <linux/file.h>
#include <linux/sched.h>

#define FDS	128

static pthread_mutex_t shim_fds_lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *shim_fds[FDS];
static unsigned int shim_fds_in_use;

struct fd fdget(unsigned int fd)
{
	struct fd f = { 0 };

	if (fd >= FDS)
		return f;
	pthread_mutex_lock(&shim_fds_lock);
	f.file = shim_fds[fd];
	f.flags = f.file ? FDPUT_FPUT : 0;
	shim_fds_in_use += !!f.file;
	pthread_mutex_unlock(&shim_fds_lock);
	return f;
}

/* The release of a file may sleep. */
void fdput(struct fd fd)
{
	shim_might_sleep("fdput()");
	pthread_mutex_lock(&shim_fds_lock);
	shim_fds_in_use -= !!fd.file;
	pthread_mutex_unlock(&shim_fds_lock);
}

int shim_fd_install(struct file *file)
{
	int fd = 0;

	pthread_mutex_lock(&shim_fds_lock);
	while (fd < FDS && shim_fds[fd])
		fd++;
	if (fd == FDS)
		shim_fail("no file descriptor is free");
	shim_fds[fd] = file;
	pthread_mutex_unlock(&shim_fds_lock);
	return fd;
}

void shim_fd_close(int fd)
{
	pthread_mutex_lock(&shim_fds_lock);
	shim_fds[fd] = NULL;
	pthread_mutex_unlock(&shim_fds_lock);
}

unsigned int shim_fds_held(void)
{
	unsigned int held;

	pthread_mutex_lock(&shim_fds_lock);
	held = shim_fds_in_use;
	pthread_mutex_unlock(&shim_fds_lock);
	return held;
}
