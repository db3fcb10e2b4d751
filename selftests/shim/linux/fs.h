/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_FS_H
#define _SHIM_LINUX_FS_H

#include <fcntl.h>
#include <linux/errno.h>
#include <linux/types.h>

struct file_operations;

struct file {
	unsigned int	f_flags;
	void		*private_data;
};

#endif /* _SHIM_LINUX_FS_H */
