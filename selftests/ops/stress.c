// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once (G1, G3): processes and threads send and receive single elements and batches,
 * blocking and not, with deadlines and signals. Each element arrives once, and those of one sender
 * in order.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

#define SENDERS		4
#define RECEIVERS	4
#define ELEMENTS	1500
#define BATCH		5

/* An element carries its sender and its index. */
#define NUMBER(sender, index)	((uint64_t)(sender) << 32 | (index))

/**
 * struct ledger - elements of one receiver; shared
 * @count: number of elements from each sender
 * @sum: of their indexes
 * @disorder: an element came after a later one of the same sender
 */
struct ledger {
	uint64_t count[SENDERS];
	uint64_t sum[SENDERS];
	bool disorder;
};

/* Errors after which an operation is retried: nothing moved, and the channel is not closed. */
static bool is_passing(int ret)
{
	return ret == -EAGAIN || ret == -ETIMEDOUT || ret == -EINTR;
}

/* Sends the next elements in one of several ways, by turns. Returns how many. */
static int send_some(int ch, const uint64_t *elems, unsigned int turn, unsigned int left)
{
	int ret;

	switch (turn % 4) {
	case 0:
		ret = chan_send(ch, elems, sizeof(*elems));
		return ret ? ret : 1;
	case 1:
		ret = chan_try_send(ch, elems, sizeof(*elems));
		return ret ? ret : 1;
	case 2:
		ret = chan_send_until(ch, elems, sizeof(*elems), chan_deadline(20000));
		return ret ? ret : 1;
	default:
		return chan_sendv(ch, elems, sizeof(*elems), left < BATCH ? left : BATCH);
	}
}

static int run_sender(struct operation *op)
{
	const uintptr_t sender = (uintptr_t)op->data;
	uint64_t elems[BATCH];
	unsigned int done = 0, turn = 0, i;
	int ret;

	while (done < ELEMENTS) {
		for (i = 0; i < BATCH; i++)
			elems[i] = NUMBER(sender, done + i);
		ret = send_some(op->ch, elems, turn++, ELEMENTS - done);
		if (ret < 0 && !is_passing(ret))
			return ret;
		if (ret > 0)
			done += ret;
		__atomic_store_n(&op->progress, done, __ATOMIC_RELAXED);
	}
	return 0;
}

static int recv_some(int ch, uint64_t *elems, unsigned int turn)
{
	switch (turn % 4) {
	case 0:
		return chan_recv(ch, elems, sizeof(*elems));
	case 1:
		return chan_try_recv(ch, elems, sizeof(*elems));
	case 2:
		return chan_recv_until(ch, elems, sizeof(*elems), chan_deadline(20000));
	default:
		return chan_recvv(ch, elems, sizeof(*elems), BATCH);
	}
}

static int run_receiver(struct operation *op)
{
	struct ledger *ledger = op->data;
	int64_t last[SENDERS];
	uint64_t elems[BATCH];
	unsigned int turn = 0;
	int ret, i;

	memset(last, -1, sizeof(last));
	for (;;) {
		ret = recv_some(op->ch, elems, turn++);
		if (ret < 0 && is_passing(ret))
			continue;
		if (ret <= 0)
			return ret;
		for (i = 0; i < ret; i++) {
			const unsigned int sender = elems[i] >> 32;
			const int64_t index = (uint32_t)elems[i];

			if (sender >= SENDERS)
				return -ERANGE;
			ledger->disorder |= index <= last[sender];
			last[sender] = index;
			ledger->count[sender]++;
			ledger->sum[sender] += index;
		}
	}
}

FIXTURE(stress)
{
	int ch;
	struct ledger *ledgers;
	struct operation *senders[SENDERS];
	struct operation *receivers[RECEIVERS];
};

FIXTURE_VARIANT(stress)
{
	unsigned int cap;
};

FIXTURE_VARIANT_ADD(stress, cap_0) { .cap = 0 };
FIXTURE_VARIANT_ADD(stress, cap_1) { .cap = 1 };
FIXTURE_VARIANT_ADD(stress, cap_7) { .cap = 7 };

/* Alternately threads and processes. */
FIXTURE_SETUP(stress)
{
	unsigned int i;

	catch_signal(0);
	self->ch = channel_make(variant->cap);
	self->ledgers = shared_alloc(RECEIVERS * sizeof(*self->ledgers));
	for (i = 0; i < RECEIVERS; i++) {
		self->receivers[i] = operation_new(i % 2, run_receiver, self->ch, 1);
		self->receivers[i]->data = &self->ledgers[i];
	}
	for (i = 0; i < SENDERS; i++) {
		self->senders[i] = operation_new(i % 2, run_sender, self->ch, 1);
		self->senders[i]->data = (void *)(uintptr_t)i;
	}
	/* Processes before threads: a fork copies the forking thread only. */
	for (i = 1; i < RECEIVERS; i += 2)
		operation_start(self->receivers[i]);
	for (i = 1; i < SENDERS; i += 2)
		operation_start(self->senders[i]);
	for (i = 0; i < RECEIVERS; i += 2)
		operation_start(self->receivers[i]);
	for (i = 0; i < SENDERS; i += 2)
		operation_start(self->senders[i]);
}

FIXTURE_TEARDOWN(stress)
{
}

/* Signals to the running tasks, until all senders are done. */
static void disturb(struct operation **ops, unsigned int n, struct operation *until)
{
	unsigned int i = 0;

	while (!operation_done(until)) {
		if (!operation_done(ops[i % n]))
			operation_signal(ops[i % n], SIGUSR1);
		i++;
		wait_a_moment();
	}
}

TEST_F(stress, G1_G3_every_element_arrives_once_and_in_order)
{
	const uint64_t sum = (uint64_t)ELEMENTS * (ELEMENTS - 1) / 2;
	uint64_t got_count, got_sum;
	unsigned int i, j;

	/* The receivers stay until the close, so they can be signalled at any time. */
	disturb(self->receivers, RECEIVERS, self->senders[0]);
	for (i = 0; i < SENDERS; i++)
		EXPECT_EQ(0, operation_join(self->senders[i]));
	ASSERT_EQ(0, chan_close(self->ch));
	for (i = 0; i < RECEIVERS; i++) {
		EXPECT_EQ(0, operation_join(self->receivers[i]));
		EXPECT_FALSE(self->ledgers[i].disorder);
	}
	for (i = 0; i < SENDERS; i++) {
		got_count = 0;
		got_sum = 0;
		for (j = 0; j < RECEIVERS; j++) {
			got_count += self->ledgers[j].count[i];
			got_sum += self->ledgers[j].sum[i];
		}
		EXPECT_EQ(ELEMENTS, got_count);
		EXPECT_EQ(sum, got_sum);
	}
	EXPECT_EQ(0, channel_info(self->ch).len);
	EXPECT_LE(channel_info(self->ch).maxlen, variant->cap);
}

TEST_HARNESS_MAIN
