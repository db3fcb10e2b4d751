// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHAN_IOC_NEW: any file of a channel can make new channels, with one descriptor or with one per
 * direction.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/state.h"

static const struct chan_make form = { .elemsize = 8, .cap = 3, .type = "uint64_t" };

static struct chan_new new_channel(unsigned int flags)
{
	/* The descriptors are outputs. */
	return (struct chan_new){ .flags = flags, .fds = { 77, 88 }, .make = form };
}

static struct chan_new new_timer(uint64_t expires)
{
	return (struct chan_new){ .flags = CHAN_NEW_TIMER, .timer = { .expires = expires } };
}

static bool is_fifo(int fd)
{
	struct stat status;

	return !fstat(fd, &status) && S_ISFIFO(status.st_mode);
}

FIXTURE(new)
{
	int device;
	struct chan_new new;
};

FIXTURE_SETUP(new)
{
	self->device = channel_open();
	self->new = new_channel(0);
}

FIXTURE_TEARDOWN(new)
{
}

TEST_F(new, one_descriptor_has_all_rights)
{
	struct chan_info info;

	ASSERT_EQ(0, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	ASSERT_LE(0, self->new.fds[0]);
	EXPECT_EQ(-1, self->new.fds[1]);
	info = channel_info(self->new.fds[0]);
	EXPECT_EQ(CHAN_RIGHTS_ALL, info.rights);
	EXPECT_EQ(8, info.elemsize);
	EXPECT_EQ(3, info.cap);
	EXPECT_EQ(0, strcmp(info.type, "uint64_t"));
	EXPECT_EQ(1, info.senders);
	EXPECT_EQ(1, info.receivers);
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->new.fds[0], F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(self->new.fds[0], F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	EXPECT_TRUE(is_fifo(self->new.fds[0]));
	channel_send(self->new.fds[0], 1);
	EXPECT_EQ(1, channel_recv(self->new.fds[0]));
}

TEST_F(new, the_channel_that_is_asked_does_not_matter)
{
	const int ch = channel_make(1);
	const int files[] = {
		self->device, ch, channel_dup(ch, CHAN_RIGHT_SEND), channel_dup(ch, CHAN_RIGHT_CLOSE),
	};
	const struct state before = state_of(ch);

	for (int i = 0; i < ARRAY_LENGTH(files); i++) {
		ASSERT_EQ(0, channel_ioctl(files[i], CHAN_IOC_NEW, &self->new));
		EXPECT_NE(before.info.id, channel_info(self->new.fds[0]).id);
		EXPECT_EQ(CHAN_RIGHTS_ALL, channel_info(self->new.fds[0]).rights);
		close(self->new.fds[0]);
	}
	EXPECT_TRUE(state_is(ch, &before));
	EXPECT_EQ(-EBADFD, channel_ioctl(self->device, CHAN_IOC_INFO, &self->new));
}

TEST_F(new, nonblocking_is_not_inherited)
{
	uint64_t value = 7;

	ASSERT_EQ(0, fcntl(self->device, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	EXPECT_EQ(0, fcntl(self->new.fds[0], F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(-EAGAIN, chan_try_recv(self->new.fds[0], &value, sizeof(value)));
}

static void expect_pair(struct __test_metadata *_metadata, const int fds[2])
{
	EXPECT_EQ(CHAN_RIGHT_RECV, channel_info(fds[0]).rights);
	EXPECT_EQ(CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE, channel_info(fds[1]).rights);
	EXPECT_EQ(channel_info(fds[0]).id, channel_info(fds[1]).id);
	EXPECT_EQ(1, channel_info(fds[0]).senders);
	EXPECT_EQ(1, channel_info(fds[0]).receivers);
	EXPECT_EQ(O_RDONLY, fcntl(fds[0], F_GETFL) & O_ACCMODE);
	EXPECT_EQ(O_WRONLY, fcntl(fds[1], F_GETFL) & O_ACCMODE);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(FD_CLOEXEC, fcntl(fds[i], F_GETFD));
		EXPECT_TRUE(is_fifo(fds[i]));
	}
	channel_send(fds[1], 5);
	EXPECT_EQ(5, channel_recv(fds[0]));
}

TEST_F(new, a_pair_has_an_end_for_each_direction)
{
	self->new.flags = CHAN_NEW_PAIR;
	ASSERT_EQ(0, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	expect_pair(_metadata, self->new.fds);
}

TEST_F(new, the_library_makes_pairs)
{
	int fds[2] = { 7, 8 };

	EXPECT_EQ(-EINVAL, chan_pair(fds, CHAN_ELEM_MAX + 1, 1, 0));
	EXPECT_EQ(-EINVAL, chan_pair(fds, 8, 1, ~0U));
	EXPECT_EQ(7, fds[0]);
	EXPECT_EQ(8, fds[1]);
	ASSERT_EQ(0, chan_pair(fds, 8, 1, 0));
	expect_pair(_metadata, fds);
	EXPECT_EQ(0, chan_close(fds[1]));
	EXPECT_EQ(CHAN_CLOSED_BY_CLOSE, channel_info(fds[0]).closed);
}

TEST_F(new, the_library_makes_fifos)
{
	const int files[] = { chan_make(8, 1, 0), chan_after(1), chan_tick(1) };

	for (int i = 0; i < ARRAY_LENGTH(files); i++) {
		EXPECT_TRUE(is_fifo(files[i]));
		EXPECT_EQ(FD_CLOEXEC, fcntl(files[i], F_GETFD));
	}
}

TEST_F(new, G6_pair_hangs_up_when_the_sender_is_gone)
{
	int fds[2];
	uint64_t value;

	ASSERT_EQ(0, chan_pair(fds, 8, 1, 0));
	channel_send(fds[1], 5);
	close(fds[1]);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(fds[0]).closed);
	EXPECT_EQ(0, channel_events(fds[0]) & POLLHUP);
	EXPECT_EQ(8, read(fds[0], &value, 8));
	EXPECT_EQ(POLLHUP, channel_events(fds[0]) & POLLHUP);
	EXPECT_EQ(0, read(fds[0], &value, 8));
}

TEST_F(new, G6_pair_hangs_up_when_the_receiver_is_gone)
{
	int fds[2];
	uint64_t value = 5;

	ASSERT_EQ(0, chan_pair(fds, 8, 1, 0));
	close(fds[0]);
	EXPECT_EQ(-EPIPE, chan_send(fds[1], &value, sizeof(value)));
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(fds[1]).closed);
}

TEST_F(new, a_timer_may_only_be_received_from)
{
	uint64_t tick = 0;

	self->new = new_timer(1);
	ASSERT_EQ(0, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	EXPECT_EQ(-1, self->new.fds[1]);
	EXPECT_EQ(1, chan_recv(self->new.fds[0], &tick, sizeof(tick)));
	EXPECT_EQ(1, tick);
	EXPECT_EQ(CHAN_RIGHT_RECV, channel_info(self->new.fds[0]).rights);
	EXPECT_EQ(1, channel_info(self->new.fds[0]).senders);
	EXPECT_EQ(O_RDONLY, fcntl(self->new.fds[0], F_GETFL) & O_ACCMODE);
	EXPECT_EQ(0, chan_timer_reset(self->new.fds[0], 1));
	EXPECT_EQ(1, chan_recv(self->new.fds[0], &tick, sizeof(tick)));
}

/* Check that it fails with @err and does nothing. */
static void expect_failure(struct __test_metadata *_metadata, int err, int device,
			   const struct chan_new *arg)
{
	const int ch = channel_make(1);
	const struct state before = state_of(ch);
	struct chan_new new = *arg;

	EXPECT_EQ(err, channel_ioctl(device, CHAN_IOC_NEW, &new));
	EXPECT_EQ(0, memcmp(arg, &new, sizeof(new)));
	EXPECT_TRUE(state_is(ch, &before));
	close(ch);
}

TEST_F(new, fields_that_are_wrong_fail)
{
	struct chan_new bad[12];

	for (int i = 0; i < ARRAY_LENGTH(bad); i++)
		bad[i] = new_channel(i & 1 ? CHAN_NEW_PAIR : 0);
	bad[0].flags = CHAN_NEW_ALL + 1;
	bad[1].flags = 1U << 31;
	bad[2].flags = CHAN_NEW_PAIR | CHAN_NEW_TIMER;
	bad[3].reserved = 1;
	bad[4].make.reserved = 1;
	bad[5].make.flags = CHAN_F_ALL + 1;
	bad[6].make.elemsize = CHAN_ELEM_MAX + 1;
	bad[7].make.cap = ~0U;
	memset(bad[8].make.type, 'x', CHAN_TYPE_MAX);
	bad[9].make.type[20] = 'x';
	bad[10] = new_timer(1);
	bad[10].timer.flags = CHAN_TIMER_ALL;
	/* In the union, behind the timer. */
	bad[11] = new_timer(1);
	((unsigned char *)&bad[11])[sizeof(bad[11]) - 1] = 1;
	for (int i = 0; i < ARRAY_LENGTH(bad); i++)
		expect_failure(_metadata, -EINVAL, self->device, &bad[i]);
}

TEST_F(new, G4_results_that_cannot_be_stored_leave_nothing)
{
	const unsigned int flags[] = { 0, CHAN_NEW_PAIR, CHAN_NEW_TIMER };
	struct chan_new *read_only = memory_read_only();
	const struct state before = state_of(self->device);
	const unsigned long long channels = module_parameter("live_channels");

	for (int i = 0; i < ARRAY_LENGTH(flags); i++) {
		ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ | PROT_WRITE));
		*read_only = flags[i] == CHAN_NEW_TIMER ? new_timer(1) : new_channel(flags[i]);
		ASSERT_EQ(0, mprotect(read_only, 4096, PROT_READ));
		EXPECT_EQ(-EFAULT, channel_ioctl(self->device, CHAN_IOC_NEW, read_only));
		EXPECT_TRUE(state_is(self->device, &before));
		EXPECT_EQ(channels, module_parameter("live_channels"));
	}
}

TEST_F(new, G4_without_room_for_all_descriptors_there_is_none)
{
	struct rlimit limit = { 0 };
	int last;

	/* One more than the lowest free number, which a pair would need. */
	last = dup(0);
	close(last);
	limit.rlim_cur = last + 1;
	limit.rlim_max = last + 1;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	self->new.flags = CHAN_NEW_PAIR;
	EXPECT_EQ(-EMFILE, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	EXPECT_EQ(last, dup(0));
	EXPECT_EQ(-EMFILE, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	close(last);
	self->new.flags = 0;
	EXPECT_EQ(0, channel_ioctl(self->device, CHAN_IOC_NEW, &self->new));
	EXPECT_EQ(last, self->new.fds[0]);
}

TEST_F(new, the_query_tells_that_there_is_such_a_command)
{
	EXPECT_EQ(CHAN_NEW_ALL, channel_query().new_flags);
}

TEST_HARNESS_MAIN
