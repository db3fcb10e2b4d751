// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spinlocks.
 */
#include <linux/sched.h>
#include <linux/spinlock.h>

bool spin_is_mine(const spinlock_t *lock)
{
	return READ_ONCE(lock->owner) == current;
}

void spin_lock(spinlock_t *lock)
{
	shim_point(SHIM_POINT_LOCK);
	if (spin_is_mine(lock))
		shim_fail("spin_lock(): a task meets itself");
	pthread_mutex_lock(&lock->mutex);
	WRITE_ONCE(lock->owner, current);
	current->locks_held++;
}

void spin_unlock(spinlock_t *lock)
{
	if (!spin_is_mine(lock))
		shim_fail("spin_unlock(): the lock is not held");
	WRITE_ONCE(lock->owner, NULL);
	pthread_mutex_unlock(&lock->mutex);
	current->locks_held--;
	shim_point(SHIM_POINT_UNLOCK);
}
