// SPDX-License-Identifier: GPL-2.0-only
/*
 * A select that polls an epoll set containing one of its own channels: its own operation does not
 * make the set ready for itself (G5), but does so for all other users of the set (G9).
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/set.h"
#include "common/task.h"

#define PATIENCE	(CLOCK_SECOND / 5)
/* In milliseconds. */
#define LONG		3000

FIXTURE(own)
{
	int ch;
	int inner;
	int set;
	int file;
	uint64_t elem;
	struct chan_case cases[3];
};

/**
 * struct own - variants
 * @send: the select sends and the set polls for elements; else it receives, and for free slots
 * @depth: number of nested sets
 * @flags: of the channel in its set
 */
FIXTURE_VARIANT(own)
{
	bool send;
	int depth;
	uint32_t flags;
};

#define OWN(name, depth, flags) \
	FIXTURE_VARIANT_ADD(own, recv_##name) { false, depth, flags }; \
	FIXTURE_VARIANT_ADD(own, send_##name) { true, depth, flags }

OWN(in_set, 1, 0);
OWN(in_set_by_edge, 1, EPOLLET);
OWN(in_nested_set, 3, 0);

static uint32_t wanted(bool send)
{
	return send ? EPOLLIN : EPOLLOUT;
}

FIXTURE_SETUP(own)
{
	int i;

	self->ch = channel_make(0);
	self->inner = set_new(self->ch, wanted(variant->send) | variant->flags);
	self->set = self->inner;
	for (i = 1; i < variant->depth; i++)
		self->set = set_new(self->set, EPOLLIN);
	self->file = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	self->elem = 5;
	self->cases[0] = variant->send ? chan_case_send(self->ch, &self->elem, sizeof(self->elem)) :
					 chan_case_recv(self->ch, &self->elem, sizeof(self->elem));
	self->cases[1] = chan_case_poll(self->set, POLLIN);
	self->cases[2] = chan_case_poll(self->file, POLLIN);
}

FIXTURE_TEARDOWN(own) {}

static int run_select_until(struct operation *op)
{
	return chan_select_until(op->data, op->count, op->deadline);
}

static struct operation *park_select(int ch, struct chan_case *cases, uint64_t patience)
{
	struct operation *op = operation_new(TASK_THREAD, run_select_until, ch, 3);

	op->data = cases;
	op->deadline = chan_deadline(patience);
	operation_start(op);
	/* Parked, it still has to tell the pollers; asleep, it has told them. */
	wait_until((channel_info(ch).sendq + channel_info(ch).recvq && operation_asleep(op)) ||
		   operation_done(op));
	return op;
}

/* Provide a peer if it still waits. Returns its result. */
static int end_select(struct operation *op, int ch, bool send)
{
	uint64_t value;

	if (!operation_done(op) && send)
		chan_try_recv(ch, &value, sizeof(value));
	else if (!operation_done(op))
		chan_try_send(ch, &(uint64_t){ 6 }, sizeof(uint64_t));
	return operation_join(op);
}

/* The same operation done by another task. */
static struct operation *park_rival(int ch, bool send)
{
	return send ? operation_park_send(TASK_THREAD, ch, 6) :
		      operation_park_recv(TASK_THREAD, ch);
}

static bool meets_peer(struct operation *op, int ch, bool send)
{
	if (send)
		channel_recv(ch);
	else
		channel_send(ch, 6);
	return operation_join(op) == (send ? 0 : 1);
}

TEST_F(own, G5_select_does_not_meet_itself_through_a_set)
{
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(self->cases, 3, chan_deadline(PATIENCE)));
	EXPECT_EQ(0, self->cases[1].revents);
	channel_wait_parked(self->ch, 0, 0);
}

/* Its other file wakes it, and is no longer ready when it is polled. */
TEST_F(own, G5_select_that_was_kicked_does_not_meet_itself)
{
	struct operation *op;
	eventfd_t count;
	int i;

	task_pin();
	op = park_select(self->ch, self->cases, PATIENCE);
	for (i = 0; i < 10 && !operation_done(op); i++) {
		task_run_first();
		ASSERT_EQ(0, eventfd_write(self->file, 1));
		ASSERT_EQ(0, eventfd_read(self->file, &count));
		task_run_as_others();
		wait_a_moment();
	}
	EXPECT_EQ(-ETIMEDOUT, operation_join(op));
	channel_wait_parked(self->ch, 0, 0);
}

TEST_F(own, G9_others_see_in_the_set_that_the_select_is_parked)
{
	struct operation *op = park_select(self->ch, self->cases, CLOCK_HOUR);
	const uint32_t events = wanted(variant->send);

	EXPECT_EQ(events, set_wait(self->inner, LONG));
	EXPECT_EQ(variant->flags & EPOLLET ? 0 : events, set_events(self->inner));
	EXPECT_EQ(0, end_select(op, self->ch, variant->send));
}

static int run_set_wait(struct operation *op)
{
	return set_wait((intptr_t)op->data, LONG);
}

TEST_F(own, G9_waiter_of_the_set_is_woken_when_the_select_parks)
{
	struct operation *waiter = operation_new(TASK_THREAD, run_set_wait, self->ch, 1), *op;

	waiter->data = (void *)(intptr_t)self->inner;
	operation_park_in(waiter, SYS_epoll_wait);
	op = park_select(self->ch, self->cases, CLOCK_HOUR);
	EXPECT_EQ(wanted(variant->send), operation_join(waiter));
	EXPECT_EQ(0, end_select(op, self->ch, variant->send));
}

/* The select is kicked, and continues to park. */
TEST_F(own, G9_waiter_of_the_set_is_woken_though_the_select_was_kicked)
{
	struct operation *waiter = operation_new(TASK_THREAD, run_set_wait, self->ch, 1), *op;
	eventfd_t count;

	task_pin();
	op = park_select(self->ch, self->cases, CLOCK_HOUR);
	task_run_first();
	ASSERT_EQ(0, eventfd_write(self->file, 1));
	ASSERT_EQ(0, eventfd_read(self->file, &count));
	task_run_as_others();
	waiter->data = (void *)(intptr_t)self->inner;
	operation_start(waiter);
	EXPECT_EQ(wanted(variant->send), operation_join(waiter));
	EXPECT_EQ(0, end_select(op, self->ch, variant->send));
}

/* The operation of another task remains visible to the select. */
TEST_F(own, G9_select_sees_others_that_parked_before)
{
	struct operation *rival = park_rival(self->ch, variant->send);

	EXPECT_EQ(1, chan_select_until(self->cases, 3, chan_deadline(10 * CLOCK_SECOND)));
	EXPECT_EQ(POLLIN, self->cases[1].revents);
	EXPECT_TRUE(meets_peer(rival, self->ch, variant->send));
}

TEST_F(own, G9_select_is_woken_by_others_that_park_later)
{
	struct operation *op = park_select(self->ch, self->cases, 10 * CLOCK_SECOND), *rival;

	ASSERT_FALSE(operation_done(op));
	rival = operation_new(TASK_THREAD, variant->send ? operation_send_one : operation_recv_one,
			      self->ch, 1);
	operation_start(rival);
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(POLLIN, self->cases[1].revents);
	channel_wait_parked(self->ch, variant->send, !variant->send);
	EXPECT_TRUE(meets_peer(rival, self->ch, variant->send));
}

/* Of two such selects, the second finds the first. */
TEST_F(own, G9_select_sees_another_select)
{
	struct chan_case cases[3];
	struct operation *op = park_select(self->ch, self->cases, 10 * CLOCK_SECOND);

	memcpy(cases, self->cases, sizeof(cases));
	ASSERT_FALSE(operation_done(op));
	EXPECT_EQ(1, chan_select_until(cases, 3, chan_deadline(CLOCK_SECOND)));
	EXPECT_EQ(0, end_select(op, self->ch, variant->send));
}

TEST_HARNESS_MAIN
