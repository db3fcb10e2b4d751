/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_KTIME_H
#define _SHIM_LINUX_KTIME_H

#include <linux/types.h>
#include <time.h>

typedef s64 ktime_t;

#define KTIME_MAX	INT64_MAX

static inline s64 ktime_to_ns(ktime_t time)
{
	return time;
}

static inline ktime_t ktime_add(ktime_t a, ktime_t b)
{
	return a + b;
}

/* KTIME_MAX if the sum is too large. */
static inline ktime_t ktime_add_safe(ktime_t a, ktime_t b)
{
	ktime_t sum;

	return __builtin_add_overflow(a, b, &sum) || sum < 0 ? KTIME_MAX : sum;
}

#endif /* _SHIM_LINUX_KTIME_H */
