/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_SCAN_H
#define LIB_SCAN_H

#include "model.h"
#include "numbers.h"

/* Processes and channels to include. */
struct filter {
	struct numbers pids;
	struct numbers ids;
};

/**
 * scan() - scan /proc for channels held by processes
 * @model: the channels found are added to it
 * @filter: processes and channels to include
 *
 * Processes that are gone, or that the caller may not inspect, are skipped.
 *
 * Return: 0 or a negative errno value.
 */
int scan(struct model *model, const struct filter *filter);

#endif /* LIB_SCAN_H */
