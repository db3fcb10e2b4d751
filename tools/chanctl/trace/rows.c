// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "../array.h"
#include "rows.h"

static size_t find_column(const struct rows *rows, struct column column)
{
	size_t i;

	for (i = 0; i < rows->column_count; i++) {
		if (rows->columns[i].task == column.task &&
		    rows->columns[i].channel == column.channel)
			return i;
	}
	return NONE;
}

size_t rows_column_of_task(const struct rows *rows, size_t task)
{
	return find_column(rows, (struct column){ task, NONE });
}

static size_t meet(struct rows *rows, struct column column)
{
	const size_t found = find_column(rows, column);

	if (found != NONE)
		return found;
	rows->columns = array_grow(rows->columns, rows->column_count, sizeof(column));
	rows->columns[rows->column_count] = column;
	return rows->column_count++;
}

static size_t meet_task(struct rows *rows, size_t task)
{
	return meet(rows, (struct column){ task, NONE });
}

static size_t meet_buffer(struct rows *rows, size_t i)
{
	return meet(rows, (struct column){ NONE, rows->story->notes[i].channel });
}

static size_t meet_peer(struct rows *rows, size_t i)
{
	const size_t task = story_find_task(rows->story, story_event(rows->story, i)->peer);

	return task == NONE ? NONE : meet_task(rows, task);
}

static struct row *add_row(struct rows *rows, enum row_kind kind, size_t i)
{
	struct row *row;

	rows->rows = array_grow(rows->rows, rows->count, sizeof(*row));
	row = &rows->rows[rows->count++];
	*row = (struct row){ .kind = kind, .event = i, .to = NONE };
	row->from = meet_task(rows, rows->story->notes[i].task);
	return row;
}

static void add_arrow(struct rows *rows, enum row_kind kind, size_t i, size_t from, size_t to)
{
	struct row *row = add_row(rows, kind, i);

	row->from = from;
	row->to = to;
}

static void add_operation(struct rows *rows, size_t i)
{
	const struct story *story = rows->story;
	const struct chan_event *event = story_event(story, i);
	const size_t task = meet_task(rows, story->notes[i].task);
	const size_t refill = story->notes[i].refill;
	const bool send = event->kind == CHAN_EVENT_SEND;
	size_t other;

	if (event->path == CHAN_PATH_HANDOFF) {
		other = meet_peer(rows, i);
		if (other == NONE)
			add_row(rows, ROW_STRANGER, i);
		else
			add_arrow(rows, ROW_HANDOFF, i, send ? task : other, send ? other : task);
	} else if (event->path == CHAN_PATH_RING) {
		other = meet_buffer(rows, i);
		add_arrow(rows, send ? ROW_INTO_RING : ROW_OUT_OF_RING, i, send ? task : other,
			  send ? other : task);
		if (refill != NONE)
			add_arrow(rows, ROW_REFILL, i, meet_task(rows, story->slices[refill].task),
				  other);
	}
}

static void add_requeue(struct rows *rows, size_t i)
{
	const size_t task = meet_task(rows, rows->story->notes[i].task);
	const bool peer = story_event(rows->story, i)->peer;

	add_arrow(rows, ROW_BACK, i, task, peer ? meet_peer(rows, i) : meet_buffer(rows, i));
}

static void add_event(struct rows *rows, size_t i)
{
	const struct story *story = rows->story;
	const size_t slice = story->notes[i].slice, channel = story->notes[i].channel;

	switch (story_event(story, i)->kind) {
	case CHAN_EVENT_MAKE:
		add_row(rows, ROW_MAKE, i);
		if (story->channels[channel].buffered)
			meet_buffer(rows, i);
		break;
	case CHAN_EVENT_SEND:
	case CHAN_EVENT_RECV:
		add_operation(rows, i);
		break;
	case CHAN_EVENT_PARK:
		if (story->slices[slice].first == i)
			add_row(rows, ROW_PARK, i);
		break;
	case CHAN_EVENT_WAKE:
		add_row(rows, ROW_RUN, i);
		break;
	case CHAN_EVENT_CLOSE:
		add_row(rows, ROW_CLOSE, i);
		break;
	case CHAN_EVENT_SELECT:
		add_row(rows, ROW_SELECT, i);
		break;
	case CHAN_EVENT_GIVEBACK:
		add_requeue(rows, i);
		break;
	case CHAN_EVENT_RELEASE:
		add_row(rows, ROW_RELEASE, i);
		break;
	}
}

void rows_lay_out(struct rows *rows, const struct story *story, size_t most)
{
	size_t i, columns = 0;

	*rows = (struct rows){ .story = story };
	for (i = 0; i < story->recording->count; i++) {
		add_event(rows, i);
		if (rows->count <= most)
			columns = rows->column_count;
	}
	if (rows->count <= most)
		return;
	rows->cut = rows->count - most;
	rows->count = most;
	/* Skip columns that appear only in omitted rows. */
	rows->column_count = columns;
}

void rows_free(struct rows *rows)
{
	free(rows->rows);
	free(rows->columns);
}
