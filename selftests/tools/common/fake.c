// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "common/channel.h"
#include "fake.h"

void fake_proc(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("fake", "/proc", "tmpfs", 0, NULL))
		give_up("no /proc of its own: %s", strerror(errno));
}

void fake_process(int pid, const char *command)
{
	char path[64];
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	stream = fopen(path, "we");
	if (!stream || fprintf(stream, "%s\n", command) < 0 || fclose(stream))
		give_up("%s: %s", path, strerror(errno));
}

void fake_channel(int pid, int fd, unsigned long long id, const char *more)
{
	char path[64];
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	stream = fopen(path, "we");
	if (!stream || fprintf(stream,
			       "pos:\t0\nflags:\t02\nchan-id:\t%llu\nchan-type:\t\n"
			       "chan-elemsize:\t8\nchan-cap:\t1\nchan-len:\t0\nchan-closed:\tno\n"
			       "chan-rights:\tsend,recv,close\nchan-sendq:\t0\nchan-recvq:\t0\n%s",
			       id, more) < 0 || fclose(stream))
		give_up("%s: %s", path, strerror(errno));
}
