// SPDX-License-Identifier: GPL-2.0-only
/*
 * Close (G6): which waiters it wakes and with which results, which elements can still be received,
 * and that an element racing with it is either sent and received, or neither.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

#define WAITERS	5

CAPACITY_FIXTURE(closing);

static uint64_t recv_poisoned(int ch, int *ret)
{
	uint64_t value = 0xa5a5a5a5a5a5a5a5;

	*ret = chan_try_recv(ch, &value, sizeof(value));
	return value;
}

/* Whether the channel is drained and every receive returns zeros. */
static bool closed_and_drained(int ch)
{
	unsigned int i;
	int ret;

	for (i = 0; i < 3; i++) {
		if (recv_poisoned(ch, &ret) || ret)
			return false;
	}
	return true;
}

/* Run by a separate task. */
static int close_in(enum task_kind kind, int ch)
{
	struct operation *op = operation_new(kind, operation_close, ch, 1);

	operation_start(op);
	return operation_join(op);
}

TEST_F(closing, G6_parked_receivers_get_zeros)
{
	int ch = channel_make(variant->cap);
	struct operation *receivers[WAITERS];
	struct chan_info info;
	unsigned int i;

	for (i = 0; i < WAITERS; i++) {
		receivers[i] = operation_new(variant->kind, i % 2 ? operation_recv_one :
					     operation_recv, ch, 2);
		memset(receivers[i]->elems, 0xa5, 2 * sizeof(uint64_t));
		operation_park(receivers[i]);
	}
	ASSERT_EQ(0, close_in(variant->kind, ch));
	for (i = 0; i < WAITERS; i++) {
		EXPECT_EQ(0, operation_wait(receivers[i]));
		EXPECT_EQ(0, operation_value(receivers[i]));
		EXPECT_TRUE(memory_is((uint64_t *)receivers[i]->elems + 1, sizeof(uint64_t),
				      0xa5));
	}
	info = channel_info(ch);
	EXPECT_EQ(CHAN_CLOSED_BY_CLOSE, info.closed);
	EXPECT_EQ(0, info.recvq);
	EXPECT_EQ(WAITERS, info.recv_parks);
	EXPECT_TRUE(channel_paths_are(info.recvs, 0, 0, 0));
}

TEST_F(closing, G6_parked_senders_get_EPIPE_and_nobody_their_elements)
{
	int ch = channel_make(variant->cap);
	struct operation *senders[WAITERS];
	struct chan_info info;
	uint64_t i;

	for (i = 0; i < variant->cap; i++)
		channel_send(ch, i + 1);
	for (i = 0; i < WAITERS; i++)
		senders[i] = operation_park_send(variant->kind, ch, 100 + i);
	ASSERT_EQ(0, close_in(variant->kind, ch));
	for (i = 0; i < WAITERS; i++)
		EXPECT_EQ(-EPIPE, operation_join(senders[i]));
	info = channel_info(ch);
	EXPECT_EQ(0, info.sendq);
	EXPECT_EQ(WAITERS, info.send_parks);
	EXPECT_EQ(variant->cap, info.len);
	EXPECT_TRUE(channel_paths_are(info.sends, 0, variant->cap, 0));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(i + 1, channel_recv(ch));
	EXPECT_TRUE(closed_and_drained(ch));
}

TEST_F(closing, G6_closed_channel_is_drained_in_order_and_never_reopens)
{
	const struct chan_make make = { .elemsize = sizeof(uint64_t), .cap = 7 };
	int ch = channel_make(variant->cap);
	uint64_t i, value = 9;

	for (i = 0; i < variant->cap; i++)
		channel_send(ch, i + 1);
	ASSERT_EQ(0, close_in(variant->kind, ch));
	for (i = 0; i < variant->cap; i++) {
		EXPECT_EQ(-EPIPE, chan_send(ch, &value, sizeof(value)));
		EXPECT_EQ(-EPIPE, chan_try_send(ch, &value, sizeof(value)));
		EXPECT_EQ(i + 1, channel_recv(ch));
	}
	EXPECT_TRUE(closed_and_drained(ch));
	EXPECT_EQ(-EBUSY, channel_ioctl(ch, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(-EPIPE, chan_send(ch, &value, sizeof(value)));
	EXPECT_TRUE(closed_and_drained(ch));
	EXPECT_EQ(CHAN_CLOSED_BY_CLOSE, channel_info(ch).closed);
	EXPECT_EQ(variant->cap, channel_paths_sum(channel_info(ch).recvs));
	EXPECT_EQ(0, channel_info(ch).send_parks + channel_info(ch).recv_parks);
}

TEST_F(closing, EPIPE_for_a_second_close)
{
	int ch = channel_make(variant->cap);
	struct chan_info before;

	ASSERT_EQ(0, chan_close(ch));
	before = channel_info(ch);
	EXPECT_EQ(-EPIPE, chan_close(ch));
	EXPECT_EQ(-EPIPE, close_in(variant->kind, ch));
	EXPECT_TRUE(channel_unchanged(ch, before));
}

TEST_F(closing, one_of_many_closes_succeeds)
{
	int ch = channel_make(variant->cap);
	struct operation *closers[WAITERS];
	unsigned int i, succeeded = 0;
	int ret;

	for (i = 0; i < WAITERS; i++) {
		closers[i] = operation_new(variant->kind, operation_close, ch, 1);
		operation_start(closers[i]);
	}
	for (i = 0; i < WAITERS; i++) {
		ret = operation_join(closers[i]);
		succeeded += !ret;
		EXPECT_TRUE(!ret || ret == -EPIPE);
	}
	EXPECT_EQ(1, succeeded);
}

/* More waiters than one run of a close completes. */
#define MANY	40

TEST(G6_close_of_very_many_parked_ends_all_waits)
{
	struct operation *ops[MANY];
	int ch, sends, i;

	for (sends = 0; sends < 2; sends++) {
		ch = channel_make(0);
		for (i = 0; i < MANY; i++) {
			ops[i] = operation_new(TASK_THREAD, sends ? operation_send :
					       operation_recv, ch, 1);
			operation_start(ops[i]);
		}
		channel_wait_parked(ch, sends ? MANY : 0, sends ? 0 : MANY);
		EXPECT_EQ(0, chan_close(ch));
		for (i = 0; i < MANY; i++)
			EXPECT_EQ(sends ? -EPIPE : 0, operation_join(ops[i]));
	}
}

TEST(first_cause_of_the_close_stays)
{
	int ch = channel_make(0);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE);

	ASSERT_EQ(0, chan_close(ch));
	close(ch);
	EXPECT_EQ(0, channel_info(recv).senders);
	EXPECT_EQ(CHAN_CLOSED_BY_CLOSE, channel_info(recv).closed);
}

TEST(EPIPE_for_the_close_of_what_hung_up)
{
	int ch = channel_make(0), other = channel_make(0);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE);
	int send = channel_dup(other, CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE);

	close(ch);
	EXPECT_EQ(-EPIPE, chan_close(recv));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(recv).closed);
	close(other);
	EXPECT_EQ(-EPIPE, chan_close(send));
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(send).closed);
}

#define ELEMS	50

/* Sums up what it receives until the channel is closed and drained. */
static int run_range(struct operation *op)
{
	uint64_t value;
	int ret;

	chan_foreach_result(op->ch, &value, ret)
		op->progress += value;
	return ret;
}

TEST_F(closing, range_ends_with_the_close)
{
	int ch = channel_make(variant->cap);
	struct operation *range = operation_new(variant->kind, run_range, ch, 1);
	uint64_t i;

	operation_park(range);
	for (i = 1; i <= ELEMS; i++)
		ASSERT_EQ(0, chan_send(ch, &i, sizeof(i)));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, operation_wait(range));
	EXPECT_EQ(ELEMS * (ELEMS + 1) / 2, range->progress);
}

#define ROUNDS		4
#define TASKS		3
#define RACE_ELEMS	20000

/*
 * The fate of each element: its sender is known by the element's number, and its receiver counts
 * it. Task @n owns the elements from n * RACE_ELEMS on.
 */
struct ledger {
	uint8_t sent[TASKS * RACE_ELEMS];
	uint8_t received[TASKS * RACE_ELEMS];
};

static int move(int ch, unsigned long command, uint64_t *elems, unsigned int count,
		unsigned int min)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)elems,
		.count = count,
		.min = min,
		.elemsize = sizeof(*elems),
		.deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(ch, command, &xfer);
}

/* Alternates single elements and batches until the close; returns the error that ended it. */
static int race_send(struct operation *op)
{
	struct ledger *ledger = op->data;
	uint64_t elems[5], next = op->min * RACE_ELEMS;
	const uint64_t end = next + RACE_ELEMS;
	unsigned int i, count;
	int ret;

	while (next + 5 <= end) {
		count = next % 2 ? 5 : 1;
		for (i = 0; i < count; i++)
			elems[i] = next + i;
		ret = count == 1 ? chan_send(op->ch, elems, sizeof(*elems)) ?: 1 :
		      move(op->ch, CHAN_IOC_SENDV, elems, count, count);
		for (i = 0; ret > 0 && i < ret; i++)
			ledger->sent[next + i]++;
		if (ret < 0)
			return ret;
		next += count;
	}
	return 0;
}

static int race_recv(struct operation *op)
{
	struct ledger *ledger = op->data;
	uint64_t elems[3];
	int i, ret;

	while ((ret = move(op->ch, CHAN_IOC_RECVV, elems, 3, 1)) > 0) {
		for (i = 0; i < ret; i++)
			__atomic_fetch_add(&ledger->received[elems[i]], 1, __ATOMIC_RELAXED);
		op->progress += ret;
	}
	return ret;
}

/* Lets the traffic run for a while, closes, and joins. Returns the number of wrong results. */
static unsigned int race_round(enum task_kind kind, int ch, struct ledger *ledger)
{
	struct operation *senders[TASKS], *receivers[TASKS];
	unsigned int i, wrong = 0;

	for (i = 0; i < TASKS; i++) {
		receivers[i] = operation_new(kind, race_recv, ch, 1);
		senders[i] = operation_new(kind, race_send, ch, 1);
		receivers[i]->data = ledger;
		senders[i]->data = ledger;
		senders[i]->min = i;
		operation_start(receivers[i]);
		operation_start(senders[i]);
	}
	wait_until(channel_paths_sum(channel_info(ch).recvs) > 20);
	wrong += close_in(kind, ch) != 0;
	for (i = 0; i < TASKS; i++) {
		wrong += operation_join(senders[i]) != -EPIPE;
		wrong += operation_join(receivers[i]) != 0;
	}
	return wrong;
}

TEST_F(closing, G3_G6_each_element_is_sent_and_received_or_neither)
{
	struct ledger *ledger = shared_alloc(sizeof(*ledger));
	unsigned int round, i, sent, differ = 0;
	int ch;

	for (round = 0; round < ROUNDS; round++) {
		memset(ledger, 0, sizeof(*ledger));
		ch = channel_make(variant->cap);
		ASSERT_EQ(0, race_round(variant->kind, ch, ledger));
		for (sent = 0, i = 0; i < TASKS * RACE_ELEMS; i++) {
			differ += ledger->sent[i] != ledger->received[i] || ledger->sent[i] > 1;
			sent += ledger->sent[i];
		}
		EXPECT_GT(sent, 20);
		EXPECT_EQ(sent, channel_paths_sum(channel_info(ch).sends));
		EXPECT_EQ(sent, channel_paths_sum(channel_info(ch).recvs));
		EXPECT_EQ(0, channel_info(ch).len);
		close(ch);
	}
	EXPECT_EQ(0, differ);
}

TEST_HARNESS_MAIN
