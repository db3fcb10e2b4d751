/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of all channels at one time.
 */
#ifndef CHANTOP_SAMPLE_H
#define CHANTOP_SAMPLE_H

#include <stdint.h>

#include "../lib/model.h"
#include "../lib/scan.h"

struct sample {
	uint64_t time;	/* nanoseconds of CLOCK_MONOTONIC; 0: it was not taken */
	struct model model;
};

/* The last two samples. */
struct samples {
	struct sample before;
	struct sample now;
};

/**
 * samples_take() - take another sample
 * @samples: the older sample is dropped
 * @filter: processes to scan
 *
 * Without processes in the filter, this also reads the list in debugfs, for which it needs root.
 *
 * Return: 0, or a negative errno value with @samples unchanged.
 */
int samples_take(struct samples *samples, const struct filter *filter);
/* Nanoseconds between the last two samples; 0 if there is only one. */
uint64_t samples_interval(const struct samples *samples);
void samples_free(struct samples *samples);

#endif /* CHANTOP_SAMPLE_H */
