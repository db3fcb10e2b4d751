// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exclusive waiters of epoll (G9): a change wakes as many waiters as can proceed, and a close wakes
 * all.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/set.h"
#include "common/variants.h"

#define HERD	6

CAPACITY_FIXTURE(exclusive);

/* Each waiter has its own set, so the channel sees that many waiters, not one. */
static int run_exclusive(struct operation *op)
{
	return set_wait(set_new(op->ch, op->flags | EPOLLEXCLUSIVE), -1);
}

static void herd_start(struct operation **herd, enum task_kind kind,
		       int (*run)(struct operation *op), int ch, uint32_t events)
{
	int i;

	for (i = 0; i < HERD; i++) {
		herd[i] = operation_new(kind, run, ch, 1);
		herd[i]->flags = events;
		operation_park_in(herd[i], SYS_epoll_wait);
	}
}

/* A woken waiter exits, so the waiters still asleep were not woken. */
static int herd_woken(struct operation **herd)
{
	int i, woken = 0;

	for (i = 0; i < HERD; i++) {
		wait_until(operation_done(herd[i]) ||
			   operation_sleeps_in(herd[i], SYS_epoll_wait));
		woken += operation_done(herd[i]);
	}
	return woken;
}

TEST_F(exclusive, G9_exclusive_element_wakes_one_and_not_the_herd)
{
	int ch = channel_make(variant->cap);
	struct operation *herd[HERD];
	int i;

	herd_start(herd, variant->kind, run_exclusive, ch, EPOLLIN);
	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(1, herd_woken(herd));
	operation_offer(variant->kind, ch, 2);
	EXPECT_EQ(2, herd_woken(herd));
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < HERD; i++)
		EXPECT_LT(0, operation_join(herd[i]) & EPOLLIN);
}

TEST_F(exclusive, G9_exclusive_room_wakes_one_and_not_the_herd)
{
	int ch = channel_make(variant->cap);
	struct operation *herd[HERD];
	int i;

	channel_fill(ch);
	herd_start(herd, variant->kind, run_exclusive, ch, EPOLLOUT);
	operation_demand(variant->kind, ch);
	EXPECT_EQ(1, herd_woken(herd));
	operation_demand(variant->kind, ch);
	EXPECT_EQ(2, herd_woken(herd));
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < HERD; i++)
		EXPECT_LT(0, operation_join(herd[i]) & EPOLLOUT);
}

TEST(G9_exclusive_batch_wakes_one_for_each_element)
{
	uint64_t elems[] = { 1, 2, 3 };
	int ch = channel_make(7);
	struct operation *herd[HERD];

	herd_start(herd, TASK_PROCESS, run_exclusive, ch, EPOLLIN);
	ASSERT_EQ(3, chan_sendv(ch, elems, sizeof(*elems), 3));
	EXPECT_EQ(3, herd_woken(herd));
	ASSERT_EQ(3, chan_recvv(ch, elems, sizeof(*elems), 3));
	ASSERT_EQ(0, chan_close(ch));
}

/* An element that is requeued because its receiver faulted must wake one more. */
TEST(G9_exclusive_element_that_is_requeued_wakes_one)
{
	int ch = channel_make(0);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
	struct operation *herd[HERD];

	receiver->elems = MEMORY_BAD;
	operation_park(receiver);
	herd_start(herd, TASK_PROCESS, run_exclusive, ch, EPOLLIN);
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, operation_join(receiver));
	EXPECT_EQ(1, herd_woken(herd));
}

/* A waiter for the other side would consume the wakeup of one that can use it. */
TEST(G9_exclusive_wake_up_passes_over_those_of_the_other_side)
{
	int ch = channel_make(0);
	struct operation *sends[HERD], *receives[HERD];

	herd_start(sends, TASK_PROCESS, run_exclusive, ch, EPOLLOUT);
	herd_start(receives, TASK_PROCESS, run_exclusive, ch, EPOLLIN);
	operation_offer(TASK_PROCESS, ch, 1);
	EXPECT_EQ(0, herd_woken(sends));
	EXPECT_EQ(1, herd_woken(receives));
	channel_recv(ch);
	operation_demand(TASK_PROCESS, ch);
	EXPECT_EQ(1, herd_woken(sends));
	EXPECT_EQ(1, herd_woken(receives));
	ASSERT_EQ(0, chan_close(ch));
}

/* Receives on each event until the close, and counts the events. */
static int run_exclusive_receiver(struct operation *op)
{
	int set = set_new(op->ch, op->flags | EPOLLEXCLUSIVE);
	uint64_t value;
	int ret;

	do {
		set_wait(set, -1);
		do {
			ret = chan_try_recv(op->ch, &value, sizeof(value));
		} while (ret == 1);
		__atomic_add_fetch(&op->progress, 1, __ATOMIC_RELEASE);
	} while (ret == -EAGAIN);
	return ret;
}

/* Number of events, at least @least, once all waiters are asleep again. */
static uint64_t herd_events(struct operation **herd, uint64_t least)
{
	uint64_t events;
	int i;

	do {
		events = 0;
		for (i = 0; i < HERD; i++) {
			wait_until(operation_sleeps_in(herd[i], SYS_epoll_wait));
			events += __atomic_load_n(&herd[i]->progress, __ATOMIC_ACQUIRE);
		}
	} while (events < least);
	return events;
}

TEST_F(exclusive, G9_exclusive_edge_is_told_once_for_each_element)
{
	int ch = channel_make(variant->cap);
	struct operation *herd[HERD], *sender;
	int i;

	herd_start(herd, variant->kind, run_exclusive_receiver, ch, EPOLLIN | EPOLLET);
	for (i = 1; i <= 10; i++) {
		sender = operation_new(variant->kind, operation_send_one, ch, 1);
		operation_start(sender);
		EXPECT_EQ(0, operation_join(sender));
		EXPECT_EQ(i, herd_events(herd, i));
	}
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < HERD; i++)
		EXPECT_EQ(0, operation_join(herd[i]));
}

TEST_HARNESS_MAIN
