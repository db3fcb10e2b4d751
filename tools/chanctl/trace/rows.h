/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a sequence diagram shows: rows, one below the other in the order of time, and columns of
 * the tasks and channels that are in them.
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
 * struct row - something that happened; ROW_STRANGER: a handoff with a task that has told nothing
 * @from: a column; of an arrow, where it begins
 * @to: where the arrow ends, else NONE
 */
struct row {
	enum row_kind kind;
	size_t event;
	size_t from;
	size_t to;
};

/* A task, or a channel's buffer; the other one is NONE. */
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

/* Up to @most rows; counts how many were cut. */
void rows_lay_out(struct rows *rows, const struct story *story, size_t most);
void rows_free(struct rows *rows);
/* NONE if it has none. */
size_t rows_column_of_task(const struct rows *rows, size_t task);

#endif /* TRACE_ROWS_H */
