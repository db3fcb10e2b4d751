// SPDX-License-Identifier: GPL-2.0-only
/*
 * Edge-triggered epoll (G9): one event for each change that makes operations possible, and none
 * otherwise.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/set.h"
#include "common/variants.h"

CAPACITY_FIXTURE(edge);

TEST_F(edge, G9_edge_tells_each_new_element)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN | EPOLLET);
	int i;

	for (i = 0; i < 5; i++) {
		EXPECT_EQ(0, set_events(set));
		operation_offer(variant->kind, ch, i);
		EXPECT_EQ(EPOLLIN, set_events(set));
	}
	/* Receiving one of them changes nothing for receivers. */
	channel_recv(ch);
	EXPECT_EQ(0, set_events(set));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(EPOLLIN | EPOLLERR | (variant->cap ? 0 : EPOLLHUP), set_events(set));
	EXPECT_EQ(0, set_events(set));
}

TEST_F(edge, G9_edge_tells_each_new_room)
{
	int ch = channel_make(variant->cap);
	int set, i;

	channel_fill(ch);
	set = set_new(ch, EPOLLOUT | EPOLLET);
	for (i = 0; i < 9; i++) {
		/* Parking the receivers is the last change. */
		EXPECT_EQ(0, set_events(set));
		operation_demand(variant->kind, ch);
		EXPECT_EQ(EPOLLOUT, set_events(set));
	}
	channel_send(ch, 1);
	EXPECT_EQ(0, set_events(set));
}

TEST_F(edge, G9_edge_tells_an_element_that_was_requeued)
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
		EXPECT_EQ(i, channel_info(ch).requeues);
		EXPECT_EQ(EPOLLIN, set_events(set));
		EXPECT_EQ(0, set_events(set));
	}
}

TEST_F(edge, G9_edge_tells_nothing_when_a_parked_receiver_is_served)
{
	int ch = channel_make(variant->cap);
	int set = set_new(ch, EPOLLIN | EPOLLOUT | EPOLLET);
	struct operation *receiver;

	set_events(set);
	receiver = operation_demand(variant->kind, ch);
	EXPECT_EQ(EPOLLOUT, set_events(set));
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(receiver));
	EXPECT_EQ(0, set_events(set));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
}

TEST_F(edge, G9_edge_tells_nothing_when_a_parked_sender_is_served)
{
	int ch = channel_make(variant->cap);
	struct operation *sender;
	int set;

	channel_fill(ch);
	set = set_new(ch, EPOLLIN | EPOLLOUT | EPOLLET);
	set_events(set);
	sender = operation_offer(variant->kind, ch, 1);
	EXPECT_LT(0, set_events(set) & EPOLLIN);
	channel_recv(ch);
	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(0, set_events(set));
	EXPECT_EQ(1, channel_info(ch).sends.park);
}

TEST_F(edge, G9_edge_tells_nothing_of_what_fails)
{
	uint64_t value = 0;
	int ch = channel_make(variant->cap);
	int set;

	channel_fill(ch);
	set = set_new(ch, EPOLLIN | EPOLLOUT | EPOLLET);
	set_events(set);
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, &value, sizeof(value)));
	EXPECT_EQ(0, set_events(set));
	while (channel_info(ch).len)
		channel_recv(ch);
	set_events(set);
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &value, sizeof(value)));
	EXPECT_EQ(0, set_events(set));
}

TEST_F(edge, G9_edge_tells_nothing_of_a_parked_task_that_leaves)
{
	int ch = channel_make(variant->cap);
	struct operation *op;
	int set;

	set = set_new(ch, EPOLLIN | EPOLLOUT | EPOLLET);
	set_events(set);
	op = operation_demand(TASK_PROCESS, ch);
	EXPECT_EQ(EPOLLOUT, set_events(set));
	operation_kill(op);
	EXPECT_EQ(0, set_events(set));
	channel_fill(ch);
	set_events(set);
	op = operation_offer(TASK_PROCESS, ch, 1);
	EXPECT_EQ(EPOLLIN, set_events(set));
	operation_kill(op);
	EXPECT_EQ(0, set_events(set));
}

/* Draining a closed channel notifies both sides: EPOLLHUP is in every interest. */
TEST_F(edge, G9_edge_tells_a_close_once_on_each_side_and_the_drain)
{
	int ch = channel_make(variant->cap);
	int sends, receives;

	channel_fill(ch);
	sends = set_new(channel_dup(ch, CHAN_RIGHT_SEND), EPOLLOUT | EPOLLET);
	receives = set_new(channel_dup(ch, CHAN_RIGHT_RECV), EPOLLIN | EPOLLRDHUP | EPOLLET);
	set_events(receives);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(EPOLLOUT | EPOLLERR, set_events(sends));
	EXPECT_EQ(EPOLLIN | EPOLLRDHUP | (variant->cap ? 0 : EPOLLHUP), set_events(receives));
	EXPECT_EQ(-EPIPE, chan_close(ch));
	while (channel_info(ch).len) {
		EXPECT_EQ(0, set_events(sends));
		EXPECT_EQ(0, set_events(receives));
		channel_recv(ch);
	}
	EXPECT_EQ(variant->cap ? EPOLLOUT | EPOLLERR : 0, set_events(sends));
	EXPECT_EQ(variant->cap ? EPOLLIN | EPOLLRDHUP | EPOLLHUP : 0, set_events(receives));
	EXPECT_EQ(0, set_events(sends));
	EXPECT_EQ(0, set_events(receives));
}

TEST_F(edge, G9_edge_tells_the_end_of_the_last_sender_once)
{
	int ch = channel_make(variant->cap);
	int set = set_new(channel_dup(ch, CHAN_RIGHT_RECV), EPOLLIN | EPOLLET);
	int sends = channel_dup(ch, CHAN_RIGHT_SEND);

	close(ch);
	EXPECT_EQ(0, set_events(set));
	close(sends);
	EXPECT_EQ(EPOLLIN | EPOLLHUP, set_events(set));
	EXPECT_EQ(0, set_events(set));
}

TEST_F(edge, G9_edge_tells_the_end_of_the_last_receiver_once)
{
	int ch = channel_make(variant->cap);
	int set, receives;

	channel_fill(ch);
	set = set_new(channel_dup(ch, CHAN_RIGHT_SEND), EPOLLOUT | EPOLLET);
	receives = channel_dup(ch, CHAN_RIGHT_RECV);
	close(ch);
	EXPECT_EQ(0, set_events(set));
	close(receives);
	EXPECT_EQ(EPOLLOUT | EPOLLERR, set_events(set));
	EXPECT_EQ(0, set_events(set));
}

/* The result is the index of the case. */
static int select_recv(struct operation *op)
{
	uint64_t value;
	struct chan_case cases[] = {
		chan_case_recv(op->ch, &value, sizeof(value)),
		chan_case_recv((int)op->count, &value, sizeof(value)),
	};

	return chan_select(cases, 2);
}

static int select_send(struct operation *op)
{
	const uint64_t value = 7;
	struct chan_case cases[] = {
		chan_case_send(op->ch, &value, sizeof(value)),
		chan_case_send((int)op->count, &value, sizeof(value)),
	};

	return chan_select(cases, 2);
}

TEST_F(edge, G9_edge_tells_receivers_of_a_parked_select_on_each_of_its_channels)
{
	int first = channel_make(0), second = channel_make(0);
	int sets[] = { set_new(first, EPOLLIN | EPOLLET), set_new(second, EPOLLIN | EPOLLET) };
	struct operation *op = operation_new(variant->kind, select_send, first, 1);

	EXPECT_EQ(0, set_events(sets[0]));
	EXPECT_EQ(0, set_events(sets[1]));
	op->count = second;
	operation_park(op);
	operation_wait_asleep(op);
	EXPECT_EQ(EPOLLIN, set_events(sets[0]));
	EXPECT_EQ(EPOLLIN, set_events(sets[1]));
	EXPECT_EQ(7, channel_recv(second));
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(0, set_events(sets[0]));
	EXPECT_EQ(0, set_events(sets[1]));
}

TEST_F(edge, G9_edge_tells_senders_of_a_parked_select_on_each_of_its_channels)
{
	int first = channel_make(variant->cap), second = channel_make(variant->cap);
	int sets[] = { set_new(first, EPOLLOUT | EPOLLET), set_new(second, EPOLLOUT | EPOLLET) };
	struct operation *op = operation_new(variant->kind, select_recv, first, 1);

	set_events(sets[0]);
	set_events(sets[1]);
	op->count = second;
	operation_park(op);
	operation_wait_asleep(op);
	EXPECT_EQ(EPOLLOUT, set_events(sets[0]));
	EXPECT_EQ(EPOLLOUT, set_events(sets[1]));
	channel_send(second, 1);
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(0, set_events(sets[0]));
	EXPECT_EQ(0, set_events(sets[1]));
}

TEST_HARNESS_MAIN
