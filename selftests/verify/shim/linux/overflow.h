/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_OVERFLOW_H
#define _SHIM_LINUX_OVERFLOW_H

#include <linux/types.h>

static inline size_t size_with_tail(size_t head, size_t member, size_t n)
{
	size_t bytes;

	if (__builtin_mul_overflow(member, n, &bytes) || __builtin_add_overflow(head, bytes, &bytes))
		return SIZE_MAX;
	return bytes;
}

#define struct_size(pointer, member, n) \
	size_with_tail(sizeof(*(pointer)), sizeof((pointer)->member[0]), n)

#endif /* _SHIM_LINUX_OVERFLOW_H */
