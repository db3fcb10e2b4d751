// SPDX-License-Identifier: GPL-2.0-only
/* Go's tests of select. Documentation/go-conformance.rst lists them. */
#include <errno.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/turn.h"
#include "common/variants.h"

TASK_FIXTURE(go_select);

#define RACES	400

/**
 * struct race - pairs of channels at which two tasks meet, one after the other
 * @turn: next pair for each task
 * @first: holds an element, which may be taken
 * @second: becomes readable before that is taken
 */
struct race {
	struct turn turn;
	int first[RACES];
	int second[RACES];
};

/* At each moment, one of the two is readable, whichever is checked first. */
static int run_select_now(struct operation *op)
{
	struct race *race = op->data;
	struct chan_case cases[2];
	uint64_t value;
	unsigned int i;
	int failed = 0;

	for (i = 0; i < RACES; i++) {
		cases[i % 2] = chan_case_recv(race->first[i], &value, sizeof(value));
		cases[!(i % 2)] = chan_case_recv(race->second[i], &value, sizeof(value));
		turn_follow(&race->turn, i);
		failed += chan_try_select(cases, 2) < 0;
		turn_end(&race->turn, i);
	}
	return failed;
}

static int race_once(enum task_kind kind, unsigned int second_cap)
{
	struct race *race = shared_alloc(sizeof(*race));
	struct operation *op;
	uint64_t value;
	int i, ret;

	for (i = 0; i < RACES; i++) {
		race->first[i] = channel_make(1);
		race->second[i] = channel_make(second_cap);
		channel_send(race->first[i], 1);
	}
	op = operation_start_new(kind, run_select_now, race->first[0], race);
	for (i = 0; i < RACES; i++) {
		turn_begin(&race->turn, i);
		if (second_cap)
			channel_send(race->second[i], 1);
		else
			chan_close(race->second[i]);
		chan_try_recv(race->first[i], &value, sizeof(value));
	}
	ret = operation_join(op);
	for (i = 0; i < RACES; i++) {
		close(race->first[i]);
		close(race->second[i]);
	}
	return ret;
}

static int race_result(enum task_kind kind, unsigned int second_cap)
{
	int i, ret = 0;

	for (i = 0; i < 5 && !ret; i++)
		ret = race_once(kind, second_cap);
	return ret;
}

TEST_F(go_select, G5_none_is_ready_only_if_that_is_true_of_one_instant)
{
	EXPECT_EQ(0, race_result(variant->kind, 1));
}

TEST_F(go_select, G5_closed_channels_are_ready_at_that_instant)
{
	EXPECT_EQ(0, race_result(variant->kind, 0));
}

#define TURNS	500

/* Sends its number or receives one, alternately as the first and as the second case. */
static int run_both(struct operation *op)
{
	const bool alone_is_wrong = !channel_info(op->ch).cap;
	uint64_t number = (uintptr_t)op->data, value;
	int i, chosen, recv;

	for (i = 0; i < TURNS; i++) {
		struct chan_case cases[2];

		recv = number ? i % 2 : 1;
		cases[recv] = chan_case_recv(op->ch, &value, sizeof(value));
		cases[!recv] = chan_case_send(op->ch, &number, sizeof(number));
		chosen = chan_select(cases, 2);
		if (chosen < 0)
			return chosen;
		if (chosen == recv && alone_is_wrong && value == number)
			return 1;
	}
	return 0;
}

static bool both_succeed(enum task_kind kind, unsigned int cap)
{
	int ch = channel_make(cap);
	struct operation *ops[] = {
		operation_start_new(kind, run_both, ch, (void *)0),
		operation_start_new(kind, run_both, ch, (void *)1),
	};

	return operations_succeed(ops, 2) && channel_info(ch).len <= cap;
}

TEST_F(go_select, G5_selects_that_send_and_receive_meet_others_only)
{
	EXPECT_TRUE(both_succeed(variant->kind, 0));
}

TEST_F(go_select, G5_selects_that_send_and_receive_share_a_buffer)
{
	EXPECT_TRUE(both_succeed(variant->kind, 10));
}

#define CHANNELS	4
#define EACH		150

/* All channels in one select; each is disabled once its share is done. */
static int select_all(const int *chs, bool send)
{
	unsigned int count[CHANNELS] = { 0 };
	struct chan_case cases[CHANNELS];
	uint64_t value = 0;
	int i, chosen;

	for (i = 0; i < CHANNELS; i++)
		cases[i] = send ? chan_case_send(chs[i], &value, sizeof(value)) :
				  chan_case_recv(chs[i], &value, sizeof(value));
	for (i = 0; i < CHANNELS * EACH; i++) {
		chosen = chan_select(cases, CHANNELS);
		if (chosen < 0 || cases[chosen].result != !send)
			return -1;
		if (++count[chosen] == EACH)
			cases[chosen].fd = -1;
	}
	return 0;
}

static int run_send_to_all(struct operation *op)
{
	return select_all(op->data, true);
}

static int run_receive_from_all(struct operation *op)
{
	return select_all(op->data, false);
}

static int run_receive_each(struct operation *op)
{
	uint64_t value;
	int i;

	for (i = 0; i < EACH; i++) {
		if (chan_recv(op->ch, &value, sizeof(value)) != 1)
			return -1;
	}
	return 0;
}

TEST_F(go_select, G3_selects_and_plain_operations_mix)
{
	int *chs = shared_alloc(CHANNELS * sizeof(*chs));
	struct operation *ops[2 * CHANNELS + 2];
	const unsigned int caps[CHANNELS] = { 0, 0, 2, 3 };
	int i, n = 0;

	for (i = 0; i < CHANNELS; i++)
		chs[i] = channel_make(caps[i]);
	for (i = 0; i < CHANNELS; i++) {
		ops[n++] = operation_start_new(variant->kind, operation_send_numbers, chs[i],
					       (void *)EACH);
		ops[n++] = operation_start_new(variant->kind, run_receive_each, chs[i], NULL);
	}
	ops[n++] = operation_start_new(variant->kind, run_send_to_all, chs[0], chs);
	ops[n++] = operation_start_new(variant->kind, run_receive_from_all, chs[0], chs);
	EXPECT_TRUE(operations_succeed(ops, n));
	for (i = 0; i < CHANNELS; i++) {
		EXPECT_EQ(2 * EACH, channel_paths_sum(channel_info(chs[i]).recvs));
		EXPECT_EQ(0, chan_len(chs[i]));
		channel_wait_parked(chs[i], 0, 0);
	}
}

#define TRIALS	2000
#define BOUND	146

/* Two ready channels and two that never are. Forwards each element until told to end. */
static int run_choose(struct operation *op)
{
	const int *chs = op->data;
	uint64_t value;
	struct chan_case from[] = {
		chan_case_recv(chs[2], &value, sizeof(value)),
		chan_case_recv(chs[3], &value, sizeof(value)),
		chan_case_recv(chs[0], &value, sizeof(value)),
		chan_case_recv(chs[1], &value, sizeof(value)),
	};
	struct chan_case to[] = {
		chan_case_send(op->ch, &value, sizeof(value)),
		chan_case_recv(chs[4], &value, sizeof(value)),
	};
	int ret;

	do {
		if (chan_select(from, 4) < 2)
			return -1;
		ret = chan_select(to, 2);
	} while (!ret);
	return ret < 0 ? ret : 0;
}

/*
 * Each channel gets half of the choices, within 6.5 standard deviations of sqrt(2000) / 2. A fair
 * select fails this once in 10^10 runs.
 */
TEST_F(go_select, G5_choice_in_another_task_is_fair)
{
	int *chs = shared_alloc(5 * sizeof(*chs)), out = channel_make(0);
	unsigned int count[2] = { 0 };
	struct operation *op;
	uint64_t value;
	int i;

	for (i = 0; i < 5; i++)
		chs[i] = channel_make(i < 2 ? TRIALS + 1 : 0);
	for (i = 0; i <= TRIALS; i++) {
		channel_send(chs[0], 0);
		channel_send(chs[1], 1);
	}
	op = operation_start_new(variant->kind, run_choose, out, chs);
	for (i = 0; i < TRIALS; i++) {
		ASSERT_EQ(1, chan_recv(out, &value, sizeof(value)));
		ASSERT_LT(value, 2);
		count[value]++;
	}
	EXPECT_GE(count[0], TRIALS / 2 - BOUND);
	EXPECT_LE(count[0], TRIALS / 2 + BOUND);
	ASSERT_EQ(0, chan_close(chs[4]));
	EXPECT_EQ(0, operation_join(op));
}

#define SENDS	300
#define VARIETY	3

/* The same channel in several cases, with different elements. */
static int run_send_any(struct operation *op)
{
	uint64_t elems[VARIETY];
	struct chan_case cases[VARIETY];
	int i;

	for (i = 0; i < VARIETY; i++) {
		elems[i] = i;
		cases[i] = chan_case_send(op->ch, &elems[i], sizeof(elems[i]));
	}
	for (i = 0; i < SENDS; i++) {
		if (chan_select(cases, VARIETY) < 0)
			return -1;
	}
	return 0;
}

/*
 * Each element gets a third, within seven standard deviations of sqrt(300 * 2) / 3. A fair select
 * fails this less than once in 10^10 runs.
 */
static void expect_variety(struct __test_metadata *_metadata, const unsigned int *count)
{
	int i;

	for (i = 0; i < VARIETY; i++) {
		EXPECT_GE(count[i], SENDS / VARIETY - 58);
		EXPECT_LE(count[i], SENDS / VARIETY + 58);
	}
}

TEST_F(go_select, G5_each_element_is_as_likely_from_a_parked_select)
{
	int ch = channel_make(0), i;
	struct operation *op = operation_start_new(variant->kind, run_send_any, ch, NULL);
	unsigned int count[VARIETY] = { 0 };

	for (i = 0; i < SENDS; i++) {
		channel_wait_parked(ch, 1, 0);
		count[channel_recv(ch)]++;
	}
	EXPECT_EQ(0, operation_join(op));
	expect_variety(_metadata, count);
}

TEST_F(go_select, G5_each_element_is_as_likely_into_a_buffer)
{
	int ch = channel_make(SENDS), i;
	unsigned int count[VARIETY] = { 0 };

	EXPECT_EQ(0, operation_join(operation_start_new(variant->kind, run_send_any, ch, NULL)));
	for (i = 0; i < SENDS; i++)
		count[channel_recv(ch)]++;
	expect_variety(_metadata, count);
}

TEST_F(go_select, G2_a_loser_in_the_queue_twice_leaves_the_next_one_there)
{
	int c = channel_make(0), d = channel_make(0);
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[] = {
		chan_case_recv(c, room, sizeof(*room)),
		chan_case_recv(c, room, sizeof(*room)),
		chan_case_recv(d, room, sizeof(*room)),
	};
	struct operation *loser = operation_park_select(variant->kind, c, cases, 3);
	struct operation *next;

	channel_wait_parked(c, 0, 1);
	next = operation_park_recv(variant->kind, c);
	channel_send(d, 7);
	EXPECT_EQ(2, operation_join(loser));
	channel_send(c, 8);
	EXPECT_EQ(1, operation_wait(next));
	EXPECT_EQ(8, operation_value(next));
}

TEST_F(go_select, G2_a_loser_at_the_end_of_the_queue_does_not_harm_it)
{
	int c = channel_make(0), d = channel_make(0);
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[] = {
		chan_case_recv(c, room, sizeof(*room)),
		chan_case_recv(d, room, sizeof(*room)),
	};
	struct operation *first = operation_park_recv(variant->kind, c), *loser, *last;

	loser = operation_park_select(variant->kind, c, cases, 2);
	channel_send(d, 1);
	EXPECT_EQ(1, operation_join(loser));
	last = operation_park_recv(variant->kind, c);
	channel_send(c, 2);
	channel_send(c, 3);
	EXPECT_EQ(1, operation_wait(first));
	EXPECT_EQ(2, operation_value(first));
	EXPECT_EQ(1, operation_wait(last));
	EXPECT_EQ(3, operation_value(last));
}

#define SLEEPERS	60
#define WAKES		5

/* Each is woken repeatedly through its own channel, and queues on the common one. */
static int run_sleeper(struct operation *op)
{
	const int *own = op->data;
	uint64_t value;
	struct chan_case cases[] = {
		chan_case_recv(op->ch, &value, sizeof(value)),
		chan_case_recv(*own, &value, sizeof(value)),
	};
	int i;

	for (i = 0; i < WAKES; i++) {
		if (chan_select(cases, 2) != 1)
			return -1;
	}
	return 0;
}

TEST_F(go_select, G5_a_queue_of_many_loses_who_won_elsewhere)
{
	int *own = shared_alloc(SLEEPERS * sizeof(*own)), common = channel_make(0);
	struct operation *ops[SLEEPERS];
	const uint64_t value = 0;
	int i, j;

	for (i = 0; i < SLEEPERS; i++) {
		own[i] = channel_make(0);
		ops[i] = operation_start_new(variant->kind, run_sleeper, common, &own[i]);
	}
	for (i = 0; i < WAKES; i++) {
		channel_wait_parked(common, 0, SLEEPERS);
		for (j = 0; j < SLEEPERS; j++)
			ASSERT_EQ(0, chan_send(own[j], &value, sizeof(value)));
	}
	EXPECT_TRUE(operations_succeed(ops, SLEEPERS));
	EXPECT_EQ(0, channel_info(common).recvq);
}

#define MUXES	4
#define VALUES	400

/* The same element to any of four channels; all are closed at the end. */
static int run_send_somewhere(struct operation *op)
{
	const int *chs = op->data;
	struct chan_case cases[MUXES];
	uint64_t value;
	int i;

	for (i = 0; i < MUXES; i++)
		cases[i] = chan_case_send(chs[i], &value, sizeof(value));
	for (value = 0; value < VALUES; value++) {
		if (chan_select(cases, MUXES) < 0)
			return -1;
	}
	for (i = 0; i < MUXES; i++) {
		if (chan_close(chs[i]))
			return -1;
	}
	return 0;
}

static int run_pass_on(struct operation *op)
{
	const int *out = op->data;
	uint64_t value;
	int ret;

	chan_foreach_result(op->ch, &value, ret) {
		if (chan_send(*out, &value, sizeof(value)))
			return -1;
	}
	return ret;
}

TEST_F(go_select, G5_never_two_cases_are_carried_out)
{
	int *chs = shared_alloc((MUXES + 1) * sizeof(*chs));
	struct operation *ops[MUXES + 1];
	bool seen[VALUES] = { false };
	uint64_t value;
	int i;

	for (i = 0; i <= MUXES; i++)
		chs[i] = channel_make(0);
	for (i = 0; i < MUXES; i++)
		ops[i] = operation_start_new(variant->kind, run_pass_on, chs[i], &chs[MUXES]);
	ops[MUXES] = operation_start_new(variant->kind, run_send_somewhere, chs[0], chs);
	for (i = 0; i < VALUES; i++) {
		ASSERT_EQ(1, chan_recv(chs[MUXES], &value, sizeof(value)));
		ASSERT_LT(value, VALUES);
		EXPECT_FALSE(seen[value]);
		seen[value] = true;
	}
	EXPECT_TRUE(operations_succeed(ops, MUXES + 1));
	EXPECT_EQ(0, channel_info(chs[MUXES]).sendq);
}

/* Each receives a value with one more bit, and is disabled after that. */
static int send_bits(int a, int b)
{
	uint64_t bit = 1;
	struct chan_case cases[] = {
		chan_case_send(a, &bit, sizeof(bit)),
		chan_case_send(b, &bit, sizeof(bit)),
	};
	int chosen, count = 0;

	while ((chosen = chan_try_select(cases, 2)) >= 0) {
		cases[chosen].fd = -1;
		bit <<= 1;
		count++;
	}
	return count;
}

TEST(G5_cases_are_switched_off_one_by_one)
{
	int a = channel_make(1), b = channel_make(1);

	EXPECT_EQ(2, send_bits(a, b));
	EXPECT_EQ(3, channel_recv(a) | channel_recv(b));
	EXPECT_EQ(1, send_bits(a, -1));
	EXPECT_EQ(1, channel_recv(a));
	EXPECT_EQ(0, chan_len(b));
}

TEST(G5_room_of_the_other_case_is_not_touched)
{
	int idle = channel_make(0), ch = channel_make(1);
	uint64_t other = 5, value = 0;
	struct chan_case cases[] = {
		chan_case_recv(idle, &other, sizeof(other)),
		chan_case_recv(ch, &value, sizeof(value)),
	};

	channel_send(ch, 42);
	EXPECT_EQ(1, chan_select(cases, 2));
	EXPECT_EQ(42, value);
	EXPECT_EQ(5, other);
}

TEST_HARNESS_MAIN
