/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms of chanlat, and how to print them.
 */
#ifndef CHAN_HISTOGRAM_H
#define CHAN_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "latency.h"

struct histogram {
	struct latency_key key;
	struct latency latency;
};

/**
 * struct histograms - a list of histograms
 * @items: the histograms
 * @count: number of @items
 * @lost: measurements lost because a map was full
 * @skipped: elements whose send time is unknown
 */
struct histograms {
	struct histogram *items;
	size_t count;
	uint64_t lost;
	uint64_t skipped;
};

/* Skips an empty histogram, which was just created. Returns 0 or -ENOMEM. */
int histograms_add(struct histograms *histograms, const struct latency_key *key,
		   const struct latency *latency);
/* Both sort by channel, and return 0 or a negative errno value. */
int histograms_print(struct histograms *histograms);
int histograms_print_json(struct histograms *histograms);
void histograms_free(struct histograms *histograms);

#endif /* CHAN_HISTOGRAM_H */
