/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_FS_H
#define _SHIM_LINUX_FS_H

#include <fcntl.h>
#include <linux/errno.h>
#include <linux/types.h>

struct file;
struct poll_table_struct;

struct file_operations {
	__poll_t (*poll)(struct file *file, struct poll_table_struct *table);
};

struct file {
	const struct file_operations *f_op;
	unsigned int	f_flags;
	void		*private_data;
};

#endif /* _SHIM_LINUX_FS_H */
