// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the explorer: it plays the schedules that it reports, reproducibly, and its checks
 * reject wrong channels.
 */
#include "explore/control.h"
#include "explore/explore.h"
#include "explore/history.h"
#include "unit.h"

/* Wraps another strategy, and records its choices. */
struct recorder {
	struct strategy	strategy;
	struct strategy	*other;
	struct schedule	schedule;
	u64		decisions;
};

static unsigned int recorder_choose(struct strategy *strategy, const struct decision *d)
{
	struct recorder *r = container_of(strategy, struct recorder, strategy);
	const unsigned int option = r->other->choose(r->other, d);

	r->schedule.options[r->schedule.n++] = option;
	/* The inputs of the decision. */
	r->decisions = (r->decisions + d->step * 8 + d->options) * 31 + d->preempts;
	return option;
}

static void record_play(struct recorder *r, const char *text, struct strategy *other)
{
	struct script script;

	assert_true(script_parse(&script, text));
	assert_true(other->begin(other));
	*r = (struct recorder){ .strategy = { .choose = recorder_choose }, .other = other };
	assert_null(play(&script, &r->strategy));
}

static void a_schedule_that_is_printed_can_be_replayed(void **state)
{
	static const char text[] = "0: select:send:a,recv:b send:a | select:recv:a,send:b | recv:a";
	static char printed[SCHEDULE_TEXT];
	struct strategy *random = strategy_priorities(200, 7);
	static struct recorder first, again;
	struct schedule parsed;
	unsigned int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		record_play(&first, text, random);
		schedule_print(&first.schedule, printed);
		assert_true(schedule_parse(&parsed, printed));
		record_play(&again, text, strategy_replay(&parsed));
		assert_int_equal(again.schedule.n, first.schedule.n);
		assert_memory_equal(again.schedule.options, first.schedule.options,
				    first.schedule.n);
		assert_int_equal(again.decisions, first.decisions);
	}
}

static void what_is_no_schedule_is_refused(void **state)
{
	static const char *const texts[] = {
		"x", "1", "1:", "1:1 x", "2:1 1:1", "1:1 1:1", "1:999",
	};
	static struct schedule schedule;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(texts); i++)
		assert_false(schedule_parse(&schedule, texts[i]));
	assert_true(schedule_parse(&schedule, " "));
}

static void what_is_no_script_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "0", "0:", "x: send:a", "2 of 1: send:a", "0: send", "0: send:c", "0: send:a*9",
		"0: send:a |", "0: send:a|recv:a", "0: select:", "0: select:send:a,", "0: file",
		"0: signal:", "0: signal:4", "0: send:a send:a send:a send:a",
		"0: send:a | send:a | send:a | send:a | send:a", "0: send:a extra",
	};
	struct script script;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(texts); i++)
		assert_false(script_parse(&script, texts[i]));
}

/* Three decisions of two options each, in which any but 0 is a preemption. */
static unsigned int count_systematic(unsigned int preemptions)
{
	const struct decision decision = { .options = 2, .preempts = true };
	struct strategy *s = strategy_depth_first(preemptions);
	unsigned int i, taken, schedules = 0;

	while (s->begin(s)) {
		for (i = 0, taken = 0; i < 3; i++)
			taken += s->choose(s, &decision);
		assert_in_range(taken, 0, preemptions);
		schedules++;
	}
	return schedules;
}

static void systematic_schedules_are_all_with_so_many_preemptions(void **state)
{
	(void)state;
	assert_int_equal(count_systematic(0), 1);
	assert_int_equal(count_systematic(1), 1 + 3);
	assert_int_equal(count_systematic(2), 1 + 3 + 3);
	assert_int_equal(count_systematic(3), 8);
}

/* The events of one history, in the order in which they happened, not overlapping. */
static bool explained(unsigned int cap, const struct event *events, unsigned int n)
{
	struct history history = { .cap = cap };
	struct event e;
	unsigned int i;

	for (i = 0; i < n; i++) {
		e = events[i];
		e.n = 1;
		e.invoked = 2 * i;
		e.ended = 2 * i + 1;
		e.slept = CONTROL_NEVER;
		history_add(&history, i % HISTORY_TASKS, &e);
	}
	return history_is_explained(&history);
}

#define EVENT(event_outcome, event_verb, event_value) \
	{ .outcome = (event_outcome), .cases = { { event_verb, 0 } }, .value = (event_value) }
#define EXPLAINED(cap, ...) \
	explained(cap, (const struct event[]){ __VA_ARGS__ }, \
		  sizeof((const struct event[]){ __VA_ARGS__ }) / sizeof(struct event))

static void what_no_channel_does_is_not_explained(void **state)
{
	(void)state;
	assert_true(EXPLAINED(2, EVENT(DONE, SEND, 1), EVENT(DONE, SEND, 2),
			      EVENT(DONE, RECV, 1), EVENT(DONE, RECV, 2)));
	assert_false(EXPLAINED(2, EVENT(DONE, SEND, 1), EVENT(DONE, SEND, 2),
			       EVENT(DONE, RECV, 2), EVENT(DONE, RECV, 1)));
	assert_false(EXPLAINED(1, EVENT(DONE, SEND, 1), EVENT(DONE, SEND, 2)));
	assert_false(EXPLAINED(0, EVENT(DONE, SEND, 1), EVENT(DONE, RECV, 1)));
	assert_false(EXPLAINED(1, EVENT(DONE, RECV, 1)));
	assert_false(EXPLAINED(1, EVENT(DONE, SEND, 1), EVENT(DONE, RECV, 1),
			       EVENT(DONE, RECV, 1)));
	assert_false(EXPLAINED(1, EVENT(NOT_READY, SEND, 1)));
	assert_false(EXPLAINED(1, EVENT(DONE, SEND, 1), EVENT(NOT_READY, RECV, 0)));
	assert_false(EXPLAINED(1, EVENT(FOUND_CLOSED, RECV, 0)));
	assert_false(EXPLAINED(1, EVENT(DONE, CLOSE, 0), EVENT(DONE, SEND, 1)));
	assert_false(EXPLAINED(1, EVENT(DONE, SEND, 1), EVENT(DONE, CLOSE, 0),
			       EVENT(FOUND_CLOSED, RECV, 0)));
	assert_true(EXPLAINED(1, EVENT(DONE, SEND, 1), EVENT(TAKEN, RECV, 0),
			      EVENT(NOT_READY, RECV, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_schedule_that_is_printed_can_be_replayed),
		UNIT_TEST(what_is_no_schedule_is_refused),
		UNIT_TEST(what_is_no_script_is_refused),
		UNIT_TEST(systematic_schedules_are_all_with_so_many_preemptions),
		UNIT_TEST(what_no_channel_does_is_not_explained),
	};

	return UNIT_RUN(tests);
}
