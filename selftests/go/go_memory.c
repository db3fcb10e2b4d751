// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels and selects used as locks (G7): they order accesses to plain memory. Go's race detector
 * finds nothing in these programs. Documentation/go-conformance.rst lists them.
 */
#include <sched.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

#define TASKS	6
#define ROUNDS	100

/**
 * struct board - memory shared by the tasks; the holder of the channel may access it
 * @chs: channels
 * @cap: capacity of the first channel
 * @value: plain memory
 * @inside: number of tasks that hold the channel; atomic
 * @written: per task
 */
struct board {
	int chs[2];
	unsigned int cap;
	volatile uint64_t value;
	unsigned int inside;
	volatile uint64_t written[TASKS];
};

static struct board *board_new(unsigned int cap)
{
	struct board *board = shared_alloc(sizeof(*board));

	board->chs[0] = channel_make_elems(0, cap);
	board->chs[1] = channel_make_elems(0, cap);
	board->cap = cap;
	return board;
}

static bool all_succeed(enum task_kind kind, int (*run)(struct operation *op),
			struct board *board)
{
	struct operation *ops[TASKS];
	int i;

	for (i = 0; i < TASKS; i++)
		ops[i] = operation_start_new(kind, run, board->chs[0], board);
	return operations_succeed(ops, TASKS);
}

/* With capacity 1, a task in the critical section is alone. */
static void count_slowly(struct board *board)
{
	const uint64_t value = board->value;

	sched_yield();
	board->value = value + 1;
}

static int run_mutex(struct operation *op)
{
	struct board *board = op->data;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (chan_send(board->chs[0], NULL, 0))
			return -1;
		count_slowly(board);
		if (chan_recv(board->chs[0], NULL, 0) != 1)
			return -1;
	}
	return 0;
}

TASK_FIXTURE(go_memory);

TEST_F(go_memory, G7_room_for_one_is_a_mutex)
{
	struct board *board = board_new(1);

	EXPECT_TRUE(all_succeed(variant->kind, run_mutex, board));
	EXPECT_EQ(TASKS * ROUNDS, board->value);
}

/* Exactly one of the two channels has a free slot. */
static int run_select_mutex(struct operation *op)
{
	struct board *board = op->data;
	int i, chosen;

	for (i = 0; i < ROUNDS; i++) {
		struct chan_case cases[] = {
			chan_case_send(board->chs[0], NULL, 0),
			chan_case_send(board->chs[1], NULL, 0),
		};

		chosen = chan_select(cases, 2);
		if (chosen < 0)
			return chosen;
		count_slowly(board);
		/* The next task must enter by the other channel. */
		if (chan_recv(board->chs[!chosen], NULL, 0) != 1)
			return -1;
	}
	return 0;
}

TEST_F(go_memory, G7_room_for_one_in_a_select_is_a_mutex)
{
	struct board *board = board_new(1);

	ASSERT_EQ(0, chan_send(board->chs[0], NULL, 0));
	EXPECT_TRUE(all_succeed(variant->kind, run_select_mutex, board));
	EXPECT_EQ(TASKS * ROUNDS, board->value);
}

/* Plain memory says whose turn it is: odd turns are one task's, even ones the other's. */
static int take_turns(struct board *board, uint64_t turn, bool begins)
{
	struct chan_case send[] = {
		chan_case_send(board->chs[0], NULL, 0), chan_case_send(board->chs[1], NULL, 0),
	};
	struct chan_case recv[] = {
		chan_case_recv(board->chs[0], NULL, 0), chan_case_recv(board->chs[1], NULL, 0),
	};

	for (; turn < 4 * ROUNDS; turn += 2) {
		if (!begins && chan_select(recv, 2) < 0)
			return -1;
		begins = false;
		if (board->value != turn)
			return -2;
		board->value = turn + 1;
		if (chan_select(send, 2) < 0)
			return -1;
	}
	return 0;
}

static int run_answer(struct operation *op)
{
	return take_turns(op->data, 1, false);
}

TEST_F(go_memory, G7_selects_on_both_sides_order_memory)
{
	struct board *board = board_new(0);
	struct operation *op = operation_start_new(variant->kind, run_answer, board->chs[0], board);
	struct chan_case last[] = {
		chan_case_recv(board->chs[0], NULL, 0), chan_case_recv(board->chs[1], NULL, 0),
	};

	ASSERT_EQ(0, take_turns(board, 0, true));
	EXPECT_GE(chan_select(last, 2), 0);
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(4 * ROUNDS, board->value);
}

static int run_see_the_close(struct operation *op)
{
	const struct board *board = op->data;
	struct chan_case cases[] = {
		chan_case_recv(board->chs[0], NULL, 0), chan_case_recv(board->chs[1], NULL, 0),
	};

	if (chan_select(cases, 2) != 0 || cases[0].result)
		return -1;
	return board->value == 1 ? 0 : -2;
}

TEST_F(go_memory, G7_close_orders_memory_for_selects)
{
	struct board *board;
	struct operation *op;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		board = board_new(0);
		op = operation_start_new(variant->kind, run_see_the_close, board->chs[0], board);
		/* In some rounds it comes before the close, in others after. */
		if (i % 2)
			channel_wait_parked(board->chs[1], 0, 1);
		board->value = 1;
		ASSERT_EQ(0, chan_close(board->chs[0]));
		ASSERT_EQ(0, operation_join(op));
	}
}

GO_CAPACITY_FIXTURE(go_tokens);

static int run_inside(struct operation *op)
{
	struct board *board = op->data;
	unsigned int inside;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (chan_send(board->chs[0], NULL, 0))
			return -1;
		inside = __atomic_add_fetch(&board->inside, 1, __ATOMIC_RELAXED);
		sched_yield();
		__atomic_sub_fetch(&board->inside, 1, __ATOMIC_RELAXED);
		if (inside > board->cap || chan_recv(board->chs[0], NULL, 0) != 1)
			return -1;
	}
	return 0;
}

/* With capacity 0, no task could enter. */
TEST_F(go_tokens, G7_room_for_some_is_a_semaphore)
{
	EXPECT_TRUE(all_succeed(variant->kind, run_inside, board_new(variant->cap ?: 2)));
}

static int run_write_and_tell(struct operation *op)
{
	struct board *board = op->data;
	const unsigned int i = __atomic_fetch_add(&board->inside, 1, __ATOMIC_RELAXED);

	board->written[i] = i + 1;
	return chan_send(board->chs[0], NULL, 0);
}

TEST_F(go_tokens, G7_who_has_heard_of_all_sees_what_all_have_written)
{
	struct board *board = board_new(variant->cap);
	struct operation *ops[TASKS];
	int i;

	for (i = 0; i < TASKS; i++)
		ops[i] = operation_start_new(variant->kind, run_write_and_tell, board->chs[0], board);
	for (i = 0; i < TASKS; i++)
		ASSERT_EQ(1, chan_recv(board->chs[0], NULL, 0));
	for (i = 0; i < TASKS; i++)
		EXPECT_EQ(i + 1, board->written[i]);
	EXPECT_TRUE(operations_succeed(ops, TASKS));
}

TEST_HARNESS_MAIN
