/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_REFCOUNT_H
#define _SHIM_LINUX_REFCOUNT_H

#include <linux/types.h>

#include "shim.h"

typedef struct {
	int refs;
} refcount_t;

static inline void refcount_set(refcount_t *r, int refs)
{
	__atomic_store_n(&r->refs, refs, __ATOMIC_RELAXED);
}

static inline void refcount_inc(refcount_t *r)
{
	if (__atomic_fetch_add(&r->refs, 1, __ATOMIC_RELAXED) <= 0)
		shim_fail("refcount_inc: the object is dead");
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	int before;

	shim_point(SHIM_POINT_ATOMIC);
	before = __atomic_fetch_sub(&r->refs, 1, __ATOMIC_ACQ_REL);
	if (before <= 0)
		shim_fail("refcount_dec_and_test: the object is dead");
	return before == 1;
}

#endif /* _SHIM_LINUX_REFCOUNT_H */
