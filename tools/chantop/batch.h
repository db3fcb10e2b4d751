/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHANTOP_BATCH_H
#define CHANTOP_BATCH_H

#include "view.h"

/**
 * batch_run() - print samples as lines
 * @view: what of them
 * @filter: what to look for
 * @delay: nanoseconds between two, unless SIGUSR1 asks for the next one
 * @count: how many; 0: without an end
 *
 * Return: 0, or a negative errno value if it cannot look or print.
 */
int batch_run(struct view *view, const struct filter *filter, uint64_t delay, uint64_t count);

#endif /* CHANTOP_BATCH_H */
