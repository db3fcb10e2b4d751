// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <error.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/escape.h"
#include "../array.h"
#include "story.h"

size_t story_find_task(const struct story *story, int tid)
{
	size_t i;

	for (i = 0; i < story->task_count; i++) {
		if (story->tasks[i].tid == tid)
			return i;
	}
	return NONE;
}

static size_t find_channel(const struct story *story, unsigned long long id)
{
	size_t i;

	for (i = 0; i < story->channel_count; i++) {
		if (story->channels[i].id == id)
			return i;
	}
	return NONE;
}

static size_t meet_task(struct story *story, size_t i)
{
	const struct chan_event *event = story_event(story, i);
	size_t index = story_find_task(story, event->tid);
	struct story_task *task;

	if (index == NONE) {
		index = story->task_count;
		story->tasks = array_grow(story->tasks, index, sizeof(*task));
		story->tasks[index] = (struct story_task){
			.pid = event->pid, .tid = event->tid, .first = i,
		};
		story->task_count++;
	}
	task = &story->tasks[index];
	task->last = i;
	escape(task->name, event->command);
	return index;
}

static size_t meet_channel(struct story *story, const struct chan_event *event)
{
	size_t index = find_channel(story, event->id);
	struct story_channel *channel;
	const char *type;

	if (!event->id)
		return NONE;
	if (index == NONE) {
		index = story->channel_count;
		story->channels = array_grow(story->channels, index, sizeof(*channel));
		channel = &story->channels[index];
		*channel = (struct story_channel){ .id = event->id };
		type = recording_type(story->recording, event->id);
		snprintf(channel->name, sizeof(channel->name), "#%llu%s%s", event->id,
			 type && *type ? " " : "", type ? type : "");
		story->channel_count++;
	}
	channel = &story->channels[index];
	if (event->kind == CHAN_EVENT_MAKE) {
		channel->made = true;
		channel->cap = event->cap;
		channel->elemsize = event->elemsize;
	}
	channel->closed |= event->kind == CHAN_EVENT_CLOSE;
	channel->buffered |= (is_operation(event) && event->path == CHAN_PATH_RING) ||
			     (event->kind == CHAN_EVENT_GIVEBACK && !event->peer);
	return index;
}

/* Add a park to the open slice, or start a slice. */
static size_t begin_slice(struct story *story, size_t i, size_t open)
{
	if (open != NONE)
		return open;
	story->slices = array_grow(story->slices, story->slice_count, sizeof(*story->slices));
	story->slices[story->slice_count] = (struct slice){
		.task = story->notes[i].task, .first = i, .end = NONE, .done = NONE,
	};
	return story->slice_count++;
}

/*
 * @open: current slice or NONE, by task; @last: the slice that ended last, by task, as its
 * operation is traced after its end.
 */
static void follow_slices(struct story *story, size_t i, size_t *open, size_t *last)
{
	const struct chan_event *event = story_event(story, i);
	struct note *note = &story->notes[i];
	size_t *mine = &open[note->task];
	const bool select = event->kind == CHAN_EVENT_PARK && event->select;

	if (is_operation(event) && event->path == CHAN_PATH_PARK && last[note->task] != NONE) {
		note->slice = last[note->task];
		story->slices[note->slice].done = i;
	}
	last[note->task] = NONE;
	/* If the wakeup event was lost, any other event of the task ends the slice. */
	if (*mine != NONE && !select) {
		note->slice = *mine;
		story->slices[*mine].end = i;
		if (event->kind == CHAN_EVENT_WAKE)
			last[note->task] = *mine;
		*mine = NONE;
	}
	if (event->kind == CHAN_EVENT_PARK) {
		*mine = begin_slice(story, i, *mine);
		note->slice = *mine;
	}
}

static void tell_slices(struct story *story)
{
	size_t *open = malloc((story->task_count + 1) * sizeof(*open));
	size_t *last = malloc((story->task_count + 1) * sizeof(*last));
	size_t i;

	if (!open || !last)
		error(EXIT_FAILURE, errno, "events");
	for (i = 0; i < story->task_count; i++)
		open[i] = last[i] = NONE;
	for (i = 0; i < story->recording->count; i++)
		follow_slices(story, i, open, last);
	free(open);
	free(last);
}

static void count(struct story *story, struct tally *tally, size_t i)
{
	const struct chan_event *event = story_event(story, i);

	if (is_operation(event))
		tally->paths[side_of(event)][event->path]++;
	if (event->kind == CHAN_EVENT_WAKE && event->id) {
		tally->parks[side_of(event)]++;
		tally->parked[side_of(event)] += event->parked;
	}
}

void story_tell(struct story *story, const struct recording *recording)
{
	size_t i;

	*story = (struct story){ .recording = recording };
	story->notes = calloc(recording->count + 1, sizeof(*story->notes));
	if (!story->notes)
		error(EXIT_FAILURE, errno, "events");
	for (i = 0; i < recording->count; i++) {
		story->notes[i] = (struct note){
			.task = meet_task(story, i),
			.channel = meet_channel(story, story_event(story, i)),
			.slice = NONE, .out = NONE, .in = NONE, .refill = NONE,
		};
		count(story, &story->tasks[story->notes[i].task].tally, i);
		if (story->notes[i].channel != NONE)
			count(story, &story->channels[story->notes[i].channel].tally, i);
	}
	tell_slices(story);
	story_match(story);
}

void story_free(struct story *story)
{
	free(story->notes);
	free(story->tasks);
	free(story->channels);
	free(story->slices);
	free(story->flows);
}

unsigned long long story_time(const struct story *story, size_t i)
{
	return story_event(story, i)->time - story_event(story, 0)->time;
}

unsigned long long slice_length(const struct story *story, const struct slice *slice)
{
	const size_t end = slice->end == NONE ? story->recording->count - 1 : slice->end;

	return story_time(story, end) - story_time(story, slice->first);
}

bool slice_begins(const struct story *story, size_t slice, size_t i)
{
	return story_event(story, i)->kind == CHAN_EVENT_PARK && story->notes[i].slice == slice;
}

size_t slice_find_park(const struct story *story, size_t slice, size_t channel, enum side side)
{
	const size_t end = story->slices[slice].end;
	size_t i;

	for (i = story->slices[slice].first; i < story->recording->count && i != end; i++) {
		if (slice_begins(story, slice, i) && story->notes[i].channel == channel &&
		    side_of(story_event(story, i)) == side)
			return i;
	}
	return NONE;
}
