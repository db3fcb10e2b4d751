/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_ATOMIC_H
#define _SHIM_LINUX_ATOMIC_H

#include <linux/types.h>
#include <asm/barrier.h>

#include "shim.h"

#define ATOMIC64_INIT(value)	{ (value) }

static inline int atomic_read(const atomic_t *v)
{
	shim_point(SHIM_POINT_READ);
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline int atomic_read_acquire(const atomic_t *v)
{
	shim_point(SHIM_POINT_READ);
	return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);
}

static inline void atomic_set(atomic_t *v, int value)
{
	shim_point(SHIM_POINT_ATOMIC);
	__atomic_store_n(&v->counter, value, __ATOMIC_RELAXED);
}

static inline void atomic_set_release(atomic_t *v, int value)
{
	shim_point(SHIM_POINT_ATOMIC);
	__atomic_store_n(&v->counter, value, __ATOMIC_RELEASE);
}

static inline int atomic_cmpxchg(atomic_t *v, int expected, int value)
{
	shim_point(SHIM_POINT_ATOMIC);
	__atomic_compare_exchange_n(&v->counter, &expected, value, false, __ATOMIC_SEQ_CST,
				    __ATOMIC_RELAXED);
	return expected;
}

static inline s64 atomic64_read(const atomic64_t *v)
{
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline s64 atomic64_add_return(s64 amount, atomic64_t *v)
{
	shim_point(SHIM_POINT_ATOMIC);
	return __atomic_add_fetch(&v->counter, amount, __ATOMIC_SEQ_CST);
}

static inline s64 atomic64_inc_return(atomic64_t *v)
{
	return atomic64_add_return(1, v);
}

static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	shim_point(SHIM_POINT_ATOMIC);
	return __atomic_compare_exchange_n(&v->counter, old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

static inline void atomic64_add(s64 amount, atomic64_t *v)
{
	shim_point(SHIM_POINT_ATOMIC);
	__atomic_fetch_add(&v->counter, amount, __ATOMIC_RELAXED);
}

static inline void atomic64_sub(s64 amount, atomic64_t *v)
{
	atomic64_add(-amount, v);
}

static inline void atomic64_dec(atomic64_t *v)
{
	atomic64_add(-1, v);
}

#endif /* _SHIM_LINUX_ATOMIC_H */
