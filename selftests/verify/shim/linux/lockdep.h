/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks of which one task holds several. Stricter than the kernel's lockdep, which takes them for
 * one: each must have a higher address than the last.
 */
#ifndef _SHIM_LINUX_LOCKDEP_H
#define _SHIM_LINUX_LOCKDEP_H

#include <linux/spinlock.h>

#define CONFIG_LOCKDEP

struct lock_class_key {
	char unused;
};

struct lockdep_map {
	const char		*name;
	struct lock_class_key	*key;
};

#define STATIC_LOCKDEP_MAP_INIT(map_name, map_key)	{ .name = (map_name), .key = (map_key) }

void lock_map_acquire(struct lockdep_map *map);
void lock_map_release(struct lockdep_map *map);
void shim_spin_lock_nested(spinlock_t *lock, struct lockdep_map *map);

#define spin_lock_nest_lock(lock, nest) shim_spin_lock_nested(lock, &(nest)->dep_map)

#endif /* _SHIM_LINUX_LOCKDEP_H */
