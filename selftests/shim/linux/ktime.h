/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_KTIME_H
#define _SHIM_LINUX_KTIME_H

#include <linux/types.h>
#include <time.h>

typedef s64 ktime_t;

#define KTIME_MAX	INT64_MAX

#endif /* _SHIM_LINUX_KTIME_H */
