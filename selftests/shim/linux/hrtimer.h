/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_HRTIMER_H
#define _SHIM_LINUX_HRTIMER_H

#include <linux/ktime.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS,
};

int schedule_hrtimeout_range_clock(ktime_t *expires, u64 slack, enum hrtimer_mode mode,
				   clockid_t clock);

#endif /* _SHIM_LINUX_HRTIMER_H */
