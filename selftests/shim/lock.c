// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spinlocks, also many at once.
 */
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "internal.h"

bool spin_is_mine(const spinlock_t *lock)
{
	return SHIM_LOAD(lock->owner) == current;
}

void spin_lock(spinlock_t *lock)
{
	shim_point(SHIM_POINT_LOCK);
	if (spin_is_mine(lock))
		shim_fail("spin_lock(): a task meets itself");
	current->wanted = lock;
	while (shim_controller && !shim_task_may_run(current))
		shim_controller->wait();
	current->wanted = NULL;
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

void lock_map_acquire(struct lockdep_map *map)
{
	if (current->order || current->locks_held)
		shim_fail("lock_map_acquire(%s): the task holds a lock", map->name);
	current->order = map;
	current->last_ordered = NULL;
	current->orders++;
}

void lock_map_release(struct lockdep_map *map)
{
	if (current->order != map || current->locks_held)
		shim_fail("lock_map_release(%s): not held, or locks are", map->name);
	current->order = NULL;
}

void shim_spin_lock_nested(spinlock_t *lock, struct lockdep_map *map)
{
	if (current->order != map)
		shim_fail("spin_lock_nest_lock(): %s is not held", map->name);
	if (lock <= current->last_ordered)
		shim_fail("spin_lock_nest_lock(): not in the order of addresses");
	current->last_ordered = lock;
	spin_lock(lock);
}
