/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A view on a terminal, as wide and as high as that is. What is drawn appears with refresh().
 */
#ifndef CHANTOP_DRAW_H
#define CHANTOP_DRAW_H

#include "view.h"

/**
 * struct status - what is told of the view, beside its rows
 * @delay: nanoseconds between two samples
 * @paused: there are no more samples
 * @editing: the filter is being typed
 * @first: the row that is on top
 */
struct status {
	uint64_t delay;
	bool paused;
	bool editing;
	size_t first;
};

/* Once, after the terminal was set up. */
void draw_init(void);
void draw_view(const struct view *view, const struct status *status);
void draw_help(void);
/* How many rows fit on the terminal. */
size_t draw_capacity(void);
/* The field that is drawn @by places to the right of this one, or at the end of the line. */
enum field draw_neighbour(enum field field, int by);

#endif /* CHANTOP_DRAW_H */
