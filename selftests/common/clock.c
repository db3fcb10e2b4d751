// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
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
