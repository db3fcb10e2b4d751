/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the events of a recording mean together: which task did what, when it was parked, and
 * which receive took the element of which send. A pure function of the recording.
 *
 * Tasks, channels, slices, flows and events are named by their index, and NONE is none of them.
 */
#ifndef TRACE_STORY_H
#define TRACE_STORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recording.h"

#define NONE		SIZE_MAX
#define NAME_SIZE	160

enum side {
	SIDE_RECV,
	SIDE_SEND,
	SIDES,
};

/**
 * struct tally - operations, and how long they were parked
 * @paths: elements by the path they took
 * @parked: nanoseconds
 * @parks: how often
 */
struct tally {
	unsigned long long paths[SIDES][CHAN_PATHS];
	unsigned long long parked[SIDES];
	unsigned long long parks[SIDES];
};

/**
 * struct story_task - one that told something
 * @name: its command, the last that it had, escaped
 * @first: its first event
 * @last: its last one
 */
struct story_task {
	int pid;
	int tid;
	char name[NAME_SIZE];
	size_t first;
	size_t last;
	struct tally tally;
};

/**
 * struct story_channel - one that something was told of
 * @name: its number, and its type if that is known
 * @made: its making was recorded, so that what follows is known
 * @buffered: elements were in its ring, or requeued to it
 * @closed: its close was recorded
 */
struct story_channel {
	unsigned long long id;
	char name[NAME_SIZE];
	bool made;
	unsigned int cap;
	unsigned int elemsize;
	bool buffered;
	bool closed;
	struct tally tally;
};

/**
 * struct slice - a time for which a task was parked
 * @first: the event that begins it; a select has one for each of its operations, in a row
 * @end: the event that shows the task running again, mostly chan_wake; NONE: it did not
 * @done: the operation that a peer completed, or NONE
 */
struct slice {
	size_t task;
	size_t first;
	size_t end;
	size_t done;
};

/**
 * struct flow - an element that was taken out of a channel
 * @from: where it came from: a send, the park of its sender, or a give-back; or NONE
 * @to: the receive; or NONE
 * @seq: the flow by which it left the channel for the first time
 * @handoff: from task to task, else through the buffer
 */
struct flow {
	size_t from;
	size_t to;
	size_t seq;
	bool handoff;
};

/**
 * struct note - what an event belongs to
 * @slice: that it begins, ends, or was completed in
 * @out: the flow that comes from it
 * @in: the flow that goes to it
 * @refill: the slice of the sender whose element took the place of one that was received
 */
struct note {
	size_t task;
	size_t channel;
	size_t slice;
	size_t out;
	size_t in;
	size_t refill;
};

struct story {
	const struct recording *recording;
	struct note *notes;
	struct story_task *tasks;
	size_t task_count;
	struct story_channel *channels;
	size_t channel_count;
	struct slice *slices;
	size_t slice_count;
	struct flow *flows;
	size_t flow_count;
};

void story_tell(struct story *story, const struct recording *recording);
void story_free(struct story *story);

/* Of story.c and flows.c only: find out which receive took which element. */
void story_match(struct story *story);

/* Both ends were seen. */
static inline bool flow_is_whole(const struct flow *flow)
{
	return flow->from != NONE && flow->to != NONE;
}

static inline enum side side_of(const struct chan_event *event)
{
	const bool send = event->kind == CHAN_EVENT_PARK || event->kind == CHAN_EVENT_WAKE ?
				  event->send : event->kind == CHAN_EVENT_SEND;

	return send ? SIDE_SEND : SIDE_RECV;
}

static inline bool is_operation(const struct chan_event *event)
{
	return event->kind == CHAN_EVENT_SEND || event->kind == CHAN_EVENT_RECV;
}

static inline const struct chan_event *story_event(const struct story *story, size_t i)
{
	return &story->recording->events[i];
}

/* Nanoseconds since the first event. */
unsigned long long story_time(const struct story *story, size_t i);
/* How long a slice is, up to the last event if it has no end. */
unsigned long long slice_length(const struct story *story, const struct slice *slice);
size_t story_find_task(const struct story *story, int tid);
/* Is the event one of those with which a task parks? */
bool slice_begins(const struct story *story, size_t slice, size_t i);
/* The event with which a slice parks on this side of a channel, or NONE. */
size_t slice_find_park(const struct story *story, size_t slice, size_t channel, enum side side);

#endif /* TRACE_STORY_H */
