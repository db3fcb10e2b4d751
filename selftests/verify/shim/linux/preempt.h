/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_PREEMPT_H
#define _SHIM_LINUX_PREEMPT_H

#include <linux/sched.h>

static inline bool in_task(void)
{
	return !current->interrupt;
}

#endif /* _SHIM_LINUX_PREEMPT_H */
