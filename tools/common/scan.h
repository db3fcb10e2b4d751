/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef COMMON_SCAN_H
#define COMMON_SCAN_H

#include "model.h"
#include "numbers.h"

/* Which processes and which channels count. */
struct filter {
	struct numbers pids;
	struct numbers ids;
};

/**
 * scan() - look for channels in the hands of processes, in /proc
 * @model: what is found is added to it
 * @filter: what to look for
 *
 * Processes that are gone, or that the caller may not look into, are passed over.
 *
 * Return: 0 or a negative errno value.
 */
int scan(struct model *model, const struct filter *filter);

#endif /* COMMON_SCAN_H */
