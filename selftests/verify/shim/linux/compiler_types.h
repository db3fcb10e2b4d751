/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before everything else, as in the kernel. */
#ifndef _SHIM_LINUX_COMPILER_TYPES_H
#define _SHIM_LINUX_COMPILER_TYPES_H

/* Read by the shim itself. */
#define SHIM_LOAD(variable)	__atomic_load_n(&(variable), __ATOMIC_RELAXED)

#define __user
#define __force
#define __releases(lock)
#define __uninitialized
#define __aligned(bytes)	__attribute__((aligned(bytes)))
#define noinline		__attribute__((noinline))
#define __always_inline		inline __attribute__((always_inline))
#define __no_kcsan	__attribute__((no_sanitize("thread")))

#endif /* _SHIM_LINUX_COMPILER_TYPES_H */
