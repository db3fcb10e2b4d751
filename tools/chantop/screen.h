/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHANTOP_SCREEN_H
#define CHANTOP_SCREEN_H

#include "view.h"

/* What is told if the terminal cannot be used. */
#define SCREEN_UNKNOWN	1

/**
 * screen_run() - show samples on the terminal until the user quits
 * @view: what of them, to begin with
 * @filter: what to look for
 * @delay: nanoseconds between two, to begin with
 *
 * However it ends, the terminal is as it was. A signal that ends the program ends it only then.
 *
 * Return: 0; SCREEN_UNKNOWN; or a negative errno value if it cannot look.
 */
int screen_run(struct view *view, const struct filter *filter, uint64_t delay);

#endif /* CHANTOP_SCREEN_H */
