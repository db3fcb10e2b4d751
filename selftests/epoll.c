// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll (G9): level-triggered, edge-triggered, one-shot and exclusive, on both sides; sets in
 * sets, and channels that are closed while they are in a set.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/variants.h"

#define HERD	6

CAPACITY_FIXTURE(epoll);

static void set_change(int set, int change, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(set, change, fd, &event))
		give_up("epoll_ctl: %s", strerror(errno));
}

/* A set of one. */
static int set_new(int fd, uint32_t events)
{
	int set = epoll_create1(EPOLL_CLOEXEC);

	if (set < 0)
		give_up("epoll_create1: %s", strerror(errno));
	set_change(set, EPOLL_CTL_ADD, fd, events);
	return set;
}

static uint32_t set_wait(int set, int timeout)
{
	struct epoll_event event;
	int n = epoll_wait(set, &event, 1, timeout);

	if (n < 0)
		give_up("epoll_wait: %s", strerror(errno));
	return n ? event.events : 0;
}

/* What there is at once. */
static uint32_t set_events(int set)
{
	return set_wait(set, 0);
}

static void channel_fill(int ch)
{
	const struct chan_info info = channel_info(ch);

	if (info.cap)
		channel_send_range(ch, info.len + 1, info.cap);
}

TEST_F(epoll, G9_level_tells_as_long_as_it_is_so)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN);

	EXPECT_EQ(0, set_events(set));
	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(EPOLLIN, set_events(set));
	EXPECT_EQ(EPOLLIN, set_events(set));
	channel_recv(ch);
	EXPECT_EQ(0, set_events(set));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(EPOLLIN | EPOLLHUP | EPOLLERR, set_events(set));
	EXPECT_EQ(EPOLLIN | EPOLLHUP | EPOLLERR, set_events(set));
}

TEST_F(epoll, G9_edge_tells_each_new_element)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN | EPOLLET);
	int i;

	for (i = 0; i < 5; i++) {
		EXPECT_EQ(0, set_events(set));
		operation_offer(variant->kind, ch, i);
		EXPECT_EQ(EPOLLIN, set_events(set));
	}
	/* Taking one changes nothing for those who receive. */
	channel_recv(ch);
	EXPECT_EQ(0, set_events(set));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(EPOLLIN | EPOLLHUP | EPOLLERR, set_events(set));
	EXPECT_EQ(0, set_events(set));
}

TEST_F(epoll, G9_edge_tells_each_new_room)
{
	int ch = channel_make(variant->cap);
	int set, i;

	channel_fill(ch);
	set = set_new(ch, EPOLLOUT | EPOLLET);
	for (i = 0; i < 9; i++) {
		/* What comes last of all is that receivers are parked. */
		EXPECT_EQ(0, set_events(set));
		operation_demand(variant->kind, ch);
		EXPECT_EQ(EPOLLOUT, set_events(set));
	}
	channel_send(ch, 1);
	EXPECT_EQ(0, set_events(set));
}

TEST_F(epoll, G9_edge_tells_an_element_that_was_given_back)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN | EPOLLET);
	struct operation *receiver;
	int i;

	for (i = 1; i <= 3; i++) {
		receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
		receiver->elems = MEMORY_BAD;
		operation_start(receiver);
		if (i == 1) {
			channel_wait_parked(ch, 0, 1);
			EXPECT_EQ(0, set_events(set));
			channel_send(ch, 1);
		}
		EXPECT_EQ(-EFAULT, operation_join(receiver));
		EXPECT_EQ(i, channel_info(ch).givebacks);
		EXPECT_EQ(EPOLLIN, set_events(set));
		EXPECT_EQ(0, set_events(set));
	}
}

TEST_F(epoll, G9_one_shot_tells_once)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN | EPOLLONESHOT);

	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(EPOLLIN, set_events(set));
	EXPECT_EQ(0, set_events(set));
	operation_offer(variant->kind, ch, 2);
	EXPECT_EQ(0, set_events(set));
	set_change(set, EPOLL_CTL_MOD, ch, EPOLLIN | EPOLLONESHOT);
	EXPECT_EQ(EPOLLIN, set_events(set));
	channel_recv(ch);
	channel_recv(ch);
	set_change(set, EPOLL_CTL_MOD, ch, EPOLLIN | EPOLLONESHOT);
	EXPECT_EQ(0, set_events(set));
	operation_offer(variant->kind, ch, 3);
	EXPECT_EQ(EPOLLIN, set_events(set));
}

TEST_F(epoll, G13_set_shows_the_events_of_the_rights)
{
	const uint32_t asked = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
	int ch = channel_make(variant->cap);
	int sends = set_new(channel_dup(ch, CHAN_RIGHT_SEND), asked);
	int receives = set_new(channel_dup(ch, CHAN_RIGHT_RECV), asked);

	EXPECT_EQ(variant->cap ? EPOLLOUT : 0, set_events(sends));
	EXPECT_EQ(0, set_events(receives));
	channel_fill(ch);
	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(0, set_events(sends));
	EXPECT_EQ(EPOLLIN, set_events(receives));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(EPOLLOUT | EPOLLERR, set_events(sends));
	EXPECT_EQ(EPOLLIN | EPOLLHUP | EPOLLRDHUP, set_events(receives));
}

TEST_F(epoll, G9_making_a_nil_channel_is_told)
{
	const struct chan_make make = { .elemsize = 8, .cap = variant->cap };
	int ch = channel_open();
	int set = set_new(ch, EPOLLIN | EPOLLOUT | EPOLLET);

	EXPECT_EQ(0, set_events(set));
	ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(variant->cap ? EPOLLOUT : 0, set_events(set));
	EXPECT_EQ(0, set_events(set));
	operation_offer(variant->kind, ch, 1);
	EXPECT_LT(0, set_events(set) & EPOLLIN);
}

/* In a set of its own: the channel sees that many waiters, not one. */
static int run_exclusive(struct operation *op)
{
	return set_wait(set_new(op->ch, op->flags | EPOLLEXCLUSIVE), -1);
}

static void herd_start(struct operation **herd, enum task_kind kind, int ch, uint32_t events)
{
	int i;

	for (i = 0; i < HERD; i++) {
		herd[i] = operation_new(kind, run_exclusive, ch, 1);
		herd[i]->flags = events;
		operation_park_in(herd[i], SYS_epoll_wait);
	}
}

/* Who was woken sleeps no more, so those that still do were not. */
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

TEST_F(epoll, G9_exclusive_element_wakes_one_and_not_the_herd)
{
	int ch = channel_make(variant->cap);
	struct operation *herd[HERD];
	int i;

	herd_start(herd, variant->kind, ch, EPOLLIN);
	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(1, herd_woken(herd));
	operation_offer(variant->kind, ch, 2);
	EXPECT_EQ(2, herd_woken(herd));
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < HERD; i++)
		EXPECT_LT(0, operation_join(herd[i]) & EPOLLIN);
}

TEST_F(epoll, G9_exclusive_room_wakes_one_and_not_the_herd)
{
	int ch = channel_make(variant->cap);
	struct operation *herd[HERD];
	int i;

	channel_fill(ch);
	herd_start(herd, variant->kind, ch, EPOLLOUT);
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

	herd_start(herd, TASK_PROCESS, ch, EPOLLIN);
	ASSERT_EQ(3, chan_sendv(ch, elems, 3));
	EXPECT_EQ(3, herd_woken(herd));
	ASSERT_EQ(3, chan_recvv(ch, elems, 3));
	ASSERT_EQ(0, chan_close(ch));
}

/* An element that nobody took because its receiver faulted must wake one more. */
TEST(G9_exclusive_element_that_is_given_back_wakes_one)
{
	int ch = channel_make(0);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
	struct operation *herd[HERD];

	receiver->elems = MEMORY_BAD;
	operation_park(receiver);
	herd_start(herd, TASK_PROCESS, ch, EPOLLIN);
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, operation_join(receiver));
	EXPECT_EQ(1, herd_woken(herd));
}

TEST_F(epoll, G9_set_in_a_set)
{
	int ch = channel_make(variant->cap);
	int inner = set_new(ch, EPOLLIN);
	int outer = set_new(inner, EPOLLIN | EPOLLET);

	EXPECT_EQ(0, set_events(outer));
	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(EPOLLIN, set_events(outer));
	EXPECT_EQ(EPOLLIN, set_events(inner));
	channel_recv(ch);
	EXPECT_EQ(0, set_events(inner));
	operation_offer(variant->kind, ch, 2);
	EXPECT_EQ(EPOLLIN, set_events(outer));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(EPOLLIN, set_events(outer));
	EXPECT_EQ(EPOLLIN | EPOLLHUP | EPOLLERR, set_events(inner));
}

TEST_F(epoll, G9_channel_leaves_the_set_with_its_last_descriptor)
{
	int ch = channel_make(variant->cap);
	int other = channel_dup(ch, CHAN_RIGHTS_ALL);
	int copy = dup(ch);
	int set = set_new(ch, EPOLLIN);

	operation_offer(TASK_THREAD, other, 1);
	close(ch);
	/* The copy is the same open file, so it is still in the set. */
	EXPECT_EQ(EPOLLIN, set_events(set));
	close(copy);
	EXPECT_EQ(0, set_events(set));
	EXPECT_EQ(1, channel_recv(other));
	operation_offer(TASK_THREAD, other, 2);
	EXPECT_EQ(0, set_events(set));
	EXPECT_EQ(2, channel_recv(other));
}

static int run_wait(struct operation *op)
{
	return set_wait((int)op->count, -1);
}

TEST_F(epoll, G9_end_of_the_last_sender_wakes_a_set)
{
	int ch = channel_make(variant->cap);
	int receives = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *op = operation_new(TASK_THREAD, run_wait, ch, 1);

	op->count = set_new(receives, EPOLLIN | EPOLLET);
	operation_park_in(op, SYS_epoll_wait);
	close(ch);
	EXPECT_EQ(EPOLLIN | EPOLLHUP, operation_join(op));
}

TEST_HARNESS_MAIN
