// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timer channels in use: parked receivers, select, poll, file descriptors, death, limits, many
 * timers, and many tasks on one.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/operation.h"

/* In an hour of CLOCK_REALTIME, which the test sets forward; and each hour after that. */
static int hourly(void)
{
	const struct chan_timer timer = {
		.expires = clock_read(CLOCK_REALTIME) + CLOCK_HOUR,
		.interval = CLOCK_HOUR,
		.flags = CHAN_TIMER_REALTIME,
	};
	int ch = channel_open(), ret = channel_ioctl(ch, CHAN_IOC_TIMER, &timer);

	if (ret)
		give_up("a new timer: %d", ret);
	return ch;
}

static void pass_an_hour(void)
{
	clock_shift_realtime(CLOCK_HOUR);
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

FIXTURE(task) {};
FIXTURE_VARIANT(task) { enum task_kind kind; };
FIXTURE_SETUP(task) {}
FIXTURE_TEARDOWN(task) {}
FIXTURE_VARIANT_ADD(task, threads) { .kind = TASK_THREAD };
FIXTURE_VARIANT_ADD(task, processes) { .kind = TASK_PROCESS };

TEST_F(task, parked_receivers_get_a_tick_each)
{
	const int ch = hourly();
	struct operation *ops[3];
	uint64_t last = 0;

	for (int i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = operation_park_recv(variant->kind, ch);
	for (int i = 0; i < ARRAY_LENGTH(ops); i++) {
		pass_an_hour();
		EXPECT_EQ(1, operation_wait(ops[i]));
		EXPECT_LT(last, operation_value(ops[i]));
		last = operation_value(ops[i]);
	}
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 3, 0, 0));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).recvs, 0, 0, 3));
}

TEST_F(task, stop_leaves_receivers_parked)
{
	const int ch = hourly();
	struct operation *op = operation_park_recv(variant->kind, ch);

	EXPECT_EQ(1, chan_timer_stop(ch));
	EXPECT_EQ(1, channel_info(ch).recvq);
	EXPECT_EQ(0, chan_timer_reset(ch, 0));
	EXPECT_EQ(1, operation_wait(op));
}

TEST(G3_tick_that_cannot_be_stored_is_requeued)
{
	const int ch = hourly();
	uint64_t tick;

	pass_an_hour();
	wait_until(chan_len(ch) == 1);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, sizeof(uint64_t)));
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_EQ(1, chan_try_recv(ch, &tick, sizeof(tick)));
	/* Stop also discards a requeued tick. */
	pass_an_hour();
	wait_until(chan_len(ch) == 1);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, sizeof(uint64_t)));
	EXPECT_EQ(1, chan_timer_stop(ch));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &tick, sizeof(tick)));
}

TEST(G11_receiver_that_is_killed_takes_no_tick)
{
	const int ch = hourly();
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);

	operation_kill(op);
	EXPECT_EQ(0, channel_info(ch).recvq);
	pass_an_hour();
	wait_until(chan_len(ch) == 1);
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 0, 1, 0));
}

TEST(select_waits_for_a_tick)
{
	const int quiet = channel_make(0), ch = hourly();
	uint64_t elem, tick;
	struct chan_case cases[] = {
		chan_case_recv(quiet, &elem, sizeof(elem)),
		chan_case_recv(ch, &tick, sizeof(tick)),
	};

	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 2));
	pass_an_hour();
	EXPECT_EQ(1, chan_select(cases, 2));
	EXPECT_EQ(1, cases[1].result);
	EXPECT_LE(tick, clock_read(CLOCK_REALTIME));
}

TEST(G9_edge_is_told_once_for_each_tick)
{
	const int ch = hourly(), ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET };

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, ch, &event));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	for (int i = 0; i < 3; i++) {
		pass_an_hour();
		EXPECT_EQ(1, epoll_wait(ep, &event, 1, -1));
		EXPECT_EQ(EPOLLIN, event.events);
		pass_an_hour();
		EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
		receive_tick(ch);
		EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	}
}

TEST(last_file_descriptor_ends_it)
{
	const unsigned long long before = module_parameter("live_channels");
	const int ch = hourly(), second = channel_dup(ch, CHAN_RIGHT_RECV);

	EXPECT_EQ(before + 1, module_parameter("live_channels"));
	close(ch);
	EXPECT_EQ(0, channel_info(second).closed);
	pass_an_hour();
	receive_tick(second);
	EXPECT_EQ(1, chan_timer_stop(second));
	close(second);
	EXPECT_EQ(before, module_parameter("live_channels"));
}

TEST(G11_it_ends_with_its_process)
{
	const unsigned long long before = module_parameter("live_channels");
	struct operation *op = operation_park_recv(TASK_PROCESS, hourly());

	close(op->ch);
	operation_kill(op);
	wait_until(module_parameter("live_channels") == before);
}

TEST(G12_it_is_one_of_the_users_channels)
{
	const struct chan_query before = channel_query();
	const int ch = hourly();

	EXPECT_EQ(before.user_channels + 1, channel_query().user_channels);
	EXPECT_EQ(before.user_bytes + 8, channel_query().user_bytes);
	close(ch);
	EXPECT_EQ(before.user_channels, channel_query().user_channels);
	EXPECT_EQ(before.user_bytes, channel_query().user_bytes);
}

#define MANY	4000

TEST(thousands_tick_at_once)
{
	static int chs[MANY];
	const uint64_t due = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	const struct chan_timer timer = { .expires = due, .flags = CHAN_TIMER_REALTIME };
	const struct rlimit files = { MANY + 100, MANY + 100 };
	int wrong = 0;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	for (int i = 0; i < MANY; i++) {
		chs[i] = channel_open();
		ASSERT_EQ(0, channel_ioctl(chs[i], CHAN_IOC_TIMER, &timer));
	}
	pass_an_hour();
	for (int i = 0; i < MANY; i++)
		wrong += receive_tick(chs[i]) != due;
	EXPECT_EQ(0, wrong);
}

struct crowd {
	int ch;
	bool stop;
	unsigned long received;
};

static void *crowd_receive(void *data)
{
	struct crowd *crowd = data;
	uint64_t tick;

	while (!__atomic_load_n(&crowd->stop, __ATOMIC_RELAXED))
		if (chan_recv_until(crowd->ch, &tick, sizeof(tick), chan_deadline(1000000)) == 1)
			__atomic_add_fetch(&crowd->received, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void *crowd_reset(void *data)
{
	struct crowd *crowd = data;

	for (unsigned int i = 0; i < 3000; i++) {
		if (i % 3)
			chan_tick_reset(crowd->ch, 1 + i % 5000);
		else
			chan_timer_reset(crowd->ch, i % 7000);
	}
	return NULL;
}

TEST(stop_is_true_whatever_races_with_it)
{
	struct crowd crowd = { .ch = hourly() };
	pthread_t receivers[2], resetters[2];

	for (int i = 0; i < 2; i++) {
		pthread_create(&receivers[i], NULL, crowd_receive, &crowd);
		pthread_create(&resetters[i], NULL, crowd_reset, &crowd);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(resetters[i], NULL);
	chan_tick_reset(crowd.ch, 1);
	wait_until(__atomic_load_n(&crowd.received, __ATOMIC_RELAXED) > 100);
	EXPECT_EQ(1, chan_timer_stop(crowd.ch));
	EXPECT_EQ(0, chan_len(crowd.ch));
	__atomic_store_n(&crowd.stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		pthread_join(receivers[i], NULL);
	EXPECT_EQ(0, chan_len(crowd.ch));
	EXPECT_EQ(0, chan_timer_stop(crowd.ch));
	EXPECT_EQ(channel_paths_sum(channel_info(crowd.ch).sends),
		  channel_paths_sum(channel_info(crowd.ch).recvs));
}

TEST_HARNESS_MAIN
