// SPDX-License-Identifier: GPL-2.0-only
/* Rights (G13): the operations allowed by each file of a channel, and that rights only narrow. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/passing.h"
#include "common/state.h"
#include "common/user.h"

static int try_send(int ch)
{
	uint64_t value = 9;

	return chan_send(ch, &value, sizeof(value));
}

static int try_recv(int ch)
{
	uint64_t value;

	return chan_recv(ch, &value, sizeof(value));
}

static int try_sendv(int ch)
{
	uint64_t values[2] = { 8, 9 };

	return chan_sendv(ch, values, sizeof(*values), 2);
}

static int try_recvv(int ch)
{
	uint64_t values[2];

	return chan_recvv(ch, values, sizeof(*values), 2);
}

static int try_write(int ch)
{
	uint64_t value = 9;

	return result_of(write(ch, &value, sizeof(value)));
}

static int try_read(int ch)
{
	uint64_t value;

	return result_of(read(ch, &value, sizeof(value)));
}

/* Operations that need a right. */
static const struct {
	const char *name;
	int (*run)(int ch);
	unsigned int right;
} operations[] = {
	{ "SEND", try_send, CHAN_RIGHT_SEND },
	{ "SENDV", try_sendv, CHAN_RIGHT_SEND },
	{ "write", try_write, CHAN_RIGHT_SEND },
	{ "RECV", try_recv, CHAN_RIGHT_RECV },
	{ "RECVV", try_recvv, CHAN_RIGHT_RECV },
	{ "read", try_read, CHAN_RIGHT_RECV },
	{ "CLOSE", chan_close, CHAN_RIGHT_CLOSE },
};

/* A channel with free slots and elements, for all operations. */
static int half_full(void)
{
	int ch = channel_make(16);

	channel_send_range(ch, 1, 8);
	return ch;
}

FIXTURE(rights)
{
	int ch;
	int copy;
};

FIXTURE_VARIANT(rights)
{
	unsigned int rights;
};

FIXTURE_VARIANT_ADD(rights, send) { .rights = CHAN_RIGHT_SEND };
FIXTURE_VARIANT_ADD(rights, recv) { .rights = CHAN_RIGHT_RECV };
FIXTURE_VARIANT_ADD(rights, close) { .rights = CHAN_RIGHT_CLOSE };
FIXTURE_VARIANT_ADD(rights, send_recv) { .rights = CHAN_RIGHT_SEND | CHAN_RIGHT_RECV };
FIXTURE_VARIANT_ADD(rights, send_close) { .rights = CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE };
FIXTURE_VARIANT_ADD(rights, recv_close) { .rights = CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE };
FIXTURE_VARIANT_ADD(rights, all) { .rights = CHAN_RIGHTS_ALL };

FIXTURE_SETUP(rights)
{
	self->ch = half_full();
	self->copy = channel_dup(self->ch, variant->rights);
}

FIXTURE_TEARDOWN(rights)
{
}

/* Each operation through this file of a fresh channel made by @of_channel. */
static void expect_rights(struct __test_metadata *_metadata, unsigned int rights,
			  int (*of_channel)(int ch, unsigned int rights))
{
	for (int i = 0; i < ARRAY_LENGTH(operations); i++) {
		int ch = half_full(), copy = of_channel(ch, rights);
		struct state before = state_of(ch);
		int ret = operations[i].run(copy);

		if (operations[i].right & ~rights) {
			EXPECT_EQ(-EBADF, ret);
			EXPECT_TRUE(state_is(ch, &before)) {
				TH_LOG("%s with rights %u", operations[i].name, rights);
			}
		} else {
			EXPECT_LE(0, ret) {
				TH_LOG("%s with rights %u", operations[i].name, rights);
			}
			EXPECT_NE(before.info.len + 16 * before.info.closed,
				  channel_info(ch).len + 16 * channel_info(ch).closed);
		}
		EXPECT_EQ(rights, channel_info(copy).rights);
		close(copy);
		close(ch);
	}
}

TEST_F(rights, G13_a_file_does_what_its_rights_allow_and_no_more)
{
	expect_rights(_metadata, variant->rights, channel_dup);
}

TEST_F(rights, G13_dup_never_widens)
{
	for (unsigned int rights = 1; rights <= CHAN_RIGHTS_ALL; rights++) {
		const struct state before = state_of(self->ch);
		const int copy = chan_dup(self->copy, rights);

		if (rights & ~variant->rights) {
			EXPECT_EQ(-EBADF, copy);
			EXPECT_TRUE(state_is(self->ch, &before));
			continue;
		}
		ASSERT_LE(0, copy);
		EXPECT_EQ(rights, channel_info(copy).rights);
		EXPECT_EQ(before.info.senders + !!(rights & CHAN_RIGHT_SEND),
			  channel_info(self->ch).senders);
		EXPECT_EQ(before.info.receivers + !!(rights & CHAN_RIGHT_RECV),
			  channel_info(self->ch).receivers);
		close(copy);
		EXPECT_TRUE(state_is(self->ch, &before));
	}
}

TEST_F(rights, G13_what_needs_no_right_works)
{
	struct chan_info info;
	struct chan_query query = { 0 };
	const struct chan_make make = { .elemsize = 8 };

	EXPECT_EQ(0, chan_get_info(self->copy, &info));
	EXPECT_EQ(channel_info(self->ch).id, info.id);
	EXPECT_EQ(0, channel_ioctl(self->copy, CHAN_IOC_QUERY, &query));
	EXPECT_EQ(-EBUSY, channel_ioctl(self->copy, CHAN_IOC_MAKE, &make));
}

TEST_F(rights, G13_poll_shows_the_sides_of_the_rights)
{
	const int recv = variant->rights & CHAN_RIGHT_RECV ? POLLIN | POLLRDNORM : 0;
	const int send = variant->rights & CHAN_RIGHT_SEND ? POLLOUT | POLLWRNORM : 0;

	EXPECT_EQ(recv | send, channel_events(self->copy));
	ASSERT_EQ(0, chan_close(self->ch));
	EXPECT_EQ((recv ? recv | POLLRDHUP : 0) | (send ? send | POLLERR : 0),
		  channel_events(self->copy));
	while (channel_info(self->ch).len)
		channel_recv(self->ch);
	EXPECT_EQ((recv ? recv | POLLHUP | POLLRDHUP : 0) | (send ? send | POLLERR : 0),
		  channel_events(self->copy));
}

TEST_F(rights, the_file_has_the_access_mode_of_its_rights_and_no_flags)
{
	const unsigned int both = CHAN_RIGHT_SEND | CHAN_RIGHT_RECV;
	const int mode = (variant->rights & both) == both ? O_RDWR :
			 variant->rights & CHAN_RIGHT_SEND ? O_WRONLY : O_RDONLY;
	int copy;

	EXPECT_EQ(FD_CLOEXEC, fcntl(self->copy, F_GETFD));
	EXPECT_EQ(mode, fcntl(self->copy, F_GETFL) & ~O_LARGEFILE);
	/* The flags of the original file make no difference. */
	ASSERT_EQ(0, fcntl(self->copy, F_SETFL, O_NONBLOCK | O_APPEND));
	ASSERT_EQ(0, fcntl(self->copy, F_SETFD, 0));
	copy = channel_dup(self->copy, variant->rights);
	EXPECT_EQ(mode, fcntl(copy, F_GETFL) & ~O_LARGEFILE);
	EXPECT_EQ(FD_CLOEXEC, fcntl(copy, F_GETFD));
}

TEST_F(rights, G13_flags_of_the_file_do_not_widen)
{
	for (int mode = O_RDONLY; mode <= O_RDWR; mode++) {
		fcntl(self->copy, F_SETFL, mode);
		EXPECT_EQ(variant->rights, channel_info(self->copy).rights);
		EXPECT_EQ(variant->rights & CHAN_RIGHT_SEND ? 8 : -EBADF, try_write(self->copy));
		EXPECT_EQ(variant->rights & CHAN_RIGHT_RECV ? 8 : -EBADF, try_read(self->copy));
		if (!(variant->rights & CHAN_RIGHT_SEND))
			channel_send(self->ch, 1);
		if (!(variant->rights & CHAN_RIGHT_RECV))
			channel_recv(self->ch);
	}
}

static int by_dup(int ch, unsigned int rights)
{
	int copy = channel_dup(ch, rights), other = dup(copy);

	close(copy);
	return other;
}

static int by_message(int ch, unsigned int rights)
{
	int sockets[2], copy = channel_dup(ch, rights);

	passing_pair(sockets);
	passing_send(sockets[0], copy);
	close(copy);
	copy = passing_recv(sockets[1]);
	close(sockets[0]);
	close(sockets[1]);
	return copy;
}

TEST_F(rights, G13_rights_survive_dup)
{
	expect_rights(_metadata, variant->rights, by_dup);
}

TEST_F(rights, G13_rights_survive_a_message)
{
	expect_rights(_metadata, variant->rights, by_message);
}

TEST_F(rights, G13_rights_survive_fork)
{
	int mistakes = 0, status;
	const pid_t pid = fork();

	if (!pid) {
		for (int i = 0; i < ARRAY_LENGTH(operations); i++) {
			int ret = operations[i].run(self->copy);

			mistakes += operations[i].right & ~variant->rights ? ret != -EBADF : ret < 0;
		}
		_exit(mistakes);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

/* A shell that writes 8 bytes, and one that reads them. */
TEST_F(rights, G13_rights_survive_exec)
{
	ASSERT_EQ(9, dup2(self->copy, 9));
	EXPECT_EQ(variant->rights & CHAN_RIGHT_SEND ? 0 : 1,
		  !!system("{ printf 12345678 >&9; } 2>/dev/null"));
	EXPECT_EQ(variant->rights & CHAN_RIGHT_RECV ? 0 : 1,
		  !!system("dd bs=8 count=1 <&9 >/dev/null 2>&1"));
}

static int reopen(int ch, int mode)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", ch);
	return result_of(open(path, mode));
}

/* The rights that an open with this mode needs: writing includes closing. */
static unsigned int rights_of_mode(int mode)
{
	return (mode != O_WRONLY ? CHAN_RIGHT_RECV : 0) |
	       (mode != O_RDONLY ? CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE : 0);
}

/* The minimum rights. */
static unsigned int rights_needed(int mode)
{
	return rights_of_mode(mode) & ~CHAN_RIGHT_CLOSE;
}

static int modes_that_fail(int ch, unsigned int rights)
{
	int fail = 0;

	for (int mode = O_RDONLY; mode <= O_RDWR; mode++) {
		if (rights_needed(mode) & ~rights)
			fail += reopen(ch, mode) == -EACCES;
		else
			fail += reopen(ch, mode) < 0;
	}
	return fail;
}

static int modes_that_widen(unsigned int rights)
{
	int widen = 0;

	for (int mode = O_RDONLY; mode <= O_RDWR; mode++)
		widen += !!(rights_needed(mode) & ~rights);
	return widen;
}

/* The tests run as root. */
TEST_F(rights, G13_reopening_a_copy_never_widens_even_for_root)
{
	const struct state before = state_of(self->ch);

	for (int mode = O_RDONLY; mode <= O_RDWR; mode++) {
		const int file = reopen(self->copy, mode | O_TRUNC | O_CREAT);

		if (rights_needed(mode) & ~variant->rights) {
			EXPECT_EQ(-EACCES, file);
			continue;
		}
		ASSERT_LE(0, file);
		EXPECT_EQ(variant->rights & rights_of_mode(mode), channel_info(file).rights);
		EXPECT_EQ(before.info.len, channel_info(file).len);
		EXPECT_EQ(before.info.senders + (mode != O_RDONLY), channel_info(file).senders);
		EXPECT_EQ(before.info.receivers + (mode != O_WRONLY),
			  channel_info(file).receivers);
		close(file);
	}
	EXPECT_EQ(-EINVAL, reopen(self->copy, O_ACCMODE));
	EXPECT_TRUE(state_is(self->ch, &before));
}

TEST_F(rights, G13_reopening_what_was_reopened_never_widens)
{
	for (int mode = O_RDONLY; mode <= O_RDWR; mode++) {
		const int file = reopen(self->copy, mode);

		if (file >= 0)
			EXPECT_EQ(modes_that_widen(variant->rights),
				  modes_that_fail(file, variant->rights));
	}
}

TEST_F(rights, G13_mode_bits_do_not_widen)
{
	ASSERT_EQ(0, fchmod(self->copy, 0777));
	EXPECT_EQ(modes_that_widen(variant->rights), modes_that_fail(self->copy, variant->rights));
}

TEST_F(rights, G13_owner_who_is_not_root_may_reopen)
{
	const pid_t pid = fork();
	int status, copy;

	if (!pid) {
		user_become(41001);
		copy = channel_dup(self->ch, variant->rights);
		_exit(modes_that_fail(copy, variant->rights));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(modes_that_widen(variant->rights), WEXITSTATUS(status));
}

TEST_F(rights, G13_other_user_may_not_reopen)
{
	const pid_t pid = fork();
	int status, opened = 0;

	if (!pid) {
		user_become(41002);
		for (int mode = O_RDONLY; mode <= O_RDWR; mode++)
			opened += reopen(self->copy, mode) != -EACCES;
		_exit(opened);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST(G13_reopening_the_device_gives_another_channel)
{
	const int ch = channel_make_device(16), other = reopen(ch, O_RDWR);
	struct chan_info info;

	channel_send_range(ch, 1, 8);
	ASSERT_LE(0, other);
	EXPECT_EQ(-EBADFD, chan_get_info(other, &info));
	EXPECT_EQ(-EAGAIN, chan_try_recv(other, &info, 0));
	EXPECT_EQ(-EINVAL, reopen(ch, O_RDONLY));
	EXPECT_EQ(-EINVAL, reopen(ch, O_WRONLY));
	EXPECT_EQ(1, channel_info(ch).receivers);
	EXPECT_EQ(8, channel_info(ch).len);
}

TEST(channels_are_closed_on_exec)
{
	const int ch = half_full();
	char command[80];

	ASSERT_EQ(20, dup3(channel_dup(ch, CHAN_RIGHT_RECV), 20, O_CLOEXEC));
	snprintf(command, sizeof(command), "test -e /proc/self/fd/%d", channel_dup(ch, 1));
	EXPECT_NE(0, system(command));
	EXPECT_NE(0, system("test -e /proc/self/fd/20"));
	ASSERT_EQ(0, fcntl(20, F_SETFD, 0));
	EXPECT_EQ(0, system("test -e /proc/self/fd/20"));
}

TEST(a_copy_does_not_inherit_nonblocking)
{
	const int ch = channel_make(0);
	int copy;

	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	copy = channel_dup(ch, CHAN_RIGHT_RECV);
	EXPECT_EQ(O_RDONLY, fcntl(copy, F_GETFL) & ~O_LARGEFILE);
	EXPECT_EQ(-EAGAIN, try_recv(ch));
}

TEST(too_many_files_give_no_copy)
{
	const int ch = half_full();
	const struct state before = state_of(ch);
	struct rlimit limit, few;
	int copy;

	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	few = (struct rlimit){ .rlim_cur = before.free_fd, .rlim_max = limit.rlim_max };
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	copy = chan_dup(ch, CHAN_RIGHT_RECV);
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_EQ(-EMFILE, copy);
	EXPECT_TRUE(state_is(ch, &before));
}

/* Only root may exceed the system-wide limit on open files. */
TEST(too_many_files_of_the_system_give_no_copy)
{
	const int ch = half_full(), max = open("/proc/sys/fs/file-max", O_RDWR | O_CLOEXEC);
	const struct state before = state_of(ch);
	char all[32];
	ssize_t len = read(max, all, sizeof(all));
	int copy;

	ASSERT_LT(0, len);
	ASSERT_EQ(1, pwrite(max, "0", 1, 0));
	EXPECT_EQ(0, seteuid(20000));
	copy = chan_dup(ch, CHAN_RIGHT_RECV);
	EXPECT_EQ(0, seteuid(0));
	ASSERT_EQ(len, pwrite(max, all, len, 0));
	EXPECT_EQ(-ENFILE, copy);
	EXPECT_TRUE(state_is(ch, &before));
}

TEST_HARNESS_MAIN
