/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of a sequence diagram: rows in order of time, and columns for their tasks and channels.
 */
#ifndef TRACE_ROWS_H
#define TRACE_ROWS_H

#include "story.h"

enum row_kind {
	ROW_MAKE,
	ROW_HANDOFF,
	ROW_STRANGER,
	ROW_INTO_RING,
	ROW_OUT_OF_RING,
	ROW_REFILL,
	ROW_PARK,
	ROW_RUN,
	ROW_CLOSE,
	ROW_SELECT,
	ROW_BACK,
	ROW_RELEASE,
};

/**
 * struct row - an event; ROW_STRANGER: a handoff with an unrecorded task
 * @from: column of the event; of an arrow, its start
 * @to: column at which the arrow ends, else NONE
 */
struct row {
	enum row_kind kind;
	size_t event;
	size_t from;
	size_t to;
};

/* A task or a channel's buffer; the other index is NONE. */
struct column {
	size_t task;
	size_t channel;
};

struct rows {
	const struct story *story;
	struct row *rows;
	size_t count;
	size_t cut;
	struct column *columns;
	size_t column_count;
};

/* Lay out up to @most rows; counts the omitted ones. */
void rows_lay_out(struct rows *rows, const struct story *story, size_t most);
void rows_free(struct rows *rows);
/* NONE if there is none. */
size_t rows_column_of_task(const struct rows *rows, size_t task);

#endif /* TRACE_ROWS_H */
