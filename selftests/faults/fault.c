// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faulting memory: elements that could not be stored are requeued (G4), elements that could not be
 * read are not sent, and none is lost (G3), for each element path through the module.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/variants.h"

#define ELEMS	3

SIZE_FIXTURE(fault);
SIZE_VARIANTS(fault, 1);
SIZE_VARIANTS(fault, 8);
SIZE_VARIANTS(fault, 256);
SIZE_VARIANTS(fault, 257);
SIZE_VARIANTS(fault, 65536);

/* An address with access to exactly @n and a half elements. */
static void *room_for(double n, size_t elemsize)
{
	return (char *)memory_border_after((n + 1) * elemsize) - (size_t)(n * elemsize);
}

/* Sends or receives the values from 1 on; returns when no more can be moved without waiting. */
static struct operation *send_values(int ch, unsigned int n)
{
	struct operation *sender = operation_new(TASK_PROCESS, operation_send, ch, n);
	unsigned int i;

	for (i = 0; i < n; i++)
		element_fill((char *)sender->elems + i * sender->elemsize, sender->elemsize, i + 1);
	operation_start(sender);
	wait_until(operation_done(sender) || channel_info(ch).sendq);
	return sender;
}

static struct operation *park_recv_into(int ch, void *memory)
{
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);

	receiver->elems = memory;
	operation_park(receiver);
	return receiver;
}

TEST_F(fault, G4_element_that_cannot_be_stored_is_back_at_the_head)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	void *places[] = { MEMORY_BAD, (void *)-4096UL, memory_border(), memory_read_only(),
			   room_for(0.5, size) };
	struct operation *sender = send_values(ch, ELEMS);
	struct chan_info info;
	int i;

	for (i = 0; i < ARRAY_LENGTH(places); i++) {
		EXPECT_EQ(-EFAULT, chan_recv(ch, places[i], size));
		info = channel_info(ch);
		EXPECT_EQ(1, info.requeued);
		EXPECT_EQ(i + 1, info.requeues);
		EXPECT_GE(variant->cap, info.len);
	}
	for (i = 1; i <= ELEMS; i++)
		EXPECT_EQ(1, element_recv(ch, i));
	EXPECT_EQ(ELEMS, operation_join(sender));
	EXPECT_EQ(0, channel_info(ch).requeued);
	EXPECT_EQ(0, channel_info(ch).len);
}

TEST_F(fault, G4_batch_that_is_received_stops_at_the_fault)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	char *memory = room_for(1.5, size);
	struct operation *sender = send_values(ch, ELEMS);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv, ch, ELEMS);
	struct chan_info info;

	receiver->elems = memory;
	EXPECT_EQ(1, operation_recv(receiver));
	EXPECT_TRUE(element_is(memory, size, 1));
	info = channel_info(ch);
	EXPECT_LE(1, info.requeues);
	EXPECT_EQ(info.requeues, info.requeued);
	receiver->elems = memory + size;
	receiver->min = 1;
	EXPECT_EQ(-EFAULT, operation_recv(receiver));
	EXPECT_EQ(1, element_recv(ch, 2));
	EXPECT_EQ(1, element_recv(ch, 3));
	EXPECT_EQ(ELEMS, operation_join(sender));
	EXPECT_EQ(0, channel_info(ch).requeued);
}

TEST_F(fault, G4_element_that_cannot_be_read_is_not_sent)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	void *places[] = { MEMORY_BAD, (void *)-4096UL, memory_border(), room_for(0.5, size) };
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
	const unsigned long long bytes = module_parameter("live_bytes");
	struct chan_info before, after;
	int i;

	operation_park(receiver);
	before = channel_info(ch);
	for (i = 0; i < ARRAY_LENGTH(places); i++)
		EXPECT_EQ(-EFAULT, chan_send(ch, places[i], size));
	after = channel_info(ch);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	EXPECT_EQ(bytes, module_parameter("live_bytes"));
	EXPECT_EQ(0, element_send(ch, 1));
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_TRUE(element_is(receiver->elems, size, 1));
}

TEST_F(fault, G4_batch_that_is_sent_stops_at_the_fault)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
	struct operation *sender = operation_new(TASK_PROCESS, operation_send, ch, ELEMS);
	char *memory = room_for(1.5, size);

	operation_park(receiver);
	element_fill(memory, size, 1);
	sender->elems = memory;
	EXPECT_EQ(1, operation_send(sender));
	sender->elems = memory + size;
	EXPECT_EQ(-EFAULT, operation_send(sender));
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_TRUE(element_is(receiver->elems, size, 1));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
	EXPECT_EQ(0, channel_info(ch).sends.ring);
	EXPECT_EQ(0, channel_info(ch).len);
}

TEST_F(fault, G4_next_parked_receiver_gets_what_the_first_cannot_store)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	struct memory_file lost = memory_file_new(size);
	struct memory_file kept = memory_file_new(size);
	struct operation *first = park_recv_into(ch, lost.memory);
	struct operation *second = park_recv_into(ch, kept.memory);
	struct chan_info info;

	memory_file_lose(&lost);
	EXPECT_EQ(0, element_send(ch, 1));
	EXPECT_EQ(-EFAULT, operation_join(first));
	EXPECT_EQ(1, operation_join(second));
	EXPECT_TRUE(element_is(kept.memory, size, 1));
	info = channel_info(ch);
	EXPECT_EQ(1, info.sends.handoff);
	EXPECT_EQ(2, info.recvs.park);
	EXPECT_EQ(1, info.requeues);
	EXPECT_EQ(0, info.requeued);
}

TEST_F(fault, G4_element_requeued_comes_before_all_others)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	struct memory_file lost = memory_file_new(size);
	struct operation *receiver = park_recv_into(ch, lost.memory);
	struct operation *sender;
	int i;

	memory_file_lose(&lost);
	sender = send_values(ch, ELEMS);
	EXPECT_EQ(-EFAULT, operation_join(receiver));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
	EXPECT_EQ(1, channel_info(ch).requeued);
	for (i = 1; i <= ELEMS; i++)
		EXPECT_EQ(1, element_recv(ch, i));
	EXPECT_EQ(ELEMS, operation_join(sender));
	EXPECT_EQ(1, channel_info(ch).requeues);
}

TEST_F(fault, G1_elements_requeued_keep_their_order)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	struct operation *receivers[ELEMS], *sender;
	int i;

	for (i = 0; i < ELEMS; i++)
		receivers[i] = park_recv_into(ch, memory_border());
	sender = send_values(ch, ELEMS);
	for (i = 0; i < ELEMS; i++)
		EXPECT_EQ(-EFAULT, operation_join(receivers[i]));
	EXPECT_EQ(ELEMS, channel_info(ch).requeues);
	for (i = 1; i <= ELEMS; i++)
		EXPECT_EQ(1, element_recv(ch, i));
	EXPECT_EQ(ELEMS, operation_join(sender));
	EXPECT_EQ(0, channel_info(ch).requeued);
}

/* The receiver shares the CPU of the test, so it cannot run before the close. */
TEST_F(fault, G4_closed_channel_takes_elements_back)
{
	const size_t size = variant->elemsize;
	int ch = channel_make_elems(size, variant->cap);
	struct operation *receiver;
	struct chan_info info;

	task_pin();
	receiver = park_recv_into(ch, memory_border());
	task_run_first();
	EXPECT_EQ(0, element_send(ch, 1));
	EXPECT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, channel_info(ch).requeues);
	task_run_as_others();
	EXPECT_EQ(-EFAULT, operation_join(receiver));
	info = channel_info(ch);
	EXPECT_EQ(1, info.sends.handoff);
	EXPECT_EQ(1, info.requeues);
	EXPECT_EQ(1, info.requeued);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, size));
	EXPECT_EQ(1, element_recv(ch, 1));
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, size));
	EXPECT_EQ(0, element_recv(ch, 0));
}

TEST(G4_memory_that_is_unmapped_under_a_parked_thread_gives_back)
{
	int ch = channel_make(0);
	struct operation *receiver = operation_new(TASK_THREAD, operation_recv_one, ch, 1);
	struct operation *sender;

	receiver->elems = (char *)memory_border() - 4096;
	operation_park(receiver);
	ASSERT_EQ(0, munmap(receiver->elems, 4096));
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, operation_join(receiver));
	sender = operation_park_send(TASK_THREAD, ch, 2);
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(2, channel_recv(ch));
	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(1, channel_info(ch).requeues);
}

/* Memory that ends after that many elements: within a pass over the channel or between two. */
TEST(G4_long_batches_stop_at_the_fault)
{
	int ch = channel_make(100);
	struct operation *op = operation_new(TASK_THREAD, operation_recv, ch, 100);
	uint64_t *border = memory_border();
	unsigned int n, i;

	op->flags = CHAN_XFER_NONBLOCK;
	for (n = 1; n <= 70; n++) {
		for (i = 0; i < n; i++)
			border[-(int)n + (int)i] = i + 1;
		op->elems = border - n;
		EXPECT_EQ(n, operation_send(op));
		channel_send_range(ch, n + 1, 100);
		memset(border - n, 0xa5, n * sizeof(*border));
		EXPECT_EQ(n, operation_recv(op));
		for (i = 0; i < n; i++)
			EXPECT_EQ(i + 1, border[-(int)n + (int)i]);
		for (i = n + 1; i <= 100; i++)
			EXPECT_EQ(i, channel_recv(ch));
		EXPECT_EQ(0, channel_info(ch).requeued);
	}
	EXPECT_LT(0, channel_info(ch).requeues);
}

TEST_HARNESS_MAIN
