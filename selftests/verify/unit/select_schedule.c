// SPDX-License-Identifier: GPL-2.0-only
/* Schedules with selects, as in schedule.c with plain operations. */
#include "explore/explore.h"
#include "unit.h"

static const char *const acts[] = {
	"send:a", "recv:a", "send:b", "recv:b", "close:a", "close:b", "try-send:a", "try-recv:a",
	"select:send:a,recv:b", "select:recv:a,send:b", "select:send:a,send:b",
	"select:recv:a,recv:b", "select:send:a,recv:a,send:b,recv:b",
	"try-select:send:a,recv:b", "try-select:recv:a,send:b",
};

static void G3_G5_schedules_of_two_selects(void **state)
{
	(void)state;
	explore_with("*: select:send:a,recv:b", acts, ARRAY_LENGTH(acts));
	explore_with("*: select:send:a,send:b", acts, ARRAY_LENGTH(acts));
	explore_with("*: select:recv:a,recv:b", acts, ARRAY_LENGTH(acts));
	explore_with("*: select:send:a,recv:a,send:b,recv:b", acts, ARRAY_LENGTH(acts));
	explore_with("*: try-select:send:a,recv:b", acts, ARRAY_LENGTH(acts));
}

static void G3_G5_schedules_of_three_with_selects(void **state)
{
	(void)state;
	explore_with("0: select:send:a,recv:b | send:a", acts, ARRAY_LENGTH(acts));
	explore_with("1: select:send:a,recv:b | recv:a", acts, ARRAY_LENGTH(acts));
	explore_with("0: select:recv:a,recv:b | close:a", acts, ARRAY_LENGTH(acts));
}

static void G3_G5_schedules_of_selects_with_a_channel_twice(void **state)
{
	static const char *const scripts[] = {
		"*: select:recv:a,recv:a | send:a send:a",
		"*: select:send:a,send:a | recv:a recv:a",
		"*: select:send:a,recv:a | select:send:a,recv:a",
		"*: select:send:a,recv:a | select:send:a,recv:a | close:a",
		"*: select:recv:b,recv:b,recv:a | select:send:a,send:b | send:b",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

static void G1_G3_schedules_of_many_elements(void **state)
{
	static const char *const scripts[] = {
		"*: select:send:a,send:b select:send:a,send:b | recv:a recv:b",
		"*: select:recv:a,recv:b select:recv:a,recv:b | send:a | send:a send:b",
		"*: select:send:a,recv:b select:send:a,recv:b | select:recv:a,send:b recv:a",
		"*: select:recv:a,recv:b | send:a*2 | recv:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

/* Of the two that face each other, one finds the other claimed through channel a. */
static void G5_schedules_in_which_a_select_looks_again(void **state)
{
	(void)state;
	explore_deeply("0: select:send:a,send:b | recv:a | select:recv:b");
	assert_int_not_equal(play_reached(REACHED_LOOKED_AGAIN), 0);
	explore_deeply("0: select:send:a,send:b | recv:a | try-select:recv:b");
	assert_int_not_equal(play_reached(REACHED_LOOKED_AGAIN), 0);
	explore_deeply("0: select:recv:a,recv:b | close:a | select:send:b");
	assert_int_not_equal(play_reached(REACHED_LOOKED_AGAIN), 0);
}

static void G3_G10_schedules_with_a_select_that_is_interrupted(void **state)
{
	static const char *const scripts[] = {
		"*: select:send:a,recv:b | recv:a | signal:0",
		"*: select:send:a,recv:b | select:recv:a,send:b | signal:0",
		"*: select:recv:a,recv:b | send:a send:b | signal:0",
		"*: select:recv:a,recv:b recv:a | close:a | signal:0",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_SIGNAL), 0);
}

static void G3_G4_G11_schedules_with_a_select_that_is_killed(void **state)
{
	static const char *const scripts[] = {
		"*: select:recv:a,send:b | send:a | kill:0",
		"*: select:recv:a,send:b | select:send:a,recv:b | kill:0",
		"*: select:recv:a,send:b | send:a recv:a | kill:0",
		"*: faulting-select:recv:a,send:b | send:a | recv:a",
		"*: faulting-select:recv:a,send:b | select:send:a,recv:b | close:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_SIGNAL), 0);
	assert_int_not_equal(play_reached(REACHED_REQUEUED), 0);
}

static void G3_G10_schedules_of_a_select_with_a_deadline(void **state)
{
	static const char *const scripts[] = {
		"*: until-select:send:a,recv:b | recv:a | expire",
		"*: until-select:send:a,recv:b | until-select:recv:a,send:b | expire",
		"*: until-select:recv:a,recv:b | send:a send:b | expire",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_DEADLINE), 0);
}

static void G5_G10_schedules_of_a_select_with_a_file(void **state)
{
	static const char *const scripts[] = {
		"*: select:recv:a,file | ready | send:a",
		"*: select:send:a,file | ready | recv:a",
		"*: select:recv:a,file,recv:b | ready | select:send:a,send:b",
		"*: select:recv:a,file | select:send:a,file | ready",
		"*: select:recv:a,file | try-select:send:a,file | ready",
		"*: try-select:recv:a,file | ready | send:a",
		"*: try-select:recv:a,file | ready recv:a",
		"*: until-select:recv:a,file | ready | expire",
		"*: select:file | ready | signal:0",
		"*: select:recv:a,file | ready | close:a",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
	assert_int_not_equal(play_reached(REACHED_BEFORE_FILE), 0);
}

static void G9_schedules_of_a_select_and_a_poller(void **state)
{
	static const char *const scripts[] = {
		"*: poll:a | select:send:a,recv:b | recv:a",
		"*: poll:a | select:send:a,recv:b | select:recv:a,send:b",
		"*: poll:a recv:a | select:send:a,send:b | close:b",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

/* Its own parked operation makes a watched file ready, which it must ignore. */
static void G5_G9_schedules_of_a_select_that_watches_itself(void **state)
{
	static const char *const scripts[] = {
		"0: select:send:a,watch:a | recv:a",
		"0: select:send:a,watch:a | try-send:a",
		"0: select:send:a,watch:a | send:a | recv:a",
		"0: select:send:a,watch:a | select:send:a,watch:a | recv:a",
		"0: select:send:a,watch:a,file | ready | recv:a",
		"0: select:send:a,watch:a | close:a | signal:0",
	};

	(void)state;
	explore_all(scripts, ARRAY_LENGTH(scripts));
}

int main(void)
{
	/* Those with the most schedules last: a mutant is found sooner. */
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G3_G5_schedules_of_selects_with_a_channel_twice),
		UNIT_TEST(G5_schedules_in_which_a_select_looks_again),
		UNIT_TEST(G3_G10_schedules_with_a_select_that_is_interrupted),
		UNIT_TEST(G3_G4_G11_schedules_with_a_select_that_is_killed),
		UNIT_TEST(G3_G10_schedules_of_a_select_with_a_deadline),
		UNIT_TEST(G5_G10_schedules_of_a_select_with_a_file),
		UNIT_TEST(G9_schedules_of_a_select_and_a_poller),
		UNIT_TEST(G5_G9_schedules_of_a_select_that_watches_itself),
		UNIT_TEST(G1_G3_schedules_of_many_elements),
		UNIT_TEST(G3_G5_schedules_of_two_selects),
		UNIT_TEST(G3_G5_schedules_of_three_with_selects),
	};

	return UNIT_RUN(tests);
}
