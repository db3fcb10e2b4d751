// SPDX-License-Identifier: GPL-2.0-only
/*
 * Spinlocks, including several held by one task.
 */
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "internal.h"

bool spin_is_mine(const spinlock_t *lock)
{
	return SHIM_LOAD(lock->owner) == current;
}

bool spin_is_locked(const spinlock_t *lock)
{
	return SHIM_LOAD(lock->owner);
}

static void shim_lock(spinlock_t *lock)
{
	shim_point(SHIM_POINT_LOCK);
	if (spin_is_mine(lock))
		shim_fail("spin_lock(): recursive locking");
	current->wanted = lock;
	while (shim_controller && !shim_task_may_run(current))
		shim_controller->wait();
	current->wanted = NULL;
	pthread_mutex_lock(&lock->mutex);
	WRITE_ONCE(lock->owner, current);
	current->locks_held++;
}

/* The following point is the caller's. */
static void shim_unlock(spinlock_t *lock)
{
	if (!spin_is_mine(lock))
		shim_fail("spin_unlock(): the lock is not held");
	WRITE_ONCE(lock->owner, NULL);
	pthread_mutex_unlock(&lock->mutex);
	current->locks_held--;
}

/* On a real-time kernel, it may sleep. */
void spin_lock(spinlock_t *lock)
{
	if (lock->raw || current->raw_locks_held || current->interrupt)
		shim_fail("spin_lock(): a raw lock, or under a raw lock, or in an interrupt");
	shim_lock(lock);
}

void spin_unlock(spinlock_t *lock)
{
	shim_unlock(lock);
	if (!current->locks_held)
		current->last_ordered = NULL;
	shim_point(SHIM_POINT_UNLOCK);
}

unsigned long shim_raw_spin_lock_irqsave(raw_spinlock_t *lock)
{
	if (!lock->raw)
		shim_fail("raw_spin_lock_irqsave(): not a raw lock");
	shim_lock(lock);
	return current->raw_locks_held++;
}

/* Pending interrupts run here. */
void raw_spin_unlock_irqrestore(raw_spinlock_t *lock, unsigned long flags)
{
	shim_unlock(lock);
	if (flags != (unsigned long)--current->raw_locks_held)
		shim_fail("raw_spin_unlock_irqrestore(): the flags are of another lock");
	shim_point(SHIM_POINT_UNLOCK);
	if (current->alarmed && !current->raw_locks_held && !current->interrupt)
		shim_clock_interrupt();
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
