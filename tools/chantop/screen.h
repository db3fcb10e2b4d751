/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHANTOP_SCREEN_H
#define CHANTOP_SCREEN_H

#include "view.h"

/* The terminal type is unknown. */
#define SCREEN_UNKNOWN	1

/**
 * screen_run() - display samples on the terminal until the user quits
 * @view: initial sort order and filter of rows
 * @filter: processes to scan
 * @delay: initial interval in nanoseconds
 *
 * Always restores the terminal, even before a signal ends the program.
 *
 * Return: 0; SCREEN_UNKNOWN; or a negative errno value if sampling fails.
 */
int screen_run(struct view *view, const struct filter *filter, uint64_t delay);

#endif /* CHANTOP_SCREEN_H */
