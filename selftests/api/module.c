// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: it cannot be removed while any reference to a channel exists, and its counters match
 * the objects that exist.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"

/* Only call this with an open channel: otherwise it would succeed. */
static int unload(void)
{
	return syscall(SYS_delete_module, "chan", O_NONBLOCK) ? -errno : 0;
}

TEST(nil_channel_keeps_the_module)
{
	channel_open();
	EXPECT_EQ(-EAGAIN, unload());
}

TEST(dup_with_fewer_rights_keeps_the_module)
{
	int ch = channel_make(1);

	channel_dup(ch, CHAN_RIGHT_CLOSE);
	close(ch);
	EXPECT_EQ(-EAGAIN, unload());
}

TEST(descriptor_in_flight_keeps_the_module)
{
	int ch = channel_make(1);
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ch);
	close(ch);
	EXPECT_EQ(-EAGAIN, unload());
}

TEST(parked_operation_keeps_the_module)
{
	int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);

	close(ch);
	EXPECT_EQ(-EAGAIN, unload());
	operation_kill(op);
}

TEST(every_user_may_open_the_device)
{
	struct stat status;

	ASSERT_EQ(0, stat("/dev/chan", &status));
	EXPECT_TRUE(S_ISCHR(status.st_mode));
	EXPECT_EQ(0666, status.st_mode & 0777);
}

TEST(live_channels_counts_channels_and_nil_ones)
{
	int nil = channel_open();
	int ch = channel_make(1);
	int copy = channel_dup(ch, CHAN_RIGHT_RECV);

	EXPECT_EQ(2, module_parameter("live_channels"));
	close(nil);
	close(ch);
	EXPECT_EQ(1, module_parameter("live_channels"));
	close(copy);
	EXPECT_EQ(0, module_parameter("live_channels"));
}

TEST(live_waiters_counts_parked_operations)
{
	int ch = channel_make(0);
	struct operation *first = operation_park_recv(TASK_THREAD, ch);
	struct operation *second = operation_park_recv(TASK_PROCESS, ch);

	EXPECT_EQ(2, module_parameter("live_waiters"));
	channel_send(ch, 1);
	EXPECT_EQ(1, module_parameter("live_waiters"));
	operation_join(first);
	operation_kill(second);
	EXPECT_EQ(0, module_parameter("live_waiters"));
}

TEST(live_bytes_counts_rings_and_large_elements)
{
	static uint8_t elem[1000];
	int small = channel_make_elems(100, 10);
	int large = channel_make_elems(sizeof(elem), 10);

	EXPECT_EQ(100 * 10 + 10 * 16, module_parameter("live_bytes"));
	ASSERT_EQ(0, chan_send(large, elem, sizeof(elem)));
	EXPECT_EQ(100 * 10 + 10 * 16 + sizeof(elem), module_parameter("live_bytes"));
	ASSERT_EQ(1, chan_recv(large, elem, sizeof(elem)));
	EXPECT_EQ(100 * 10 + 10 * 16, module_parameter("live_bytes"));
	ASSERT_EQ(0, chan_send(large, elem, sizeof(elem)));
	close(large);
	EXPECT_EQ(100 * 10, module_parameter("live_bytes"));
	close(small);
	EXPECT_EQ(0, module_parameter("live_bytes"));
}

TEST(counters_cannot_be_written)
{
	EXPECT_EQ(-1, open("/sys/module/chan/parameters/live_channels", O_WRONLY));
}

/* An epoll set holds no file reference: the channel goes with its last descriptor. */
TEST(epoll_set_does_not_keep_a_channel)
{
	struct epoll_event event = { .events = EPOLLIN };
	int set = epoll_create1(EPOLL_CLOEXEC);
	int ch = channel_make(1);

	ASSERT_EQ(0, epoll_ctl(set, EPOLL_CTL_ADD, ch, &event));
	close(ch);
	EXPECT_EQ(0, module_parameter("live_channels"));
	EXPECT_EQ(0, epoll_wait(set, &event, 1, 0));
}

TEST_HARNESS_MAIN
