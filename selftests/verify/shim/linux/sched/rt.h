/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_RT_H
#define _SHIM_LINUX_SCHED_RT_H

#include <linux/sched.h>

static inline bool rt_task(const struct task_struct *task)
{
	return task->realtime;
}

#endif /* _SHIM_LINUX_SCHED_RT_H */
