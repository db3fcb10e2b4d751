// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness for poll and select (G9): the events of each state, and that a poller is woken by each
 * relevant change and by no other. For epoll see epoll.c.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/trace.h"
#include "common/variants.h"

#define RECV		(POLLIN | POLLRDNORM)
#define SEND		(POLLOUT | POLLWRNORM)
#define RECV_CLOSED	(RECV | POLLRDHUP)
#define RECV_DRAINED	(RECV_CLOSED | POLLHUP)
#define SEND_CLOSED	(SEND | POLLERR)

#define PAIRS		3
#define ROUNDS		40

CAPACITY_FIXTURE(poll);

/* Polls for the events in its flags; returns the events reported. */
static int run_poll(struct operation *op)
{
	struct pollfd pollfd = { .fd = op->ch, .events = op->flags };

	return poll(&pollfd, 1, -1) == 1 ? pollfd.revents : -1;
}

static struct operation *poller(enum task_kind kind, int ch, short events)
{
	int any = channel_make(0);
	struct operation *op = operation_new(kind, run_poll, any, 1);

	/* It may be nil, or closed in this process. */
	op->ch = ch;
	op->flags = events;
	operation_park_in(op, SYS_poll);
	close(any);
	return op;
}

TEST_F(poll, G9_each_state_has_its_events)
{
	const unsigned int cap = variant->cap;
	int ch = channel_make(cap);
	struct operation *op;

	EXPECT_EQ(cap ? SEND : 0, channel_events(ch));
	op = operation_park_recv(TASK_PROCESS, ch);
	EXPECT_EQ(SEND, channel_events(ch));
	operation_kill(op);
	EXPECT_EQ(cap ? SEND : 0, channel_events(ch));
	if (cap) {
		channel_send(ch, 1);
		EXPECT_EQ(cap > 1 ? RECV | SEND : RECV, channel_events(ch));
		channel_send_range(ch, 2, cap);
		EXPECT_EQ(RECV, channel_events(ch));
	}
	op = operation_park_send(TASK_PROCESS, ch, 8);
	EXPECT_EQ(RECV, channel_events(ch));
	operation_kill(op);
	EXPECT_EQ(cap ? RECV : 0, channel_events(ch));
	ASSERT_EQ(0, chan_close(ch));
	while (channel_info(ch).len) {
		EXPECT_EQ(RECV_CLOSED | SEND_CLOSED, channel_events(ch));
		channel_recv(ch);
	}
	EXPECT_EQ(RECV_DRAINED | SEND_CLOSED, channel_events(ch));
}

TEST_F(poll, G9_element_that_was_requeued_is_an_event)
{
	int ch = channel_make(variant->cap);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);

	receiver->elems = MEMORY_BAD;
	operation_park(receiver);
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, operation_join(receiver));
	EXPECT_EQ(variant->cap ? RECV | SEND : RECV, channel_events(ch));
	channel_recv(ch);
	EXPECT_EQ(variant->cap ? SEND : 0, channel_events(ch));
}

TEST_F(poll, G13_events_are_those_of_the_rights)
{
	int ch = channel_make(variant->cap);
	int sends = channel_dup(ch, CHAN_RIGHT_SEND);
	int receives = channel_dup(ch, CHAN_RIGHT_RECV);
	int closes = channel_dup(ch, CHAN_RIGHT_CLOSE);
	struct operation *receiver = operation_park_recv(variant->kind, ch);

	EXPECT_EQ(SEND, channel_events(sends));
	EXPECT_EQ(0, channel_events(receives));
	EXPECT_EQ(0, channel_events(closes));
	channel_send(ch, 1);
	operation_join(receiver);
	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	else
		operation_park_send(variant->kind, ch, 1);
	EXPECT_EQ(0, channel_events(sends));
	EXPECT_EQ(RECV, channel_events(receives));
	EXPECT_EQ(0, channel_events(closes));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(SEND_CLOSED, channel_events(sends));
	EXPECT_EQ(variant->cap ? RECV_CLOSED : RECV_DRAINED, channel_events(receives));
	EXPECT_EQ(0, channel_events(closes));
}

TEST_F(poll, G9_nil_channel_is_not_ready_and_making_it_wakes)
{
	const struct chan_make make = { .elemsize = 8, .cap = variant->cap };
	int ch = channel_open();
	struct operation *op;
	unsigned long sleeps;

	EXPECT_EQ(0, channel_events(ch));
	op = poller(variant->kind, ch, POLLIN | POLLOUT);
	sleeps = task_sleeps(op->tid);
	ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &make));
	if (!variant->cap) {
		/* It was woken, and is asleep again, as no event is ready. */
		wait_until(task_sleeps(op->tid) > sleeps);
		EXPECT_FALSE(operation_done(op));
		operation_park_recv(variant->kind, ch);
	}
	EXPECT_EQ(POLLOUT, operation_join(op));
}

TEST_F(poll, G9_element_wakes)
{
	int ch = channel_make(variant->cap);
	struct operation *op = poller(variant->kind, ch, POLLIN);

	operation_offer(variant->kind, ch, 1);
	EXPECT_EQ(POLLIN, operation_join(op));
	EXPECT_EQ(1, channel_recv(ch));
}

TEST_F(poll, G9_room_wakes)
{
	int ch = channel_make(variant->cap);
	struct operation *op;

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	op = poller(variant->kind, ch, POLLOUT);
	operation_demand(variant->kind, ch);
	EXPECT_EQ(POLLOUT, operation_join(op));
	channel_send(ch, 1);
}

TEST_F(poll, G9_element_that_is_requeued_wakes)
{
	int ch = channel_make(variant->cap);
	struct operation *receiver = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);
	struct operation *op;

	receiver->elems = MEMORY_BAD;
	operation_park(receiver);
	op = poller(variant->kind, ch, POLLIN);
	channel_send(ch, 1);
	EXPECT_EQ(POLLIN, operation_join(op));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
	EXPECT_EQ(1, channel_info(ch).requeued);
}

TEST_F(poll, G9_close_wakes_all)
{
	int ch = channel_make(variant->cap);
	int sends = channel_dup(ch, CHAN_RIGHT_SEND);
	int receives = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *ops[4];

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	ops[0] = poller(variant->kind, sends, POLLOUT);
	ops[1] = poller(variant->kind, sends, 0);
	while (channel_info(ch).len)
		channel_recv(ch);
	/* The receive woke the first waiter, which no longer sleeps; another takes its place. */
	if (variant->cap) {
		EXPECT_EQ(POLLOUT, operation_join(ops[0]));
		ops[0] = poller(variant->kind, sends, POLLPRI);
	}
	ops[2] = poller(variant->kind, receives, POLLIN | POLLRDHUP);
	ops[3] = poller(variant->kind, receives, 0);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(variant->cap ? POLLERR : POLLOUT | POLLERR, operation_join(ops[0]));
	EXPECT_EQ(POLLERR, operation_join(ops[1]));
	EXPECT_EQ(POLLIN | POLLRDHUP | POLLHUP, operation_join(ops[2]));
	EXPECT_EQ(POLLHUP, operation_join(ops[3]));
}

/* A reader that sees POLLHUP may take a short read for the end of the stream. */
TEST_F(poll, G9_draining_a_closed_channel_is_a_hang_up_and_wakes)
{
	int ch = channel_make(variant->cap);
	int receives = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *op;

	channel_fill(ch);
	if (!variant->cap)
		return;
	ASSERT_EQ(0, chan_close(ch));
	/* Only POLLHUP ends its wait. */
	op = poller(variant->kind, receives, 0);
	while (channel_info(ch).len) {
		EXPECT_TRUE(operation_sleeps_in(op, SYS_poll));
		EXPECT_EQ(RECV_CLOSED, channel_events(receives));
		channel_recv(ch);
	}
	EXPECT_EQ(POLLHUP, operation_join(op));
	EXPECT_EQ(RECV_DRAINED, channel_events(receives));
}

TEST_F(poll, G9_receive_of_an_element_that_was_requeued_drains_and_wakes)
{
	int ch = channel_make(variant->cap);
	int receives = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *op = operation_new(TASK_PROCESS, operation_recv_one, ch, 1);

	op->elems = MEMORY_BAD;
	operation_park(op);
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, operation_join(op));
	ASSERT_EQ(0, chan_close(ch));
	op = poller(variant->kind, receives, 0);
	EXPECT_EQ(RECV_CLOSED, channel_events(receives));
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(POLLHUP, operation_join(op));
}

TEST_F(poll, G9_end_of_the_last_sender_wakes)
{
	int ch = channel_make(variant->cap);
	int receives = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *op, *sender = operation_park_recv(TASK_PROCESS, ch);

	close(ch);
	/* Only of the test's process: another process would inherit all its descriptors. */
	op = poller(TASK_THREAD, receives, POLLIN);
	operation_kill(sender);
	EXPECT_EQ(POLLIN | POLLHUP, operation_join(op));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(receives).closed);
}

TEST_F(poll, G9_end_of_the_last_receiver_wakes)
{
	int ch = channel_make(variant->cap);
	int sends = channel_dup(ch, CHAN_RIGHT_SEND);
	struct operation *op, *receiver;

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	receiver = operation_park_send(TASK_PROCESS, ch, 1);
	close(ch);
	op = poller(TASK_THREAD, sends, POLLOUT);
	operation_kill(receiver);
	EXPECT_EQ(POLLOUT | POLLERR, operation_join(op));
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(sends).closed);
}

/* A woken poller may be asleep again, but its count of sleeps has changed. */
TEST_F(poll, G9_changes_of_the_other_side_wake_nobody)
{
	int ch = channel_make(variant->cap);
	struct operation *receives, *sends;
	unsigned long sleeps;
	int i;

	receives = poller(variant->kind, ch, POLLIN);
	sleeps = task_sleeps(receives->tid);
	for (i = 0; i < 3; i++)
		operation_kill(operation_park_recv(TASK_PROCESS, ch));
	EXPECT_EQ(sleeps, task_sleeps(receives->tid));
	EXPECT_TRUE(operation_sleeps_in(receives, SYS_poll));

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	sends = poller(variant->kind, ch, POLLOUT);
	sleeps = task_sleeps(sends->tid);
	for (i = 0; i < 3; i++)
		operation_kill(operation_park_send(TASK_PROCESS, ch, 1));
	EXPECT_EQ(sleeps, task_sleeps(sends->tid));
	EXPECT_TRUE(operation_sleeps_in(sends, SYS_poll));
	EXPECT_EQ(POLLIN, operation_join(receives));
}

static int run_select(struct operation *op)
{
	fd_set sets[3];
	int i;

	for (i = 0; i < 3; i++) {
		FD_ZERO(&sets[i]);
		FD_SET(op->ch, &sets[i]);
	}
	if (select(op->ch + 1, &sets[0], &sets[1], &sets[2], NULL) < 1)
		return -1;
	for (i = 0; i < 3; i++)
		op->progress |= (FD_ISSET(op->ch, &sets[i]) ? 1 : 0) << i;
	return op->progress;
}

TEST_F(poll, G9_select_sees_both_sides)
{
	int ch = channel_make(variant->cap);
	struct operation *op = operation_new(variant->kind, run_select, ch, 1);

	if (!variant->cap) {
		operation_park_in(op, SYS_pselect6);
		operation_park_send(variant->kind, ch, 1);
	} else {
		channel_send_range(ch, 1, variant->cap);
		operation_start(op);
	}
	EXPECT_EQ(1, operation_join(op));
	op = operation_new(variant->kind, run_select, ch, 1);
	channel_recv(ch);
	if (variant->cap < 2) {
		operation_park_recv(variant->kind, ch);
		operation_start(op);
	} else {
		operation_start(op);
	}
	EXPECT_EQ(variant->cap < 2 ? 2 : 3, operation_join(op));
	ASSERT_EQ(0, chan_close(ch));
	op = operation_new(variant->kind, run_select, ch, 1);
	operation_start(op);
	EXPECT_EQ(3, operation_join(op));
}

/* Send with poll as the only place to wait; or plainly send. */
static int send_polling(int ch, bool polls, uint64_t value)
{
	struct pollfd pollfd = { .fd = ch, .events = POLLOUT };
	int ret;

	if (!polls)
		return chan_send(ch, &value, sizeof(value));
	while ((ret = chan_try_send(ch, &value, sizeof(value))) == -EAGAIN) {
		if (poll(&pollfd, 1, -1) != 1)
			return -errno;
	}
	return ret;
}

static int recv_polling(int ch, bool polls, uint64_t *value)
{
	struct pollfd pollfd = { .fd = ch, .events = POLLIN };
	int ret;

	if (!polls)
		return chan_recv(ch, value, sizeof(*value));
	while ((ret = chan_try_recv(ch, value, sizeof(*value))) == -EAGAIN) {
		if (poll(&pollfd, 1, -1) != 1)
			return -errno;
	}
	return ret;
}

/**
 * struct party - one side of a conversation
 * @to: channel to send to
 * @from: channel to receive from
 * @send_polls: polls before sending
 * @recv_polls: polls before receiving
 * @begins: sends first
 */
struct party {
	int to;
	int from;
	bool send_polls;
	bool recv_polls;
	bool begins;
};

static int run_party(struct operation *op)
{
	const struct party *party = op->data;
	uint64_t value = 0;
	int ret, i;

	for (i = 0; i < 2 * ROUNDS; i++) {
		if (i % 2 == !party->begins)
			ret = send_polling(party->to, party->send_polls, value + 1);
		else
			ret = recv_polling(party->from, party->recv_polls, &value) - 1;
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * Several parties on each side share two channels, so that a woken one often finds that another was
 * faster. A lost wakeup would leave all of them asleep.
 */
static void converse(struct __test_metadata *_metadata, unsigned int cap, enum task_kind kind,
		     bool send_polls, bool recv_polls)
{
	const int there = channel_make(cap), back = channel_make(cap);
	struct operation *ops[2 * PAIRS];
	struct party *parties = shared_alloc(sizeof(*parties) * 2 * PAIRS);
	int i;

	for (i = 0; i < 2 * PAIRS; i++) {
		parties[i].to = i % 2 ? back : there;
		parties[i].from = i % 2 ? there : back;
		parties[i].send_polls = send_polls;
		parties[i].recv_polls = recv_polls;
		parties[i].begins = i % 2 == 0;
		ops[i] = operation_new(kind, run_party, there, 1);
		ops[i]->data = &parties[i];
	}
	for (i = 0; i < 2 * PAIRS; i++)
		operation_start(ops[i]);
	for (i = 0; i < 2 * PAIRS; i++)
		EXPECT_EQ(0, operation_join(ops[i]));
	EXPECT_EQ(0, channel_info(there).len);
	EXPECT_EQ(0, channel_info(back).len);
	EXPECT_TRUE(!send_polls || !channel_info(there).send_parks);
	EXPECT_TRUE(!recv_polls || !channel_info(there).recv_parks);
}

TEST_F(poll, G9_senders_that_poll_never_miss_room)
{
	converse(_metadata, variant->cap, variant->kind, true, false);
}

TEST_F(poll, G9_receivers_that_poll_never_miss_an_element)
{
	converse(_metadata, variant->cap, variant->kind, false, true);
}

TEST_F(poll, G9_both_sides_poll_and_never_miss_each_other)
{
	/* Both need a buffer: two non-blocking tasks never meet. */
	converse(_metadata, variant->cap + !variant->cap, variant->kind, true, true);
}

/* Each waits for a parked peer, and neither is parked. */
TEST(pollers_of_both_sides_of_a_rendezvous_do_not_meet)
{
	uint64_t value = 0;
	int ch = channel_make(0);
	struct operation *sends = poller(TASK_PROCESS, ch, POLLOUT);
	struct operation *receives = poller(TASK_PROCESS, ch, POLLIN);

	EXPECT_TRUE(operation_sleeps_in(sends, SYS_poll));
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, &value, sizeof(value)));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &value, sizeof(value)));
	EXPECT_TRUE(operation_sleeps_in(sends, SYS_poll));
	EXPECT_TRUE(operation_sleeps_in(receives, SYS_poll));
	operation_park_recv(TASK_PROCESS, ch);
	EXPECT_EQ(POLLOUT, operation_join(sends));
	EXPECT_TRUE(operation_sleeps_in(receives, SYS_poll));
}

/* A channel that is no longer polled does not cost its users a wakeup, either. */
TEST(G9_without_pollers_nobody_is_woken)
{
	struct epoll_event event = { .events = EPOLLIN };
	int ch = channel_make(7);
	int set = epoll_create1(EPOLL_CLOEXEC);
	int i;

	trace_start("__wake_up");
	channel_events(ch);
	for (i = 0; i < 10; i++) {
		channel_send(ch, i);
		channel_recv(ch);
	}
	EXPECT_EQ(0, trace_calls());
	/* With pollers registered, each operation checks for one to wake. */
	ASSERT_EQ(0, epoll_ctl(set, EPOLL_CTL_ADD, ch, &event));
	for (i = 0; i < 10; i++) {
		channel_send(ch, i);
		channel_recv(ch);
	}
	EXPECT_LE(20, trace_calls());
	trace_stop();
}

TEST_HARNESS_MAIN
