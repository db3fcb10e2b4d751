/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels that the module builds for, 6.1 to 7.3.
 */
#ifndef _CHAN_COMPAT_H
#define _CHAN_COMPAT_H

#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/resume_user_mode.h>
#include <linux/sched/signal.h>
#include <linux/version.h>

/* Since 6.12, a struct fd is one word. */
#ifndef fd_file
#define fd_file(f)	((f).file)
#endif

/* Since 6.13, an hrtimer and its function are set up together. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Task work that has interrupted the calling task runs when its system call returns. */
static inline void chan_defer_task_work(void)
{
	clear_notify_signal();
	set_notify_resume(current);
}

#endif /* _CHAN_COMPAT_H */
