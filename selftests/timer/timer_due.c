// SPDX-License-Identifier: GPL-2.0-only
/*
 * A due tick is ready for every operation, even before the timer interrupt (G5), and precedes a
 * later deadline.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/set.h"

#define ROUNDS		200
#define MICROSECOND	1000ULL
#define MILLISECOND	1000000ULL

static void set_timer(int ch, uint64_t expires, uint64_t interval, unsigned int flags)
{
	const struct chan_timer timer = {
		.expires = expires, .interval = interval, .flags = flags,
	};
	const int ret = channel_ioctl(ch, CHAN_IOC_TIMER, &timer);

	if (ret < 0)
		give_up("a timer: %s", strerror(-ret));
}

static int new_timer(uint64_t expires, uint64_t interval, unsigned int flags)
{
	const int ch = channel_open();

	set_timer(ch, expires, interval, flags);
	return ch;
}

static int try_recv(int ch)
{
	uint64_t tick;

	return chan_try_recv(ch, &tick, sizeof(tick)) == 1;
}

static int try_select(int ch)
{
	uint64_t tick, other;
	struct chan_case cases[] = {
		chan_case_recv(channel_open(), &other, sizeof(other)),
		chan_case_recv(ch, &tick, sizeof(tick)),
	};
	const int chosen = chan_try_select(cases, 2);

	close(cases[0].fd);
	return chosen == 1 && cases[1].result == 1;
}

static int try_recv_many(int ch)
{
	uint64_t ticks[2];
	const struct chan_xfer xfer = {
		.elems = (uintptr_t)ticks, .count = 2, .min = 1, .flags = CHAN_XFER_NONBLOCK,
		.elemsize = sizeof(*ticks), .deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(ch, CHAN_IOC_RECVV, &xfer) == 1;
}

static int recv_in_the_past(int ch)
{
	uint64_t tick;

	return chan_recv_until(ch, &tick, sizeof(tick), 0) == 1;
}

static int select_in_the_past(int ch)
{
	uint64_t tick;
	struct chan_case c = chan_case_recv(ch, &tick, sizeof(tick));

	return chan_select_until(&c, 1, 0) == 0 && c.result == 1;
}

static int look_poll(int ch)
{
	return channel_events(ch) == (POLLIN | POLLRDNORM);
}

static int look_epoll(int ch)
{
	const int set = set_new(ch, EPOLLIN);
	const uint32_t events = set_events(set);

	close(set);
	return events == EPOLLIN;
}

static int look_polled_by_a_select(int ch)
{
	struct chan_case c = chan_case_poll(ch, POLLIN);

	return chan_try_select(&c, 1) == 0 && c.revents == POLLIN;
}

static int look_len(int ch)
{
	return chan_len(ch) == 1;
}

static int look_info(int ch)
{
	return channel_info(ch).len == 1;
}

static int look_stop(int ch)
{
	return chan_timer_stop(ch) == 1;
}

FIXTURE(due) {};
FIXTURE_VARIANT(due)
{
	int (*is_ready)(int ch);
};
FIXTURE_SETUP(due) {}
FIXTURE_TEARDOWN(due) {}

#define DUE(name) FIXTURE_VARIANT_ADD(due, name) { .is_ready = name }

DUE(try_recv);
DUE(try_select);
DUE(try_recv_many);
DUE(recv_in_the_past);
DUE(select_in_the_past);
DUE(look_poll);
DUE(look_epoll);
DUE(look_polled_by_a_select);
DUE(look_len);
DUE(look_info);
DUE(look_stop);

TEST_F(due, G5_tick_that_is_due_when_set_is_ready)
{
	int i, ch, ready = 0;

	for (i = 0; i < ROUNDS; i++) {
		ch = chan_after(0);
		ASSERT_LE(0, ch);
		ready += variant->is_ready(ch);
		close(ch);
	}
	EXPECT_EQ(ROUNDS, ready);
}

TEST_F(due, G5_tick_that_becomes_due_is_ready)
{
	int i, ch, ready = 0;

	for (i = 0; i < ROUNDS; i++) {
		const uint64_t at = clock_read(CLOCK_MONOTONIC) + 100 * MICROSECOND;

		ch = new_timer(at, 0, 0);
		while (clock_read(CLOCK_MONOTONIC) < at)
			;
		ready += variant->is_ready(ch);
		close(ch);
	}
	EXPECT_EQ(ROUNDS, ready);
}

TEST_F(due, G5_tick_of_a_clock_that_was_set_is_ready)
{
	int i, ch, ready = 0;

	for (i = 0; i < ROUNDS / 4; i++) {
		ch = new_timer(clock_read(CLOCK_REALTIME) + CLOCK_HOUR, 0, CHAN_TIMER_REALTIME);
		clock_shift_realtime(CLOCK_HOUR);
		ready += variant->is_ready(ch);
		clock_shift_realtime(-CLOCK_HOUR);
		close(ch);
	}
	EXPECT_EQ(ROUNDS / 4, ready);
}

/* At least one has become due since the last was received. */
TEST(G5_next_tick_is_ready_when_it_is_due)
{
	const uint64_t interval = 100 * MICROSECOND;
	const int ch = chan_tick(interval);
	uint64_t tick, last = 0;
	int i, ready = 0;

	ASSERT_LE(0, ch);
	for (i = 0; i < ROUNDS; i++) {
		const uint64_t next = clock_read(CLOCK_MONOTONIC) + interval;

		while (clock_read(CLOCK_MONOTONIC) < next)
			;
		ready += chan_try_recv(ch, &tick, sizeof(tick)) == 1 && tick > last;
		last = tick;
	}
	EXPECT_EQ(ROUNDS, ready);
}

#define WAITS	300

/* Distance of the deadline from the tick, from wait to wait. */
static uint64_t delay_of(int i)
{
	return i % 3 ? (i % 101) * MICROSECOND : MILLISECOND;
}

TEST(G10_deadline_after_the_tick_never_ends_a_receive)
{
	const int ch = new_timer(CHAN_DEADLINE_NONE, 0, 0);
	int i, received = 0;

	for (i = 0; i < WAITS; i++) {
		const uint64_t at = clock_read(CLOCK_MONOTONIC) + MILLISECOND;
		uint64_t tick = 0;

		set_timer(ch, at, 0, 0);
		received += chan_recv_until(ch, &tick, sizeof(tick),
					    at + delay_of(i)) == 1 && tick == at;
	}
	EXPECT_EQ(WAITS, received);
}

TEST(G10_deadline_after_the_tick_never_ends_a_select)
{
	const int ch = new_timer(CHAN_DEADLINE_NONE, 0, 0), idle = channel_make(0);
	int i, received = 0;

	for (i = 0; i < WAITS; i++) {
		const uint64_t at = clock_read(CLOCK_MONOTONIC) + MILLISECOND;
		uint64_t tick = 0, other;
		struct chan_case cases[] = {
			chan_case_recv(idle, &other, sizeof(other)),
			chan_case_recv(ch, &tick, sizeof(tick)),
		};

		set_timer(ch, at, 0, 0);
		received += chan_select_until(cases, 2, at + delay_of(i)) == 1 && tick == at;
	}
	EXPECT_EQ(WAITS, received);
}

/* Tick and deadlines become due at the same instant, when the clock is set. */
TEST(G2_G10_first_of_two_receivers_has_the_tick_before_its_deadline)
{
	const int ch = new_timer(CHAN_DEADLINE_NONE, 0, 0);
	struct operation *ops[2];
	int i, j, received = 0;

	for (i = 0; i < 20; i++) {
		const uint64_t at = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;

		set_timer(ch, at, 0, CHAN_TIMER_REALTIME);
		for (j = 0; j < 2; j++) {
			ops[j] = operation_new(TASK_THREAD, operation_recv, ch, 1);
			ops[j]->flags = CHAN_XFER_REALTIME;
			ops[j]->deadline = at + j;
			operation_park(ops[j]);
		}
		clock_shift_realtime(CLOCK_HOUR + CLOCK_SECOND);
		received += operation_wait(ops[0]) == 1 && operation_value(ops[0]) == at;
		EXPECT_EQ(-ETIMEDOUT, operation_join(ops[1]));
		clock_shift_realtime(-CLOCK_HOUR - CLOCK_SECOND);
	}
	EXPECT_EQ(20, received);
}

#define TRIALS	1000
#define BOUND	103

/*
 * Each gets half of the choices, within 6.5 standard deviations of sqrt(1000) / 2. A fair select
 * fails this once in 10^10 runs.
 */
static void expect_fair(struct __test_metadata *_metadata, const unsigned int *count)
{
	EXPECT_EQ(TRIALS, count[0] + count[1]);
	EXPECT_GE(count[0], TRIALS / 2 - BOUND);
	EXPECT_LE(count[0], TRIALS / 2 + BOUND);
}

TEST(G5_choice_among_ticks_that_are_due_is_uniform)
{
	unsigned int count[2] = { 0 };
	struct chan_case cases[2];
	uint64_t tick;
	int i, chosen;

	for (i = 0; i < 2; i++)
		cases[i] = chan_case_recv(new_timer(CHAN_DEADLINE_NONE, 0, 0), &tick, sizeof(tick));
	for (i = 0; i < TRIALS; i++) {
		set_timer(cases[0].fd, 0, 0, 0);
		set_timer(cases[1].fd, 0, 0, 0);
		chosen = chan_try_select(cases, 2);
		if (chosen >= 0)
			count[chosen]++;
	}
	expect_fair(_metadata, count);
}

TEST(G5_choice_between_a_tick_and_an_element_is_uniform)
{
	const int ch = channel_make(1), timer = new_timer(CHAN_DEADLINE_NONE, 0, 0);
	uint64_t tick, value;
	struct chan_case cases[] = {
		chan_case_recv(ch, &value, sizeof(value)),
		chan_case_recv(timer, &tick, sizeof(tick)),
	};
	unsigned int count[2] = { 0 };
	int i, chosen;

	for (i = 0; i < TRIALS; i++) {
		chan_try_send(ch, &(uint64_t){ 1 }, sizeof(uint64_t));
		set_timer(timer, 0, 0, 0);
		chosen = chan_select(cases, 2);
		ASSERT_LE(0, chosen);
		count[chosen]++;
	}
	expect_fair(_metadata, count);
}

/* They become due at one instant. */
TEST(G5_choice_of_a_parked_select_among_ticks_is_uniform)
{
	unsigned int count[2] = { 0 };
	struct chan_case cases[2];
	uint64_t tick;
	int i, chosen;

	for (i = 0; i < 2; i++)
		cases[i] = chan_case_recv(new_timer(CHAN_DEADLINE_NONE, 0, 0), &tick, sizeof(tick));
	for (i = 0; i < TRIALS; i++) {
		const uint64_t at = clock_read(CLOCK_MONOTONIC) + MILLISECOND;

		set_timer(cases[0].fd, at, 0, 0);
		set_timer(cases[1].fd, at, 0, 0);
		chosen = chan_select(cases, 2);
		ASSERT_LE(0, chosen);
		EXPECT_EQ(at, tick);
		count[chosen]++;
	}
	expect_fair(_metadata, count);
}

TEST_HARNESS_MAIN
