// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "chanctl trace" makes of events, which need not have happened here: which receive took
 * which element, when tasks were parked, and what the pictures show.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "../tools/chanctl/trace/outputs.h"

#define CHANNEL		7
#define OTHER		8
#define MAIN		100
#define WORKER		200
#define SECOND		300

static struct recording recording;
static struct story story;

/* A millisecond after the one before. */
static size_t add(int tid, struct chan_event event)
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
/* Receives from a full ring, whose free place a parked sender's element takes. */
#define REFILL(tid, left, sender) \
	ADD(tid, RECV, .path = CHAN_PATH_RING, .len = left, .peer = sender)
#define RING(tid, event, left)	ADD(tid, event, .path = CHAN_PATH_RING, .len = left)

static size_t make(unsigned int cap)
{
	return ADD(MAIN, MAKE, .cap = cap, .elemsize = 8);
}

/* A task that was parked runs again, as its operation was completed by a peer. */
static size_t wake_sent(int tid, int by)
{
	ADD(tid, WAKE, .id = CHANNEL, .send = 1);
	return ADD(tid, SEND, .path = CHAN_PATH_PARK, .peer = by);
}

static size_t wake_received(int tid, int by)
{
	ADD(tid, WAKE, .id = CHANNEL, .result = 1);
	return ADD(tid, RECV, .path = CHAN_PATH_PARK, .peer = by);
}

static void tell(void)
{
	story_tell(&story, &recording);
}

static size_t whole_flows(void)
{
	size_t i, count = 0;

	for (i = 0; i < story.flow_count; i++)
		count += flow_is_whole(&story.flows[i]);
	return count;
}

static bool flows(size_t from, size_t to, bool handoff)
{
	size_t i;

	for (i = 0; i < story.flow_count; i++) {
		if (story.flows[i].from == from && story.flows[i].to == to)
			return story.flows[i].handoff == handoff;
	}
	return false;
}

/* What an output writes. */
static const char *written(void (*write)(FILE *stream, const struct story *story,
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

static void write_sequence(FILE *stream, const struct story *told, const char *command)
{
	sequence_write(stream, told, command, most_rows);
}

static unsigned int occurrences(const char *text, const char *what)
{
	unsigned int count = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		count++;
	return count;
}

TEST(events_are_put_into_the_order_of_their_time)
{
	struct chan_event event = { .kind = CHAN_EVENT_MAKE };

	for (int i = 0; i < 8; i++) {
		event.time = i ^ 1;
		event.id = i;
		recording_add(&recording, &event);
	}
	event.time = 3;
	event.id = 99;
	recording_add(&recording, &event);
	for (int i = 1; i < 9; i++)
		EXPECT_LE(recording.events[i - 1].time, recording.events[i].time);
	/* Of two at the same time, the first that came is the first. */
	EXPECT_EQ(99, recording.events[4].id);
}

TEST(elements_in_the_ring_flow_first_in_first_out)
{
	size_t sends[3], recvs[3];

	make(3);
	for (int i = 0; i < 3; i++)
		sends[i] = RING(MAIN, SEND, i + 1);
	for (int i = 0; i < 3; i++)
		recvs[i] = RING(WORKER, RECV, 2 - i);
	tell();
	EXPECT_EQ(3, whole_flows());
	for (int i = 0; i < 3; i++)
		EXPECT_TRUE(flows(sends[i], recvs[i], false));
}

TEST(a_parked_receiver_is_handed_the_element_of_its_peer)
{
	size_t send, recv;

	make(0);
	ADD(WORKER, PARK);
	ADD(SECOND, PARK);
	send = ADD(MAIN, SEND, .peer = WORKER);
	ADD(MAIN, SEND, .peer = SECOND);
	wake_received(SECOND, MAIN);
	recv = wake_received(WORKER, MAIN);
	tell();
	EXPECT_EQ(2, whole_flows());
	EXPECT_TRUE(flows(send, recv, true));
}

TEST(an_element_of_a_parked_sender_flows_from_where_it_parked)
{
	size_t park, recv;

	make(0);
	park = ADD(WORKER, PARK, .send = 1);
	recv = ADD(MAIN, RECV, .peer = WORKER);
	wake_sent(WORKER, MAIN);
	tell();
	EXPECT_EQ(1, whole_flows());
	EXPECT_TRUE(flows(park, recv, true));
}

TEST(a_parked_sender_refills_the_ring_in_the_order_of_parking)
{
	size_t first, parks[2], recvs[3];

	make(1);
	ADD(WORKER, MAKE, .id = OTHER);
	first = RING(MAIN, SEND, 1);
	parks[0] = ADD(SECOND, PARK, .send = 1);
	parks[1] = ADD(WORKER, PARK, .send = 1);
	recvs[0] = REFILL(MAIN, 1, SECOND);
	recvs[1] = REFILL(MAIN, 1, WORKER);
	/* Who was parked first may run last. */
	wake_sent(WORKER, MAIN);
	recvs[2] = RING(MAIN, RECV, 0);
	wake_sent(SECOND, MAIN);
	tell();
	EXPECT_EQ(3, whole_flows());
	EXPECT_TRUE(flows(first, recvs[0], false));
	EXPECT_TRUE(flows(parks[0], recvs[1], false));
	EXPECT_TRUE(flows(parks[1], recvs[2], false));
	EXPECT_EQ(6, occurrences(written(write_sequence), "class=\"ring\""));
}

TEST(elements_given_back_are_received_first_in_their_old_order)
{
	size_t backs[2], recvs[3], last;

	make(4);
	for (int i = 1; i <= 4; i++)
		last = RING(MAIN, SEND, i);
	RING(SECOND, RECV, 3);
	RING(WORKER, RECV, 2);
	RING(SECOND, RECV, 1);
	/* The second task gives back the first and the third, the worker keeps the second. */
	backs[0] = ADD(SECOND, GIVEBACK, .returned = 1);
	backs[1] = ADD(SECOND, GIVEBACK, .returned = 2);
	for (int i = 0; i < 3; i++)
		recvs[i] = RING(WORKER, RECV, i < 2 ? 1 : 0);
	tell();
	EXPECT_EQ(6, whole_flows());
	EXPECT_TRUE(flows(backs[0], recvs[0], false));
	EXPECT_TRUE(flows(backs[1], recvs[1], false));
	EXPECT_TRUE(flows(last, recvs[2], false));
}

TEST(an_element_given_back_later_goes_before_one_that_was_taken_later)
{
	size_t early, late, recvs[2];

	make(2);
	RING(MAIN, SEND, 1);
	RING(MAIN, SEND, 2);
	RING(SECOND, RECV, 1);
	RING(WORKER, RECV, 0);
	late = ADD(WORKER, GIVEBACK, .returned = 1);
	early = ADD(SECOND, GIVEBACK, .returned = 2);
	recvs[0] = RING(MAIN, RECV, 0);
	recvs[1] = RING(MAIN, RECV, 0);
	tell();
	EXPECT_EQ(4, whole_flows());
	EXPECT_TRUE(flows(early, recvs[0], false));
	EXPECT_TRUE(flows(late, recvs[1], false));
}

TEST(an_element_given_back_may_go_to_a_parked_receiver)
{
	size_t back, recv;

	make(1);
	RING(MAIN, SEND, 1);
	RING(SECOND, RECV, 0);
	ADD(WORKER, PARK);
	back = ADD(SECOND, GIVEBACK, .peer = WORKER);
	recv = wake_received(WORKER, SECOND);
	tell();
	EXPECT_EQ(2, whole_flows());
	EXPECT_TRUE(flows(back, recv, true));
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"back\""));
}

TEST(a_close_wakes_parked_tasks_without_elements)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(SECOND, PARK);
	ADD(MAIN, CLOSE, .cause = 1, .receivers = 2);
	ADD(WORKER, WAKE, .id = CHANNEL, .parked = 5);
	ADD(SECOND, WAKE, .id = CHANNEL, .parked = 6);
	tell();
	EXPECT_EQ(0, story.flow_count);
	EXPECT_EQ(2, story.slice_count);
	EXPECT_EQ(4, story.slices[0].end);
	EXPECT_EQ(5, story.slices[1].end);
	EXPECT_TRUE(story.channels[0].closed);
	EXPECT_EQ(11, story.channels[0].tally.parked[SIDE_RECV]);
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"cross\""));
	EXPECT_EQ(2, occurrences(written(write_sequence), "class=\"park\""));
}

TEST(a_select_parks_once_with_all_its_operations)
{
	size_t send, recv;

	make(0);
	ADD(WORKER, PARK, .select = 1, .send = 1);
	ADD(WORKER, PARK, .select = 1, .id = OTHER);
	send = ADD(MAIN, SEND, .peer = WORKER, .id = OTHER);
	ADD(WORKER, WAKE, .id = OTHER, .result = 1);
	recv = ADD(WORKER, RECV, .id = OTHER, .path = CHAN_PATH_PARK, .peer = MAIN);
	ADD(WORKER, SELECT, .id = OTHER, .cases = 2, .winner = 1, .result = 1);
	tell();
	EXPECT_EQ(1, story.slice_count);
	EXPECT_EQ(1, story.slices[0].first);
	EXPECT_EQ(4, story.slices[0].end);
	EXPECT_EQ(1, whole_flows());
	EXPECT_TRUE(flows(send, recv, true));
	EXPECT_NE(NULL, strstr(written(write_sequence), "parked: select #7 #8 "));
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"diamond\""));
}

TEST(a_select_that_was_not_chosen_gives_nothing_to_the_ring)
{
	size_t park;

	make(1);
	RING(MAIN, SEND, 1);
	ADD(WORKER, PARK, .select = 1, .send = 1);
	ADD(WORKER, PARK, .select = 1, .send = 1, .id = OTHER);
	park = ADD(SECOND, PARK, .send = 1);
	ADD(MAIN, RECV, .peer = WORKER, .id = OTHER);
	REFILL(MAIN, 1, SECOND);
	ADD(WORKER, WAKE, .id = OTHER, .send = 1);
	ADD(WORKER, SEND, .id = OTHER, .path = CHAN_PATH_PARK, .peer = MAIN);
	wake_sent(SECOND, MAIN);
	RING(MAIN, RECV, 0);
	tell();
	EXPECT_EQ(3, whole_flows());
	EXPECT_TRUE(flows(park, recording.count - 1, false));
}

TEST(a_wait_in_vain_ends_its_slice_without_an_element)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(WORKER, WAKE, .id = CHANNEL, .result = -ETIMEDOUT);
	/* Of another wait, of which nothing else was recorded. */
	ADD(WORKER, SELECT, .winner = -1);
	ADD(WORKER, RECV, .path = CHAN_PATH_PARK, .peer = MAIN);
	ADD(WORKER, PARK, .send = 1);
	tell();
	EXPECT_EQ(2, story.slice_count);
	EXPECT_EQ(NONE, story.slices[0].done);
	EXPECT_EQ(NONE, story.slices[1].end);
	EXPECT_EQ(0, story.flow_count);
	EXPECT_NE(NULL, strstr(written(write_sequence), "the deadline has passed"));
}

TEST(a_slice_whose_end_was_lost_ends_when_its_task_tells_something)
{
	make(1);
	ADD(WORKER, PARK);
	RING(WORKER, SEND, 1);
	tell();
	EXPECT_EQ(2, story.slices[0].end);
	EXPECT_EQ(0, whole_flows());
}

TEST(elements_of_unknown_origin_have_no_flow)
{
	size_t send;

	/* It was made, and had two elements, before the recording began. */
	send = RING(MAIN, SEND, 3);
	RING(WORKER, RECV, 2);
	RING(WORKER, RECV, 1);
	RING(WORKER, RECV, 0);
	tell();
	EXPECT_EQ(1, whole_flows());
	EXPECT_EQ(3, story.flow_count);
	EXPECT_TRUE(flows(send, 3, false));
}

TEST(lost_events_leave_elements_without_a_flow_but_none_with_a_wrong_one)
{
	make(4);
	RING(MAIN, SEND, 1);
	/* A receive and two sends are missing. */
	RING(MAIN, SEND, 3);
	RING(WORKER, RECV, 2);
	/* A receive, and later a send, and two give-backs. */
	RING(WORKER, RECV, 0);
	RING(WORKER, RECV, 0);
	ADD(WORKER, GIVEBACK, .returned = 3);
	for (int i = 0; i < 3; i++)
		RING(WORKER, RECV, 0);
	/* The park of a sender, and the send of what it makes room in. */
	REFILL(WORKER, 2, SECOND);
	RING(WORKER, RECV, 1);
	RING(WORKER, RECV, 0);
	tell();
	EXPECT_EQ(0, whole_flows());
}

TEST(lost_parks_leave_handoffs_without_a_flow_but_none_with_a_wrong_one)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_received(WORKER, MAIN);
	/* It parks again. */
	ADD(MAIN, SEND, .peer = WORKER);
	/* It parks with two other operations, and has told of one. */
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_received(WORKER, SECOND);
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_sent(WORKER, MAIN);
	tell();
	EXPECT_EQ(1, whole_flows());
	EXPECT_TRUE(flows(2, 4, true));
}

TEST(a_receive_that_makes_room_in_the_ring_took_nothing_given_back)
{
	size_t send, recv;

	make(1);
	RING(MAIN, SEND, 1);
	RING(WORKER, RECV, 0);
	ADD(WORKER, GIVEBACK, .returned = 1);
	/* That it was received again was lost. */
	send = RING(MAIN, SEND, 1);
	ADD(SECOND, PARK, .send = 1);
	recv = REFILL(WORKER, 1, SECOND);
	tell();
	EXPECT_TRUE(flows(send, recv, false));
}

TEST(a_handoff_with_a_task_that_was_not_recorded_has_no_flow)
{
	make(0);
	ADD(MAIN, SEND, .peer = 4711);
	ADD(MAIN, RECV, .peer = 4712);
	tell();
	EXPECT_EQ(0, whole_flows());
	EXPECT_NE(NULL, strstr(written(write_sequence), "#7 to task 4711"));
	EXPECT_NE(NULL, strstr(written(write_sequence), "#7 from task 4712"));
	EXPECT_EQ(0, occurrences(written(write_sequence), "class=\"handoff\""));
}

/* The number that follows this, the last time. */
static int number_after(const char *text, const char *what)
{
	const char *at, *last = NULL;

	for (at = strstr(text, what); at; at = strstr(at + 1, what))
		last = at;
	return last ? atoi(last + strlen(what)) : -1;
}

/* Do arrows of this class go to the right in the diagram? Where a task is right of another. */
static bool goes_right(const char *class)
{
	const char *text, *line;
	char start[64];
	int from, to;

	snprintf(start, sizeof(start), "<line class=\"%s\"", class);
	text = written(write_sequence);
	line = strstr(text, start);
	if (!line)
		give_up("there is no %s in %s", start, text);
	if (sscanf(line + strlen(start), " x1=\"%d\" y1=\"%*d\" x2=\"%d\"", &from, &to) != 2)
		give_up("not a line: %s", line);
	return from < to;
}

TEST(an_arrow_goes_from_the_sender_to_the_receiver)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	wake_received(WORKER, MAIN);
	tell();
	EXPECT_TRUE(goes_right("handoff"));
}

TEST(an_arrow_comes_from_the_sender_if_the_receiver_draws_it)
{
	make(0);
	ADD(WORKER, PARK, .send = 1);
	ADD(MAIN, RECV, .peer = WORKER);
	wake_sent(WORKER, MAIN);
	tell();
	EXPECT_FALSE(goes_right("handoff"));
}

TEST(an_arrow_goes_into_the_buffer_and_another_out_of_it)
{
	make(1);
	RING(MAIN, SEND, 1);
	tell();
	EXPECT_TRUE(goes_right("ring"));
	RING(MAIN, RECV, 0);
	recording.events[1].kind = CHAN_EVENT_RECV;
	recording.events[1].len = 0;
	tell();
	EXPECT_FALSE(goes_right("ring"));
}

TEST(a_bar_is_as_long_as_the_rows_of_the_wait)
{
	make(0);
	ADD(WORKER, PARK);
	ADD(WORKER, WAKE, .id = CHANNEL, .result = -ETIMEDOUT);
	make(0);
	make(0);
	tell();
	EXPECT_EQ(28, number_after(written(write_sequence), "width=\"8\" height=\""));
}

TEST(durations_have_three_digits)
{
	const struct {
		unsigned long long nanoseconds;
		const char *text;
	} durations[] = {
		{ 0, "0 ns" }, { 999, "999 ns" }, { 1000, "1.00 µs" }, { 12345, "12.3 µs" },
		{ 123456, "123 µs" }, { 999600, "1.00 ms" }, { 59000000000, "59.0 s" },
		{ 1234000000000, "1234 s" },
	};
	char text[DURATION_SIZE];

	for (size_t i = 0; i < ARRAY_LENGTH(durations); i++)
		EXPECT_STREQ(durations[i].text, duration_print(text, durations[i].nanoseconds));
}

TEST(a_diagram_says_how_many_rows_and_events_are_missing)
{
	make(8);
	for (int i = 1; i <= 8; i++)
		RING(MAIN, SEND, i);
	tell();
	EXPECT_EQ(NULL, strstr(written(write_sequence), "not shown"));
	most_rows = 3;
	recording.lost = 17;
	EXPECT_NE(NULL, strstr(written(write_sequence),
			       "6 more rows are not shown. 17 events were lost."));
	EXPECT_EQ(2, occurrences(written(write_sequence), "class=\"ring\""));
}

TEST(tasks_and_channels_of_rows_that_were_cut_have_no_column)
{
	make(1);
	RING(MAIN, SEND, 1);
	RING(WORKER, RECV, 0);
	tell();
	most_rows = 2;
	EXPECT_EQ(1, occurrences(written(write_sequence), "class=\"task\""));
	EXPECT_EQ(NULL, strstr(written(write_sequence), "task200"));
}

TEST(a_recording_without_events_can_be_shown)
{
	tell();
	EXPECT_NE(NULL, strstr(written(write_sequence), "</svg>"));
	EXPECT_NE(NULL, strstr(written(histogram_write), "</svg>"));
	EXPECT_NE(NULL, strstr(written(perfetto_write), "]}"));
	EXPECT_NE(NULL, strstr(written(summary_write), "0 events, 0 lost"));
}

/* A bit of everything; the worker is parked to the end. */
static void tell_much(void)
{
	make(1);
	ADD(WORKER, PARK);
	ADD(MAIN, SEND, .peer = WORKER);
	RING(MAIN, SEND, 1);
	wake_received(WORKER, MAIN);
	ADD(MAIN, PARK, .send = 1);
	REFILL(WORKER, 1, MAIN);
	wake_sent(MAIN, WORKER);
	ADD(WORKER, GIVEBACK, .returned = 1);
	RING(WORKER, RECV, 1);
	ADD(MAIN, CLOSE, .cause = 1);
	ADD(SECOND, RELEASE, .len = 1);
	ADD(WORKER, PARK, .select = 1, .id = OTHER);
	ADD(MAIN, SELECT, .cases = 2, .winner = -1, .result = -EAGAIN);
	tell();
}

/* How many events of the trace have this phase; all if it is "". */
static size_t trace_count(json_t *events, const char *phase)
{
	size_t i, count = 0;
	json_t *event;

	json_array_foreach(events, i, event)
		count += !*phase || !strcmp(json_string_value(json_object_get(event, "ph")), phase);
	return count;
}

static long long trace_number(json_t *event, const char *key)
{
	return json_integer_value(json_object_get(event, key));
}

static json_t *trace_events(void)
{
	static json_t *root;
	json_error_t error;

	root = json_loads(written(perfetto_write), JSON_REJECT_DUPLICATES, &error);
	if (!root)
		give_up("%s: %s", error.text, written(perfetto_write));
	return json_object_get(root, "traceEvents");
}

TEST(a_trace_has_times_that_never_go_back)
{
	json_t *events, *event;
	double last = 0, time;
	size_t i;

	tell_much();
	events = trace_events();
	json_array_foreach(events, i, event) {
		if (!strcmp(json_string_value(json_object_get(event, "ph")), "M"))
			continue;
		time = json_number_value(json_object_get(event, "ts"));
		EXPECT_LE(last, time);
		last = time;
	}
	EXPECT_EQ(1000.0 * (recording.count - 1), last);
}

TEST(a_trace_has_slices_that_begin_and_end_in_turn)
{
	const int tids[] = { MAIN, WORKER, SECOND };
	json_t *events, *event;
	size_t i;

	tell_much();
	events = trace_events();
	for (int task = 0; task < 3; task++) {
		int open = 0;

		json_array_foreach(events, i, event) {
			const char *phase = json_string_value(json_object_get(event, "ph"));

			if (trace_number(event, "tid") != tids[task])
				continue;
			open += !strcmp(phase, "B") - !strcmp(phase, "E");
			EXPECT_TRUE(open == 0 || open == 1);
			/* A flow needs a slice around it. */
			EXPECT_TRUE(open || !strchr("sf", *phase));
		}
		EXPECT_EQ(0, open);
	}
	EXPECT_EQ(trace_count(events, "B"), trace_count(events, "E"));
	/* Three in which tasks are parked, and four in which they run before or after. */
	EXPECT_EQ(7, trace_count(events, "B"));
}

TEST(a_trace_has_an_end_for_each_start_of_a_flow)
{
	json_t *events, *start, *end;
	size_t i, j, found;

	tell_much();
	events = trace_events();
	EXPECT_EQ(3, trace_count(events, "s"));
	EXPECT_EQ(3, trace_count(events, "f"));
	json_array_foreach(events, i, start) {
		if (strcmp(json_string_value(json_object_get(start, "ph")), "s"))
			continue;
		found = 0;
		for (j = i + 1; j < json_array_size(events); j++) {
			end = json_array_get(events, j);
			found += !strcmp(json_string_value(json_object_get(end, "ph")), "f") &&
				 json_equal(json_object_get(start, "name"), json_object_get(end, "name")) &&
				 json_equal(json_object_get(start, "cat"), json_object_get(end, "cat")) &&
				 trace_number(start, "id") == trace_number(end, "id");
		}
		EXPECT_EQ(1, found);
	}
}

TEST(a_trace_names_tasks_and_counts_what_is_buffered)
{
	json_t *events, *event;
	long long depth[4] = {};
	size_t i, n = 0;

	tell_much();
	events = trace_events();
	/* A process and a thread for each of three tasks. */
	EXPECT_EQ(6, trace_count(events, "M"));
	/* make, close, giveback, release, select */
	EXPECT_EQ(5, trace_count(events, "i"));
	ASSERT_EQ(4, trace_count(events, "C"));
	json_array_foreach(events, i, event) {
		if (strcmp(json_string_value(json_object_get(event, "ph")), "C"))
			continue;
		EXPECT_STREQ("#7 buffered", json_string_value(json_object_get(event, "name")));
		depth[n++] = trace_number(json_object_get(event, "args"), "elements");
	}
	EXPECT_EQ(0, depth[0]);
	EXPECT_EQ(1, depth[1]);
	EXPECT_EQ(1, depth[2]);
	EXPECT_EQ(1, depth[3]);
}

TEST(a_trace_tells_how_many_events_were_lost)
{
	recording.lost = 17;
	tell_much();
	EXPECT_NE(NULL, strstr(written(perfetto_write), "\"lost\":17"));
}

TEST(a_summary_adds_up_operations_by_path)
{
	tell_much();
	EXPECT_NE(NULL, strstr(written(summary_write), "command: 3 tasks, 2 channels, "));
	EXPECT_EQ(1, story.channels[0].tally.paths[SIDE_SEND][CHAN_PATH_HANDOFF]);
	EXPECT_EQ(1, story.channels[0].tally.paths[SIDE_SEND][CHAN_PATH_RING]);
	EXPECT_EQ(1, story.channels[0].tally.paths[SIDE_SEND][CHAN_PATH_PARK]);
	EXPECT_EQ(0, story.channels[0].tally.paths[SIDE_RECV][CHAN_PATH_HANDOFF]);
	EXPECT_EQ(2, story.channels[0].tally.paths[SIDE_RECV][CHAN_PATH_RING]);
	EXPECT_EQ(1, story.channels[0].tally.paths[SIDE_RECV][CHAN_PATH_PARK]);
	EXPECT_EQ(1, story.channels[0].tally.parks[SIDE_SEND]);
	EXPECT_NE(NULL, strstr(written(summary_write),
		"#7                                 1       1       1          -"
		"       0       2       1          -\n"));
}

TEST(a_histogram_counts_waits_and_elements_by_powers_of_two)
{
	size_t i;

	make(1);
	for (i = 0; i < 5; i++) {
		ADD(WORKER, PARK);
		ADD(MAIN, SEND, .peer = WORKER);
		ADD(WORKER, WAKE, .id = CHANNEL, .result = 1, .parked = i < 2 ? 1000 : 5000);
		ADD(WORKER, RECV, .path = CHAN_PATH_PARK, .peer = MAIN);
	}
	tell();
	EXPECT_EQ(0, occurrences(written(histogram_write), "class=\"send\""));
	EXPECT_EQ(2, occurrences(written(histogram_write), "class=\"recv\""));
	EXPECT_EQ(1, occurrences(written(histogram_write), "class=\"latency\""));
	EXPECT_EQ(2, occurrences(written(histogram_write), "5, up to "));
	EXPECT_NE(NULL, strstr(written(histogram_write), "5, up to 5.00 µs"));
	EXPECT_NE(NULL, strstr(written(histogram_write), "5, up to 2.00 ms"));
}

TEST(a_histogram_has_bars_where_its_axis_says)
{
	const char *text, *label;
	int x;

	make(1);
	ADD(WORKER, PARK);
	ADD(WORKER, WAKE, .id = CHANNEL, .result = 1, .parked = 256);
	tell();
	text = written(histogram_write);
	label = strstr(text, ">256 ns<");
	ASSERT_NE(NULL, label);
	x = number_after(text, "class=\"recv\" x=\"");
	/* Of the plots beside one another, the second is about receives. */
	label = strstr(label + 1, ">256 ns<");
	while (strncmp(label, " x=\"", 4))
		label--;
	EXPECT_EQ(atoi(label + 4) + 1, x);
}

TEST(a_histogram_shows_the_channels_that_were_used_most)
{
	const char *text;

	for (int id = 1; id <= 6; id++) {
		for (int i = 0; i < id; i++)
			ADD(MAIN, SEND, .id = id, .path = CHAN_PATH_RING, .len = i + 1);
	}
	tell();
	text = written(histogram_write);
	EXPECT_EQ(4, occurrences(text, "class=\"panel\""));
	EXPECT_NE(NULL, strstr(text, "#6: 6 operations"));
	/* The last of the four. */
	EXPECT_NE(NULL, strstr(strstr(text, "#6: 6 operations"), "#3: 3 operations"));
	EXPECT_EQ(NULL, strstr(text, "#2: 2 operations"));
	EXPECT_NE(NULL, strstr(text, "2 more channels are not shown."));
}

TEST(names_may_have_any_characters)
{
	recording_add_type(&recording, CHANNEL, "a<b>&\"c\" \x01");
	make(1);
	RING(MAIN, SEND, 1);
	tell();
	EXPECT_NE(NULL, strstr(written(write_sequence), "#7 a&lt;b&gt;&amp;\"c\" ?"));
}

TEST_HARNESS_MAIN
