// SPDX-License-Identifier: GPL-2.0-only
/*
 * Match receives with sends.
 *
 * Events of elements leaving a channel are in the order in which its lock was taken. So the
 * contents of the channel can be tracked: its ring, and its requeued elements. A task that was
 * parked reports the result of its operation, and the peer that completed it, later. If events
 * contradict the tracked contents, because events were lost or the channel has unrecorded users,
 * the contents become of unknown origin.
 */
#include <errno.h>
#include <error.h>
#include <stdlib.h>
#include <string.h>

#include "../array.h"
#include "story.h"

/* An element in a channel; @from and @seq as in struct flow. */
struct element {
	size_t from;
	size_t seq;
};

struct line {
	struct element *elements;
	size_t first;
	size_t end;
};

/* The contents of a channel. */
struct content {
	struct line ring;
	struct line requeued;
};

/**
 * struct match - state of the matching
 * @contents: contents by channel
 * @parked: current slice by task
 */
struct match {
	struct story *story;
	struct content *contents;
	size_t *parked;
};

static size_t line_length(const struct line *line)
{
	return line->end - line->first;
}

static void line_push(struct line *line, struct element element)
{
	line->elements = array_grow(line->elements, line->end, sizeof(element));
	line->elements[line->end++] = element;
}

/* If there is none, an element of unknown origin. */
static struct element line_pop(struct line *line)
{
	struct element element = { NONE, 0 };

	if (!line_length(line) || !line->elements)
		return element;
	element = line->elements[line->first++];
	if (line->first == line->end)
		line->first = line->end = 0;
	return element;
}

/* Insert in order of sequence. */
static void line_insert(struct line *line, struct element element)
{
	size_t at;

	line_push(line, element);
	for (at = line->end - 1; at > line->first; at--) {
		if (line->elements[at - 1].seq <= element.seq)
			break;
		line->elements[at] = line->elements[at - 1];
	}
	line->elements[at] = element;
}

static void line_expect(struct line *line, size_t length)
{
	if (line_length(line) == length)
		return;
	line->first = line->end = 0;
	while (line_length(line) < length)
		line_push(line, (struct element){ NONE, 0 });
}

static void add_flow(struct story *story, struct flow flow)
{
	const size_t index = story->flow_count;

	story->flows = array_grow(story->flows, index, sizeof(flow));
	if (flow.seq == NONE)
		flow.seq = index;
	story->flows[index] = flow;
	story->flow_count++;
	if (!flow_is_whole(&flow))
		return;
	story->notes[flow.from].out = index;
	story->notes[flow.to].in = index;
}

/* The current slice of the peer of an event, or NONE. */
static size_t peer_slice(const struct match *match, size_t i)
{
	const size_t task = story_find_task(match->story, story_event(match->story, i)->peer);

	return task == NONE ? NONE : match->parked[task];
}

/* The receive of the parked task to which an event hands an element, or NONE. */
static size_t peer_receive(const struct match *match, size_t i)
{
	const struct story *story = match->story;
	const size_t slice = peer_slice(match, i);
	const size_t done = slice == NONE ? NONE : story->slices[slice].done;

	if (done == NONE || story->notes[done].channel != story->notes[i].channel ||
	    story_event(story, done)->kind != CHAN_EVENT_RECV ||
	    story_event(story, done)->peer != story_event(story, i)->tid)
		return NONE;
	return done;
}

static void match_send(struct match *match, size_t i)
{
	const struct chan_event *event = story_event(match->story, i);
	struct line *ring = &match->contents[match->story->notes[i].channel].ring;

	if (event->path == CHAN_PATH_HANDOFF) {
		add_flow(match->story, (struct flow){
			.from = i, .to = peer_receive(match, i), .seq = NONE, .handoff = true,
		});
	} else if (event->path == CHAN_PATH_RING) {
		line_expect(ring, event->len - 1);
		line_push(ring, (struct element){ i, 0 });
	}
}

/* A receive has freed a slot for the element of a parked sender, its peer. */
static void refill(struct match *match, size_t i)
{
	struct story *story = match->story;
	struct note *note = &story->notes[i];
	size_t from = NONE;

	note->refill = peer_slice(match, i);
	if (note->refill != NONE)
		from = slice_find_park(story, note->refill, note->channel, SIDE_SEND);
	line_push(&match->contents[note->channel].ring, (struct element){ from, 0 });
}

static void match_buffered(struct match *match, size_t i)
{
	const struct chan_event *event = story_event(match->story, i);
	struct content *content = &match->contents[match->story->notes[i].channel];
	struct element element;

	if (line_length(&content->requeued) && !event->peer) {
		element = line_pop(&content->requeued);
	} else {
		line_expect(&content->ring, event->peer ? event->len : event->len + 1);
		element = line_pop(&content->ring);
		element.seq = NONE;
		if (event->peer)
			refill(match, i);
	}
	add_flow(match->story, (struct flow){
		.from = element.from, .to = i, .seq = element.seq,
	});
}

static void match_recv(struct match *match, size_t i)
{
	const struct chan_event *event = story_event(match->story, i);
	const size_t slice = peer_slice(match, i);
	size_t from = NONE;

	if (event->path == CHAN_PATH_RING)
		match_buffered(match, i);
	if (event->path != CHAN_PATH_HANDOFF)
		return;
	if (slice != NONE)
		from = slice_find_park(match->story, slice, match->story->notes[i].channel,
				       SIDE_SEND);
	add_flow(match->story, (struct flow){
		.from = from, .to = i, .seq = NONE, .handoff = true,
	});
}

/* Number of consecutive requeues by a task to a channel, starting here. */
static size_t count_requeues(const struct story *story, size_t i)
{
	const struct note *note = &story->notes[i];
	size_t count = 0;

	for (; i <= story->tasks[note->task].last; i++) {
		if (story->notes[i].task != note->task)
			continue;
		if (story_event(story, i)->kind != CHAN_EVENT_GIVEBACK ||
		    story->notes[i].channel != note->channel)
			break;
		count++;
	}
	return count;
}

/* The seq of the requeued elements: those that the task received last, in order. */
static size_t ticket_requeued(const struct story *story, size_t i)
{
	size_t left = count_requeues(story, i), at;

	for (at = story->flow_count; at--; ) {
		const struct flow *flow = &story->flows[at];

		if (flow->to != NONE && story->notes[flow->to].task == story->notes[i].task &&
		    !--left)
			return flow->seq;
	}
	return 0;
}

static void match_requeue(struct match *match, size_t i)
{
	const struct chan_event *event = story_event(match->story, i);
	struct line *requeued = &match->contents[match->story->notes[i].channel].requeued;
	const size_t seq = ticket_requeued(match->story, i);

	if (event->peer) {
		add_flow(match->story, (struct flow){
			.from = i, .to = peer_receive(match, i), .seq = seq,
			.handoff = true,
		});
		return;
	}
	line_insert(requeued, (struct element){ i, seq });
	line_expect(requeued, event->requeued);
}

static void match_event(struct match *match, size_t i)
{
	const struct story *story = match->story;
	const struct note *note = &story->notes[i];
	size_t *parked = &match->parked[note->task];

	if (*parked != NONE && story->slices[*parked].end == i)
		*parked = NONE;
	switch (story_event(story, i)->kind) {
	case CHAN_EVENT_PARK:
		*parked = note->slice;
		break;
	case CHAN_EVENT_SEND:
		match_send(match, i);
		break;
	case CHAN_EVENT_RECV:
		match_recv(match, i);
		break;
	case CHAN_EVENT_GIVEBACK:
		match_requeue(match, i);
		break;
	}
}

void story_match(struct story *story)
{
	struct match match = {
		.story = story,
		.contents = calloc(story->channel_count + 1, sizeof(*match.contents)),
		.parked = malloc((story->task_count + 1) * sizeof(*match.parked)),
	};
	size_t i;

	if (!match.contents || !match.parked)
		error(EXIT_FAILURE, errno, "events");
	for (i = 0; i < story->task_count; i++)
		match.parked[i] = NONE;
	for (i = 0; i < story->recording->count; i++)
		match_event(&match, i);
	for (i = 0; i < story->channel_count; i++) {
		free(match.contents[i].ring.elements);
		free(match.contents[i].requeued.elements);
	}
	free(match.contents);
	free(match.parked);
}
