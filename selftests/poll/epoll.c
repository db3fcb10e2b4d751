// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll (G9): level-triggered and one-shot interest on both sides, nested sets, and channels closed
 * while they are in a set.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/set.h"
#include "common/variants.h"

CAPACITY_FIXTURE(epoll);

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

TEST_F(epoll, G9_one_shot_tells_a_close_that_came_while_it_was_off)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN | EPOLLONESHOT);

	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(EPOLLIN, set_events(set));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, set_events(set));
	set_change(set, EPOLL_CTL_MOD, ch, EPOLLIN | EPOLLONESHOT);
	EXPECT_EQ(EPOLLIN | EPOLLERR | (variant->cap ? 0 : EPOLLHUP), set_events(set));
	EXPECT_EQ(0, set_events(set));
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
	EXPECT_EQ(EPOLLIN | EPOLLRDHUP | (variant->cap ? 0 : EPOLLHUP), set_events(receives));
	while (channel_info(ch).len)
		channel_recv(ch);
	EXPECT_EQ(EPOLLOUT | EPOLLERR, set_events(sends));
	EXPECT_EQ(EPOLLIN | EPOLLRDHUP | EPOLLHUP, set_events(receives));
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
	EXPECT_EQ(EPOLLIN | EPOLLERR | (variant->cap ? 0 : EPOLLHUP), set_events(inner));
}

TEST_F(epoll, G9_channel_leaves_the_set_with_its_last_descriptor)
{
	int ch = channel_make(variant->cap);
	int other = channel_dup(ch, CHAN_RIGHTS_ALL);
	int copy = dup(ch);
	int set = set_new(ch, EPOLLIN);

	operation_offer(TASK_THREAD, other, 1);
	close(ch);
	/* The duplicate refers to the same open file, so it is still in the set. */
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
