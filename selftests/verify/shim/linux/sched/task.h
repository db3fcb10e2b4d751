/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SCHED_TASK_H
#define _SHIM_LINUX_SCHED_TASK_H

#include <linux/sched.h>

void get_task_struct(struct task_struct *task);
void put_task_struct(struct task_struct *task);

#endif /* _SHIM_LINUX_SCHED_TASK_H */
