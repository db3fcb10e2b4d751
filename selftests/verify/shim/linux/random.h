/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_RANDOM_H
#define _SHIM_LINUX_RANDOM_H

#include <linux/types.h>

#include "shim.h"

static inline u32 get_random_u32_below(u32 ceil)
{
	return shim_random_below(ceil);
}

/* The same in each run, so that a run can be repeated. */
static inline void get_random_bytes(void *bytes, size_t n)
{
	u8 *byte = bytes;

	while (n--)
		*byte++ = 0x9d * (n + 1);
}

#endif /* _SHIM_LINUX_RANDOM_H */
