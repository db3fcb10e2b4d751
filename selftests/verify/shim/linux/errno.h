/* SPDX-License-Identifier: GPL-2.0-only */
/* Included by glibc's errno.h as well. */
#ifndef _SHIM_LINUX_ERRNO_H
#define _SHIM_LINUX_ERRNO_H

#include_next <linux/errno.h>

#define ERESTARTSYS	512

#endif /* _SHIM_LINUX_ERRNO_H */
