/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_RANDOM_H
#define _SHIM_LINUX_RANDOM_H

#include <linux/types.h>

#include "shim.h"

static inline u32 get_random_u32_below(u32 ceil)
{
	return shim_random_below(ceil);
}

#endif /* _SHIM_LINUX_RANDOM_H */
