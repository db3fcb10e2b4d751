/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sleeping until a word of shared memory changes (futex(2)).
 */
#ifndef _HISTORIES_WAIT_H
#define _HISTORIES_WAIT_H

#include <linux/futex.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* While *@word is @value, at most until @timeout, possibly shorter. */
static inline void word_wait(uint32_t *word, uint32_t value, const struct timespec *timeout)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, timeout, NULL, 0);
}

static inline void word_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

static inline uint32_t word_read(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void word_write(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

#endif /* _HISTORIES_WAIT_H */
