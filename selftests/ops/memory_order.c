// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory order (G7): processes with shared memory, each on its own CPU, pass messages in plain
 * memory. Only the channel orders their accesses.
 */
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/variants.h"

#define ROUNDS	4000
#define BATCH	5

FIXTURE(memory_order) {};
FIXTURE_VARIANT(memory_order)
{
	unsigned int cap;
	bool spin;
};
FIXTURE_SETUP(memory_order)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
}
FIXTURE_TEARDOWN(memory_order) {}

/* A task that retries in a loop meets parked peers and never parks itself. */
#define MEMORY_ORDER_VARIANTS(name, capacity) \
	FIXTURE_VARIANT_ADD(memory_order, name##_parked) { .cap = capacity, }; \
	FIXTURE_VARIANT_ADD(memory_order, name##_spinning) { .cap = capacity, .spin = true, }

MEMORY_ORDER_VARIANTS(cap_0, 0);
MEMORY_ORDER_VARIANTS(cap_1, 1);
MEMORY_ORDER_VARIANTS(cap_7, 7);

/**
 * struct board - memory that two processes access without ordering of their own
 * @ch: the channel between them
 * @spin: retry in a loop instead of parking
 * @sent: the sender writes before send number n
 * @received: the receiver writes before receive number n
 */
struct board {
	int ch;
	bool spin;
	uint64_t sent[ROUNDS];
	uint64_t received[ROUNDS];
};

/* Compiled to a plain access, which the CPU may reorder. */
static void plain_write(uint64_t *where, uint64_t value)
{
	__atomic_store_n(where, value, __ATOMIC_RELAXED);
}

static uint64_t plain_read(const uint64_t *where)
{
	return __atomic_load_n(where, __ATOMIC_RELAXED);
}

/* Returns how many receives were not visible although they precede a completed send. */
static int run_sender(struct operation *op)
{
	struct board *board = op->data;
	const unsigned int cap = channel_info(board->ch).cap;
	uint64_t i;
	int missed = 0;

	task_pin_to(0);
	for (i = 0; i < ROUNDS; i++) {
		plain_write(&board->sent[i], i + 1);
		if (chan_send(board->ch, &i, sizeof(i)))
			return -1;
		if (i >= cap)
			missed += plain_read(&board->received[i - cap]) != i - cap + 1;
	}
	return missed;
}

static int receive(struct board *board, uint64_t *value)
{
	int ret;

	if (!board->spin)
		return chan_recv(board->ch, value, sizeof(*value));
	while ((ret = chan_try_recv(board->ch, value, sizeof(*value))) == -EAGAIN)
		;
	return ret;
}

/* Returns how many sends were not visible although they precede a completed receive. */
static int run_receiver(struct operation *op)
{
	struct board *board = op->data;
	uint64_t i, value;
	int missed = 0;

	task_pin_to(1);
	for (i = 0; i < ROUNDS; i++) {
		plain_write(&board->received[i], i + 1);
		if (receive(board, &value) != 1 || value != i)
			return -1;
		missed += plain_read(&board->sent[i]) != i + 1;
	}
	return missed;
}

static struct board *board_new(unsigned int cap, bool spin)
{
	struct board *board = shared_alloc(sizeof(*board));

	board->ch = channel_make(cap);
	board->spin = spin;
	return board;
}

static struct operation *start(int (*run)(struct operation *op), struct board *board)
{
	struct operation *op = operation_new(TASK_PROCESS, run, board->ch, BATCH);

	op->data = board;
	operation_start(op);
	return op;
}

/*
 * Both at once: a send before its receive completes; and receive number k before send number k + C
 * completes, with capacity 0 the receive before its own send.
 */
TEST_F(memory_order, G7_sends_and_receives_order_memory)
{
	struct board *board = board_new(variant->cap, variant->spin);
	struct operation *receiver = start(run_receiver, board);
	struct operation *sender = start(run_sender, board);
	struct chan_info info;

	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(0, operation_join(receiver));
	info = channel_info(board->ch);
	EXPECT_EQ(ROUNDS, channel_paths_sum(info.recvs));
	if (!variant->spin) {
		EXPECT_GT(info.send_parks + info.recv_parks, 0);
		return;
	}
	EXPECT_EQ(0, info.recv_parks);
	if (!variant->cap)
		EXPECT_EQ(ROUNDS, info.send_parks);
}

static int run_batch_sender(struct operation *op)
{
	struct board *board = op->data;
	const unsigned int cap = channel_info(board->ch).cap;
	uint64_t elems[BATCH], i;
	int missed = 0;

	task_pin_to(0);
	for (i = 0; i < ROUNDS; i++) {
		plain_write(&board->sent[i], i + 1);
		elems[i % BATCH] = i;
		if (i % BATCH < BATCH - 1)
			continue;
		if (chan_sendv(board->ch, elems, sizeof(*elems), BATCH) != BATCH)
			return -1;
		if (i >= cap)
			missed += plain_read(&board->received[i - cap]) != i - cap + 1;
	}
	return missed;
}

static int run_batch_receiver(struct operation *op)
{
	struct board *board = op->data;
	uint64_t elems[BATCH], done = 0;
	int ret, i, missed = 0;

	task_pin_to(1);
	while (done < ROUNDS) {
		for (i = 0; i < BATCH && done + i < ROUNDS; i++)
			plain_write(&board->received[done + i], done + i + 1);
		ret = chan_recvv(board->ch, elems, sizeof(*elems), i);
		if (ret < 1)
			return -1;
		for (i = 0; i < ret; i++, done++) {
			if (elems[i] != done)
				return -1;
			missed += plain_read(&board->sent[done]) != done + 1;
		}
	}
	return missed;
}

TEST_F(memory_order, G7_batches_order_memory)
{
	struct board *board = board_new(variant->cap, false);
	struct operation *receiver = start(run_batch_receiver, board);
	struct operation *sender = start(run_batch_sender, board);

	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(0, operation_join(receiver));
	EXPECT_EQ(ROUNDS, channel_paths_sum(channel_info(board->ch).recvs));
}

#define CLOSES	200

/**
 * struct closes - channels closed by one process and drained by another, alternately
 * @ch: the channels
 * @spin: retry in a loop instead of parking
 * @before: the closer writes before it closes channel n
 */
struct closes {
	int ch[CLOSES];
	bool spin;
	uint64_t before[CLOSES];
};

static int run_closer(struct operation *op)
{
	struct closes *closes = op->data;
	unsigned int i;

	task_pin_to(0);
	for (i = 0; i < CLOSES; i++) {
		plain_write(&closes->before[i], i + 1);
		if (chan_close(closes->ch[i]))
			return -1;
	}
	return 0;
}

/* Returns how many closes were not visible although a receive reported them. */
static int run_drainer(struct operation *op)
{
	struct closes *closes = op->data;
	int ret, missed = 0;
	unsigned int i;
	uint64_t value;

	task_pin_to(1);
	for (i = 0; i < CLOSES; i++) {
		do {
			ret = closes->spin ? chan_try_recv(closes->ch[i], &value, sizeof(value)) :
			      chan_recv(closes->ch[i], &value, sizeof(value));
		} while (ret == -EAGAIN);
		if (ret)
			return -1;
		missed += plain_read(&closes->before[i]) != i + 1;
	}
	return missed;
}

TEST_F(memory_order, G7_close_orders_memory)
{
	struct closes *closes = shared_alloc(sizeof(*closes));
	struct operation *closer, *drainer;
	unsigned int i;

	closes->spin = variant->spin;
	for (i = 0; i < CLOSES; i++)
		closes->ch[i] = channel_make(variant->cap);
	drainer = operation_new(TASK_PROCESS, run_drainer, closes->ch[0], 1);
	closer = operation_new(TASK_PROCESS, run_closer, closes->ch[0], 1);
	drainer->data = closes;
	closer->data = closes;
	operation_start(drainer);
	operation_start(closer);
	EXPECT_EQ(0, operation_join(closer));
	EXPECT_EQ(0, operation_join(drainer));
}

TEST_HARNESS_MAIN
