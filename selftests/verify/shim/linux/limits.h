/* SPDX-License-Identifier: GPL-2.0-only */
/* Included by glibc's limits.h as well. */
#ifndef _SHIM_LINUX_LIMITS_H
#define _SHIM_LINUX_LIMITS_H

#include_next <linux/limits.h>

#endif /* _SHIM_LINUX_LIMITS_H */
