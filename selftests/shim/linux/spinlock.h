/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_SPINLOCK_H
#define _SHIM_LINUX_SPINLOCK_H

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/types.h>
#include <pthread.h>

struct task_struct;

typedef struct spinlock {
	pthread_mutex_t		mutex;
	struct task_struct	*owner;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED	{ .mutex = PTHREAD_MUTEX_INITIALIZER }
#define DEFINE_SPINLOCK(name)	spinlock_t name = __SPIN_LOCK_UNLOCKED

#define spin_lock_init(lock)	(*(lock) = (spinlock_t)__SPIN_LOCK_UNLOCKED)

void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
bool spin_is_mine(const spinlock_t *lock);

#define lockdep_assert_held(lock) \
	((void)(spin_is_mine(lock) ? 0 : (shim_fail("%s: %s is not held", __func__, #lock), 0)))

#endif /* _SHIM_LINUX_SPINLOCK_H */
