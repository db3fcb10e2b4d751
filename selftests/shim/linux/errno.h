/* SPDX-License-Identifier: GPL-2.0-only */
/* Also what glibc's errno.h includes. */
#ifndef _SHIM_LINUX_ERRNO_H
#define _SHIM_LINUX_ERRNO_H

#include_next <linux/errno.h>

#define ERESTARTSYS	512

#endif /* _SHIM_LINUX_ERRNO_H */
