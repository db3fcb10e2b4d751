// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sequence diagram. Each row has at most one text, so that texts never overlap. Arrows are
 * horizontal: an element moves instantly, under the lock of its channel.
 */
#include <errno.h>
#include <string.h>

#include "../svg.h"
#include "outputs.h"
#include "rows.h"

#define TIME_WIDTH	76
#define COLUMN_WIDTH	148
#define ROW_HEIGHT	28
#define TOP		84
#define HEAD_HEIGHT	40
#define BAR		8
#define GAP		10
#define MARGIN		12
/* Characters that fit into a column head. */
#define HEAD_TEXT	18
/* ERESTARTSYS, the module's result after a signal; internal to the kernel. */
#define ERESTARTSYS	512

struct diagram {
	struct svg svg;
	const struct story *story;
	struct rows rows;
	int width;
	int bottom;
};

static int column_x(size_t column)
{
	return TIME_WIDTH + COLUMN_WIDTH / 2 + (int)column * COLUMN_WIDTH;
}

static int row_y(size_t row)
{
	return TOP + HEAD_HEIGHT + ROW_HEIGHT + (int)row * ROW_HEIGHT;
}

static const char *outcome(const struct chan_event *event)
{
	switch (event->result) {
	case 1:
		return "received";
	case 0:
		return event->send ? "sent" : "closed";
	case -EPIPE:
		return "closed";
	case -ETIMEDOUT:
		return "timed out";
	case -EAGAIN:
		return "a file is ready";
	case -ERESTARTSYS:
		return "interrupted";
	default:
		return strerror(-event->result);
	}
}

static void print_park(char *text, const struct story *story, size_t i)
{
	const size_t slice = story->notes[i].slice;
	const struct chan_event *event = story_event(story, i);
	size_t length, channel;

	length = snprintf(text, TEXT_SIZE, "parked: %s ", event->select ? "select" :
			  event->send ? "send" : "receive");
	for (; i < story->recording->count && i != story->slices[slice].end; i++) {
		if (!slice_begins(story, slice, i) || length + 32 > TEXT_SIZE)
			continue;
		channel = story->notes[i].channel;
		length += sprintf(text + length, "#%llu ", story->channels[channel].id);
	}
}

static void print_close(char *text, const struct chan_event *event)
{
	/* Indexed by CHAN_CLOSED_*. */
	static const char *const causes[] = {
		"", "", ": no senders left", ": no receivers left",
	};

	snprintf(text, TEXT_SIZE, "close #%llu%s", event->id,
		 causes[event->cause < 4 ? event->cause : 0]);
}

static void print_select(char *text, const struct chan_event *event)
{
	if (event->winner < 0)
		snprintf(text, TEXT_SIZE, "select: none of %u cases", event->cases);
	else if (event->id)
		snprintf(text, TEXT_SIZE, "select: case %d, #%llu", event->winner, event->id);
	else
		snprintf(text, TEXT_SIZE, "select: case %d, a file", event->winner);
}

static void print_row(char *text, const struct diagram *diagram, const struct row *row)
{
	const struct story *story = diagram->story;
	const struct chan_event *event = story_event(story, row->event);
	const size_t index = story->notes[row->event].channel;
	const struct story_channel none = { 0 };
	const struct story_channel *channel = index == NONE ? &none : &story->channels[index];
	char time[DURATION_SIZE];

	switch (row->kind) {
	case ROW_MAKE:
		snprintf(text, TEXT_SIZE, "make %s, capacity %u", channel->name, channel->cap);
		break;
	case ROW_HANDOFF:
		snprintf(text, TEXT_SIZE, "#%llu", event->id);
		break;
	case ROW_STRANGER:
		snprintf(text, TEXT_SIZE, "#%llu %s task %d", event->id,
			 event->kind == CHAN_EVENT_SEND ? "to" : "from", event->peer);
		break;
	case ROW_INTO_RING:
	case ROW_OUT_OF_RING:
		if (channel->made)
			snprintf(text, TEXT_SIZE, "%u/%u", event->len, channel->cap);
		else
			snprintf(text, TEXT_SIZE, "%u", event->len);
		break;
	case ROW_REFILL:
		strcpy(text, "refills");
		break;
	case ROW_PARK:
		print_park(text, story, row->event);
		break;
	case ROW_RUN:
		snprintf(text, TEXT_SIZE, "%s, after %s", outcome(event),
			 duration_print(time, event->parked));
		break;
	case ROW_CLOSE:
		print_close(text, event);
		break;
	case ROW_SELECT:
		print_select(text, event);
		break;
	case ROW_BACK:
		snprintf(text, TEXT_SIZE, "#%llu requeued", event->id);
		break;
	case ROW_RELEASE:
		snprintf(text, TEXT_SIZE, event->len ? "#%llu released with %u elements" :
						       "#%llu released", event->id, event->len);
		break;
	}
}

static const char *arrow_class(enum row_kind kind)
{
	if (kind == ROW_HANDOFF)
		return "handoff";
	return kind == ROW_BACK ? "back" : "ring";
}

static void draw_mark(struct diagram *diagram, const struct row *row, int y)
{
	const int x = column_x(row->from);

	if (row->kind == ROW_CLOSE)
		svg_cross(&diagram->svg, "cross", x, y);
	else if (row->kind == ROW_SELECT)
		svg_diamond(&diagram->svg, "diamond", x, y);
	else if (row->kind != ROW_PARK && row->kind != ROW_RUN)
		svg_dot(&diagram->svg, "dot", x, y);
}

static int text_end(const struct diagram *diagram, const struct row *row)
{
	char text[TEXT_SIZE];

	if (row->to != NONE)
		return 0;
	print_row(text, diagram, row);
	return column_x(row->from) + GAP + svg_text_width(text);
}

static void draw_row(struct diagram *diagram, size_t i)
{
	const struct row *row = &diagram->rows.rows[i];
	const int y = row_y(i);
	char text[TEXT_SIZE];
	int from, to;

	svg_text(&diagram->svg, "faint", SVG_END, TIME_WIDTH, y,
		 duration_print(text, story_time(diagram->story, row->event)));
	print_row(text, diagram, row);
	if (row->to == NONE) {
		draw_mark(diagram, row, y);
		svg_text(&diagram->svg, "", SVG_START, column_x(row->from) + GAP, y, text);
		return;
	}
	from = column_x(row->from);
	to = column_x(row->to);
	svg_line(&diagram->svg, arrow_class(row->kind), from + (from < to ? BAR : -BAR) / 2, y,
		 to + (from < to ? -BAR : BAR) / 2, y);
	/* Next to the start of the arrow, no bar is behind the text. */
	svg_text(&diagram->svg, "", SVG_MIDDLE,
		 from + (from < to ? COLUMN_WIDTH : -COLUMN_WIDTH) / 2, y - GAP, text);
}

/* The first row at or after an event. */
static size_t row_of(const struct diagram *diagram, size_t event)
{
	size_t i;

	for (i = 0; i < diagram->rows.count; i++) {
		if (diagram->rows.rows[i].event >= event)
			break;
	}
	return i;
}

static void draw_bar(struct diagram *diagram, const struct slice *slice)
{
	const size_t column = rows_column_of_task(&diagram->rows, slice->task);
	const size_t first = row_of(diagram, slice->first);
	const size_t end = slice->end == NONE ? NONE : row_of(diagram, slice->end);
	int bottom = diagram->bottom;

	if (first == diagram->rows.count || column == NONE)
		return;
	if (end < diagram->rows.count)
		bottom = row_y(end);
	svg_box(&diagram->svg, "park", column_x(column) - BAR / 2, row_y(first), BAR,
		bottom - row_y(first));
}

/* Text that is too long ends in an ellipsis. */
static void draw_head_text(struct diagram *diagram, int x, int y, const char *class,
			   const char *name)
{
	char text[NAME_SIZE];
	size_t characters = 0, i;

	for (i = 0; name[i]; i++) {
		if ((name[i] & 0xc0) != 0x80 && ++characters == HEAD_TEXT)
			break;
	}
	snprintf(text, sizeof(text), "%.*s%s", (int)i, name, name[i] ? "…" : "");
	svg_text(&diagram->svg, class, SVG_MIDDLE, x, y, text);
}

static void draw_head(struct diagram *diagram, size_t i)
{
	const struct column *column = &diagram->rows.columns[i];
	const bool task = column->task != NONE;
	const int x = column_x(i), middle = TOP + HEAD_HEIGHT / 2;
	const char *name, *type;
	char number[32];

	svg_line(&diagram->svg, task ? "life" : "buffer-life", x, TOP, x, diagram->bottom);
	svg_box(&diagram->svg, task ? "task" : "buffer", x - COLUMN_WIDTH / 2 + 4, TOP,
		COLUMN_WIDTH - 8, HEAD_HEIGHT);
	if (task) {
		name = diagram->story->tasks[column->task].name;
		snprintf(number, sizeof(number), "%d", diagram->story->tasks[column->task].tid);
	} else {
		type = strchr(diagram->story->channels[column->channel].name, ' ');
		name = type ? type + 1 : "buffer";
		snprintf(number, sizeof(number), "#%llu",
			 diagram->story->channels[column->channel].id);
	}
	draw_head_text(diagram, x, middle - SVG_LINE / 2, task ? "head" : "faint head",
		       task ? name : number);
	draw_head_text(diagram, x, middle + SVG_LINE / 2, task ? "faint head" : "head",
		       task ? number : name);
}

static int draw_key(struct diagram *diagram, int x, const char *class, const char *text)
{
	const int y = TOP - SVG_LINE - SVG_LINE / 2;
	char key[32];

	snprintf(key, sizeof(key), "%s key", class);
	if (!strcmp(class, "park"))
		svg_box(&diagram->svg, key, x + 24, y - 7, BAR, 14);
	else if (!strcmp(class, "cross"))
		svg_cross(&diagram->svg, key, x + 24, y);
	else
		svg_line(&diagram->svg, key, x, y, x + 30, y);
	svg_text(&diagram->svg, "", SVG_START, x + 38, y, text);
	return x + 38 + svg_text_width(text) + GAP;
}

static void draw_legend(struct diagram *diagram, const char *command)
{
	int x = MARGIN;

	svg_text(&diagram->svg, "title", SVG_START, MARGIN, MARGIN + SVG_LINE, command);
	x = draw_key(diagram, x, "handoff", "handoff");
	x = draw_key(diagram, x, "ring", "through the buffer");
	x = draw_key(diagram, x, "back", "requeued");
	x = draw_key(diagram, x, "park", "parked");
	draw_key(diagram, x, "cross", "close");
}

static void measure(struct diagram *diagram, const char *command)
{
	const int legend = 660;
	int end = MARGIN + svg_text_width(command);
	size_t i;

	diagram->bottom = row_y(diagram->rows.count);
	diagram->width = TIME_WIDTH + COLUMN_WIDTH * (int)diagram->rows.column_count + MARGIN;
	if (diagram->width < legend)
		diagram->width = legend;
	if (diagram->width < end)
		diagram->width = end;
	for (i = 0; i < diagram->rows.count; i++) {
		end = text_end(diagram, &diagram->rows.rows[i]);
		if (diagram->width < end)
			diagram->width = end;
	}
}

void sequence_write(FILE *stream, const struct story *story, const char *command, size_t rows)
{
	struct diagram diagram = { .story = story };
	char missing[TEXT_SIZE];
	size_t i;

	rows_lay_out(&diagram.rows, story, rows);
	measure(&diagram, command);
	missing_print(missing, diagram.rows.cut, diagram.rows.cut == 1 ? "row is" : "rows are",
		      story->recording->lost);
	svg_begin(&diagram.svg, stream, diagram.width,
		  diagram.bottom + MARGIN + (*missing ? 2 * SVG_LINE : 0), command);
	draw_legend(&diagram, command);
	for (i = 0; i < diagram.rows.column_count; i++)
		draw_head(&diagram, i);
	for (i = 0; i < story->slice_count; i++)
		draw_bar(&diagram, &story->slices[i]);
	for (i = 0; i < diagram.rows.count; i++)
		draw_row(&diagram, i);
	if (*missing)
		svg_text(&diagram.svg, "faint", SVG_START, MARGIN, diagram.bottom + SVG_LINE, missing);
	svg_end(&diagram.svg);
	rows_free(&diagram.rows);
}
