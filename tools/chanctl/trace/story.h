/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interprets the events of a recording: the operations of each task, its park times, and
 * the send for each receive. A pure function of the recording.
 *
 * Tasks, channels, slices, flows and events are referenced by index; NONE is no index.
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
 * struct tally - operations and park times
 * @paths: elements by path
 * @parked: total park time in nanoseconds
 * @parks: number of parks
 */
struct tally {
	unsigned long long paths[SIDES][CHAN_PATHS];
	unsigned long long parked[SIDES];
	unsigned long long parks[SIDES];
};

/**
 * struct story_task - a task with events
 * @name: its last command, escaped
 * @first: its first event
 * @last: its last event
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
 * struct story_channel - a channel with events
 * @name: its number, and its type if known
 * @made: its creation was recorded, so its contents are known
 * @buffered: elements were in its ring, or requeued
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
 * struct slice - a period for which a task was parked
 * @first: its first event; a select has one for each of its operations, consecutively
 * @end: event of the task running again, usually chan_wake; NONE if it did not
 * @done: the operation that a peer completed, or NONE
 */
struct slice {
	size_t task;
	size_t first;
	size_t end;
	size_t done;
};

/**
 * struct flow - an element that left a channel
 * @from: its origin: a send, the park of its sender, or a requeue; or NONE
 * @to: the receive; or NONE
 * @seq: the flow by which it first left the channel
 * @handoff: from task to task, else through the buffer
 */
struct flow {
	size_t from;
	size_t to;
	size_t seq;
	bool handoff;
};

/**
 * struct note - associations of an event
 * @slice: slice that it starts, ends, or was completed in
 * @out: flow that starts at it
 * @in: flow that ends at it
 * @refill: slice of the sender whose element took the slot freed by this receive
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

/* Internal to story.c and flows.c: match receives with sends. */
void story_match(struct story *story);

/* Both ends were recorded. */
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
/* Length of a slice, up to the last event if it has no end. */
unsigned long long slice_length(const struct story *story, const struct slice *slice);
size_t story_find_task(const struct story *story, int tid);
/* Is it a park event? */
bool slice_begins(const struct story *story, size_t slice, size_t i);
/* The park event of a slice on this side of a channel, or NONE. */
size_t slice_find_park(const struct story *story, size_t slice, size_t channel, enum side side);

#endif /* TRACE_STORY_H */
