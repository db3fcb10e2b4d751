/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_TIMEKEEPING_H
#define _SHIM_LINUX_TIMEKEEPING_H

#include <linux/ktime.h>

#include "shim.h"

static inline ktime_t ktime_get(void)
{
	return shim_clock_now(CLOCK_MONOTONIC);
}

static inline ktime_t ktime_get_real(void)
{
	return shim_clock_now(CLOCK_REALTIME);
}

static inline ktime_t ktime_get_boottime(void)
{
	return shim_clock_now(CLOCK_BOOTTIME);
}

static inline u64 ktime_get_ns(void)
{
	return ktime_get();
}

#endif /* _SHIM_LINUX_TIMEKEEPING_H */
