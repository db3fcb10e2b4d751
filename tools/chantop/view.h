/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows to display, filtered and sorted. Independent of the terminal and of /proc.
 */
#ifndef CHANTOP_VIEW_H
#define CHANTOP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample.h"

#define FILTER_SIZE	32
#define TYPE_SIZE	(4 * FACT_SIZE)

/* Fields of a channel, for display and sorting. */
enum field {
	FIELD_ID,
	FIELD_TYPE,
	FIELD_STATE,
	FIELD_LEN,
	FIELD_CAP,
	FIELD_SENDS,	/* FIELD_SENDS to FIELD_PARK: in the interval */
	FIELD_RECVS,
	FIELD_HANDOFF,
	FIELD_RING,
	FIELD_PARK,
	FIELD_SENDQ,
	FIELD_RECVQ,
	FIELD_OLDEST,	/* nanoseconds */
	FIELD_HOLDERS,
	FIELDS,
};

/**
 * struct row - a channel
 * @type: name of the element type; printable
 * @state: open, or the reason of the close
 * @place: position in the order in which channels were found
 * @values: values of the numeric fields
 */
struct row {
	char type[TYPE_SIZE];
	const char *state;
	size_t place;
	uint64_t values[FIELDS];
};

/**
 * struct view - rows to display
 * @sort: field to sort by: highest number or first name on top; equal rows in the order in
 *	which channels were found
 * @reverse: reverse the order
 * @filter: channel number, or part of a type name; empty: all
 * @rows: rows of the last sample
 * @count: number of @rows
 * @interval: nanoseconds since the previous sample; 0: since the channels were made
 */
struct view {
	enum field sort;
	bool reverse;
	char filter[FILTER_SIZE];
	struct row *rows;
	size_t count;
	uint64_t interval;
};

/* Find a field by name, ignoring case. FIELDS if there is none. */
enum field field_find(const char *name);
const char *field_name(enum field field);
/* Compute the rows of the last sample. Returns 0 or -ENOMEM. */
int view_fill(struct view *view, const struct samples *samples);
void view_free(struct view *view);

#endif /* CHANTOP_VIEW_H */
