// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

#define SECOND		UINT64_C(1000000000)
#define MILLISECOND	1000000
#define CELL_SIZE	TYPE_SIZE
#define BAR_WIDTH	5
/* Width of a count. */
#define DEPTH_WIDTH	(4 + 1 + 4)
/* On narrower terminals, there is no bar, and the columns are narrow. */
#define WIDE		91
/* Number of lines above the rows, and below them. */
#define LINES_ABOVE	3
#define LINES_BELOW	1

enum {
	COLOUR_PARKED = 1,
	COLOUR_CLOSED,
	COLOUR_FULL,
};

struct column {
	const char *heading;
	enum field field;
	int narrow;
	int width;
	bool left;
};

/* The type column takes the rest of the line. */
static const struct column columns[] = {
	{ "ID", FIELD_ID, 16, 16, false },
	{ "TYPE", FIELD_TYPE, 9, 10, true },
	{ "STATE", FIELD_STATE, 5, 5, true },
	{ "LEN/CAP", FIELD_LEN, DEPTH_WIDTH, BAR_WIDTH + 1 + DEPTH_WIDTH, false },
	{ "SEND/s", FIELD_SENDS, 6, 6, false },
	{ "RECV/s", FIELD_RECVS, 6, 6, false },
	{ "MIX", FIELD_HANDOFF, 4, 8, true },
	{ "SQ", FIELD_SENDQ, 3, 3, false },
	{ "RQ", FIELD_RECVQ, 3, 3, false },
	{ "AGE", FIELD_OLDEST, 5, 5, false },
	{ "HOLD", FIELD_HOLDERS, 4, 4, false },
};

#define COLUMNS		(sizeof(columns) / sizeof(columns[0]))

static int column_least_width(const struct column *column)
{
	return COLS < WIDE ? column->narrow : column->width;
}

static int column_width(const struct column *column)
{
	const int least = column_least_width(column);
	int width = COLS;
	size_t i;

	if (column->field != FIELD_TYPE)
		return least;
	for (i = 0; i < COLUMNS; i++)
		width -= columns[i].field == FIELD_TYPE ? 0 : column_least_width(&columns[i]) + 1;
	return width > least ? width : least;
}

enum field draw_neighbour(enum field field, int by)
{
	size_t i;

	for (i = 0; i + 1 < COLUMNS && columns[i].field != field; i++)
		;
	return columns[(i + COLUMNS + by) % COLUMNS].field;
}

/* Format a count in at most four characters. */
static void format_count(char *cell, uint64_t count)
{
	static const char units[] = " kMGTPE";
	uint64_t tenths = 0;
	size_t unit = 0;

	for (; count >= 1000; count /= 1000) {
		tenths = count % 1000 / 100;
		unit++;
	}
	if (!unit)
		snprintf(cell, CELL_SIZE, "%" PRIu64, count);
	else if (count < 10)
		snprintf(cell, CELL_SIZE, "%" PRIu64 ".%" PRIu64 "%c", count, tenths, units[unit]);
	else
		snprintf(cell, CELL_SIZE, "%" PRIu64 "%c", count, units[unit]);
}

static void format_rate(char *cell, uint64_t count, uint64_t interval)
{
	if (!interval)
		strcpy(cell, "-");
	else
		format_count(cell, (double)count * SECOND / interval + 0.5);
}

static void format_age(char *cell, uint64_t age)
{
	const uint64_t seconds = age / SECOND;

	if (!age)
		strcpy(cell, "");
	else if (!seconds)
		snprintf(cell, CELL_SIZE, "%" PRIu64 "ms", age / MILLISECOND);
	else if (seconds < 10)
		snprintf(cell, CELL_SIZE, "%.1fs", (double)age / SECOND);
	else if (seconds < 600)
		snprintf(cell, CELL_SIZE, "%" PRIu64 "s", seconds);
	else if (seconds < 600 * 60)
		snprintf(cell, CELL_SIZE, "%" PRIu64 "m", seconds / 60);
	else
		snprintf(cell, CELL_SIZE, "%" PRIu64 "h", seconds / 3600);
}

static void format_bar(char bar[BAR_WIDTH + 2], uint64_t len, uint64_t cap)
{
	/* Empty or full only if the buffer is. */
	const int filled = cap ? (len * BAR_WIDTH + (len < cap ? cap - 1 : 0)) / cap : 0;
	int i;

	for (i = 0; i < BAR_WIDTH; i++)
		bar[i] = !cap ? ' ' : i < filled ? '#' : '.';
	strcpy(bar + BAR_WIDTH, " ");
}

static void format_depth(char *cell, const struct row *row)
{
	const uint64_t len = row->values[FIELD_LEN], cap = row->values[FIELD_CAP];
	char lens[CELL_SIZE], caps[CELL_SIZE], bar[BAR_WIDTH + 2] = "";

	if (COLS >= WIDE)
		format_bar(bar, len, cap);
	format_count(lens, len);
	format_count(caps, cap);
	snprintf(cell, CELL_SIZE, "%s%4.4s/%-4.4s", bar, lens, caps);
}

/* The shares of the paths, by their letters. */
static void format_mix(char *cell, const struct row *row, int width)
{
	const uint64_t *values = row->values;
	const uint64_t sum = values[FIELD_HANDOFF] + values[FIELD_RING] + values[FIELD_PARK];
	uint64_t at;
	int i;

	for (i = 0; sum && i < width; i++) {
		at = (2 * i + 1) * sum / (2 * width);
		if (at < values[FIELD_HANDOFF])
			cell[i] = 'H';
		else
			cell[i] = at < values[FIELD_HANDOFF] + values[FIELD_RING] ? 'R' : 'P';
	}
	cell[i] = 0;
}

static const char *short_state(const char *state)
{
	if (!strcmp(state, "no-senders"))
		return "no-s";
	return strcmp(state, "no-receivers") ? state : "no-r";
}

static void format_cell(char *cell, const struct view *view, const struct row *row,
			const struct column *column)
{
	const enum field field = column->field;

	switch (field) {
	case FIELD_TYPE:
		strcpy(cell, row->type);
		break;
	case FIELD_STATE:
		strcpy(cell, short_state(row->state));
		break;
	case FIELD_LEN:
		format_depth(cell, row);
		break;
	case FIELD_SENDS:
	case FIELD_RECVS:
		format_rate(cell, row->values[field], view->interval);
		break;
	case FIELD_HANDOFF:
		format_mix(cell, row, column_width(column));
		break;
	case FIELD_OLDEST:
		format_age(cell, row->values[field]);
		break;
	case FIELD_ID:
		snprintf(cell, CELL_SIZE, "%" PRIu64, row->values[field]);
		break;
	default:
		format_count(cell, row->values[field]);
	}
}

static int cell_attributes(const struct row *row, enum field field)
{
	const uint64_t *values = row->values;

	if ((field == FIELD_SENDQ || field == FIELD_RECVQ) && values[field])
		return COLOR_PAIR(COLOUR_PARKED);
	if (field == FIELD_STATE && strcmp(row->state, "open"))
		return COLOR_PAIR(COLOUR_CLOSED);
	if (field == FIELD_LEN && values[FIELD_CAP] && values[FIELD_LEN] == values[FIELD_CAP])
		return COLOR_PAIR(COLOUR_FULL);
	return A_NORMAL;
}

/* Write a text in @width columns, clipped to the line. Returns the next column. */
static int draw_text(int y, int x, int width, bool left, const char *text, int attributes)
{
	char padded[CELL_SIZE];
	const int room = x + width <= COLS ? width : COLS - x;

	if (room <= 0)
		return x;
	snprintf(padded, sizeof(padded), left ? "%-*.*s" : "%*.*s", width, width, text);
	attrset(attributes);
	mvaddnstr(y, x, padded, room);
	attrset(A_NORMAL);
	return x + width + 1;
}

static void draw_headings(const struct view *view)
{
	const struct column *column;
	int x = 0;

	attrset(A_REVERSE);
	mvhline(LINES_ABOVE - 1, 0, ' ', COLS);
	for (column = columns; column < columns + COLUMNS; column++)
		x = draw_text(LINES_ABOVE - 1, x, column_width(column), column->left,
			      column->heading,
			      column->field == view->sort ? A_BOLD : A_REVERSE);
}

static void draw_row(const struct view *view, const struct row *row, int y)
{
	const struct column *column;
	char cell[CELL_SIZE];
	int x = 0;

	for (column = columns; column < columns + COLUMNS; column++) {
		format_cell(cell, view, row, column);
		x = draw_text(y, x, column_width(column), column->left, cell,
			      cell_attributes(row, column->field));
	}
}

static void draw_status(const struct view *view, const struct status *status)
{
	uint64_t parked = 0;
	char line[256];
	size_t i;

	for (i = 0; i < view->count; i++)
		parked += view->rows[i].values[FIELD_SENDQ] + view->rows[i].values[FIELD_RECVQ];
	snprintf(line, sizeof(line), "chantop  channels: %zu  parked: %" PRIu64 "  every: %" PRIu64 " s%s",
		 view->count, parked, status->delay / SECOND, status->paused ? ", paused" : "");
	draw_text(0, 0, COLS, true, line, A_BOLD);
	snprintf(line, sizeof(line), "sort: %s%s  filter: %s%s", field_name(view->sort),
		 view->reverse ? ", reversed" : "", view->filter, status->editing ? "_" : "");
	draw_text(1, 0, COLS, true, line, A_NORMAL);
	draw_text(LINES - 1, 0, COLS, true, status->editing ? "Enter: apply  Esc: no filter" :
		  "q quit  h help  s r d p i < > sort  R reverse  / filter  space pause  + - every",
		  A_DIM);
}

void draw_init(void)
{
	if (!has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(COLOUR_PARKED, COLOR_YELLOW, -1);
	init_pair(COLOUR_CLOSED, COLOR_RED, -1);
	init_pair(COLOUR_FULL, COLOR_MAGENTA, -1);
}

size_t draw_capacity(void)
{
	const int rows = LINES - LINES_ABOVE - LINES_BELOW;

	return rows > 1 ? rows : 1;
}

void draw_view(const struct view *view, const struct status *status)
{
	size_t i;

	erase();
	draw_headings(view);
	for (i = 0; i < draw_capacity() && status->first + i < view->count; i++)
		draw_row(view, &view->rows[status->first + i], LINES_ABOVE + i);
	draw_status(view, status);
}

void draw_help(void)
{
	static const char *const lines[] = {
		"s r d p i   sort by sends, receives, depth, parked, ID",
		"< >         sort by the column to the left, to the right",
		"R           reverse the order",
		"/           show only a channel ID, or types that contain a text",
		"up down     page up, page down: scroll",
		"space       pause, resume",
		"+ -         lengthen, shorten the interval",
		"h ?         show, hide this help",
		"q Ctrl-C    quit",
		"",
		"STATE   open, or: close, no-s(enders), no-r(eceivers), nil",
		"SEND/s, RECV/s   elements per second since the last sample",
		"MIX     share of paths: H handoff to a parked task, R ring, P after parking",
		"SQ, RQ  operations parked to send, to receive;  AGE  the oldest one",
		"HOLD    visible file descriptors of it",
	};
	size_t i;

	erase();
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		draw_text(i, 0, COLS, true, lines[i], A_NORMAL);
}
