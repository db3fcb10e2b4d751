// SPDX-License-Identifier: GPL-2.0-only
/* Channels in the event loop of libevent, with each of its backends. */
#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

/* Number of calls of an event, and the events of the last one. */
struct calls {
	unsigned int count;
	short events;
};

static void on_event(evutil_socket_t fd, short events, void *data)
{
	struct calls *calls = data;

	calls->count++;
	calls->events = events;
}

static struct event_base *base_new(const char *method)
{
	struct event_config *config = event_config_new();
	const char **other = event_get_supported_methods();
	struct event_base *base;

	for (; *other; other++) {
		if (strcmp(*other, method))
			event_config_avoid_method(config, *other);
	}
	base = event_base_new_with_config(config);
	event_config_free(config);
	if (!base)
		give_up("libevent has no %s", method);
	return base;
}

static struct event *event_add_new(struct event_base *base, int fd, short what,
				   struct calls *calls)
{
	struct event *event = event_new(base, fd, what, on_event, calls);

	if (!event || event_add(event, NULL))
		give_up("event_add fails");
	return event;
}

/* One turn, without waiting. */
static void turn(struct event_base *base)
{
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
}

/* Number of calls in one turn. */
static unsigned int turn_calls(struct event_base *base, struct calls *calls)
{
	calls->count = 0;
	turn(base);
	return calls->count;
}

FIXTURE(libevent) {
	struct event_base *base;
	struct calls calls;
};

FIXTURE_VARIANT(libevent) {
	const char *method;
	long sleeps_in;
};

FIXTURE_VARIANT_ADD(libevent, epoll) { .method = "epoll", .sleeps_in = SYS_epoll_wait, };
FIXTURE_VARIANT_ADD(libevent, poll) { .method = "poll", .sleeps_in = SYS_poll, };
FIXTURE_VARIANT_ADD(libevent, select) { .method = "select", .sleeps_in = SYS_pselect6, };

FIXTURE_SETUP(libevent)
{
	self->base = base_new(variant->method);
}

FIXTURE_TEARDOWN(libevent)
{
	event_base_free(self->base);
}

TEST_F(libevent, G9_persistent_event_calls_as_long_as_it_is_so)
{
	int ch = channel_make(1);

	event_add_new(self->base, ch, EV_READ | EV_PERSIST, &self->calls);
	EXPECT_EQ(0, turn_calls(self->base, &self->calls));
	channel_send(ch, 1);
	EXPECT_EQ(1, turn_calls(self->base, &self->calls));
	EXPECT_EQ(1, turn_calls(self->base, &self->calls));
	EXPECT_EQ(EV_READ, self->calls.events);
	channel_recv(ch);
	EXPECT_EQ(0, turn_calls(self->base, &self->calls));
}

TEST_F(libevent, G9_event_that_does_not_persist_calls_once)
{
	int ch = channel_make(1);
	struct event *event = event_add_new(self->base, ch, EV_READ, &self->calls);

	channel_send(ch, 1);
	EXPECT_EQ(1, turn_calls(self->base, &self->calls));
	EXPECT_EQ(0, turn_calls(self->base, &self->calls));
	ASSERT_EQ(0, event_add(event, NULL));
	EXPECT_EQ(1, turn_calls(self->base, &self->calls));
}

TEST_F(libevent, G9_room_calls_who_writes)
{
	int ch = channel_make(1);

	channel_send(ch, 1);
	event_add_new(self->base, ch, EV_READ | EV_WRITE | EV_PERSIST, &self->calls);
	EXPECT_EQ(1, turn_calls(self->base, &self->calls));
	EXPECT_EQ(EV_READ, self->calls.events);
	channel_recv(ch);
	EXPECT_EQ(1, turn_calls(self->base, &self->calls));
	EXPECT_EQ(EV_WRITE, self->calls.events);
}

TEST_F(libevent, G9_each_channel_calls_its_own_event)
{
	struct calls calls[5] = {};
	int chs[5], i;

	for (i = 0; i < 5; i++) {
		chs[i] = channel_make(1);
		event_add_new(self->base, chs[i], EV_READ | EV_PERSIST, &calls[i]);
	}
	channel_send(chs[1], 1);
	channel_send(chs[3], 1);
	turn(self->base);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(i == 1 || i == 3, calls[i].count);
}

TEST_F(libevent, G6_close_calls_both_sides)
{
	int ch = channel_make(0);
	struct calls sends = {}, receives = {};

	event_add_new(self->base, channel_dup(ch, CHAN_RIGHT_SEND), EV_WRITE, &sends);
	event_add_new(self->base, channel_dup(ch, CHAN_RIGHT_RECV), EV_READ, &receives);
	turn(self->base);
	EXPECT_EQ(0, sends.count + receives.count);
	ASSERT_EQ(0, chan_close(ch));
	turn(self->base);
	EXPECT_EQ(1, sends.count);
	EXPECT_EQ(1, receives.count);
}

/* A loop that ends with its only event; returns the events it was called with. */
static int run_loop(struct operation *op)
{
	struct event_base *base = base_new(op->data);
	struct calls calls = {};

	event_add_new(base, op->ch, EV_READ, &calls);
	event_base_dispatch(base);
	return calls.events;
}

TEST_F(libevent, G9_element_wakes_a_loop_that_sleeps)
{
	int ch = channel_make(1);
	struct operation *op = operation_new(TASK_PROCESS, run_loop, ch, 1);

	op->data = (void *)variant->method;
	operation_park_in(op, variant->sleeps_in);
	channel_send(ch, 1);
	EXPECT_EQ(EV_READ, operation_join(op));
}

TEST(G9_edge_triggered_event_calls_once_for_each_element)
{
	struct event_base *base = base_new("epoll");
	struct calls calls;
	int ch = channel_make(7);
	int i;

	event_add_new(base, ch, EV_READ | EV_ET | EV_PERSIST, &calls);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(0, turn_calls(base, &calls));
		channel_send(ch, i);
		EXPECT_EQ(1, turn_calls(base, &calls));
		EXPECT_EQ(EV_READ | EV_ET, calls.events);
	}
	channel_recv(ch);
	EXPECT_EQ(0, turn_calls(base, &calls));
}

TEST(G9_edge_triggered_event_calls_once_for_each_room)
{
	struct event_base *base = base_new("epoll");
	struct calls calls;
	int ch = channel_make(3);
	int i;

	channel_fill(ch);
	event_add_new(base, ch, EV_WRITE | EV_ET | EV_PERSIST, &calls);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, turn_calls(base, &calls));
		channel_recv(ch);
		EXPECT_EQ(1, turn_calls(base, &calls));
	}
	channel_send(ch, 1);
	EXPECT_EQ(0, turn_calls(base, &calls));
}

TEST(G6_close_is_told_apart_from_elements)
{
	struct event_base *base = base_new("epoll");
	struct calls calls;
	int ch = channel_make(1);

	event_add_new(base, channel_dup(ch, CHAN_RIGHT_RECV), EV_CLOSED | EV_ET | EV_PERSIST,
		      &calls);
	channel_send(ch, 1);
	EXPECT_EQ(0, turn_calls(base, &calls));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(1, turn_calls(base, &calls));
	EXPECT_EQ(EV_CLOSED | EV_ET, calls.events);
	EXPECT_EQ(0, turn_calls(base, &calls));
}

TEST_HARNESS_MAIN
