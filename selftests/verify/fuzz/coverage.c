// SPDX-License-Identifier: GPL-2.0-only
/* Coverage of programs. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include <linux/chan.h>

#include "coverage.h"

void fuzz_trace_clear(struct fuzz_trace *trace)
{
	memset(trace->counts, 0, sizeof(trace->counts));
	trace->reached = 0;
}

static void reach(struct fuzz_trace *trace, uint32_t place)
{
	if (!trace->counts[place])
		trace->places[trace->reached++] = place;
	if (trace->counts[place] < UINT8_MAX)
		trace->counts[place]++;
}

static uint32_t place_of(enum fuzz_kind kind, uint64_t value)
{
	return kind * FUZZ_KIND + (value * 0x9e3779b97f4a7c15ULL >> 48);
}

void fuzz_trace_add_cover(struct fuzz_trace *trace, const uint64_t *cover)
{
	uint64_t i, previous = 0;

	for (i = 1; i <= cover[0]; i++) {
		uint32_t block = place_of(FUZZ_BLOCK, cover[i]);

		reach(trace, place_of(FUZZ_EDGE, cover[i] ^ previous >> 1));
		if (!trace->counts[block])
			reach(trace, block);
		previous = cover[i];
	}
}

/* None, one, some, or many. */
static unsigned int class_of(uint64_t number)
{
	return number < 2 ? number : number < 5 ? 2 : 3;
}

void fuzz_trace_add_state(struct fuzz_trace *trace, unsigned int operation, uint64_t cases,
			  const struct chan_info *info)
{
	uint64_t state = operation;

	state = state << 2 | class_of(cases);
	state = state << 2 | class_of(info->cap);
	state = state << 2 | class_of(info->len);
	state = state << 1 | (info->len == info->cap);
	state = state << 2 | class_of(info->recvq);
	state = state << 2 | class_of(info->sendq);
	state = state << 2 | class_of(info->requeued);
	state = state << 2 | (info->closed & 3);
	state = state << 3 | (info->flags & 7);
	reach(trace, place_of(FUZZ_STATE, state));
}

/* 1, 2, 3, 4 to 7, ... */
static uint8_t bit_of(uint8_t count)
{
	static const uint8_t limits[] = { 1, 2, 3, 7, 15, 31, 127, 255 };
	unsigned int i = 0;

	while (count > limits[i])
		i++;
	return 1U << i;
}

static struct fuzz_features *features_alloc(unsigned int count)
{
	struct fuzz_features *features;

	features = malloc(sizeof(*features) + count * sizeof(features->list[0]));
	if (!features)
		err(2, "malloc");
	features->count = 0;
	return features;
}

struct fuzz_features *fuzz_trace_features(const struct fuzz_trace *trace)
{
	struct fuzz_features *features = features_alloc(trace->reached);
	unsigned int i;

	for (i = 0; i < trace->reached; i++) {
		uint32_t place = trace->places[i];

		features->list[features->count++] = place << 8 | bit_of(trace->counts[place]);
	}
	return features;
}

static bool map_has(const struct fuzz_map *map, uint32_t feature)
{
	return map->bits[feature >> 8] & (feature & 0xff);
}

struct fuzz_features *fuzz_features_new(const struct fuzz_features *features,
					const struct fuzz_map *map)
{
	struct fuzz_features *new = features_alloc(features->count);
	unsigned int i;

	for (i = 0; i < features->count; i++) {
		if (!map_has(map, features->list[i]))
			new->list[new->count++] = features->list[i];
	}
	return new;
}

unsigned int fuzz_map_lacks(const struct fuzz_map *map, const struct fuzz_features *features)
{
	unsigned int i, lacks = 0;

	for (i = 0; i < features->count; i++)
		lacks += !map_has(map, features->list[i]);
	return lacks;
}

void fuzz_map_add(struct fuzz_map *map, const struct fuzz_features *features)
{
	unsigned int i;

	for (i = 0; i < features->count; i++) {
		uint32_t place = features->list[i] >> 8;

		if (!map->bits[place])
			map->reached[place / FUZZ_KIND]++;
		map->bits[place] |= features->list[i] & 0xff;
	}
}
