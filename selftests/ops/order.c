// SPDX-License-Identifier: GPL-2.0-only
/* Order of elements (G1) and of waiters (G2). */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/variants.h"

#define WAITERS	5

CAPACITY_FIXTURE(order);

TEST_F(order, G1_elements_are_received_as_they_were_sent)
{
	int ch = channel_make(variant->cap);
	struct operation *sender = operation_new(variant->kind, operation_send, ch, 200);
	uint64_t *elems = sender->elems;
	uint64_t i, value;

	for (i = 0; i < 200; i++)
		elems[i] = i;
	operation_start(sender);
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(1, chan_recv(ch, &value, sizeof(value)));
		ASSERT_EQ(i, value);
	}
	EXPECT_EQ(200, operation_join(sender));
}

TEST_F(order, G2_parked_receivers_are_served_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *receivers[WAITERS];
	int i;

	for (i = 0; i < WAITERS; i++)
		receivers[i] = operation_park_recv(variant->kind, ch);
	for (i = 0; i < WAITERS; i++)
		channel_send(ch, i + 1);
	for (i = 0; i < WAITERS; i++) {
		EXPECT_EQ(1, operation_wait(receivers[i]));
		EXPECT_EQ(i + 1, operation_value(receivers[i]));
		operation_join(receivers[i]);
	}
	EXPECT_EQ(WAITERS, channel_info(ch).sends.handoff);
}

TEST_F(order, G2_parked_senders_are_served_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *senders[WAITERS];
	uint64_t i;

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	for (i = 0; i < WAITERS; i++)
		senders[i] = operation_park_send(variant->kind, ch, variant->cap + i + 1);
	for (i = 1; i <= variant->cap + WAITERS; i++)
		EXPECT_EQ(i, channel_recv(ch));
	for (i = 0; i < WAITERS; i++)
		EXPECT_EQ(0, operation_join(senders[i]));
}

TEST_F(order, G2_restart_after_a_signal_goes_to_the_back)
{
	int ch = channel_make(variant->cap);
	struct operation *first, *second;

	catch_signal(SA_RESTART);
	first = operation_park_recv(variant->kind, ch);
	second = operation_park_recv(variant->kind, ch);
	operation_signal(first, SIGUSR1);
	wait_until(channel_info(ch).recv_parks == 3 && channel_info(ch).recvq == 2);
	channel_send(ch, 1);
	channel_send(ch, 2);
	EXPECT_EQ(1, operation_wait(first));
	EXPECT_EQ(1, operation_wait(second));
	EXPECT_EQ(2, operation_value(first));
	EXPECT_EQ(1, operation_value(second));
}

FIXTURE(giving_up) {};
FIXTURE_VARIANT(giving_up)
{
	unsigned int cap;
	enum end { SIGNAL, DEADLINE, KILL } end;
};
FIXTURE_SETUP(giving_up) {}
FIXTURE_TEARDOWN(giving_up) {}

#define GIVING_UP_VARIANTS(name, how) \
	FIXTURE_VARIANT_ADD(giving_up, name##_cap_0) { .cap = 0, .end = how, }; \
	FIXTURE_VARIANT_ADD(giving_up, name##_cap_1) { .cap = 1, .end = how, }; \
	FIXTURE_VARIANT_ADD(giving_up, name##_cap_7) { .cap = 7, .end = how, }

GIVING_UP_VARIANTS(signal, SIGNAL);
GIVING_UP_VARIANTS(deadline, DEADLINE);
GIVING_UP_VARIANTS(kill, KILL);

/* Parks a process with one element; if @gives_up, @end is to end its wait. */
static struct operation *park(int (*run)(struct operation *op), int ch, uint64_t value,
			      enum end end, bool gives_up)
{
	struct operation *op = operation_new(TASK_PROCESS, run, ch, 1);

	memcpy(op->elems, &value, sizeof(value));
	if (gives_up && end == DEADLINE) {
		op->flags = CHAN_XFER_REALTIME;
		op->deadline = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	}
	operation_park(op);
	return op;
}

/* Makes the odd ones of WAITERS operations give up; returns their result. */
static int give_up_odd(struct operation *ops[], enum end end)
{
	unsigned int i;

	if (end == DEADLINE)
		clock_shift_realtime(CLOCK_HOUR);
	for (i = 1; i < WAITERS; i += 2) {
		if (end == SIGNAL)
			operation_signal(ops[i], SIGUSR1);
		else if (end == KILL)
			operation_kill(ops[i]);
		operation_wait(ops[i]);
	}
	if (end == DEADLINE)
		clock_shift_realtime(-CLOCK_HOUR);
	return end == SIGNAL ? -EINTR : end == DEADLINE ? -ETIMEDOUT : OPERATION_KILLED;
}

TEST_F(giving_up, G2_receivers_that_stay_are_served_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *ops[WAITERS];
	int i, result;

	catch_signal(0);
	for (i = 0; i < WAITERS; i++)
		ops[i] = park(operation_recv, ch, 0, variant->end, i % 2);
	result = give_up_odd(ops, variant->end);
	EXPECT_EQ(WAITERS - WAITERS / 2, channel_info(ch).recvq);
	for (i = 0; i < WAITERS; i += 2)
		channel_send(ch, i + 1);
	for (i = 0; i < WAITERS; i++) {
		EXPECT_EQ(i % 2 ? result : 1, operation_wait(ops[i]));
		EXPECT_EQ(i % 2 ? 0 : i + 1, operation_value(ops[i]));
	}
	EXPECT_EQ(WAITERS, channel_info(ch).recv_parks);
	EXPECT_EQ(WAITERS - WAITERS / 2, channel_info(ch).sends.handoff);
}

TEST_F(giving_up, G1_G2_senders_that_stay_are_served_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *ops[WAITERS];
	uint64_t i;
	int result;

	catch_signal(0);
	for (i = 0; i < variant->cap; i++)
		channel_send(ch, 100 + i);
	for (i = 0; i < WAITERS; i++)
		ops[i] = park(operation_send, ch, i, variant->end, i % 2);
	result = give_up_odd(ops, variant->end);
	EXPECT_EQ(WAITERS - WAITERS / 2, channel_info(ch).sendq);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(100 + i, channel_recv(ch));
	for (i = 0; i < WAITERS; i += 2)
		EXPECT_EQ(i, channel_recv(ch));
	for (i = 0; i < WAITERS; i++)
		EXPECT_EQ(i % 2 ? result : 1, operation_join(ops[i]));
	EXPECT_EQ(WAITERS, channel_info(ch).send_parks);
	EXPECT_EQ(0, channel_info(ch).len);
}

#define TASKS	3
#define ELEMS	600

/* Numbers the elements of sender @number only. */
#define SENDER_SHIFT	32

static int move(struct operation *op, unsigned long command, unsigned int from,
		unsigned int count, unsigned int min)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)op->elems + from * op->elemsize,
		.count = count,
		.min = min,
		.elemsize = op->elemsize,
		.deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(op->ch, command, &xfer);
}

/* Alternates single elements and batches, some longer than one pass moves. */
static int send_mixed(struct operation *op)
{
	unsigned int done = 0, size = 1;
	int ret;

	for (; done < op->count; size = size % 41 + 1) {
		if (size > op->count - done)
			size = op->count - done;
		if (size == 1)
			ret = chan_send(op->ch, (uint64_t *)op->elems + done,
					sizeof(uint64_t)) ?: 1;
		else
			ret = move(op, CHAN_IOC_SENDV, done, size, size);
		if (ret != size)
			return ret;
		done += ret;
	}
	return done;
}

/* Receives until the channel is closed and drained; returns how many. */
static int recv_mixed(struct operation *op)
{
	unsigned int done = 0, size = 1;
	int ret;

	for (;; size = size % 37 + 1) {
		if (size > op->count - done)
			size = op->count - done;
		if (size == 1)
			ret = chan_recv(op->ch, (uint64_t *)op->elems + done,
					sizeof(uint64_t));
		else
			ret = move(op, CHAN_IOC_RECVV, done, size, size / 2);
		if (ret <= 0)
			return ret ? ret : done;
		done += ret;
	}
}

/* How often an element follows a later one of the same sender. */
static unsigned int overtaken(const uint64_t *elems, unsigned int count)
{
	uint64_t next[TASKS] = { 0 };
	unsigned int i, found = 0;

	for (i = 0; i < count; i++) {
		uint64_t sender = elems[i] >> SENDER_SHIFT;
		uint64_t number = elems[i] & UINT32_MAX;

		if (sender >= TASKS || number < next[sender])
			found++;
		else
			next[sender] = number + 1;
	}
	return found;
}

TEST_F(order, G1_each_sender_is_heard_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *senders[TASKS], *receivers[TASKS];
	unsigned int i, j, total = 0;
	int received;

	for (i = 0; i < TASKS; i++) {
		/* Space for one more, so that no receive is for 0 elements. */
		receivers[i] = operation_new(variant->kind, recv_mixed, ch, TASKS * ELEMS + 1);
		senders[i] = operation_new(variant->kind, send_mixed, ch, ELEMS);
		for (j = 0; j < ELEMS; j++)
			((uint64_t *)senders[i]->elems)[j] = (uint64_t)i << SENDER_SHIFT | j;
		operation_start(receivers[i]);
		operation_start(senders[i]);
	}
	for (i = 0; i < TASKS; i++)
		EXPECT_EQ(ELEMS, operation_join(senders[i]));
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < TASKS; i++) {
		received = operation_wait(receivers[i]);
		ASSERT_GE(received, 0);
		EXPECT_EQ(0, overtaken(receivers[i]->elems, received));
		total += received;
	}
	EXPECT_EQ(TASKS * ELEMS, total);
}

/* With a single receiver, its order is the order of the channel. */
TEST_F(order, G1_mixed_batches_of_one_sender_stay_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *sender = operation_new(variant->kind, send_mixed, ch, ELEMS);
	struct operation *receiver = operation_new(variant->kind, recv_mixed, ch, ELEMS + 1);
	const uint64_t *elems = receiver->elems;
	unsigned int i;

	for (i = 0; i < ELEMS; i++)
		((uint64_t *)sender->elems)[i] = i;
	operation_start(receiver);
	operation_start(sender);
	EXPECT_EQ(ELEMS, operation_join(sender));
	ASSERT_EQ(0, chan_close(ch));
	ASSERT_EQ(ELEMS, operation_wait(receiver));
	for (i = 0; i < ELEMS; i++)
		ASSERT_EQ(i, elems[i]);
}

TEST_HARNESS_MAIN
