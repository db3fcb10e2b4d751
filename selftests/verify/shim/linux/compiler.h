/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_COMPILER_H
#define _SHIM_LINUX_COMPILER_H

#include "shim.h"

#define likely(condition)	__builtin_expect(!!(condition), 1)
#define unlikely(condition)	__builtin_expect(!!(condition), 0)

/* A racy read: no decision may depend on it. */
#define data_race(variable)	SHIM_LOAD(variable)
#define READ_ONCE(variable)	(shim_point(SHIM_POINT_READ), SHIM_LOAD(variable))
#define WRITE_ONCE(variable, value) \
	__atomic_store_n(&(variable), value, __ATOMIC_RELAXED)

#endif /* _SHIM_LINUX_COMPILER_H */
