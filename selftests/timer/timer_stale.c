// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stale ticks: a receiver has taken a tick and waits for its memory when the timer is stopped or
 * set again. If the receiver then cannot keep the tick, the tick is discarded.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/stuck.h"

#define OLD	5
#define NEW	7

static int set_timer(int ch, uint64_t expires, uint64_t interval, unsigned int flags)
{
	const struct chan_timer timer = {
		.expires = expires, .interval = interval, .flags = flags,
	};

	return channel_ioctl(ch, CHAN_IOC_TIMER, &timer);
}

static int run_select_recv(struct operation *op)
{
	struct chan_case c = chan_case_recv(op->ch, op->elems, op->elemsize);

	return chan_select(&c, 1) ?: c.result;
}

FIXTURE(stale)
{
	int ch;
	struct operation *receiver;
};

/**
 * struct stale - variants
 * @receive: form of the receive
 * @kill: the receiver is killed; else its memory faults
 * @interval: of the timer
 */
FIXTURE_VARIANT(stale)
{
	int (*receive)(struct operation *op);
	bool kill;
	uint64_t interval;
};

#define STALE(name, run) \
	FIXTURE_VARIANT_ADD(stale, name##_faults) { run, false, 0 }; \
	FIXTURE_VARIANT_ADD(stale, name##_faults_ticker) { run, false, CLOCK_HOUR }; \
	FIXTURE_VARIANT_ADD(stale, name##_is_killed) { run, true, 0 }

STALE(recv, operation_recv_one);
STALE(recv_many, operation_recv);
STALE(read, operation_read);
STALE(select, run_select_recv);

/* A receiver holds the tick. */
FIXTURE_SETUP(stale)
{
	self->ch = channel_open();
	if (set_timer(self->ch, OLD, variant->interval, 0))
		give_up("no timer");
	self->receiver = stuck_start(variant->receive, self->ch);
	stuck_wait(self->receiver);
}

FIXTURE_TEARDOWN(stale) {}

/* It requeues the tick. */
static bool give_back(struct operation *receiver, bool kill)
{
	if (kill) {
		operation_kill(receiver);
		return operation_join(receiver) == OPERATION_KILLED;
	}
	stuck_fault(receiver);
	return operation_join(receiver) == -EFAULT;
}

static bool nothing_to_receive(int ch)
{
	const struct chan_info info = channel_info(ch);
	struct chan_case c;
	uint64_t tick;

	c = chan_case_recv(ch, &tick, sizeof(tick));
	return !info.len && !info.requeued && !channel_events(ch) &&
	       chan_try_select(&c, 1) == -EAGAIN && chan_try_recv(ch, &tick,
								  sizeof(tick)) == -EAGAIN;
}

TEST_F(stale, tick_of_before_a_stop_is_not_received)
{
	EXPECT_EQ(!!variant->interval, chan_timer_stop(self->ch));
	ASSERT_TRUE(give_back(self->receiver, variant->kill));
	EXPECT_TRUE(nothing_to_receive(self->ch));
	EXPECT_EQ(0, chan_timer_stop(self->ch));
}

TEST_F(stale, tick_of_before_a_reset_is_not_received)
{
	EXPECT_EQ(!!variant->interval, chan_timer_reset(self->ch, CLOCK_HOUR));
	ASSERT_TRUE(give_back(self->receiver, variant->kill));
	EXPECT_TRUE(nothing_to_receive(self->ch));
	EXPECT_EQ(1, chan_timer_stop(self->ch));
}

TEST_F(stale, tick_of_after_a_reset_is_the_only_one)
{
	uint64_t tick = 0;

	EXPECT_EQ(!!variant->interval, set_timer(self->ch, NEW, 0, 0));
	wait_until(channel_info(self->ch).len == 1);
	ASSERT_TRUE(give_back(self->receiver, variant->kill));
	EXPECT_EQ(1, chan_try_recv(self->ch, &tick, sizeof(tick)));
	EXPECT_EQ(NEW, tick);
	EXPECT_TRUE(nothing_to_receive(self->ch));
}

TEST_F(stale, parked_receiver_waits_for_the_tick_of_after_a_reset)
{
	const uint64_t next = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	struct operation *parked;

	EXPECT_EQ(!!variant->interval, set_timer(self->ch, next, 0, CHAN_TIMER_REALTIME));
	parked = operation_park_recv(TASK_THREAD, self->ch);
	ASSERT_TRUE(give_back(self->receiver, variant->kill));
	EXPECT_EQ(1, channel_info(self->ch).recvq);
	clock_shift_realtime(CLOCK_HOUR);
	EXPECT_EQ(1, operation_wait(parked));
	EXPECT_EQ(next, operation_value(parked));
	clock_shift_realtime(-CLOCK_HOUR);
}

TEST_F(stale, G4_tick_of_the_same_setting_is_received_again)
{
	uint64_t tick = 0;

	ASSERT_TRUE(give_back(self->receiver, variant->kill));
	EXPECT_EQ(POLLIN | POLLRDNORM, channel_events(self->ch));
	EXPECT_EQ(1, chan_try_recv(self->ch, &tick, sizeof(tick)));
	EXPECT_EQ(OLD, tick);
	EXPECT_EQ(!!variant->interval, chan_timer_stop(self->ch));
}

TEST_F(stale, stop_discards_what_was_given_back)
{
	ASSERT_TRUE(give_back(self->receiver, variant->kill));
	EXPECT_EQ(1, chan_timer_stop(self->ch));
	EXPECT_TRUE(nothing_to_receive(self->ch));
	EXPECT_EQ(0, chan_timer_stop(self->ch));
}

TEST_HARNESS_MAIN
