/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What channels were like at one time.
 */
#ifndef CHANTOP_SAMPLE_H
#define CHANTOP_SAMPLE_H

#include <stdint.h>

#include "../common/model.h"
#include "../common/scan.h"

struct sample {
	uint64_t time;	/* nanoseconds of CLOCK_MONOTONIC; 0: it was not taken */
	struct model model;
};

/* The last two. */
struct samples {
	struct sample before;
	struct sample now;
};

/**
 * samples_take() - take one more
 * @samples: the older one is forgotten
 * @filter: what to look for
 *
 * If the filter names no processes, this looks at the list in debugfs too, which root can read.
 *
 * Return: 0 or a negative errno value, after which the last two are still the same.
 */
int samples_take(struct samples *samples, const struct filter *filter);
/* Nanoseconds between the last two; 0 if there is only one. */
uint64_t samples_interval(const struct samples *samples);
void samples_free(struct samples *samples);

#endif /* CHANTOP_SAMPLE_H */
