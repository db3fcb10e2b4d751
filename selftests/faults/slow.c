// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slow memory (G12): a task that is stuck in a page fault on its element blocks no other task and
 * can be killed.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/stuck.h"
#include "common/task.h"
#include "common/variants.h"

SIZE_FIXTURE(slow);
SIZE_VARIANTS(slow, 8);
SIZE_VARIANTS(slow, 300);

static bool elements_pass(int ch, int n)
{
	struct operation *receiver;
	int i;

	for (i = 1; i <= n; i++) {
		receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
		operation_park(receiver);
		if (element_send(ch, i) || operation_wait(receiver) != 1 ||
		    !element_is(receiver->elems, receiver->elemsize, i))
			return false;
		operation_join(receiver);
	}
	return true;
}

static bool is_zeros(const struct operation *op)
{
	const char *bytes = op->elems;

	return !bytes[0] && !memcmp(bytes, bytes + 1, op->elemsize - 1);
}

TEST_F(slow, G12_sender_that_waits_for_its_memory_is_in_nobodys_way)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *sender = stuck_start(operation_send_one, ch);
	struct chan_info info;
	int i;

	stuck_wait(sender);
	EXPECT_TRUE(elements_pass(ch, 3));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(0, element_send(ch, i + 1));
	EXPECT_EQ(variant->cap ? POLLIN : 0, channel_events(ch) & (POLLIN | POLLOUT));
	info = channel_info(ch);
	EXPECT_EQ(variant->cap, info.len);
	EXPECT_EQ(0, info.sendq);
	EXPECT_FALSE(operation_done(sender));

	stuck_release(sender);
	channel_wait_parked(ch, 1, 0);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, i + 1));
	EXPECT_EQ(1, chan_recv(ch, sender->elems, sender->elemsize));
	EXPECT_TRUE(is_zeros(sender));
	EXPECT_EQ(0, operation_join(sender));
}

TEST_F(slow, G12_receiver_that_waits_for_its_memory_is_in_nobodys_way)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receiver = stuck_start(operation_recv_one, ch);
	int i;

	channel_wait_parked(ch, 0, 1);
	EXPECT_EQ(0, element_send(ch, 99));
	stuck_wait(receiver);
	EXPECT_TRUE(elements_pass(ch, 3));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(0, element_send(ch, i + 1));
	EXPECT_EQ(variant->cap ? POLLIN : 0, channel_events(ch) & (POLLIN | POLLOUT));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, i + 1));
	EXPECT_EQ(0, channel_info(ch).recvq);
	EXPECT_FALSE(operation_done(receiver));

	stuck_release(receiver);
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_TRUE(element_is(receiver->elems, variant->elemsize, 99));
	EXPECT_EQ(0, channel_info(ch).requeues);
}

TEST_F(slow, G12_channel_is_closed_while_a_sender_waits_for_its_memory)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *sender = stuck_start(operation_send_one, ch);

	stuck_wait(sender);
	EXPECT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, element_recv(ch, 0));
	stuck_release(sender);
	EXPECT_EQ(-EPIPE, operation_join(sender));
	EXPECT_EQ(0, element_recv(ch, 0));
}

TEST_F(slow, G10_receiver_has_its_element_though_the_channel_was_closed)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receiver = stuck_start(operation_recv_one, ch);

	channel_wait_parked(ch, 0, 1);
	EXPECT_EQ(0, element_send(ch, 99));
	stuck_wait(receiver);
	EXPECT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, element_recv(ch, 0));
	stuck_release(receiver);
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_TRUE(element_is(receiver->elems, variant->elemsize, 99));
}

TEST_F(slow, G12_sender_that_waits_for_its_memory_can_be_killed)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const unsigned long long bytes = module_parameter("live_bytes");
	struct operation *sender = stuck_start(operation_send_one, ch);
	struct chan_info before, after;

	before = channel_info(ch);
	stuck_wait(sender);
	operation_kill(sender);
	EXPECT_EQ(OPERATION_KILLED, operation_join(sender));
	after = channel_info(ch);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	EXPECT_EQ(bytes, module_parameter("live_bytes"));
	EXPECT_TRUE(elements_pass(ch, 1));
}

/* Its element precedes those sent while it was stuck. */
TEST_F(slow, G4_receiver_that_is_killed_in_its_memory_gives_back)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receiver = stuck_start(operation_recv_one, ch);
	int i;

	channel_wait_parked(ch, 0, 1);
	EXPECT_EQ(0, element_send(ch, 99));
	stuck_wait(receiver);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(0, element_send(ch, i + 1));
	operation_kill(receiver);
	EXPECT_EQ(OPERATION_KILLED, operation_join(receiver));
	EXPECT_EQ(1, channel_info(ch).requeues);
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_EQ(1, element_recv(ch, 99));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, i + 1));
}

TEST_F(slow, G4_next_receiver_gets_what_was_requeued)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *stuck = stuck_start(operation_recv_one, ch);
	struct operation *next = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);

	channel_wait_parked(ch, 0, 1);
	EXPECT_EQ(0, element_send(ch, 99));
	stuck_wait(stuck);
	operation_park(next);
	operation_kill(stuck);
	EXPECT_EQ(1, operation_wait(next));
	EXPECT_TRUE(element_is(next->elems, variant->elemsize, 99));
	EXPECT_EQ(0, channel_info(ch).requeued);
	EXPECT_EQ(2, channel_info(ch).recvs.park);
}

TEST(G12_parked_tasks_can_be_killed)
{
	static int (*const runs[])(struct operation *op) = {
		operation_send, operation_send_one, operation_recv, operation_recv_one,
	};
	int ch = channel_make(0);
	struct operation *op;
	int i;

	for (i = 0; i < ARRAY_LENGTH(runs); i++) {
		op = operation_new(TASK_PROCESS, runs[i], ch, 3);
		op->deadline = i % 2 ? CHAN_DEADLINE_NONE : chan_deadline(3600000000000ULL);
		operation_park(op);
		operation_kill(op);
		EXPECT_EQ(OPERATION_KILLED, operation_join(op));
		channel_wait_parked(ch, 0, 0);
	}
	EXPECT_EQ(2, channel_info(ch).send_parks);
	EXPECT_EQ(2, channel_info(ch).recv_parks);
}

/* A nil channel has no queues to read: a task that waits there sleeps in its ioctl. */
TEST(G12_tasks_parked_on_a_nil_channel_can_be_killed)
{
	static int (*const runs[])(struct operation *op) = {
		operation_send, operation_send_one, operation_recv, operation_recv_one,
	};
	int ch = channel_make(0);
	struct operation *op;
	int i;

	for (i = 0; i < ARRAY_LENGTH(runs); i++) {
		op = operation_new(TASK_PROCESS, runs[i], ch, 3);
		op->ch = channel_open();
		operation_start(op);
		wait_until(task_sleeps_in(op->pid, SYS_ioctl));
		operation_kill(op);
		EXPECT_EQ(OPERATION_KILLED, operation_join(op));
	}
}

TEST_HARNESS_MAIN
