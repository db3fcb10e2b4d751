// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chrome's JSON trace format, also read by Perfetto: an array of events sorted by time, in
 * microseconds.
 */
#include <jansson.h>
#include <string.h>

#include "outputs.h"

struct document {
	FILE *stream;
	const struct story *story;
	bool begun;
};

static double microseconds(unsigned long long nanoseconds)
{
	return nanoseconds / 1000.0;
}

/* Takes ownership of @object. */
static void put(struct document *document, json_t *object)
{
	fputs(document->begun ? ",\n" : "\n", document->stream);
	document->begun = true;
	/* A double holds at least 15 digits. */
	json_dumpf(object, document->stream, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(object);
}

/* An event in a task, with its phase letter. */
static json_t *happening(const struct document *document, const char *phase, size_t i,
			 const char *name)
{
	const struct chan_event *event = story_event(document->story, i);

	return json_pack("{ss ss sf si si}", "ph", phase, "name", name,
			 "ts", microseconds(story_time(document->story, i)),
			 "pid", event->pid, "tid", event->tid);
}

static void put_name(struct document *document, const char *what, const struct story_task *task)
{
	put(document, json_pack("{ss ss si si s{ss}}", "ph", "M", "name", what, "pid", task->pid,
				"tid", task->tid, "args", "name", task->name));
}

static void put_names(struct document *document)
{
	const struct story *story = document->story;
	size_t i, main_task;

	for (i = 0; i < story->task_count; i++) {
		const struct story_task *task = &story->tasks[i];

		put_name(document, "thread_name", task);
		/* A process has the name of its main task, if that has events. */
		main_task = story_find_task(story, task->pid);
		if (main_task == NONE || main_task == i)
			put_name(document, "process_name", task);
	}
}

static const char *channel_name(const struct story *story, size_t i)
{
	const size_t channel = story->notes[i].channel;

	return channel == NONE ? "" : story->channels[channel].name;
}

static void begin_running(struct document *document, size_t i)
{
	put(document, happening(document, "B", i, "running"));
}

static void begin_parked(struct document *document, size_t i)
{
	const struct chan_event *event = story_event(document->story, i);
	char name[NAME_SIZE + 32];

	snprintf(name, sizeof(name), "parked %s %s", event->send ? "send" : "recv",
		 channel_name(document->story, i));
	put(document, happening(document, "B", i, event->select ? "parked select" : name));
}

static void end_slice(struct document *document, size_t i)
{
	put(document, happening(document, "E", i, ""));
}

/* A task alternates between running and parked slices. */
static void put_slices(struct document *document, size_t i)
{
	const struct story *story = document->story;
	const struct note *note = &story->notes[i];
	const struct slice *slice = note->slice == NONE ? NULL : &story->slices[note->slice];
	const bool parks = slice && slice->first == i;
	const bool wakes = slice && slice->end == i;

	if (i == story->tasks[note->task].first) {
		if (!parks)
			begin_running(document, i);
	} else if (parks || wakes) {
		end_slice(document, i);
	}
	if (parks)
		begin_parked(document, i);
	if (wakes)
		begin_running(document, i);
}

static void put_end(struct document *document, size_t i)
{
	const struct story *story = document->story;
	const struct story_task *task = &story->tasks[story->notes[i].task];
	const size_t slice = story->notes[i].slice;

	if (i == task->last && (slice == NONE || story->slices[slice].end != NONE))
		end_slice(document, i);
}

static void put_flow(struct document *document, size_t i, size_t flow, const char *phase)
{
	const char *name;
	json_t *object;

	if (flow == NONE)
		return;
	name = document->story->flows[flow].handoff ? "handoff" : "ring";
	object = happening(document, phase, i, name);
	json_object_set_new(object, "cat", json_string("element"));
	json_object_set_new(object, "id", json_integer(flow));
	json_object_set_new(object, "bp", json_string("e"));
	put(document, object);
}

static void put_instant(struct document *document, size_t i)
{
	static const char *const names[CHAN_EVENT_KINDS] = {
		[CHAN_EVENT_MAKE]	= "make",
		[CHAN_EVENT_CLOSE]	= "close",
		[CHAN_EVENT_SELECT]	= "select",
		[CHAN_EVENT_GIVEBACK]	= "requeue",
		[CHAN_EVENT_RELEASE]	= "release",
	};
	const unsigned int kind = story_event(document->story, i)->kind;
	const char *channel = channel_name(document->story, i);
	char name[NAME_SIZE + 16];
	json_t *object;

	if (!names[kind])
		return;
	snprintf(name, sizeof(name), "%s%s%s", names[kind], *channel ? " " : "", channel);
	object = happening(document, "i", i, name);
	json_object_set_new(object, "s", json_string("t"));
	put(document, object);
}

/* If the event has the length of the ring. Counters belong to the first process. */
static void put_counter(struct document *document, size_t i)
{
	const struct story *story = document->story;
	const struct chan_event *event = story_event(story, i);
	char name[NAME_SIZE + 16];
	json_t *object;

	if (event->kind != CHAN_EVENT_MAKE && !(is_operation(event) && event->path == CHAN_PATH_RING))
		return;
	snprintf(name, sizeof(name), "%s buffered", channel_name(story, i));
	object = happening(document, "C", i, name);
	json_object_set_new(object, "pid", json_integer(story->tasks[0].pid));
	json_object_set_new(object, "args", json_pack("{si}", "elements", event->len));
	put(document, object);
}

/* Tasks parked until the end. */
static void put_parked(struct document *document)
{
	const struct story *story = document->story;
	size_t i;
	json_t *object;

	for (i = 0; i < story->slice_count; i++) {
		if (story->slices[i].end != NONE)
			continue;
		object = happening(document, "E", story->slices[i].first, "");
		json_object_set_new(object, "ts", json_real(microseconds(
			story_time(story, story->recording->count - 1))));
		put(document, object);
	}
}

void perfetto_write(FILE *stream, const struct story *story, const char *command)
{
	struct document document = { .stream = stream, .story = story };
	json_t *data = json_pack("{ss sI}", "command", command, "lost",
				 (json_int_t)story->recording->lost);
	size_t i;

	fputs("{\"displayTimeUnit\":\"ns\",\"otherData\":", stream);
	json_dumpf(data, stream, JSON_COMPACT);
	json_decref(data);
	fputs(",\"traceEvents\":[", stream);
	put_names(&document);
	for (i = 0; i < story->recording->count; i++) {
		put_slices(&document, i);
		put_counter(&document, i);
		put_instant(&document, i);
		put_flow(&document, i, story->notes[i].out, "s");
		put_flow(&document, i, story->notes[i].in, "f");
		put_end(&document, i);
	}
	put_parked(&document);
	fputs("\n]}\n", stream);
}
