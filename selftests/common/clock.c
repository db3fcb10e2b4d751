// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "channel.h"
#include "clock.h"

int64_t clock_read(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		give_up("clock_gettime: %s", strerror(errno));
	return now.tv_sec * CLOCK_SECOND + now.tv_nsec;
}

void clock_shift_realtime(int64_t ns)
{
	int64_t time = clock_read(CLOCK_REALTIME) + ns;
	struct timespec new = {
		.tv_sec = time / CLOCK_SECOND,
		.tv_nsec = time % CLOCK_SECOND,
	};

	if (clock_settime(CLOCK_REALTIME, &new))
		give_up("clock_settime: %s", strerror(errno));
}

int64_t clock_enter_namespace(int direction)
{
	/* A clock cannot be set before its start. */
	int64_t seconds = direction > 0 ? 1000000 : 1 - clock_read(CLOCK_MONOTONIC) / CLOCK_SECOND;
	FILE *offsets;

	if (unshare(CLONE_NEWTIME))
		give_up("unshare: %s", strerror(errno));
	offsets = fopen("/proc/self/timens_offsets", "we");
	if (!offsets)
		give_up("timens_offsets: %s", strerror(errno));
	fprintf(offsets, "monotonic %lld 0\nboottime %lld 0\n", (long long)seconds,
		(long long)seconds);
	if (fclose(offsets))
		give_up("timens_offsets: %s", strerror(errno));
	return seconds * CLOCK_SECOND;
}
