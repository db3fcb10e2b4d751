/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_JIFFIES_H
#define _SHIM_LINUX_JIFFIES_H

#include <linux/types.h>

/* Nothing depends on it. */
static inline u64 get_jiffies_64(void)
{
	return 0;
}

static inline u64 jiffies64_to_nsecs(u64 jiffies)
{
	return jiffies;
}

#endif /* _SHIM_LINUX_JIFFIES_H */
