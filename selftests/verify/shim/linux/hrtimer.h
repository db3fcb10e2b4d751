/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_HRTIMER_H
#define _SHIM_LINUX_HRTIMER_H

#include <linux/ktime.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS,
	HRTIMER_MODE_ABS_SOFT,
	HRTIMER_MODE_ABS_HARD,
};

enum hrtimer_restart {
	HRTIMER_NORESTART,
};

/**
 * struct hrtimer - a timer whose function runs in an interrupt
 * @function: its function; constant
 * @clock: the clock on which it expires; constant
 * @node: in the list of started timers, or empty
 * @expires: its time
 * @running: its function runs
 */
struct hrtimer {
	enum hrtimer_restart	(*function)(struct hrtimer *timer);
	clockid_t		clock;
	struct list_head	node;
	ktime_t			expires;
	bool			running;
};

void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer),
		   clockid_t clock, enum hrtimer_mode mode);
void hrtimer_start(struct hrtimer *timer, ktime_t expires, enum hrtimer_mode mode);
int hrtimer_try_to_cancel(struct hrtimer *timer);
int hrtimer_cancel(struct hrtimer *timer);

int schedule_hrtimeout_range_clock(ktime_t *expires, u64 slack, enum hrtimer_mode mode,
				   clockid_t clock);

#endif /* _SHIM_LINUX_HRTIMER_H */
