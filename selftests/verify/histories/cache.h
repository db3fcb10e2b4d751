/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of fixed-size records, in which a search stores the states it has visited. */
#ifndef _HISTORIES_CACHE_H
#define _HISTORIES_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct cache - the set
 * @size: of a record
 * @records: records added since the set was emptied
 * @n: number of records
 * @room: capacity of @records
 * @slots: a hash table of record numbers, starting at 1; 0 is free
 * @nslots: a power of two
 */
struct cache {
	size_t size;
	char *records;
	uint32_t n;
	uint32_t room;
	uint32_t *slots;
	uint32_t nslots;
};

void cache_empty(struct cache *cache, size_t size);
/* Returns false if it was there already. */
bool cache_add(struct cache *cache, const void *record);

#endif /* _HISTORIES_CACHE_H */
