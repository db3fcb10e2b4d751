/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_ASM_BARRIER_H
#define _SHIM_ASM_BARRIER_H

/* Out of line: orders the processor, but is no ordering for ThreadSanitizer. */
void smp_mb(void);

#define smp_wmb()	smp_mb()

#define smp_store_mb(variable, value) \
	do { \
		__atomic_store_n(&(variable), value, __ATOMIC_RELAXED); \
		smp_mb(); \
	} while (0)
#define smp_load_acquire(pointer)	__atomic_load_n(pointer, __ATOMIC_ACQUIRE)
#define smp_store_release(pointer, value) \
	__atomic_store_n(pointer, value, __ATOMIC_RELEASE)

#endif /* _SHIM_ASM_BARRIER_H */
