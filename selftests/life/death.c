// SPDX-License-Identifier: GPL-2.0-only
/*
 * Death (G3, G11): tasks killed while parked, just after an element was handed to them, or in the
 * middle of a batch lose no element and leave a working channel.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/variants.h"

#define TASKS	20

SIZE_FIXTURE(death);
SIZE_VARIANTS(death, 8);
SIZE_VARIANTS(death, 300);

static struct operation *park(int (*run)(struct operation *op), int ch, unsigned int n)
{
	struct operation *op = operation_new(TASK_PROCESS, run, ch, n);
	unsigned int i;

	for (i = 0; run == operation_send && i < n; i++)
		element_fill((char *)op->elems + i * op->elemsize, op->elemsize, i + 1);
	operation_park(op);
	return op;
}

/* An element can pass, and the channel holds nothing else. */
static bool channel_works(int ch)
{
	struct operation *receiver = park(operation_recv, ch, 1);
	struct chan_info info;

	if (element_send(ch, 4711) || operation_wait(receiver) != 1 ||
	    !element_is(receiver->elems, receiver->elemsize, 4711))
		return false;
	operation_join(receiver);
	info = channel_info(ch);
	return !info.closed && !info.sendq && !info.recvq && !info.len && !info.requeued;
}

TEST_F(death, G11_parked_receivers_die)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receivers[TASKS];
	int i;

	for (i = 0; i < TASKS; i++)
		receivers[i] = park(operation_recv, ch, 1);
	/* The middle, the tail and the head of the queue. */
	operation_kill(receivers[TASKS / 2]);
	operation_kill(receivers[TASKS - 1]);
	operation_kill(receivers[0]);
	EXPECT_EQ(TASKS - 3, channel_info(ch).recvq);
	EXPECT_EQ(0, element_send(ch, 1));
	EXPECT_EQ(1, operation_wait(receivers[1]));
	EXPECT_TRUE(element_is(receivers[1]->elems, variant->elemsize, 1));
	for (i = 2; i < TASKS - 1; i++) {
		if (i != TASKS / 2)
			operation_kill(receivers[i]);
	}
	EXPECT_TRUE(channel_works(ch));
	EXPECT_EQ(0, channel_info(ch).requeues);
}

TEST_F(death, G11_parked_senders_die_and_nothing_was_sent)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const unsigned long long bytes = module_parameter("live_bytes");
	struct operation *senders[TASKS];
	int i;

	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(0, element_send(ch, i + 1));
	for (i = 0; i < TASKS; i++)
		senders[i] = park(operation_send, ch, 1);
	for (i = 0; i < TASKS; i++)
		operation_kill(senders[i]);
	EXPECT_EQ(0, channel_info(ch).sendq);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, i + 1));
	EXPECT_TRUE(channel_works(ch));
	EXPECT_EQ(0, channel_info(ch).sends.park);
	EXPECT_EQ(bytes, module_parameter("live_bytes"));
}

/* A signal reaches all processes of a group at once. */
TEST_F(death, G11_many_die_at_once)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receivers[TASKS];
	int i;

	for (i = 0; i < TASKS; i++) {
		receivers[i] = park(operation_recv, ch, 2);
		ASSERT_EQ(0, setpgid(receivers[i]->pid, receivers[0]->pid));
	}
	ASSERT_EQ(0, kill(-receivers[0]->pid, SIGKILL));
	for (i = 0; i < TASKS; i++)
		EXPECT_EQ(OPERATION_KILLED, operation_join(receivers[i]));
	EXPECT_TRUE(channel_works(ch));
	EXPECT_EQ(0, channel_info(ch).requeues);
}

/* The receiver shares the CPU of the test, so it does not run between the two calls. */
TEST_F(death, G3_element_handed_to_a_receiver_that_is_killed_is_requeued)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receiver;
	int i;

	task_pin();
	receiver = park(operation_recv, ch, 1);
	task_run_first();
	EXPECT_EQ(0, element_send(ch, 1));
	ASSERT_EQ(0, kill(receiver->pid, SIGKILL));
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(0, element_send(ch, i + 2));
	EXPECT_EQ(0, channel_info(ch).requeues);
	task_run_as_others();
	EXPECT_EQ(OPERATION_KILLED, operation_join(receiver));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
	EXPECT_EQ(1, channel_info(ch).requeues);
	EXPECT_EQ(1, channel_info(ch).requeued);
	for (i = 0; i <= variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, i + 1));
	EXPECT_TRUE(channel_works(ch));
}

TEST_F(death, G3_next_receiver_gets_what_was_handed_to_one_that_is_killed)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *killed, *next;

	task_pin();
	killed = park(operation_recv, ch, 1);
	next = park(operation_recv, ch, 1);
	task_run_first();
	EXPECT_EQ(0, element_send(ch, 1));
	ASSERT_EQ(0, kill(killed->pid, SIGKILL));
	task_run_as_others();
	EXPECT_EQ(OPERATION_KILLED, operation_join(killed));
	EXPECT_EQ(1, operation_wait(next));
	EXPECT_TRUE(element_is(next->elems, variant->elemsize, 1));
	EXPECT_EQ(1, channel_info(ch).requeues);
	EXPECT_TRUE(channel_works(ch));
}

/* All of them are killed in turn: the element outlives them. */
TEST_F(death, G3_element_outlives_all_receivers_that_it_is_handed_to)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receivers[TASKS];
	int i;

	task_pin();
	for (i = 0; i < TASKS; i++)
		receivers[i] = park(operation_recv, ch, 1);
	task_run_first();
	EXPECT_EQ(0, element_send(ch, 1));
	for (i = 0; i < TASKS; i++)
		ASSERT_EQ(0, kill(receivers[i]->pid, SIGKILL));
	task_run_as_others();
	for (i = 0; i < TASKS; i++)
		EXPECT_EQ(OPERATION_KILLED, operation_join(receivers[i]));
	EXPECT_LE(1, channel_info(ch).requeues);
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_EQ(1, element_recv(ch, 1));
	EXPECT_TRUE(channel_works(ch));
}

TEST_F(death, G3_element_of_a_sender_that_is_killed_after_it_was_taken_stays_received)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *sender;
	int i;

	task_pin();
	sender = park(operation_send, ch, variant->cap + 1);
	task_run_first();
	EXPECT_EQ(1, element_recv(ch, 1));
	ASSERT_EQ(0, kill(sender->pid, SIGKILL));
	task_run_as_others();
	EXPECT_EQ(OPERATION_KILLED, operation_join(sender));
	EXPECT_EQ(1, channel_info(ch).sends.park);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, i + 2));
	EXPECT_TRUE(channel_works(ch));
}

TEST_F(death, G3_sender_dies_in_a_batch_and_no_further_element_is_sent)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const unsigned long long bytes = module_parameter("live_bytes");
	struct operation *sender = park(operation_send, ch, 100);
	int i;

	for (i = 1; i <= 50; i++)
		EXPECT_EQ(1, element_recv(ch, i));
	channel_wait_parked(ch, 1, 0);
	operation_kill(sender);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(1, element_recv(ch, 51 + i));
	EXPECT_TRUE(channel_works(ch));
	EXPECT_EQ(bytes, module_parameter("live_bytes"));
}

/*
 * Elements that the receiver has stored count as received; its memory shows which. It took the
 * others and waits for more, so they are requeued in order.
 */
TEST_F(death, G3_receiver_dies_in_a_batch_and_gives_back_what_it_has_not_stored)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receiver = park(operation_recv, ch, 100);
	const char *elem = receiver->elems;
	int i, stored = 0;

	for (i = 1; i <= 50; i++) {
		channel_wait_parked(ch, 0, 1);
		EXPECT_EQ(0, element_send(ch, i));
	}
	channel_wait_parked(ch, 0, 1);
	operation_kill(receiver);
	for (; element_is(elem, variant->elemsize, stored + 1); elem += variant->elemsize)
		stored++;
	EXPECT_EQ(50 - stored, channel_info(ch).requeues);
	EXPECT_EQ(50 - stored, channel_info(ch).requeued);
	for (i = stored + 1; i <= 50; i++)
		EXPECT_EQ(1, element_recv(ch, i));
	EXPECT_TRUE(channel_works(ch));
	/* Stored 32 at a time for elements of 8 bytes, one at a time for large ones. */
	EXPECT_EQ(variant->elemsize == 8 ? 32 : 50, stored);
}

/* What the ring had is not enough, so the batch waits, and has stored nothing. */
TEST(G3_receiver_dies_in_a_batch_and_gives_back_what_the_ring_had)
{
	int ch = channel_make_elems(8, 4);
	struct operation *receiver;
	int i;

	for (i = 1; i <= 3; i++)
		EXPECT_EQ(0, element_send(ch, i));
	receiver = park(operation_recv, ch, 8);
	operation_kill(receiver);
	EXPECT_FALSE(element_is(receiver->elems, 8, 1));
	EXPECT_EQ(3, channel_info(ch).requeued);
	for (i = 1; i <= 3; i++)
		EXPECT_EQ(1, element_recv(ch, i));
	EXPECT_TRUE(channel_works(ch));
}

/*
 * Its threads are parked on both sides of two channels; the parameter says how its main thread ends
 * the process.
 */
static int end_with_parked_threads(struct operation *op)
{
	int *channels = op->data;
	int i;

	for (i = 0; i < 4; i++) {
		operation_park(operation_new(TASK_THREAD, operation_recv, channels[0], 1));
		operation_park(operation_new(TASK_THREAD, operation_send, channels[1], 10));
	}
	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE) != 1);
	if (op->progress == 2)
		_exit(0);
	execl("/bin/true", "true", NULL);
	return -errno;
}

static bool ends_with_parked_threads(unsigned int cap, size_t elemsize, int how)
{
	int *channels = shared_alloc(2 * sizeof(*channels));
	struct operation *op;
	unsigned int i;

	channels[0] = channel_make_elems(elemsize, cap);
	channels[1] = channel_make_elems(elemsize, cap);
	op = operation_new(TASK_PROCESS, end_with_parked_threads, channels[0], 1);
	op->data = channels;
	operation_start(op);
	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE));
	if (channel_info(channels[0]).recvq != 4 || channel_info(channels[1]).sendq != 4)
		return false;
	__atomic_store_n(&op->progress, how, __ATOMIC_RELEASE);
	if (operation_join(op) != OPERATION_KILLED)
		return false;
	/* Senders filled the second channel before they parked. */
	for (i = 0; i < cap; i++) {
		char elem[300];

		if (chan_try_recv(channels[1], elem, elemsize) != 1)
			return false;
	}
	return channel_works(channels[0]) && channel_works(channels[1]);
}

TEST_F(death, G11_process_exits_while_threads_are_parked)
{
	EXPECT_TRUE(ends_with_parked_threads(variant->cap, variant->elemsize, 2));
}

TEST_F(death, G11_process_executes_another_program_while_threads_are_parked)
{
	EXPECT_TRUE(ends_with_parked_threads(variant->cap, variant->elemsize, 3));
}

TEST(G11_death_of_the_last_sender_closes_the_channel)
{
	int ch = channel_make(1);
	int receive_only = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *sender;
	uint64_t value;

	channel_send(ch, 1);
	sender = operation_park_send(TASK_PROCESS, ch, 2);
	close(ch);
	EXPECT_EQ(CHAN_OPEN, channel_info(receive_only).closed);
	operation_kill(sender);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(receive_only).closed);
	EXPECT_EQ(1, channel_recv(receive_only));
	EXPECT_EQ(0, chan_recv(receive_only, &value, sizeof(value)));
}

TEST_HARNESS_MAIN
