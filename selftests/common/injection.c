// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "injection.h"

#define FAIL_NTH	"/proc/thread-self/fail-nth"

bool injection_exists(void)
{
	return !access(FAIL_NTH, R_OK | W_OK);
}

static FILE *injection_file(const char *what, const char *name, const char *mode)
{
	char path[128];
	FILE *stream;

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", what, name);
	stream = fopen(path, mode);
	if (!stream)
		give_up("%s: %s", path, strerror(errno));
	return stream;
}

static void injection_set(const char *what, const char *name, const char *value)
{
	FILE *stream = injection_file(what, name, "we");

	if (fputs(value, stream) < 0 || fclose(stream))
		give_up("%s of %s cannot be %s", name, what, value);
}

/* How many more copies may fail: the kernel counts them down. */
static long injection_copies(void)
{
	FILE *stream = injection_file("fail_usercopy", "times", "re");
	long times;

	if (fscanf(stream, "%ld", &times) != 1)
		give_up("fail_usercopy/times is not a number");
	fclose(stream);
	return times;
}

void injection_set_up(void)
{
	/* Also allocations that may sleep, and those of a single page. */
	injection_set("failslab", "ignore-gfp-wait", "N");
	injection_set("fail_page_alloc", "ignore-gfp-wait", "N");
	injection_set("fail_page_alloc", "ignore-gfp-highmem", "N");
	injection_set("fail_page_alloc", "min-order", "0");
	/* Do not log each fault. */
	injection_set("failslab", "verbose", "0");
	injection_set("fail_page_alloc", "verbose", "0");
	injection_set("fail_usercopy", "verbose", "0");
}

int injection_open(void)
{
	int fd = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	/* A high number, as tests open other descriptors and may leave them open. */
	int far = fcntl(fd, F_DUPFD_CLOEXEC, 500);

	if (far < 0)
		give_up(FAIL_NTH ": %s", strerror(errno));
	close(fd);
	return far;
}

void injection_start(int fd, unsigned int nth)
{
	char number[16];
	int length = snprintf(number, sizeof(number), "%u", nth);

	injection_set("fail_usercopy", "times", "2");
	if (pwrite(fd, number, length, 0) != length)
		give_up(FAIL_NTH ": %s", strerror(errno));
}

enum injection injection_stop(int fd)
{
	char left[16] = "";
	ssize_t n = pread(fd, left, sizeof(left) - 1, 0);

	/*
	 * Reading and writing the counter are copies themselves: either may be the one that fails.
	 */
	if (n < 0 && errno != EFAULT)
		give_up(FAIL_NTH ": %s", strerror(errno));
	if (pwrite(fd, "0", 1, 0) != 1 && pwrite(fd, "0", 1, 0) != 1)
		give_up(FAIL_NTH ": %s", strerror(errno));
	if (n <= 0 || atoi(left))
		return INJECTION_NONE;
	return injection_copies() == 2 ? INJECTION_ALLOCATION : INJECTION_COPY;
}
