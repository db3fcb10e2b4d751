/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_BITOPS_H
#define _SHIM_LINUX_BITOPS_H

#include <linux/build_bug.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <linux/types.h>

#include "shim.h"

#define BIT_ULL(nr)		(1ULL << (nr))
#define BITS_PER_TYPE(type)	(sizeof(type) * 8)

static inline unsigned int hweight64(u64 bits)
{
	return __builtin_popcountll(bits);
}

/* Undefined if no bit is set. */
static inline unsigned int __ffs64(u64 bits)
{
	if (!bits)
		shim_fail("__ffs64(): no bit is set");
	return __builtin_ctzll(bits);
}

#endif /* _SHIM_LINUX_BITOPS_H */
