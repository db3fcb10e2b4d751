/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_FDTABLE_H
#define _SHIM_LINUX_FDTABLE_H

#include <linux/atomic.h>

/**
 * struct files_struct - the file descriptors of a process
 * @count: tasks that share them
 */
struct files_struct {
	atomic_t	count;
};

#endif /* _SHIM_LINUX_FDTABLE_H */
