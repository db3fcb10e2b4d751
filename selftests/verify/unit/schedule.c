// SPDX-License-Identifier: GPL-2.0-only
/*
 * Schedules of plain operations on channels: a simple channel explains every result, and no
 * runnable task stays asleep. See explore/history.h and explore/play.c.
 */
#include "explore/explore.h"
#include "unit.h"

static const char *const acts[] = {
	"send:a", "recv:a", "try-send:a", "try-recv:a", "send:a*2", "recv:a*2",
	"faulting-recv:a", "close:a", "poll:a",
};

static void G3_G4_schedules_of_two(void **state)
{
	(void)state;
	explore_pairs(acts, ARRAY_LENGTH(acts));
}

/* One task sleeps or runs while the others meet. */
static void G1_G2_G3_schedules_of_three(void **state)
{
	(void)state;
	explore_with("*: send:a | send:a", acts, ARRAY_LENGTH(acts));
	explore_with("*: send:a | recv:a", acts, ARRAY_LENGTH(acts));
	explore_with("*: recv:a | recv:a", acts, ARRAY_LENGTH(acts));
	explore_with("*: send:a | faulting-recv:a", acts, ARRAY_LENGTH(acts));
}

static void G1_G3_schedules_of_many_elements(void **state)
{
	static const char *const scripts[] = {
		"*: send:a send:a send:a | recv:a recv:a recv:a",
		"*: send:a*3 send:a | recv:a*2 recv:a*2",
		"*: send:a*3 | recv:a | recv:a recv:a",
		"*: send:a send:a | send:a*2 | recv:a*2 recv:a*2",
		"*: send:a recv:a send:a | recv:a send:a recv:a",
		"*: send:a try-send:a send:a | try-recv:a recv:a try-recv:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

static void G6_schedules_of_a_close(void **state)
{
	static const char *const scripts[] = {
		"*: close:a | send:a send:a | recv:a recv:a",
		"*: close:a | close:a | recv:a",
		"*: send:a close:a | recv:a recv:a | recv:a",
		"*: send:a hangup:a | recv:a recv:a | recv:a",
		"*: send:a hangup:a | recv:a*3 | close:a",
		"*: hangup:a | poll:a recv:a | try-recv:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

static void G4_schedules_of_elements_requeued(void **state)
{
	static const char *const scripts[] = {
		"*: faulting-recv:a | send:a send:a | recv:a recv:a",
		"*: faulting-recv:a | faulting-recv:a | send:a send:a",
		"*: faulting-recv:a | faulting-recv:a | send:a recv:a",
		"*: faulting-recv:a recv:a | send:a send:a | close:a",
		"*: faulting-recv:a | send:a | poll:a recv:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_REQUEUED), 0);
}

static void G3_G10_schedules_with_one_that_is_interrupted(void **state)
{
	static const char *const scripts[] = {
		"*: send:a send:a | recv:a recv:a | signal:0",
		"*: send:a send:a | recv:a recv:a | signal:1",
		"*: send:a*2 | recv:a recv:a | signal:0",
		"*: recv:a*2 | send:a send:a | signal:0",
		"*: send:a | close:a | signal:0",
		"*: recv:a | recv:a | signal:0 send:a",
		"*: poll:a | send:a recv:a | signal:0",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_SIGNAL), 0);
}

static void G3_G4_G11_schedules_with_one_that_is_killed(void **state)
{
	static const char *const scripts[] = {
		"*: send:a send:a | recv:a recv:a | kill:0",
		"*: recv:a recv:a | send:a send:a | kill:0",
		"*: recv:a | recv:a | kill:0 send:a",
		"*: recv:a | close:a | kill:0",
		"*: faulting-recv:a | send:a recv:a | kill:0",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_SIGNAL), 0);
	assert_int_not_equal(play_reached(REACHED_REQUEUED), 0);
}

static void G3_G10_schedules_with_a_deadline(void **state)
{
	static const char *const scripts[] = {
		"*: until-send:a send:a | recv:a recv:a | expire",
		"*: until-recv:a recv:a | send:a send:a | expire",
		"*: until-recv:a | until-send:a | expire",
		"*: until-send:a*2 | recv:a | expire",
		"*: until-recv:a | close:a | expire",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_DEADLINE), 0);
}

static void G9_schedules_of_a_poller(void **state)
{
	static const char *const scripts[] = {
		"*: poll:a | send:a | recv:a",
		"*: poll:a recv:a | poll:a recv:a | send:a",
		"*: poll:a recv:a | send:a*3",
		"*: poll:a | try-send:a try-send:a | close:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

/* The channel has no records yet: receivers allocate them on the way. */
static void G3_G4_schedules_of_channels_without_records(void **state)
{
	static const char *const scripts[] = {
		"cold 0: send:a | recv:a",
		"cold 1 of 1: recv:a | recv:a",
		"cold 0: send:a | recv:a | recv:a",
		"cold 1: send:a*2 | faulting-recv:a | close:a",
		"cold 1 of 1: recv:a | faulting-recv:a | signal:0",
		"cold 0: select:recv:a,recv:b | send:a | close:b",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

/* Each parked task is completed in its own run; other tasks come in between. */
static void G6_schedules_of_a_close_in_runs(void **state)
{
	static const char *const scripts[] = {
		"0: send:a try-recv:a | close:a | send:a",
		"0: send:a | close:a | recv:a try-recv:a",
		"0: send:a send:a | close:a | select:recv:a,recv:b",
		"1 of 1: send:a | send:a recv:a | close:a",
		"0: recv:a send:a | recv:a | close:a",
		"0: select:recv:a,recv:b | recv:a | close:a",
		"0: send:a | send:a | close:a | try-recv:a",
		"0: recv:a | recv:a | close:a | try-send:a",
		"1 of 1: send:a | send:a | close:a | recv:a recv:a",
		"0: select:send:a,send:b | send:a | close:a | recv:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

static void G2_G3_schedules_of_ticks(void **state)
{
	static const char *const scripts[] = {
		"ticks 0: recv:b | tick",
		"ticks 0: select:recv:b,recv:a | tick",
		"ticks 0: poll:b | tick",
		"ticks 0: recv:b | try-recv:b | tick",
		"ticks 0: recv:b | recv:b | tick tick",
		"ticks 0: recv:b | tick | signal:0",
		"ticks 0: recv:b try-recv:b | tick | set:b",
		"ticks 0: recv:b | tick tick | set:b",
		"ticks 0: try-recv:b try-recv:b | tick | stop:b",
		"ticks 0: faulting-recv:b | tick | recv:b",
		"ticks 0: faulting-recv:b | tick | set:b recv:b",
		"ticks 0: faulting-recv:b try-recv:b | tick stop:b",
		"ticks 0: until-recv:b | tick | expire",
		"ticks 0: poll:b recv:b | recv:b | tick",
		"ticks 0: select:recv:b,recv:a | tick | send:a",
		"ticks 0: select:recv:b,recv:a | recv:b | tick",
		"ticks 0: until-select:recv:b,recv:a | tick | expire",
		"ticks 0: select:recv:b,file | ready | tick",
		"ticks 0: select:recv:b,send:a | recv:a | tick",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

int main(void)
{
	/* Those with the most schedules last: a mutant is found sooner. */
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G6_schedules_of_a_close),
		UNIT_TEST(G4_schedules_of_elements_requeued),
		UNIT_TEST(G3_G10_schedules_with_one_that_is_interrupted),
		UNIT_TEST(G3_G4_G11_schedules_with_one_that_is_killed),
		UNIT_TEST(G3_G10_schedules_with_a_deadline),
		UNIT_TEST(G9_schedules_of_a_poller),
		UNIT_TEST(G3_G4_schedules_of_channels_without_records),
		UNIT_TEST(G6_schedules_of_a_close_in_runs),
		UNIT_TEST(G2_G3_schedules_of_ticks),
		UNIT_TEST(G3_G4_schedules_of_two),
		UNIT_TEST(G1_G2_G3_schedules_of_three),
		UNIT_TEST(G1_G3_schedules_of_many_elements),
	};

	return UNIT_RUN(tests);
}
