/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_PID_H
#define _SHIM_LINUX_PID_H

#include <linux/types.h>

/**
 * struct pid - the number of a task
 * @nr: the number, above 0; freed when the task ends
 */
struct pid {
	pid_t	nr;
};

static inline pid_t pid_nr(const struct pid *pid)
{
	return pid->nr;
}

struct pid_namespace;

static inline pid_t pid_nr_ns(struct pid *pid, struct pid_namespace *ns)
{
	(void)ns;
	return pid_nr(pid);
}

static inline pid_t pid_vnr(const struct pid *pid)
{
	return pid->nr;
}

#endif /* _SHIM_LINUX_PID_H */
