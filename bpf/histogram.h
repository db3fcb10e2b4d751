/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Histograms of chanlat, to be printed.
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
 * struct histograms - all of them
 * @items: each
 * @count: how many
 * @lost: what found no place to be counted
 * @skipped: elements of which it is not known when they were sent
 */
struct histograms {
	struct histogram *items;
	size_t count;
	uint64_t lost;
	uint64_t skipped;
};

/* Returns 0 or -ENOMEM. One that nothing is counted in yet, as it was just made, is left out. */
int histograms_add(struct histograms *histograms, const struct latency_key *key,
		   const struct latency *latency);
/* Sorts them by channel. Both return 0 or a negative errno value. */
int histograms_print(struct histograms *histograms);
int histograms_print_json(struct histograms *histograms);
void histograms_free(struct histograms *histograms);

#endif /* CHAN_HISTOGRAM_H */
