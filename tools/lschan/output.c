// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <string.h>

#include "../lib/escape.h"
#include "output.h"

#define CELL_SIZE	FACT_SIZE
#define MILLISECOND	1000000

static const struct {
	const char *name;
	bool number;
} columns[COLUMNS] = {
	[COLUMN_ID]		= { "ID", true },
	[COLUMN_TYPE]		= { "TYPE", false },
	[COLUMN_ELEMSIZE]	= { "ELEMSIZE", true },
	[COLUMN_CAP]		= { "CAP", true },
	[COLUMN_LEN]		= { "LEN", true },
	[COLUMN_CLOSED]		= { "CLOSED", false },
	[COLUMN_SENDQ]		= { "SENDQ", true },
	[COLUMN_RECVQ]		= { "RECVQ", true },
	[COLUMN_HOLDERS]	= { "HOLDERS", true },
	[COLUMN_PID]		= { "PID", true },
	[COLUMN_COMMAND]	= { "COMMAND", false },
	[COLUMN_FD]		= { "FD", true },
	[COLUMN_RIGHTS]		= { "RIGHTS", false },
	[COLUMN_SIDE]		= { "SIDE", false },
	[COLUMN_AGE]		= { "AGE", true },
	[COLUMN_MORE]		= { "MORE", true },
};

/* The subject of a row; fields that do not apply are NULL. */
struct row {
	const struct channel *channel;
	const struct holder *holder;
	const struct waiter *waiter;
};

enum column column_find(const char *name)
{
	enum column column;

	for (column = 0; column < COLUMNS; column++) {
		if (!strcasecmp(columns[column].name, name))
			break;
	}
	return column;
}

const char *column_name(enum column column)
{
	return columns[column].name;
}

bool layout_has(const struct layout *layout, enum column column)
{
	size_t i;

	for (i = 0; i < layout->column_count; i++) {
		if (layout->columns[i] == column)
			return true;
	}
	return false;
}

/* Number of columns that a tree shows. */
static enum column model_columns(const struct model *model)
{
	enum column end = COLUMN_SIDE;
	size_t i;

	for (i = 0; i < model->count; i++) {
		if (model->channels[i]->more_waiters)
			return COLUMNS;
		if (model->channels[i]->waiter_count)
			end = COLUMN_MORE;
	}
	return end;
}

static void layout_complete(struct layout *layout, const struct model *model)
{
	enum column column, end = COLUMN_PID;

	if (layout->column_count)
		return;
	if (layout->tree)
		end = model_columns(model);
	for (column = 0; column < end; column++)
		layout->columns[layout->column_count++] = column;
}

/* Each returns false if the column does not apply to the row. */

static bool channel_cell(const struct channel *channel, enum column column, char *cell)
{
	if (!channel)
		return false;
	if (column == COLUMN_ID)
		snprintf(cell, CELL_SIZE, "%" PRIu64, channel->id);
	else if (column == COLUMN_HOLDERS)
		snprintf(cell, CELL_SIZE, "%zu", channel->holder_count);
	else if (column == COLUMN_MORE)
		snprintf(cell, CELL_SIZE, "%lu", channel->more_waiters);
	else
		strcpy(cell, channel->facts[column - COLUMN_TYPE + FACT_TYPE]);
	return true;
}

static bool member_cell(const struct row *row, enum column column, char *cell)
{
	if (!row->holder && !row->waiter)
		return false;
	if (column == COLUMN_PID)
		snprintf(cell, CELL_SIZE, "%d", row->holder ? row->holder->pid : row->waiter->pid);
	else
		strcpy(cell, row->holder ? row->holder->command : row->waiter->command);
	return true;
}

static bool holder_cell(const struct holder *holder, enum column column, char *cell)
{
	if (!holder)
		return false;
	if (column == COLUMN_FD)
		snprintf(cell, CELL_SIZE, "%d", holder->fd);
	else
		strcpy(cell, holder->rights);
	return true;
}

static bool waiter_cell(const struct waiter *waiter, enum column column, char *cell)
{
	if (!waiter)
		return false;
	if (column == COLUMN_SIDE)
		strcpy(cell, waiter->side);
	else
		snprintf(cell, CELL_SIZE, "%" PRIu64 ".%03" PRIu64,
			 waiter->age / (1000 * MILLISECOND), waiter->age / MILLISECOND % 1000);
	return true;
}

static bool row_cell(const struct row *row, enum column column, char *cell)
{
	switch (column) {
	case COLUMN_PID:
	case COLUMN_COMMAND:
		return member_cell(row, column, cell);
	case COLUMN_FD:
	case COLUMN_RIGHTS:
		return holder_cell(row->holder, column, cell);
	case COLUMN_SIDE:
	case COLUMN_AGE:
		return waiter_cell(row->waiter, column, cell);
	default:
		return channel_cell(row->channel, column, cell);
	}
}

static int add_row(struct libscols_table *table, const struct layout *layout,
		   const struct row *row, struct libscols_line *parent,
		   struct libscols_line **line)
{
	char cell[CELL_SIZE], escaped[ESCAPED_SIZE * CELL_SIZE];
	int err = 0;
	size_t i;

	*line = scols_table_new_line(table, parent);
	if (!*line)
		return -ENOMEM;
	for (i = 0; i < layout->column_count && !err; i++) {
		if (!row_cell(row, layout->columns[i], cell))
			continue;
		/* libsmartcols escapes the cells of a table itself. */
		escape(escaped, cell);
		err = scols_line_set_data(*line, i, layout->json ? escaped : cell);
	}
	return err;
}

/* Add rows below the channel's row, or rows that repeat the channel. */
static int add_members(struct libscols_table *table, const struct layout *layout,
		       const struct channel *channel, struct libscols_line *parent,
		       bool holders, bool waiters)
{
	struct row row = { .channel = layout->tree ? NULL : channel };
	struct libscols_line *line;
	int err = 0;
	size_t i;

	for (i = 0; holders && i < channel->holder_count && !err; i++) {
		row.holder = &channel->holders[i];
		err = add_row(table, layout, &row, parent, &line);
	}
	row.holder = NULL;
	for (i = 0; waiters && i < channel->waiter_count && !err; i++) {
		row.waiter = &channel->waiters[i];
		err = add_row(table, layout, &row, parent, &line);
	}
	return err;
}

/* Holders and waiters get rows if a column applies to them. */
static int add_channel(struct libscols_table *table, const struct layout *layout,
		       const struct channel *channel)
{
	const bool waiters = layout_has(layout, COLUMN_SIDE) || layout_has(layout, COLUMN_AGE);
	const bool files = layout_has(layout, COLUMN_FD) || layout_has(layout, COLUMN_RIGHTS);
	const bool members = layout_has(layout, COLUMN_PID) || layout_has(layout, COLUMN_COMMAND);
	const bool holders = files || (members && !waiters);
	const struct row row = { .channel = channel };
	struct libscols_line *line = NULL;
	int err = 0;

	if (layout->tree || (!holders && !waiters))
		err = add_row(table, layout, &row, NULL, &line);
	if (err)
		return err;
	return add_members(table, layout, channel, line, holders, waiters);
}

static int add_columns(struct libscols_table *table, const struct layout *layout)
{
	struct libscols_column *column;
	int flags, err;
	size_t i;

	for (i = 0; i < layout->column_count; i++) {
		const bool number = columns[layout->columns[i]].number;

		flags = number ? SCOLS_FL_RIGHT : 0;
		if (layout->tree && !i)
			flags = SCOLS_FL_TREE;
		column = scols_table_new_column(table, column_name(layout->columns[i]), 0, flags);
		if (!column)
			return -ENOMEM;
		err = scols_column_set_json_type(column, number ? SCOLS_JSON_NUMBER :
							 SCOLS_JSON_STRING);
		if (err)
			return err;
	}
	return 0;
}

static int fill(struct libscols_table *table, const struct layout *layout,
		const struct model *model)
{
	int err = scols_table_set_name(table, "channels");
	size_t i;

	if (!err)
		err = scols_table_enable_json(table, layout->json);
	if (!err)
		err = scols_table_enable_raw(table, layout->raw);
	if (!err)
		err = scols_table_enable_noheadings(table, layout->noheadings);
	if (!err)
		err = add_columns(table, layout);
	for (i = 0; i < model->count && !err; i++)
		err = add_channel(table, layout, model->channels[i]);
	return err;
}

int output_print(const struct model *model, const struct layout *layout)
{
	struct layout complete = *layout;
	struct libscols_table *table;
	int err;

	layout_complete(&complete, model);
	table = scols_new_table();
	if (!table)
		return -ENOMEM;
	err = fill(table, &complete, model);
	if (!err)
		err = scols_print_table(table);
	scols_unref_table(table);
	return err;
}
