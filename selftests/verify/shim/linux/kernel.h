/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_KERNEL_H
#define _SHIM_LINUX_KERNEL_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/kconfig.h>
#include <linux/types.h>

#include "shim.h"

#define min_t(type, a, b) \
	({ type min_a = (a); type min_b = (b); min_a < min_b ? min_a : min_b; })
#define max_t(type, a, b) \
	({ type max_a = (a); type max_b = (b); max_a > max_b ? max_a : max_b; })
#define clamp_t(type, value, low, high)	min_t(type, max_t(type, value, low), high)
#define min(a, b) \
	({ typeof(a) min_a = (a); typeof(b) min_b = (b); min_a < min_b ? min_a : min_b; })
#define min3(a, b, c)	min(min(a, b), c)
#define max(a, b) \
	({ typeof(a) max_a = (a); typeof(b) max_b = (b); max_a > max_b ? max_a : max_b; })

#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#define ALIGN(size, to)		(((size) + (to) - 1) / (to) * (to))
#define u64_to_user_ptr(address)	((void __user *)(uintptr_t)(address))

#define swap(a, b) \
	do { typeof(a) swap_a = (a); (a) = (b); (b) = swap_a; } while (0)

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))

#endif /* _SHIM_LINUX_KERNEL_H */
