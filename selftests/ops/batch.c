// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches: how many elements move, when a batch waits, and that a partial count is returned instead
 * of the error that stopped it.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/variants.h"

/* More elements than one pass over a channel moves. */
#define MANY	100

static int move(int ch, unsigned long command, void *elems, unsigned int count, unsigned int min,
		unsigned int flags)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)elems,
		.count = count,
		.min = min,
		.flags = flags,
		.elemsize = channel_info(ch).elemsize,
		.deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(ch, command, &xfer);
}

static void number(uint64_t *elems, unsigned int count, uint64_t from)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		elems[i] = from + i;
}

static bool numbered(const uint64_t *elems, unsigned int count, uint64_t from)
{
	unsigned int i;

	for (i = 0; i < count && elems[i] == from + i; i++)
		;
	return i == count;
}

/* Sends up to @count elements, 1, 2 and so on, waiting for @min only. */
static struct operation *send_numbers(enum task_kind kind, int ch, unsigned int count,
				      unsigned int min)
{
	struct operation *op = operation_new(kind, operation_send, ch, count);

	number(op->elems, count, 1);
	op->min = min;
	return op;
}

static struct operation *recv_numbers(enum task_kind kind, int ch, unsigned int count,
				      unsigned int min)
{
	struct operation *op = operation_new(kind, operation_recv, ch, count);

	op->min = min;
	return op;
}

ELEMENT_FIXTURE(elements);

TEST_F(elements, G3_batches_of_every_size_arrive_intact)
{
	const unsigned int count = variant->elemsize <= 256 ? MANY :
				   variant->elemsize <= 4096 ? 20 : 3;
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *sender = operation_new(TASK_THREAD, operation_send, ch, count);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv, ch, count);
	unsigned int i;

	for (i = 0; i < count; i++)
		element_fill(sender->elems + i * variant->elemsize, variant->elemsize, i);
	operation_start(sender);
	operation_start(receiver);
	EXPECT_EQ(count, operation_join(sender));
	EXPECT_EQ(count, operation_wait(receiver));
	for (i = 0; i < count; i++)
		EXPECT_TRUE(element_is(receiver->elems + i * variant->elemsize,
				       variant->elemsize, i));
	EXPECT_EQ(count, channel_paths_sum(channel_info(ch).recvs));
	EXPECT_EQ(0, channel_info(ch).len);
}

TEST_F(elements, receive_from_closed_zeroes_one_element)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const size_t size = 3 * variant->elemsize + 1;
	uint8_t *elems = malloc(size);

	ASSERT_EQ(0, chan_close(ch));
	memset(elems, 0xa5, size);
	EXPECT_EQ(0, move(ch, CHAN_IOC_RECVV, elems, 3, 3, 0));
	EXPECT_TRUE(memory_is(elems, variant->elemsize, 0));
	EXPECT_TRUE(memory_is(elems + variant->elemsize, size - variant->elemsize, 0xa5));
}

CAPACITY_FIXTURE(batch);

TEST_F(batch, send_waits_for_the_minimum_only)
{
	const unsigned int min = variant->cap + 2;
	int ch = channel_make(variant->cap);
	struct operation *sender = send_numbers(variant->kind, ch, min + 3, min);
	uint64_t i;

	operation_park(sender);
	EXPECT_EQ(variant->cap, channel_paths_sum(channel_info(ch).sends));
	EXPECT_EQ(1, channel_recv(ch));
	wait_until(channel_info(ch).send_parks == 2 && channel_info(ch).sendq == 1);
	EXPECT_FALSE(operation_done(sender));
	EXPECT_EQ(2, channel_recv(ch));
	EXPECT_EQ(min, operation_join(sender));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 0, variant->cap, 2));
	for (i = 3; i <= min; i++)
		EXPECT_EQ(i, channel_recv(ch));
	EXPECT_EQ(0, channel_info(ch).len);
}

TEST_F(batch, receive_waits_for_the_minimum_only)
{
	const unsigned int min = variant->cap + 2;
	int ch = channel_make(variant->cap);
	struct operation *receiver = recv_numbers(variant->kind, ch, min + 3, min);
	uint64_t i;

	for (i = 1; i <= variant->cap; i++)
		channel_send(ch, i);
	operation_park(receiver);
	EXPECT_EQ(0, channel_info(ch).len);
	channel_send(ch, variant->cap + 1);
	wait_until(channel_info(ch).recv_parks == 2 && channel_info(ch).recvq == 1);
	EXPECT_FALSE(operation_done(receiver));
	channel_send(ch, variant->cap + 2);
	EXPECT_EQ(min, operation_wait(receiver));
	EXPECT_TRUE(numbered(receiver->elems, min, 1));
	EXPECT_TRUE(memory_is((uint64_t *)receiver->elems + min, 3 * sizeof(uint64_t), 0));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).recvs, 0, variant->cap, 2));
}

TEST_F(batch, receive_lets_every_parked_sender_in)
{
	const unsigned int count = variant->cap + 3;
	int ch = channel_make(variant->cap);
	struct operation *senders[3];
	uint64_t elems[16];
	unsigned int i;

	for (i = 0; i < variant->cap; i++)
		channel_send(ch, i);
	for (i = 0; i < 3; i++)
		senders[i] = operation_park_send(variant->kind, ch, variant->cap + i);
	memset(elems, 0xa5, sizeof(elems));
	EXPECT_EQ(count, move(ch, CHAN_IOC_RECVV, elems, 16, count, 0));
	EXPECT_TRUE(numbered(elems, count, 0));
	EXPECT_TRUE(memory_is(elems + count, (16 - count) * sizeof(*elems), 0xa5));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, operation_join(senders[i]));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 0, variant->cap, 3));
	EXPECT_EQ(0, channel_info(ch).recv_parks);
}

TEST_F(batch, send_fills_parked_receivers_then_the_ring)
{
	const unsigned int count = variant->cap + 3;
	int ch = channel_make(variant->cap);
	struct operation *receivers[3];
	uint64_t elems[16], i;

	for (i = 0; i < 3; i++)
		receivers[i] = operation_park_recv(variant->kind, ch);
	number(elems, 16, 1);
	EXPECT_EQ(count, move(ch, CHAN_IOC_SENDV, elems, 16, 16, CHAN_XFER_NONBLOCK));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(1, operation_wait(receivers[i]));
		EXPECT_EQ(i + 1, operation_value(receivers[i]));
	}
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 3, variant->cap, 0));
	EXPECT_EQ(-EAGAIN, move(ch, CHAN_IOC_SENDV, elems, 16, 1, CHAN_XFER_NONBLOCK));
	for (i = 3; i < count; i++)
		EXPECT_EQ(i + 1, channel_recv(ch));
	EXPECT_EQ(-EAGAIN, move(ch, CHAN_IOC_RECVV, elems, 16, 1, CHAN_XFER_NONBLOCK));
}

/* A batch that has moved some elements, and is parked for more. */
static struct operation *send_partly(enum task_kind kind, int ch)
{
	struct operation *op = send_numbers(kind, ch, MANY, MANY);
	uint64_t i;

	op->flags = CHAN_XFER_REALTIME;
	op->deadline = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	operation_start(op);
	for (i = 1; i <= 3; i++) {
		channel_wait_parked(ch, 1, 0);
		if (channel_recv(ch) != i)
			give_up("element %llu is not the next one", (unsigned long long)i);
	}
	channel_wait_parked(ch, 1, 0);
	return op;
}

static struct operation *recv_partly(enum task_kind kind, int ch)
{
	struct operation *op = recv_numbers(kind, ch, MANY, MANY);

	op->flags = CHAN_XFER_REALTIME;
	op->deadline = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	operation_start(op);
	channel_wait_parked(ch, 0, 1);
	channel_send(ch, 1);
	channel_wait_parked(ch, 0, 1);
	channel_send(ch, 2);
	channel_wait_parked(ch, 0, 1);
	return op;
}

TEST_F(batch, close_ends_a_batch_with_what_was_moved)
{
	int ch = channel_make(variant->cap), other = channel_make(variant->cap);
	struct operation *sender = send_partly(variant->kind, ch);
	struct operation *receiver = recv_partly(variant->kind, other);
	uint64_t elems[8], i;

	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(3 + variant->cap, operation_wait(sender));
	EXPECT_EQ(-EPIPE, operation_send(sender));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(4 + i, channel_recv(ch));
	EXPECT_EQ(0, move(ch, CHAN_IOC_RECVV, elems, 8, 8, 0));

	ASSERT_EQ(0, chan_close(other));
	EXPECT_EQ(2, operation_wait(receiver));
	EXPECT_TRUE(numbered(receiver->elems, 2, 1));
	EXPECT_TRUE(memory_is((uint64_t *)receiver->elems + 2, 8 * (MANY - 2), 0));
	EXPECT_EQ(0, operation_recv(receiver));
}

/* With or without SA_RESTART: elements that moved are not moved again. */
TEST_F(batch, signal_ends_a_batch_with_what_was_moved)
{
	int ch = channel_make(variant->cap), other = channel_make(variant->cap);
	struct operation *sender, *receiver;
	uint64_t i;

	catch_signal(SA_RESTART);
	sender = send_partly(variant->kind, ch);
	receiver = recv_partly(variant->kind, other);
	operation_signal(sender, SIGUSR1);
	operation_signal(receiver, SIGUSR1);
	EXPECT_EQ(3 + variant->cap, operation_wait(sender));
	EXPECT_EQ(0, channel_info(ch).sendq);
	EXPECT_EQ(2, operation_wait(receiver));
	EXPECT_EQ(0, channel_info(other).recvq);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(4 + i, channel_recv(ch));
	EXPECT_EQ(0, channel_info(ch).len);
	EXPECT_TRUE(numbered(receiver->elems, 2, 1));
}

TEST_F(batch, deadline_ends_a_batch_with_what_was_moved)
{
	int ch = channel_make(variant->cap), other = channel_make(variant->cap);
	struct operation *sender = send_partly(variant->kind, ch);
	struct operation *receiver = recv_partly(variant->kind, other);

	clock_shift_realtime(CLOCK_HOUR);
	EXPECT_EQ(3 + variant->cap, operation_wait(sender));
	EXPECT_EQ(2, operation_wait(receiver));
	EXPECT_EQ(-ETIMEDOUT, operation_send(sender));
	EXPECT_EQ(-ETIMEDOUT, operation_recv(receiver));
	clock_shift_realtime(-CLOCK_HOUR);
	EXPECT_EQ(0, channel_info(ch).sendq);
	EXPECT_EQ(0, channel_info(other).recvq);
}

TEST(fault_ends_a_batch_with_what_was_moved)
{
	int ch = channel_make(MANY);
	uint64_t *border = memory_border(), i;

	/* The third element is not accessible. */
	number(border - 2, 2, 1);
	EXPECT_EQ(2, move(ch, CHAN_IOC_SENDV, border - 2, MANY, MANY, 0));
	EXPECT_EQ(-EFAULT, move(ch, CHAN_IOC_SENDV, border, MANY - 2, MANY - 2, 0));
	EXPECT_EQ(2, channel_info(ch).len);
	channel_send_range(ch, 3, 50);

	/* It faults in the second of two passes. */
	memset(border - 40, 0xa5, 40 * sizeof(*border));
	EXPECT_EQ(40, move(ch, CHAN_IOC_RECVV, border - 40, 50, 50, 0));
	EXPECT_TRUE(numbered(border - 40, 40, 1));
	EXPECT_EQ(-EFAULT, move(ch, CHAN_IOC_RECVV, border, 10, 10, 0));
	EXPECT_EQ(10, channel_info(ch).requeued + channel_info(ch).len);
	EXPECT_EQ(20, channel_info(ch).requeues);
	for (i = 41; i <= 50; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST(one_call_moves_more_than_one_pass)
{
	int ch = channel_make(MANY);
	uint64_t elems[2 * MANY];

	number(elems, 2 * MANY, 0);
	EXPECT_EQ(MANY, move(ch, CHAN_IOC_SENDV, elems, 2 * MANY, 1, 0));
	EXPECT_EQ(MANY, channel_info(ch).len);
	memset(elems, 0xa5, sizeof(elems));
	EXPECT_EQ(MANY, move(ch, CHAN_IOC_RECVV, elems, 2 * MANY, 1, 0));
	EXPECT_TRUE(numbered(elems, MANY, 0));
	EXPECT_TRUE(memory_is(elems + MANY, MANY * sizeof(*elems), 0xa5));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 0, MANY, 0));
	EXPECT_EQ(0, channel_info(ch).send_parks + channel_info(ch).recv_parks);
}

TEST(elements_without_bytes_need_no_memory)
{
	const unsigned int cap = 10 * MANY;
	int ch = channel_make_elems(0, cap);

	EXPECT_EQ(cap, move(ch, CHAN_IOC_SENDV, MEMORY_BAD, INT_MAX, 1, 0));
	EXPECT_EQ(-EAGAIN, move(ch, CHAN_IOC_SENDV, MEMORY_BAD, INT_MAX, INT_MAX,
				CHAN_XFER_NONBLOCK));
	EXPECT_EQ(cap, move(ch, CHAN_IOC_RECVV, MEMORY_BAD, INT_MAX, 1, 0));
	EXPECT_EQ(0, channel_info(ch).len);
}

/* The batch does not wait, but a fatal signal can still end it. */
TEST(kill_ends_a_batch_that_is_never_parked)
{
	int ch = channel_make_elems(0, UINT_MAX);
	struct operation *sender = operation_new(TASK_PROCESS, operation_send, ch, INT_MAX);

	operation_start(sender);
	wait_until(channel_info(ch).len);
	operation_kill(sender);
	EXPECT_EQ(OPERATION_KILLED, operation_wait(sender));
	EXPECT_LT(channel_info(ch).len, INT_MAX);
	EXPECT_EQ(0, channel_info(ch).send_parks);
}

static const struct {
	unsigned int count, min;
} wrong[] = {
	{ 0, 0 }, { 0, 1 }, { 1, 0 }, { 2, 3 }, { 1, UINT_MAX },
	{ INT_MAX + 1U, 1 }, { UINT_MAX, UINT_MAX },
};

TEST(EINVAL_for_a_count_or_minimum_out_of_range)
{
	int ch = channel_make(7);
	uint64_t elems[4];
	struct chan_info before;
	unsigned int i;

	channel_send_range(ch, 1, 3);
	before = channel_info(ch);
	memset(elems, 0xa5, sizeof(elems));
	for (i = 0; i < ARRAY_LENGTH(wrong); i++) {
		EXPECT_EQ(-EINVAL, move(ch, CHAN_IOC_SENDV, elems, wrong[i].count, wrong[i].min,
					CHAN_XFER_NONBLOCK));
		EXPECT_EQ(-EINVAL, move(ch, CHAN_IOC_RECVV, elems, wrong[i].count, wrong[i].min,
					CHAN_XFER_NONBLOCK));
	}
	EXPECT_TRUE(channel_unchanged(ch, before));
	EXPECT_TRUE(memory_is(elems, sizeof(elems), 0xa5));
}

TEST_HARNESS_MAIN
