// SPDX-License-Identifier: GPL-2.0-only
/* Go's tests of a single channel. Documentation/go-conformance.rst lists them. */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/turn.h"
#include "common/variants.h"

GO_CAPACITY_FIXTURE(go_chan);

TEST_F(go_chan, receives_from_an_empty_channel_wait)
{
	int ch = channel_make(variant->cap);
	struct operation *first = operation_park_recv(variant->kind, ch);
	struct operation *second = operation_park_recv(variant->kind, ch);
	uint64_t value;

	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &value, sizeof(value)));
	channel_wait_parked(ch, 0, 2);
	channel_send(ch, 1);
	channel_send(ch, 2);
	EXPECT_EQ(1, operation_join(first));
	EXPECT_EQ(1, operation_join(second));
}

TEST_F(go_chan, sends_to_a_full_channel_wait)
{
	int ch = channel_make(variant->cap);
	struct operation *sender;
	uint64_t value = 0;

	channel_send_range(ch, 1, variant->cap);
	sender = operation_park_send(variant->kind, ch, variant->cap + 1);
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, &value, sizeof(value)));
	channel_wait_parked(ch, 1, 0);
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(0, operation_join(sender));
}

TEST_F(go_chan, length_counts_what_is_buffered)
{
	int ch = channel_make(variant->cap);
	unsigned int i;

	EXPECT_EQ(variant->cap, chan_cap(ch));
	for (i = 0; i < variant->cap; i++) {
		EXPECT_EQ(i, chan_len(ch));
		channel_send(ch, i);
	}
	EXPECT_EQ(variant->cap, chan_len(ch));
	EXPECT_EQ(variant->cap, chan_cap(ch));
}

#define PEERS	4
#define NUMBERS	250

/* Counts in @data how many times each number was received. */
static int run_count_numbers(struct operation *op)
{
	unsigned int *count = op->data;
	uint64_t value;
	int i;

	for (i = 0; i < NUMBERS; i++) {
		if (chan_recv(op->ch, &value, sizeof(value)) != 1 || value >= NUMBERS)
			return -1;
		__atomic_add_fetch(&count[value], 1, __ATOMIC_RELAXED);
	}
	return 0;
}

TEST_F(go_chan, many_senders_and_receivers_share_it)
{
	unsigned int *count = shared_alloc(NUMBERS * sizeof(*count));
	int ch = channel_make(variant->cap), i;
	struct operation *ops[2 * PEERS];

	for (i = 0; i < PEERS; i++) {
		ops[i] = operation_start_new(variant->kind, operation_send_numbers, ch,
					     (void *)NUMBERS);
		ops[PEERS + i] = operation_start_new(variant->kind, run_count_numbers, ch, count);
	}
	EXPECT_TRUE(operations_succeed(ops, 2 * PEERS));
	for (i = 0; i < NUMBERS; i++)
		EXPECT_EQ(PEERS, count[i]);
}

enum mark { UNSENT, SENT, RECEIVED };

/* Finds each number that was marked as sent and was not received. */
static int run_check_marks(struct operation *op)
{
	enum mark *marks = op->data;
	uint64_t value;
	int ret;

	chan_foreach_result(op->ch, &value, ret) {
		if (marks[value] != SENT)
			return -1;
		marks[value] = RECEIVED;
	}
	return ret;
}

TEST_F(go_chan, G7_receivers_see_what_was_written_before_the_send)
{
	enum mark *marks = shared_alloc(NUMBERS * sizeof(*marks));
	int ch = channel_make(variant->cap);
	struct operation *ops[10];
	uint64_t i;

	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = operation_start_new(variant->kind, run_check_marks, ch, marks);
	for (i = 0; i < NUMBERS; i++) {
		marks[i] = SENT;
		ASSERT_EQ(0, chan_send(ch, &i, sizeof(i)));
	}
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_TRUE(operations_succeed(ops, ARRAY_LENGTH(ops)));
	for (i = 0; i < NUMBERS; i++)
		EXPECT_EQ(RECEIVED, marks[i]);
}

#define LINKS	10

/**
 * struct link - one task in a chain of tasks that take turns
 * @in: starts its turn
 * @out: starts the next task's turn
 * @value: the value to be received
 */
struct link {
	int in;
	int out;
	uint64_t value;
};

static int run_link(struct operation *op)
{
	const struct link *link = op->data;
	uint64_t value;

	if (chan_recv(link->in, NULL, 0) != 1 || chan_recv(op->ch, &value, sizeof(value)) != 1)
		return -1;
	return value == link->value ? chan_send(link->out, NULL, 0) : -2;
}

TEST_F(go_chan, G1_receivers_that_take_turns_see_the_order)
{
	struct link *links = shared_alloc(LINKS * sizeof(*links));
	int ch = channel_make(variant->cap);
	int start = channel_make_elems(0, 0), in = start;
	struct operation *ops[LINKS];
	uint64_t i;

	for (i = 0; i < LINKS; i++) {
		links[i] = (struct link){ in, channel_make_elems(0, 0), i };
		ops[i] = operation_start_new(variant->kind, run_link, ch, &links[i]);
		in = links[i].out;
	}
	ASSERT_EQ(0, chan_send(start, NULL, 0));
	for (i = 0; i < LINKS; i++)
		ASSERT_EQ(0, chan_send(ch, &i, sizeof(i)));
	EXPECT_EQ(1, chan_recv(in, NULL, 0));
	EXPECT_TRUE(operations_succeed(ops, LINKS));
}

#define WORKERS	23
#define JOBS	1000

/**
 * struct bench - workers that forward the jobs they receive
 * @jobs: shared by all workers
 * @results: forwarded jobs
 * @done: one message per worker that exits
 */
struct bench {
	int jobs;
	int results;
	int done;
};

static int run_worker(struct operation *op)
{
	const struct bench *bench = op->data;
	uint64_t value;
	int ret;

	chan_foreach_result(bench->jobs, &value, ret) {
		/* Yield, some workers often. */
		if (value % WORKERS == op->tid % WORKERS)
			sched_yield();
		if (chan_send(bench->results, &value, sizeof(value)))
			return -1;
	}
	return ret ?: chan_send(bench->done, NULL, 0);
}

/* Closes the results when the last worker has exited. */
static int run_feeder(struct operation *op)
{
	const struct bench *bench = op->data;
	uint64_t i;

	for (i = 0; i < JOBS; i++) {
		if (chan_send(bench->jobs, &i, sizeof(i)))
			return -1;
	}
	if (chan_close(bench->jobs))
		return -1;
	for (i = 0; i < WORKERS; i++) {
		if (chan_recv(bench->done, NULL, 0) != 1)
			return -1;
	}
	return chan_close(bench->results);
}

TEST_F(go_chan, G3_many_consumers_lose_nothing_when_it_is_closed)
{
	struct bench *bench = shared_alloc(sizeof(*bench));
	struct operation *ops[WORKERS + 1];
	uint64_t value, count = 0, sum = 0;
	int ret, i;

	bench->jobs = channel_make(variant->cap);
	bench->results = channel_make(variant->cap);
	bench->done = channel_make_elems(0, WORKERS);
	for (i = 0; i < WORKERS; i++)
		ops[i] = operation_start_new(variant->kind, run_worker, bench->jobs, bench);
	ops[WORKERS] = operation_start_new(variant->kind, run_feeder, bench->jobs, bench);
	chan_foreach_result(bench->results, &value, ret) {
		count++;
		sum += value;
	}
	EXPECT_EQ(0, ret);
	EXPECT_EQ(JOBS, count);
	EXPECT_EQ(JOBS * (JOBS - 1) / 2, sum);
	EXPECT_TRUE(operations_succeed(ops, WORKERS + 1));
}

static int run_block(struct operation *op)
{
	uint64_t *stack = __builtin_alloca(64 * 1024);
	int i;

	/* The stack of a parked sender, which holds its element, must survive. */
	for (i = 0; i < 10; i++) {
		memset(stack, i, 64 * 1024);
		stack[i] = i;
		if (chan_send(op->ch, &stack[i], sizeof(stack[i])))
			return -1;
	}
	return 0;
}

TEST_F(go_chan, G3_elements_on_the_stack_survive_the_wait)
{
	int ch = channel_make(variant->cap);
	struct operation *sender = operation_start_new(variant->kind, run_block, ch, NULL);
	uint64_t i;

	for (i = 0; i < 10; i++) {
		wait_until(channel_info(ch).len || channel_info(ch).sendq);
		EXPECT_EQ(i, channel_recv(ch));
	}
	EXPECT_EQ(0, operation_join(sender));
}

#define ROUNDS	500

/**
 * struct race - channels at which two tasks meet, one after the other
 * @turn: next channel for each task
 * @chs: the channels
 */
struct race {
	struct turn turn;
	int chs[ROUNDS];
};

/* If an element is available at every moment, a receive never has to wait. */
static int run_receive_now(struct operation *op)
{
	struct race *race = op->data;
	uint64_t value;
	unsigned int i;
	int failed = 0;

	for (i = 0; i < ROUNDS; i++) {
		turn_follow(&race->turn, i);
		failed += chan_try_recv(race->chs[i], &value, sizeof(value)) < 0;
		turn_end(&race->turn, i);
	}
	return failed;
}

TASK_FIXTURE(go_chan_race);

TEST_F(go_chan_race, G6_buffer_and_close_leave_no_gap)
{
	struct race *race = shared_alloc(sizeof(*race));
	struct operation *op;
	uint64_t value;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		race->chs[i] = channel_make(1);
		channel_send(race->chs[i], 1);
	}
	op = operation_start_new(variant->kind, run_receive_now, race->chs[0], race);
	for (i = 0; i < ROUNDS; i++) {
		turn_begin(&race->turn, i);
		ASSERT_EQ(0, chan_close(race->chs[i]));
		ASSERT_GE(chan_try_recv(race->chs[i], &value, sizeof(value)), 0);
	}
	EXPECT_EQ(0, operation_join(op));
}

/* A channel of channels: the reply goes to the channel named in the request. */
static int run_answer(struct operation *op)
{
	uint64_t ch, value = 2;

	if (chan_recv(op->ch, &ch, sizeof(ch)) != 1)
		return -1;
	return chan_send(ch, &value, sizeof(value));
}

TEST_F(go_chan_race, a_channel_names_the_channel_for_the_answer)
{
	int requests = channel_make(1);
	uint64_t answers = channel_make(1), value = 0;
	struct operation *op = operation_start_new(variant->kind, run_answer, requests, NULL);

	ASSERT_EQ(0, chan_send(requests, &answers, sizeof(answers)));
	EXPECT_EQ(1, chan_recv(answers, &value, sizeof(value)));
	EXPECT_EQ(2, value);
	EXPECT_EQ(0, operation_join(op));
}

/* Elements with the sizes of Go types: struct{}, bool, int32, int64, string, and larger. */
FIXTURE(go_elements) {};
FIXTURE_VARIANT(go_elements) { size_t elemsize; unsigned int cap; };
FIXTURE_SETUP(go_elements) {}
FIXTURE_TEARDOWN(go_elements) {}
SIZE_VARIANT(go_elements, 0, 0);
SIZE_VARIANT(go_elements, 0, 1);
SIZE_VARIANT(go_elements, 1, 0);
SIZE_VARIANT(go_elements, 1, 1);
SIZE_VARIANT(go_elements, 4, 0);
SIZE_VARIANT(go_elements, 4, 1);
SIZE_VARIANT(go_elements, 8, 0);
SIZE_VARIANT(go_elements, 8, 1);
SIZE_VARIANT(go_elements, 16, 0);
SIZE_VARIANT(go_elements, 16, 1);
SIZE_VARIANT(go_elements, 300, 0);
SIZE_VARIANT(go_elements, 300, 1);

#define VALUE	0x7b

TEST_F(go_elements, sends_without_waiting_meet_a_parked_receiver)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *op = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
	uint8_t elem[300];

	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, elem, variant->elemsize));
	operation_park(op);
	element_fill(elem, variant->elemsize, VALUE);
	EXPECT_EQ(0, chan_try_send(ch, elem, variant->elemsize));
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_TRUE(element_is(op->elems, variant->elemsize, VALUE));
}

TEST_F(go_elements, receives_without_waiting_meet_a_sender)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *op = operation_new(TASK_PROCESS, operation_send_one, ch, 1);
	uint8_t elem[300];

	element_fill(op->elems, variant->elemsize, VALUE);
	operation_start(op);
	wait_until(channel_info(ch).len || channel_info(ch).sendq);
	EXPECT_EQ(1, chan_try_recv(ch, elem, variant->elemsize));
	EXPECT_TRUE(element_is(elem, variant->elemsize, VALUE));
	EXPECT_EQ(0, operation_join(op));
}

TEST_HARNESS_MAIN
