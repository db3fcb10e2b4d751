/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_RESUME_USER_MODE_H
#define _SHIM_LINUX_RESUME_USER_MODE_H

#include <linux/sched.h>

static inline void set_notify_resume(struct task_struct *task)
{
	WRITE_ONCE(task->resume, true);
}

#endif /* _SHIM_LINUX_RESUME_USER_MODE_H */
