/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHANTOP_BATCH_H
#define CHANTOP_BATCH_H

#include "view.h"

/**
 * batch_run() - print samples as text
 * @view: sort order and filter of rows
 * @filter: processes to scan
 * @delay: nanoseconds between samples, unless SIGUSR1 requests the next one
 * @count: number of samples; 0: unlimited
 *
 * Return: 0, or a negative errno value if sampling or printing fails.
 */
int batch_run(struct view *view, const struct filter *filter, uint64_t delay, uint64_t count);

#endif /* CHANTOP_BATCH_H */
