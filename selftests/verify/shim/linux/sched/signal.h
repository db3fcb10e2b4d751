/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_SIGNAL_H
#define _SHIM_LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>

/* Without task work. */
static inline bool task_sigpending(const struct task_struct *task)
{
	return SHIM_LOAD(task->signal);
}

static inline bool signal_pending(const struct task_struct *task)
{
	return READ_ONCE(task->signal) || SHIM_LOAD(task->notified);
}

static inline void clear_notify_signal(void)
{
	WRITE_ONCE(current->notified, false);
}

static inline bool fatal_signal_pending(const struct task_struct *task)
{
	return READ_ONCE(task->killed);
}

#endif /* _SHIM_LINUX_SCHED_SIGNAL_H */
