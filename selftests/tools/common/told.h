/* SPDX-License-Identifier: GPL-2.0-only */
/* Handmade events for "chanctl trace". Included once by a program. */
#ifndef _TOOLS_TOLD_H
#define _TOOLS_TOLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../tools/chanctl/trace/outputs.h"

#define CHANNEL		7
#define OTHER		8
#define MAIN		100
#define WORKER		200
#define SECOND		300

static struct recording recording;
static struct story story;

/* A millisecond after the previous one. */
static inline size_t add(int tid, struct chan_event event)
{
	event.time = (recording.count + 1) * 1000000ULL;
	event.pid = event.tid = tid;
	if (!event.id && event.kind != CHAN_EVENT_SELECT && event.kind != CHAN_EVENT_WAKE)
		event.id = CHANNEL;
	snprintf(event.command, sizeof(event.command), "task%d", tid);
	recording_add(&recording, &event);
	return recording.count - 1;
}

#define ADD(tid, event, ...) \
	add(tid, (struct chan_event){ .kind = CHAN_EVENT_##event, ##__VA_ARGS__ })
/* Receives from a full ring, whose free slot takes a parked sender's element. */
#define REFILL(tid, left, sender) \
	ADD(tid, RECV, .path = CHAN_PATH_RING, .len = left, .peer = sender)
#define RING(tid, event, left)	ADD(tid, event, .path = CHAN_PATH_RING, .len = left)

static inline size_t make(unsigned int cap)
{
	return ADD(MAIN, MAKE, .cap = cap, .elemsize = 8);
}

/* A parked task runs again, as its operation was completed by a peer. */
static inline size_t wake_sent(int tid, int by)
{
	ADD(tid, WAKE, .id = CHANNEL, .send = 1);
	return ADD(tid, SEND, .path = CHAN_PATH_PARK, .peer = by);
}

static inline size_t wake_received(int tid, int by)
{
	ADD(tid, WAKE, .id = CHANNEL, .result = 1);
	return ADD(tid, RECV, .path = CHAN_PATH_PARK, .peer = by);
}

static inline void tell(void)
{
	story_tell(&story, &recording);
}

static inline size_t whole_flows(void)
{
	size_t i, count = 0;

	for (i = 0; i < story.flow_count; i++)
		count += flow_is_whole(&story.flows[i]);
	return count;
}

static inline bool flows(size_t from, size_t to, bool handoff)
{
	size_t i;

	for (i = 0; i < story.flow_count; i++) {
		if (story.flows[i].from == from && story.flows[i].to == to)
			return story.flows[i].handoff == handoff;
	}
	return false;
}

/* The text written by an output. */
static inline const char *written(void (*write)(FILE *stream, const struct story *story,
					 const char *command))
{
	static char *text;
	size_t size;
	FILE *stream;

	free(text);
	text = NULL;
	stream = open_memstream(&text, &size);
	write(stream, &story, "command");
	fclose(stream);
	return text;
}

static size_t most_rows = 80;

static inline void write_sequence(FILE *stream, const struct story *told, const char *command)
{
	sequence_write(stream, told, command, most_rows);
}

static inline unsigned int occurrences(const char *text, const char *what)
{
	unsigned int count = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		count++;
	return count;
}

#endif /* _TOOLS_TOLD_H */
