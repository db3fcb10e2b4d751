// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timer channels. Where a test decides when a tick is due, it sets CLOCK_REALTIME, on which nothing
 * else is due for an hour.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"

#define MOMENT	(CLOCK_SECOND / 100)

static const struct {
	clockid_t clock;
	unsigned int flags;
} clocks[] = {
	{ CLOCK_MONOTONIC, 0 },
	{ CLOCK_REALTIME, CHAN_TIMER_REALTIME },
	{ CLOCK_BOOTTIME, CHAN_TIMER_BOOTTIME },
};

static int set_timer(int ch, uint64_t expires, uint64_t interval, unsigned int flags)
{
	const struct chan_timer timer = { .expires = expires, .interval = interval, .flags = flags };

	return channel_ioctl(ch, CHAN_IOC_TIMER, &timer);
}

static int new_timer(uint64_t expires, uint64_t interval, unsigned int flags)
{
	int ch = channel_open(), ret = set_timer(ch, expires, interval, flags);

	if (ret)
		give_up("a new timer: %d", ret);
	return ch;
}

/* In an hour, and again each hour after that if @again. */
static int hourly(bool again, uint64_t *first)
{
	*first = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	return new_timer(*first, again ? CLOCK_HOUR : 0, CHAN_TIMER_REALTIME);
}

/* Set the clock forward by that many hours, or back. */
static void pass(int hours)
{
	clock_shift_realtime(hours * CLOCK_HOUR);
}

/* Wait for it. */
static uint64_t receive_tick(int ch)
{
	uint64_t tick;
	int ret = chan_recv(ch, &tick, sizeof(tick));

	if (ret != 1)
		give_up("a tick: %d", ret);
	return tick;
}

static void wait_tick(int ch)
{
	wait_until(channel_info(ch).len == 1);
}

TEST(tick_is_the_time_at_which_it_was_due)
{
	for (int i = 0; i < ARRAY_LENGTH(clocks); i++) {
		const uint64_t due = clock_read(clocks[i].clock) + MOMENT;
		const int ch = new_timer(due, 0, clocks[i].flags);

		EXPECT_EQ(due, receive_tick(ch));
		EXPECT_LE(due, clock_read(clocks[i].clock));
		EXPECT_EQ(0, chan_len(ch));
	}
}

TEST(tick_in_the_past_comes_at_once)
{
	for (int i = 0; i < ARRAY_LENGTH(clocks); i++) {
		EXPECT_EQ(0, receive_tick(new_timer(0, 0, clocks[i].flags)));
		EXPECT_EQ(1, receive_tick(new_timer(1, 0, clocks[i].flags)));
	}
}

TEST(ticks_are_an_interval_apart)
{
	const uint64_t first = clock_read(CLOCK_MONOTONIC) + MOMENT;
	const int ch = new_timer(first, MOMENT, 0);
	uint64_t last = first - MOMENT;

	/* A slow receiver misses some ticks. */
	for (int i = 0; i < 20; i++) {
		const uint64_t tick = receive_tick(ch);

		EXPECT_LT(last, tick);
		EXPECT_EQ(0, (tick - first) % MOMENT);
		EXPECT_LE(tick, clock_read(CLOCK_MONOTONIC));
		last = tick;
	}
}

TEST(ticks_that_nobody_takes_are_dropped)
{
	uint64_t first;
	const int ch = hourly(true, &first);

	pass(1);
	wait_tick(ch);
	pass(1);
	pass(1);
	EXPECT_EQ(first, receive_tick(ch));
	EXPECT_EQ(0, chan_len(ch));
	pass(1);
	EXPECT_EQ(first + 3 * CLOCK_HOUR, receive_tick(ch));
	pass(7);
	EXPECT_EQ(first + 4 * CLOCK_HOUR, receive_tick(ch));
	pass(-11);
}

TEST(dropped_ticks_cost_nothing)
{
	const int ch = new_timer(0, 1, 0);

	wait_tick(ch);
	for (int i = 0; i < 100; i++)
		wait_a_moment();
	EXPECT_EQ(1, channel_paths_sum(channel_info(ch).sends));
}

TEST(clock_set_back_repeats_no_tick)
{
	uint64_t first;
	const int ch = hourly(true, &first);

	pass(1);
	wait_tick(ch);
	pass(-1);
	EXPECT_EQ(first, receive_tick(ch));
	EXPECT_EQ(0, chan_len(ch));
	pass(2);
	EXPECT_EQ(first + CLOCK_HOUR, receive_tick(ch));
	pass(-2);
}

TEST(interval_of_a_nanosecond_is_as_fast_as_its_receiver)
{
	const int ch = new_timer(0, 1, 0);
	uint64_t last = receive_tick(ch);

	EXPECT_EQ(0, last);
	for (int i = 0; i < 200; i++) {
		const uint64_t tick = receive_tick(ch);

		EXPECT_LT(last, tick);
		last = tick;
	}
	EXPECT_GE(202, channel_paths_sum(channel_info(ch).sends));
}

TEST(very_long_interval_ticks_once)
{
	const uint64_t intervals[] = { INT64_MAX - 1, INT64_MAX, UINT64_MAX };

	for (int i = 0; i < ARRAY_LENGTH(intervals); i++) {
		const int ch = new_timer(1, intervals[i], 0);

		EXPECT_EQ(1, receive_tick(ch));
		EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &(uint64_t){ 0 }, sizeof(uint64_t)));
		EXPECT_EQ(1, set_timer(ch, CHAN_DEADLINE_NONE, 0, 0));
	}
}

TEST(tick_that_never_comes_is_not_to_come)
{
	const uint64_t never[] = { INT64_MAX, CHAN_DEADLINE_NONE };

	for (int i = 0; i < ARRAY_LENGTH(never); i++) {
		const int ch = new_timer(never[i], 5, 0);

		EXPECT_EQ(0, set_timer(ch, never[i], 5, 0));
	}
}

TEST(stop_says_whether_there_was_a_tick_to_receive)
{
	for (int again = 0; again < 2; again++) {
		uint64_t first;
		const int ch = hourly(again, &first);

		EXPECT_EQ(1, chan_timer_stop(ch));
		EXPECT_EQ(0, chan_timer_stop(ch));

		EXPECT_EQ(0, set_timer(ch, 5, again ? CLOCK_HOUR : 0, 0));
		wait_tick(ch);
		EXPECT_EQ(1, chan_timer_stop(ch));
		EXPECT_EQ(0, chan_timer_stop(ch));

		EXPECT_EQ(0, set_timer(ch, 6, again ? CLOCK_HOUR : 0, 0));
		EXPECT_EQ(6, receive_tick(ch));
		EXPECT_EQ(again, chan_timer_stop(ch));
		EXPECT_EQ(0, chan_timer_stop(ch));
	}
}

TEST(stop_leaves_nothing_to_receive)
{
	uint64_t first, tick;

	for (int again = 0; again < 2; again++) {
		const int ch = hourly(again, &first);

		pass(1);
		wait_tick(ch);
		EXPECT_EQ(1, chan_timer_stop(ch));
		EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &tick, sizeof(tick)));
		pass(3);
		EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &tick, sizeof(tick)));
		EXPECT_EQ(0, channel_info(ch).closed);
		pass(-4);
	}
}

TEST(reset_leaves_no_tick_of_before)
{
	uint64_t first;

	for (int again = 0; again < 2; again++) {
		const int ch = hourly(again, &first);

		pass(1);
		wait_tick(ch);
		EXPECT_EQ(1, set_timer(ch, 7, 0, 0));
		EXPECT_EQ(7, receive_tick(ch));
		EXPECT_EQ(0, chan_timer_stop(ch));
		pass(-1);
	}
}

TEST(reset_changes_between_one_tick_and_many)
{
	uint64_t first;
	const int ch = hourly(false, &first);

	EXPECT_EQ(1, chan_tick_reset(ch, 1000));
	for (int i = 0; i < 5; i++)
		receive_tick(ch);
	EXPECT_EQ(1, chan_timer_reset(ch, 1000));
	receive_tick(ch);
	EXPECT_EQ(0, chan_timer_stop(ch));
	EXPECT_EQ(0, chan_timer_reset(ch, 1000));
	receive_tick(ch);
	EXPECT_EQ(0, chan_timer_stop(ch));
}

TEST(may_only_be_received_from)
{
	uint64_t first, elem = 1;
	const int ch = hourly(true, &first);

	EXPECT_EQ(CHAN_RIGHT_RECV, channel_info(ch).rights);
	EXPECT_EQ(-EBADF, chan_send(ch, &elem, sizeof(elem)));
	EXPECT_EQ(-EBADF, chan_try_send(ch, &elem, sizeof(elem)));
	EXPECT_EQ(-EBADF, result_of(write(ch, &elem, sizeof(elem))));
	EXPECT_EQ(-EBADF, chan_close(ch));
	EXPECT_EQ(-EBADF, chan_dup(ch, CHAN_RIGHT_SEND));
	EXPECT_EQ(-EBADF, chan_dup(ch, CHAN_RIGHTS_ALL));
	EXPECT_EQ(-EBADF, chan_select(&(struct chan_case){ ch, CHAN_CASE_SEND, 0,
							   (uintptr_t)&elem }, 1));
}

TEST(info_says_what_it_is)
{
	uint64_t first;
	const int ch = hourly(true, &first);
	const struct chan_info info = channel_info(ch);

	EXPECT_EQ(8, info.elemsize);
	EXPECT_EQ(1, info.cap);
	EXPECT_EQ(CHAN_F_TIMER, info.flags);
	EXPECT_EQ(1, info.senders);
	EXPECT_EQ(1, info.receivers);
	EXPECT_STREQ("uint64_t", info.type);
	EXPECT_EQ(ch, chan_attach(ch, 8, "uint64_t"));
}

TEST(made_is_made)
{
	const struct chan_make make = { .elemsize = 8, .cap = 1 };
	const int ch = channel_make(1), timer = new_timer(CHAN_DEADLINE_NONE, 0, 0);

	EXPECT_EQ(-EBUSY, set_timer(ch, 0, 0, 0));
	EXPECT_EQ(-EBUSY, chan_timer_stop(ch));
	EXPECT_EQ(-EBUSY, channel_ioctl(timer, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(CHAN_RIGHTS_ALL, channel_info(ch).rights);
}

TEST(two_clocks_fail)
{
	EXPECT_EQ(-EINVAL, set_timer(channel_open(), 1, 0, CHAN_TIMER_ALL));
}

TEST(library_refuses_an_interval_of_nothing)
{
	const int ch = chan_after(CLOCK_HOUR);

	ASSERT_LE(0, ch);
	EXPECT_EQ(-EINVAL, chan_tick(0));
	EXPECT_EQ(-EINVAL, chan_tick_reset(ch, 0));
	EXPECT_EQ(1, chan_timer_stop(ch));
}

TEST(after_and_tick_count_from_now)
{
	const uint64_t start = clock_read(CLOCK_MONOTONIC);
	const int after = chan_after(MOMENT), tick = chan_tick(MOMENT);
	const uint64_t end = clock_read(CLOCK_MONOTONIC);
	uint64_t first;

	ASSERT_LE(0, after);
	ASSERT_LE(0, tick);
	EXPECT_EQ(FD_CLOEXEC, fcntl(after, F_GETFD));
	first = receive_tick(after);
	EXPECT_LE(start + MOMENT, first);
	EXPECT_GE(end + MOMENT, first);
	first = receive_tick(tick);
	EXPECT_LE(start + MOMENT, first);
	EXPECT_GE(end + MOMENT, first);
	EXPECT_EQ(0, (receive_tick(tick) - first) % MOMENT);
}

FIXTURE(time_namespace) {};
FIXTURE_VARIANT(time_namespace)
{
	int direction;
};
FIXTURE_SETUP(time_namespace) {}
FIXTURE_TEARDOWN(time_namespace) {}
FIXTURE_VARIANT_ADD(time_namespace, later) { .direction = 1 };
FIXTURE_VARIANT_ADD(time_namespace, earlier) { .direction = -1 };

/* Whether a tick is the time at which it was due, on all clocks. */
static int run_ticks(struct operation *op)
{
	for (int i = 0; i < ARRAY_LENGTH(clocks); i++) {
		const uint64_t due = clock_read(clocks[i].clock) + MOMENT;
		const int ch = new_timer(due, MOMENT, clocks[i].flags);

		if (receive_tick(ch) != due || (receive_tick(ch) - due) % MOMENT)
			return i;
	}
	return ARRAY_LENGTH(clocks);
}

TEST_F(time_namespace, ticks_are_what_its_clocks_show)
{
	struct operation *op;

	clock_enter_namespace(variant->direction);
	op = operation_new(TASK_PROCESS, run_ticks, channel_make(0), 1);
	operation_start(op);
	EXPECT_EQ(ARRAY_LENGTH(clocks), operation_wait(op));
}

TEST_HARNESS_MAIN
