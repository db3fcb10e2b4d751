/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clocks, as deadlines need them.
 */
#ifndef _COMMON_CLOCK_H
#define _COMMON_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND	1000000000LL
#define CLOCK_HOUR	(3600 * CLOCK_SECOND)

/* What it shows now, in nanoseconds. */
int64_t clock_read(clockid_t clock);

/*
 * Set CLOCK_REALTIME forward by so many nanoseconds, or back. What ends a wait in this
 * way ends it when the test wants, however slow the machine is.
 */
void clock_shift_realtime(int64_t ns);

/*
 * From now on processes are forked into a namespace whose CLOCK_MONOTONIC and CLOCK_BOOTTIME
 * are later (1) or earlier (-1). Returns the difference, in nanoseconds.
 */
int64_t clock_enter_namespace(int direction);

#endif /* _COMMON_CLOCK_H */
