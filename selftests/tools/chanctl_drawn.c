// SPDX-License-Identifier: GPL-2.0-only
/* Output of "chanctl trace": diagrams, traces for other programs, and summaries. */
#include <errno.h>
#include <jansson.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "tools/common/told.h"

/* The number after the last occurrence of this text. */
static int number_after(const char *text, const char *what)
{
	const char *at, *last = NULL;

	for (at = strstr(text, what); at; at = strstr(at + 1, what))
		last = at;
	return last ? atoi(last + strlen(what)) : -1;
}

/* Whether arrows of this class point right; that depends on the order of the tasks. */
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

/* One event of each kind; the worker stays parked until the end. */
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
	ADD(WORKER, GIVEBACK, .requeued = 1);
	RING(WORKER, RECV, 1);
	ADD(MAIN, CLOSE, .cause = 1);
	ADD(SECOND, RELEASE, .len = 1);
	ADD(WORKER, PARK, .select = 1, .id = OTHER);
	ADD(MAIN, SELECT, .cases = 2, .winner = -1, .result = -EAGAIN);
	tell();
}

/* Number of trace events with this phase; all if it is "". */
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
	/* Three slices of parked tasks, and four of running tasks before or after. */
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
	/* One process and one thread for each of three tasks. */
	EXPECT_EQ(6, trace_count(events, "M"));
	/* make, close, requeue, release, select */
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
		"#7                                         1       1       1          -"
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
	/* Of the plots side by side, the second one shows receives. */
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
