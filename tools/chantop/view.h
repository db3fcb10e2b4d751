/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which channels are shown, in which order, and what of them. Neither a terminal nor /proc is
 * known here.
 */
#ifndef CHANTOP_VIEW_H
#define CHANTOP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample.h"

#define FILTER_SIZE	32
#define TYPE_SIZE	(4 * FACT_SIZE)

/* What can be shown of a channel, and what it can be sorted by. */
enum field {
	FIELD_ID,
	FIELD_TYPE,
	FIELD_STATE,
	FIELD_LEN,
	FIELD_CAP,
	FIELD_SENDS,	/* in the interval, as are those of the paths */
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
 * @type: of its elements; printable
 * @state: open, or why it is not
 * @place: in the order in which the channels were found
 * @values: of the fields that are numbers
 */
struct row {
	char type[TYPE_SIZE];
	const char *state;
	size_t place;
	uint64_t values[FIELDS];
};

/**
 * struct view - what is shown
 * @sort: by this field: the highest number or the first name is on top; of equal ones, the
 *	channel that was found first
 * @reverse: the other way round
 * @filter: the number of a channel, or part of a type; empty: all
 * @rows: of the last sample
 * @count: how many
 * @interval: nanoseconds since the sample before; 0: since the channels were made
 */
struct view {
	enum field sort;
	bool reverse;
	char filter[FILTER_SIZE];
	struct row *rows;
	size_t count;
	uint64_t interval;
};

/* FIELDS if there is none of this name, in whatever case. */
enum field field_find(const char *name);
const char *field_name(enum field field);
/* Rows for the last sample, filtered and sorted. Returns 0 or -ENOMEM. */
int view_fill(struct view *view, const struct samples *samples);
void view_free(struct view *view);

#endif /* CHANTOP_VIEW_H */
