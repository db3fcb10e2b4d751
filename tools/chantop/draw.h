/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draw a view in the size of the terminal. It appears with refresh().
 */
#ifndef CHANTOP_DRAW_H
#define CHANTOP_DRAW_H

#include "view.h"

/**
 * struct status - state of the display
 * @delay: nanoseconds between samples
 * @paused: sampling is paused
 * @editing: the filter is being edited
 * @first: index of the top row
 */
struct status {
	uint64_t delay;
	bool paused;
	bool editing;
	size_t first;
};

/* Call once, after setting up the terminal. */
void draw_init(void);
void draw_view(const struct view *view, const struct status *status);
void draw_help(void);
/* Number of rows that fit on the terminal. */
size_t draw_capacity(void);
/* The field @by columns to the right of this one, or the last one of the line. */
enum field draw_neighbour(enum field field, int by);

#endif /* CHANTOP_DRAW_H */
