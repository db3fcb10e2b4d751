/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_SIGNAL_H
#define _SHIM_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

static inline bool signal_pending(const struct task_struct *task)
{
	return READ_ONCE(task->signal);
}

static inline bool fatal_signal_pending(const struct task_struct *task)
{
	return READ_ONCE(task->killed);
}

#endif /* _SHIM_LINUX_SCHED_SIGNAL_H */
