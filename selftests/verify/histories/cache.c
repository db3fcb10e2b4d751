// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "cache.h"

#define SLOTS_FIRST	256

static uint64_t hash_of(const char *record, size_t size)
{
	uint64_t hash = 0, word;
	size_t i;

	for (i = 0; i < size; i += sizeof(word)) {
		memcpy(&word, record + i, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 29;
	}
	return hash;
}

static void *allocate(void *memory, size_t n, size_t size)
{
	memory = reallocarray(memory, n, size);
	if (!memory)
		abort();
	return memory;
}

void cache_empty(struct cache *cache, size_t size)
{
	/* Memory grown for a large search would be cleared by every small one after it. */
	if (cache->nslots != SLOTS_FIRST) {
		cache->nslots = SLOTS_FIRST;
		cache->slots = allocate(cache->slots, cache->nslots, sizeof(*cache->slots));
	}
	memset(cache->slots, 0, cache->nslots * sizeof(*cache->slots));
	if (cache->size != size)
		cache->room = 0;
	cache->size = size;
	cache->n = 0;
}

/* The slot of the record, or the free one where it belongs. */
static uint32_t *find(const struct cache *cache, const char *record)
{
	uint32_t at = hash_of(record, cache->size) & (cache->nslots - 1);

	while (cache->slots[at] &&
	       memcmp(cache->records + (cache->slots[at] - 1) * cache->size, record, cache->size))
		at = (at + 1) & (cache->nslots - 1);
	return &cache->slots[at];
}

static void grow(struct cache *cache)
{
	uint32_t i;

	cache->nslots *= 4;
	cache->slots = allocate(cache->slots, cache->nslots, sizeof(*cache->slots));
	memset(cache->slots, 0, cache->nslots * sizeof(*cache->slots));
	for (i = 0; i < cache->n; i++)
		*find(cache, cache->records + i * cache->size) = i + 1;
}

bool cache_add(struct cache *cache, const void *record)
{
	uint32_t *slot = find(cache, record);

	if (*slot)
		return false;
	if (cache->n == cache->room) {
		cache->room = cache->room ? 2 * cache->room : SLOTS_FIRST;
		cache->records = allocate(cache->records, cache->room, cache->size);
	}
	memcpy(cache->records + cache->n * cache->size, record, cache->size);
	*slot = ++cache->n;
	if (2 * cache->n > cache->nslots)
		grow(cache);
	return true;
}
