// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "../lib/escape.h"
#include "view.h"

static const char *const names[FIELDS] = {
	[FIELD_ID]	= "ID",
	[FIELD_TYPE]	= "TYPE",
	[FIELD_STATE]	= "STATE",
	[FIELD_LEN]	= "LEN",
	[FIELD_CAP]	= "CAP",
	[FIELD_SENDS]	= "SENDS",
	[FIELD_RECVS]	= "RECVS",
	[FIELD_HANDOFF]	= "HANDOFF",
	[FIELD_RING]	= "RING",
	[FIELD_PARK]	= "PARK",
	[FIELD_SENDQ]	= "SENDQ",
	[FIELD_RECVQ]	= "RECVQ",
	[FIELD_OLDEST]	= "OLDEST",
	[FIELD_HOLDERS]	= "HOLDERS",
};

enum field field_find(const char *name)
{
	enum field field;

	for (field = 0; field < FIELDS; field++) {
		if (!strcasecmp(names[field], name))
			break;
	}
	return field;
}

const char *field_name(enum field field)
{
	return names[field];
}

static uint64_t fact_number(const struct channel *channel, enum fact fact)
{
	return strtoull(channel->facts[fact], NULL, 10);
}

static uint64_t paths_sum(const struct paths *paths)
{
	return paths->handoff + paths->ring + paths->park;
}

static uint64_t channel_oldest(const struct channel *channel)
{
	uint64_t oldest = 0;
	size_t i;

	for (i = 0; i < channel->waiter_count; i++) {
		if (channel->waiters[i].age > oldest)
			oldest = channel->waiters[i].age;
	}
	return oldest;
}

static bool channel_is_open(const struct channel *channel)
{
	return !strcmp(channel->facts[FACT_CLOSED], "no");
}

static void row_count(struct row *row, const struct channel *channel, const struct channel *before)
{
	uint64_t *values = row->values;

	values[FIELD_SENDS] = paths_sum(&channel->sends) - paths_sum(&before->sends);
	values[FIELD_RECVS] = paths_sum(&channel->recvs) - paths_sum(&before->recvs);
	values[FIELD_HANDOFF] = channel->sends.handoff - before->sends.handoff +
				channel->recvs.handoff - before->recvs.handoff;
	values[FIELD_RING] = channel->sends.ring - before->sends.ring +
			     channel->recvs.ring - before->recvs.ring;
	values[FIELD_PARK] = channel->sends.park - before->sends.park +
			     channel->recvs.park - before->recvs.park;
}

static void row_fill(struct row *row, const struct channel *channel, const struct channel *before)
{
	static const struct channel unborn;
	uint64_t *values = row->values;

	escape_printable(row->type, channel->facts[FACT_TYPE]);
	row->state = channel_is_open(channel) ? "open" : channel->facts[FACT_CLOSED];
	values[FIELD_ID] = channel->id;
	values[FIELD_LEN] = fact_number(channel, FACT_LEN);
	values[FIELD_CAP] = fact_number(channel, FACT_CAP);
	values[FIELD_SENDQ] = fact_number(channel, FACT_SENDQ);
	values[FIELD_RECVQ] = fact_number(channel, FACT_RECVQ);
	values[FIELD_OLDEST] = channel_oldest(channel);
	values[FIELD_HOLDERS] = channel->holder_count;
	row_count(row, channel, before ? before : &unborn);
}

static bool view_shows(const struct view *view, const struct row *row)
{
	char *end;
	const uint64_t id = strtoull(view->filter, &end, 10);

	return strstr(row->type, view->filter) || (!*end && id == row->values[FIELD_ID]);
}

/* Compare two rows; negative if the first one sorts above the second. */
static int row_compare(const void *one, const void *two, void *data)
{
	const struct row *first = one, *second = two;
	const struct view *view = data;
	const uint64_t *a = first->values, *b = second->values;
	const enum field sort = view->sort;
	int order;

	if (sort == FIELD_TYPE)
		order = strcmp(first->type, second->type);
	else if (sort == FIELD_STATE)
		order = strcmp(first->state, second->state);
	else if (sort == FIELD_ID)
		order = (a[sort] > b[sort]) - (a[sort] < b[sort]);
	else
		order = (a[sort] < b[sort]) - (a[sort] > b[sort]);
	if (!order)
		order = (first->place > second->place) - (first->place < second->place);
	return view->reverse ? -order : order;
}

int view_fill(struct view *view, const struct samples *samples)
{
	const struct model *model = &samples->now.model;
	const struct channel *channel;
	struct row *row;
	size_t i;

	view_free(view);
	view->rows = calloc(model->count + 1, sizeof(*view->rows));
	if (!view->rows)
		return -ENOMEM;
	for (i = 0; i < model->count; i++) {
		channel = model->channels[i];
		row = &view->rows[view->count];
		row_fill(row, channel, model_find(&samples->before.model, channel->id));
		row->place = i;
		if (view_shows(view, row))
			view->count++;
	}
	view->interval = samples_interval(samples);
	qsort_r(view->rows, view->count, sizeof(*view->rows), row_compare, view);
	return 0;
}

void view_free(struct view *view)
{
	free(view->rows);
	view->rows = NULL;
	view->count = 0;
}
