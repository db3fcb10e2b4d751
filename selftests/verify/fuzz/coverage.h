/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coverage of programs: blocks of the module, edges between them, and states of channels. Each has
 * a place in a map, with a bit per class of counts for edges and states.
 */
#ifndef _FUZZ_COVERAGE_H
#define _FUZZ_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places of each kind. */
#define FUZZ_KIND	(1U << 16)

enum fuzz_kind {
	FUZZ_EDGE,
	FUZZ_BLOCK,
	FUZZ_STATE,
	FUZZ_KINDS
};

#define FUZZ_PLACES	(FUZZ_KINDS * FUZZ_KIND)

/**
 * struct fuzz_trace - coverage of one run
 * @places: with a count that is not 0, unordered
 */
struct fuzz_trace {
	uint8_t counts[FUZZ_PLACES];
	uint32_t places[FUZZ_PLACES];
	unsigned int reached;
};

/**
 * struct fuzz_map - coverage of several runs
 * @bits: of each place, one for each class of counts
 * @reached: number of reached places of each kind
 */
struct fuzz_map {
	uint8_t bits[FUZZ_PLACES];
	unsigned int reached[FUZZ_KINDS];
};

struct chan_info;

void fuzz_trace_clear(struct fuzz_trace *trace);
/* @cover: a count, and that many program counters. */
void fuzz_trace_add_cover(struct fuzz_trace *trace, const uint64_t *cover);
/* After a call of this operation; @cases of a select. */
void fuzz_trace_add_state(struct fuzz_trace *trace, unsigned int operation, uint64_t cases,
			  const struct chan_info *info);

/**
 * struct fuzz_features - features reached: a number for each place and class of counts
 */
struct fuzz_features {
	unsigned int count;
	uint32_t list[];
};

/* Of a run; to be freed. */
struct fuzz_features *fuzz_trace_features(const struct fuzz_trace *trace);
/* Those of them that the map lacks; to be freed. */
struct fuzz_features *fuzz_features_new(const struct fuzz_features *features,
					const struct fuzz_map *map);

/* How many of them the map lacks. */
unsigned int fuzz_map_lacks(const struct fuzz_map *map, const struct fuzz_features *features);
void fuzz_map_add(struct fuzz_map *map, const struct fuzz_features *features);

#endif /* _FUZZ_COVERAGE_H */
