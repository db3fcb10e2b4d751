/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SPINLOCK_H
#define _SHIM_LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/types.h>
#include <pthread.h>

struct task_struct;

/**
 * struct spinlock - a spinlock, or a raw one
 * @mutex: its lock
 * @owner: the holder, or NULL
 * @raw: a raw spinlock, which interrupts take too
 */
typedef struct spinlock {
	pthread_mutex_t		mutex;
	struct task_struct	*owner;
	bool			raw;
} spinlock_t, raw_spinlock_t;

#define __SPIN_LOCK_UNLOCKED	{ .mutex = PTHREAD_MUTEX_INITIALIZER }
#define __RAW_SPIN_LOCK_UNLOCKED	{ .mutex = PTHREAD_MUTEX_INITIALIZER, .raw = true }
#define DEFINE_SPINLOCK(name)	spinlock_t name = __SPIN_LOCK_UNLOCKED

#define spin_lock_init(lock)	(*(lock) = (spinlock_t)__SPIN_LOCK_UNLOCKED)
#define raw_spin_lock_init(lock)	(*(lock) = (raw_spinlock_t)__RAW_SPIN_LOCK_UNLOCKED)

void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
bool spin_is_locked(const spinlock_t *lock);
bool spin_is_mine(const spinlock_t *lock);

unsigned long shim_raw_spin_lock_irqsave(raw_spinlock_t *lock);
void raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags);

#define raw_spin_lock_irqsave(lock, flags)	((flags) = shim_raw_spin_lock_irqsave(lock))

#define lockdep_assert_held(lock) \
	((void)(spin_is_mine(lock) ? 0 : (shim_fail("%s: %s is not held", __func__, #lock), 0)))

#endif /* _SHIM_LINUX_SPINLOCK_H */
