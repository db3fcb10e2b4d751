/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks for deadlines. */
#ifndef _COMMON_CLOCK_H
#define _COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND	1000000000LL
#define CLOCK_HOUR	(3600 * CLOCK_SECOND)

/* Its current time, in nanoseconds. */
int64_t clock_read(clockid_t clock);

/*
 * Set CLOCK_REALTIME forward by that many nanoseconds, or back. This ends a wait at the test's
 * chosen time, however slow the machine is.
 */
void clock_shift_realtime(int64_t ns);

/*
 * From now on, children are forked into a time namespace whose CLOCK_MONOTONIC and CLOCK_BOOTTIME
 * are later (1) or earlier (-1). Returns the difference, in nanoseconds.
 */
int64_t clock_enter_namespace(int direction);

#endif /* _COMMON_CLOCK_H */
