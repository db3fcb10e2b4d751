// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nil channels: sends and receives block until interrupted, whatever happens to the channel; all
 * other operations fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/state.h"

static const struct chan_make any = { .elemsize = 8, .cap = 1 };

/* Every operation that waits on a nil channel. */
static const struct way {
	const char *name;
	int (*run)(struct operation *op);
} ways[] = {
	{ "SEND", operation_send_one },
	{ "RECV", operation_recv_one },
	{ "SENDV", operation_send },
	{ "RECVV", operation_recv },
};

/* Start it on a nil channel, and wait until it sleeps. */
static struct operation *start(enum task_kind kind, int ch, const struct way *way)
{
	struct operation *op = operation_new_nil(kind, way->run, ch);

	operation_start(op);
	operation_wait_asleep(op);
	return op;
}

TEST(what_may_not_wait_fails)
{
	const int ch = channel_open();
	const struct state before = state_of(ch);
	char bytes[16];

	EXPECT_EQ(-EAGAIN, chan_try_send(ch, bytes, sizeof(bytes)));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, bytes, sizeof(bytes)));
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, MEMORY_BAD, 8));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, MEMORY_BAD, 8));
	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, chan_send(ch, bytes, sizeof(bytes)));
	EXPECT_EQ(-EAGAIN, chan_recv(ch, bytes, sizeof(bytes)));
	EXPECT_TRUE(state_is(ch, &before));
}

/* A shell that reads from /dev/chan by mistake must not hang. */
TEST(read_and_write_fail)
{
	const int ch = channel_open();
	const struct state before = state_of(ch);
	char bytes[16];

	for (size_t length = 0; length <= sizeof(bytes); length += 8) {
		EXPECT_EQ(-EBADFD, result_of(read(ch, bytes, length)));
		EXPECT_EQ(-EBADFD, result_of(write(ch, bytes, length)));
	}
	EXPECT_TRUE(state_is(ch, &before));
}

TEST(a_deadline_ends_the_wait)
{
	const int ch = channel_open();
	uint64_t deadline = chan_deadline(10000000), value;

	EXPECT_EQ(-ETIMEDOUT, chan_send_until(ch, &value, sizeof(value), deadline));
	EXPECT_LE(deadline, chan_deadline(0));
	deadline = chan_deadline(10000000);
	EXPECT_EQ(-ETIMEDOUT, chan_recv_until(ch, &value, sizeof(value), deadline));
	EXPECT_LE(deadline, chan_deadline(0));
	EXPECT_EQ(-ETIMEDOUT, chan_send_until(ch, &value, sizeof(value), 0));
	EXPECT_EQ(-ETIMEDOUT, chan_recv_until(ch, MEMORY_BAD, 8, 0));
}

TEST(a_signal_ends_the_wait)
{
	const int ch = channel_open();

	catch_signal(0);
	for (int i = 0; i < ARRAY_LENGTH(ways); i++) {
		struct operation *op = start(TASK_THREAD, ch, &ways[i]);

		operation_signal(op, SIGUSR1);
		EXPECT_EQ(-EINTR, operation_join(op)) {
			TH_LOG("%s", ways[i].name);
		}
	}
}

TEST(G12_a_waiting_task_can_be_killed)
{
	const int ch = channel_open();

	for (int i = 0; i < ARRAY_LENGTH(ways); i++) {
		struct operation *op = start(TASK_PROCESS, ch, &ways[i]);

		operation_kill(op);
		EXPECT_EQ(OPERATION_KILLED, operation_join(op)) {
			TH_LOG("%s", ways[i].name);
		}
	}
}

TEST(make_does_not_end_the_wait)
{
	const int ch = channel_open();
	struct operation *ops[ARRAY_LENGTH(ways)];

	catch_signal(0);
	for (int i = 0; i < ARRAY_LENGTH(ways); i++)
		ops[i] = start(TASK_THREAD, ch, &ways[i]);
	ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &any));
	/* Neither parked on the channel, nor woken by events there. */
	EXPECT_EQ(0, channel_info(ch).sendq);
	EXPECT_EQ(0, channel_info(ch).recvq);
	channel_send(ch, 1);
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, &any, any.elemsize));
	EXPECT_EQ(1, channel_recv(ch));
	ASSERT_EQ(0, chan_close(ch));
	for (int i = 0; i < ARRAY_LENGTH(ways); i++) {
		EXPECT_TRUE(operation_asleep(ops[i]));
		operation_signal(ops[i], SIGUSR1);
		EXPECT_EQ(-EINTR, operation_join(ops[i])) {
			TH_LOG("%s", ways[i].name);
		}
	}
	EXPECT_EQ(0, channel_info(ch).send_parks);
	EXPECT_EQ(0, channel_info(ch).recv_parks);
}

TEST(a_restarted_operation_finds_the_channel_made)
{
	const int ch = channel_open();
	struct operation *op;

	catch_signal(SA_RESTART);
	op = start(TASK_THREAD, ch, &ways[1]);
	ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &any));
	operation_signal(op, SIGUSR1);
	channel_wait_parked(ch, 0, 1);
	channel_send(ch, 9);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(9, operation_value(op));
}

TEST(it_cannot_be_closed_copied_or_described)
{
	const int ch = channel_open();
	const struct state before = state_of(ch);
	struct chan_info info;

	EXPECT_EQ(-EBADFD, before.error);
	EXPECT_EQ(-EBADFD, chan_close(ch));
	EXPECT_EQ(-EBADFD, chan_dup(ch, CHAN_RIGHTS_ALL));
	EXPECT_EQ(-EBADFD, chan_dup(ch, CHAN_RIGHT_RECV));
	EXPECT_EQ(-EBADFD, chan_get_info(ch, &info));
	EXPECT_TRUE(state_is(ch, &before));
	EXPECT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &any));
}

TEST(it_has_no_events)
{
	const int ch = channel_open();

	EXPECT_EQ(0, channel_events(ch));
	ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &any));
	EXPECT_EQ(POLLOUT | POLLWRNORM, channel_events(ch));
}

TEST(it_is_counted_while_it_is_open)
{
	const unsigned long long before = module_parameter("live_channels");
	const int ch = channel_open(), copy = dup(ch);

	EXPECT_EQ(before + 1, module_parameter("live_channels"));
	close(ch);
	EXPECT_EQ(before + 1, module_parameter("live_channels"));
	close(copy);
	EXPECT_EQ(before, module_parameter("live_channels"));
}

TEST_HARNESS_MAIN
