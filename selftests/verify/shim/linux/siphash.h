/* SPDX-License-Identifier: GPL-2.0-only */
/* A keyed function, different from the kernel's. */
#ifndef _SHIM_LINUX_SIPHASH_H
#define _SHIM_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

static inline u64 siphash_1u64(u64 value, const siphash_key_t *key)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		value = (value ^ key->key[i % 2]) * 0x9e3779b97f4a7c15ULL;
		value ^= value >> 32;
	}
	return value;
}

#endif /* _SHIM_LINUX_SIPHASH_H */
