// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness (G9): what poll, select and epoll show, and that no change is missed, with
 * level and edge triggers, once and exclusively.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/variants.h"

#define RECV_READY	(POLLIN | POLLRDNORM)
#define SEND_READY	(POLLOUT | POLLWRNORM)
#define RECV_CLOSED	(RECV_READY | POLLHUP | POLLRDHUP)
#define SEND_CLOSED	(SEND_READY | POLLERR)
#define EVERYTHING	(RECV_READY | SEND_READY | POLLRDHUP | POLLPRI)

/* What poll shows at once. */
static short ready(int fd)
{
	struct pollfd poller = { .fd = fd, .events = EVERYTHING };

	if (poll(&poller, 1, 0) < 0)
		give_up("poll: %s", strerror(errno));
	return poller.revents;
}

static int epoll_set(int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };
	int set = epoll_create1(EPOLL_CLOEXEC);

	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &event))
		give_up("epoll: %s", strerror(errno));
	return set;
}

/* The events that an epoll set reports at once, 0 if none. */
static uint32_t reported(int set)
{
	struct epoll_event event = {};
	int n = epoll_wait(set, &event, 1, 0);

	if (n < 0)
		give_up("epoll_wait: %s", strerror(errno));
	return n ? event.events : 0;
}

/* An operation that waits in epoll: its result is the events. */
static int run_epoll_wait(struct operation *op)
{
	struct epoll_event event = {};

	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	if (epoll_wait((uintptr_t)op->data, &event, 1, -1) != 1)
		return -errno;
	return event.events;
}

/* An operation that waits in poll, for the events in @data. */
static int run_poll(struct operation *op)
{
	struct pollfd poller = { .fd = op->ch, .events = (uintptr_t)op->data };

	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	if (poll(&poller, 1, -1) != 1)
		return -errno;
	return poller.revents;
}

static bool is_asleep(struct operation *op)
{
	char path[64], state = 0;
	FILE *stream;

	if (!__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE))
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", op->tid);
	stream = fopen(path, "re");
	if (!stream || fscanf(stream, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	if (stream)
		fclose(stream);
	return state == 'S';
}

/* In a thread, asleep when this returns. */
static struct operation *start_waiting(int (*run)(struct operation *op), int ch, uintptr_t data)
{
	struct operation *op = operation_new(TASK_THREAD, run, ch, 1);

	op->data = (void *)data;
	operation_start(op);
	wait_until(is_asleep(op));
	return op;
}

CAPACITY_FIXTURE(poll);

TEST_F(poll, G9_empty_channel_is_ready_for_its_room)
{
	int ch = channel_make(variant->cap);

	EXPECT_EQ(variant->cap ? SEND_READY : 0, ready(ch));
}

TEST_F(poll, G9_full_channel_is_ready_for_receives)
{
	int ch = channel_make(variant->cap);

	channel_send_range(ch, 1, variant->cap);
	EXPECT_EQ(variant->cap ? RECV_READY : 0, ready(ch));
}

TEST_F(poll, G9_parked_peer_makes_the_other_side_ready)
{
	int ch = channel_make(variant->cap);
	struct operation *receiver = operation_park_recv(variant->kind, ch);

	EXPECT_EQ(SEND_READY, ready(ch));
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(receiver));
	channel_send_range(ch, 1, variant->cap);
	operation_park_send(variant->kind, ch, 2);
	EXPECT_EQ(RECV_READY, ready(ch));
}

TEST_F(poll, G9_closed_channel_is_ready_for_ever)
{
	int ch = channel_make(variant->cap);
	int send = channel_dup(ch, CHAN_RIGHT_SEND);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV);

	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(RECV_CLOSED | SEND_CLOSED, ready(ch));
	EXPECT_EQ(RECV_CLOSED, ready(recv));
	EXPECT_EQ(SEND_CLOSED, ready(send));
}

TEST_F(poll, G9_who_waits_to_receive_is_woken_by_a_send)
{
	int ch = channel_make(variant->cap);
	struct operation *poller = start_waiting(run_poll, ch, RECV_READY);
	struct operation *sender = operation_new(variant->kind, operation_send_one, ch, 1);

	operation_start(sender);
	EXPECT_EQ(RECV_READY, operation_join(poller));
	channel_recv(ch);
	EXPECT_EQ(0, operation_join(sender));
}

TEST_F(poll, G9_who_waits_to_send_is_woken_by_a_receive)
{
	int ch = channel_make(variant->cap);
	struct operation *poller, *receiver;

	channel_send_range(ch, 1, variant->cap);
	poller = start_waiting(run_poll, ch, SEND_READY);
	receiver = operation_new(variant->kind, operation_recv_one, ch, 1);
	operation_start(receiver);
	EXPECT_EQ(SEND_READY, operation_join(poller));
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(receiver));
}

TEST_F(poll, G9_every_poller_is_woken_by_a_close)
{
	int ch = channel_make(variant->cap);
	struct operation *recv, *send;

	recv = start_waiting(run_poll, ch, RECV_READY);
	channel_send_range(ch, 1, variant->cap);
	if (variant->cap)
		EXPECT_EQ(RECV_READY, operation_join(recv));
	send = start_waiting(run_poll, ch, SEND_READY);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(SEND_READY | POLLERR | POLLHUP, operation_join(send));
	if (!variant->cap)
		EXPECT_EQ(RECV_READY | POLLHUP | POLLERR, operation_join(recv));
}

TEST_F(poll, G9_edge_shows_each_send_to_the_ring)
{
	int ch = channel_make(variant->cap);
	int set = epoll_set(channel_dup(ch, CHAN_RIGHT_RECV), EPOLLIN | EPOLLET);
	unsigned int i;

	EXPECT_EQ(0, reported(set));
	for (i = 0; i < variant->cap; i++) {
		channel_send(ch, i);
		EXPECT_EQ(EPOLLIN, reported(set));
		EXPECT_EQ(0, reported(set));
	}
	operation_park_send(variant->kind, ch, i);
	EXPECT_EQ(EPOLLIN, reported(set));
	EXPECT_EQ(0, reported(set));
}

TEST_F(poll, G9_edge_shows_each_receive_from_the_ring)
{
	int ch = channel_make(variant->cap);
	int set;
	unsigned int i;

	channel_send_range(ch, 1, variant->cap);
	set = epoll_set(channel_dup(ch, CHAN_RIGHT_SEND), EPOLLOUT | EPOLLET);
	EXPECT_EQ(0, reported(set));
	for (i = 0; i < variant->cap; i++) {
		channel_recv(ch);
		EXPECT_EQ(EPOLLOUT, reported(set));
		EXPECT_EQ(0, reported(set));
	}
	operation_park_recv(variant->kind, ch);
	EXPECT_EQ(EPOLLOUT, reported(set));
	EXPECT_EQ(0, reported(set));
}

TEST_F(poll, G9_edge_shows_an_element_given_back)
{
	int ch = channel_make(variant->cap);
	struct operation *sender = operation_new(variant->kind, operation_send_one, ch, 1);
	int set = epoll_set(channel_dup(ch, CHAN_RIGHT_RECV), EPOLLIN | EPOLLET);

	operation_start(sender);
	wait_until(reported(set) == EPOLLIN);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD));
	EXPECT_EQ(EPOLLIN, reported(set));
	EXPECT_EQ(0, operation_join(sender));
}

TEST(nil_channel_has_no_events)
{
	EXPECT_EQ(0, ready(channel_open()));
}

TEST(G9_who_polls_a_nil_channel_is_woken_when_it_is_made)
{
	struct chan_make make = { .elemsize = 8, .cap = 1 };
	int other = channel_make(1);
	struct operation *poller = operation_new(TASK_THREAD, run_poll, other, 1);

	poller->ch = channel_open();
	poller->data = (void *)SEND_READY;
	operation_start(poller);
	wait_until(is_asleep(poller));
	ASSERT_EQ(0, channel_ioctl(poller->ch, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(SEND_READY, operation_join(poller));
}

TEST(G13_side_without_right_shows_nothing)
{
	int ch = channel_make(2);
	int closer = channel_dup(ch, CHAN_RIGHT_CLOSE);

	channel_send(ch, 1);
	EXPECT_EQ(RECV_READY | SEND_READY, ready(ch));
	EXPECT_EQ(RECV_READY, ready(channel_dup(ch, CHAN_RIGHT_RECV)));
	EXPECT_EQ(SEND_READY, ready(channel_dup(ch, CHAN_RIGHT_SEND)));
	EXPECT_EQ(0, ready(closer));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, ready(closer));
}

TEST(G9_last_sender_gone_is_shown_to_receivers)
{
	int ch = channel_make(0);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *poller = start_waiting(run_poll, recv, RECV_READY);

	close(ch);
	EXPECT_EQ(RECV_READY | POLLHUP, operation_join(poller));
}

TEST(G9_last_receiver_gone_is_shown_to_senders)
{
	int ch = channel_make(0);
	int send = channel_dup(ch, CHAN_RIGHT_SEND);
	struct operation *poller = start_waiting(run_poll, send, SEND_READY);

	close(ch);
	EXPECT_EQ(SEND_CLOSED, operation_join(poller));
	EXPECT_EQ(SEND_CLOSED, ready(send));
}

TEST(select_shows_the_same)
{
	int ch = channel_make(1);
	fd_set in, out, except;
	struct timeval now = {};

	channel_send(ch, 1);
	FD_ZERO(&in);
	FD_SET(ch, &in);
	out = in;
	except = in;
	EXPECT_EQ(1, select(ch + 1, &in, &out, &except, &now));
	EXPECT_TRUE(FD_ISSET(ch, &in));
	EXPECT_FALSE(FD_ISSET(ch, &out));
	EXPECT_FALSE(FD_ISSET(ch, &except));
}

TEST(G9_level_shows_what_is_left)
{
	int ch = channel_make(3);
	int set = epoll_set(channel_dup(ch, CHAN_RIGHT_RECV), EPOLLIN);

	channel_send_range(ch, 1, 2);
	EXPECT_EQ(EPOLLIN, reported(set));
	EXPECT_EQ(EPOLLIN, reported(set));
	channel_recv(ch);
	EXPECT_EQ(EPOLLIN, reported(set));
	channel_recv(ch);
	EXPECT_EQ(0, reported(set));
}

TEST(G9_one_shot_is_armed_again)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };
	int ch = channel_make(3);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV);
	int set = epoll_set(recv, event.events);

	channel_send(ch, 1);
	EXPECT_EQ(EPOLLIN, reported(set));
	channel_send(ch, 2);
	EXPECT_EQ(0, reported(set));
	ASSERT_EQ(0, epoll_ctl(set, EPOLL_CTL_MOD, recv, &event));
	EXPECT_EQ(EPOLLIN, reported(set));
}

/* Sends do not wake who waits for room, so there is no edge. */
TEST(edges_of_one_side_are_not_those_of_the_other)
{
	int ch = channel_make(3);
	int set = epoll_set(channel_dup(ch, CHAN_RIGHT_SEND), EPOLLOUT | EPOLLET);

	EXPECT_EQ(EPOLLOUT, reported(set));
	channel_send(ch, 1);
	EXPECT_EQ(0, reported(set));
	channel_recv(ch);
	EXPECT_EQ(EPOLLOUT, reported(set));
}

/* Each of them has a set of its own. */
TEST(G9_exclusive_waiters_are_woken_one_for_each_element)
{
	struct operation *waiters[4];
	int ch = channel_make(4);
	unsigned int i, done = 0;

	for (i = 0; i < ARRAY_LENGTH(waiters); i++)
		waiters[i] = start_waiting(run_epoll_wait, ch,
					   epoll_set(channel_dup(ch, CHAN_RIGHT_RECV),
						     EPOLLIN | EPOLLEXCLUSIVE));
	channel_send(ch, 1);
	/* The one that was woken is done, and the others still sleep. */
	wait_until(operation_done(waiters[0]) + operation_done(waiters[1]) +
		   operation_done(waiters[2]) + operation_done(waiters[3]));
	for (i = 0; i < ARRAY_LENGTH(waiters); i++)
		done += operation_done(waiters[i]) || !is_asleep(waiters[i]);
	EXPECT_EQ(1, done);
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < ARRAY_LENGTH(waiters); i++)
		EXPECT_GT(operation_join(waiters[i]), 0);
}

TEST(G9_set_within_a_set_shows_changes)
{
	int ch = channel_make(1);
	int inner = epoll_set(channel_dup(ch, CHAN_RIGHT_RECV), EPOLLIN);
	int outer = epoll_set(inner, EPOLLIN);

	EXPECT_EQ(0, reported(outer));
	channel_send(ch, 1);
	EXPECT_EQ(EPOLLIN, reported(outer));
}

TEST(closed_descriptor_leaves_the_set)
{
	int ch = channel_make(1);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV);
	int set = epoll_set(recv, EPOLLIN);

	close(recv);
	channel_send(ch, 1);
	EXPECT_EQ(0, reported(set));
}

#define ROUNDS	2000

/* Moves @count elements: tries, and polls when it cannot. */
static int run_polling_sender(struct operation *op)
{
	struct pollfd poller = { .fd = op->ch, .events = POLLOUT };
	uint64_t i;
	int ret;

	for (i = 0; i < ROUNDS; i++) {
		while ((ret = chan_try_send(op->ch, &i)) == -EAGAIN) {
			if (poll(&poller, 1, -1) != 1)
				return -errno;
		}
		if (ret)
			return ret;
	}
	return 0;
}

static int run_polling_receiver(struct operation *op)
{
	int set = epoll_set(op->ch, EPOLLIN | EPOLLET);
	struct epoll_event event;
	uint64_t value;
	int ret;

	for (;;) {
		while ((ret = chan_try_recv(op->ch, &value)) == 1)
			op->progress++;
		if (ret != -EAGAIN)
			return ret;
		if (epoll_wait(set, &event, 1, -1) != 1)
			return -errno;
	}
}

/*
 * With a capacity: of two that only try, neither waits where a peer could find it, so
 * on a channel without a buffer they would not meet.
 */
TEST(G9_polling_peers_never_hang)
{
	struct operation *senders[2], *receivers[2];
	int ch = channel_make(1);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		senders[i] = operation_new(TASK_PROCESS, run_polling_sender, ch, 1);
		receivers[i] = operation_new(TASK_PROCESS, run_polling_receiver, ch, 1);
	}
	for (i = 0; i < 2; i++) {
		operation_start(receivers[i]);
		operation_start(senders[i]);
	}
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, operation_join(senders[i]));
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, operation_wait(receivers[i]));
	EXPECT_EQ(2 * ROUNDS, receivers[0]->progress + receivers[1]->progress);
}

TEST_HARNESS_MAIN
