// SPDX-License-Identifier: GPL-2.0-only
/*
 * An unprivileged user attacking another user's channels (G13): a channel is only reachable by a
 * file descriptor that was passed, and channels of others are not shown.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/user.h"

#define VICTIM	20101
#define HOSTILE	20102
#define SECRET	4711

/**
 * struct victim - report of the victim's process to the test, in shared memory
 * @user: user of the process
 * @dumpable: whether processes of the same user may trace it
 * @ch: its channel, with an element of SECRET
 * @copy: another descriptor of it, which may only receive
 */
struct victim {
	uid_t user;
	int dumpable;
	int ch;
	int copy;
};

static int run_victim(struct operation *op)
{
	struct victim *victim = op->data;
	uint64_t element;

	user_become(victim->user);
	prctl(PR_SET_DUMPABLE, victim->dumpable);
	victim->ch = channel_make(2);
	victim->copy = channel_dup(victim->ch, CHAN_RIGHT_RECV);
	channel_send(victim->ch, SECRET);
	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE) == 2);
	if (channel_info(victim->ch).receivers != 2 || channel_info(victim->ch).senders != 1)
		return 1;
	return chan_recv(victim->ch, &element, sizeof(element)) == 1 && element == SECRET ? 0 : 2;
}

FIXTURE(hostile)
{
	struct operation *op;
	struct victim *victim;
};

FIXTURE_VARIANT(hostile)
{
	uid_t user;
	int dumpable;
};

FIXTURE_VARIANT_ADD(hostile, of_another_user) { .user = VICTIM, .dumpable = 1 };
FIXTURE_VARIANT_ADD(hostile, that_is_not_dumpable) { .user = HOSTILE, .dumpable = 0 };

FIXTURE_SETUP(hostile)
{
	int ch = channel_make(0);

	self->victim = shared_alloc(sizeof(*self->victim));
	self->victim->user = variant->user;
	self->victim->dumpable = variant->dumpable;
	self->op = operation_start_new(TASK_PROCESS, run_victim, ch, self->victim);
	wait_until(__atomic_load_n(&self->op->progress, __ATOMIC_ACQUIRE) == 1);
	close(ch);
	user_become(HOSTILE);
}

/* Whatever was tried, the victim's channel is unshared and keeps its element. */
FIXTURE_TEARDOWN(hostile)
{
	__atomic_store_n(&self->op->progress, 2, __ATOMIC_RELEASE);
	EXPECT_EQ(0, operation_join(self->op));
}

static int open_of(const struct operation *op, const char *folder, int fd, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s/%d", op->pid, folder, fd);
	return result_of(open(path, flags));
}

TEST_F(hostile, G13_its_descriptors_cannot_be_opened)
{
	for (int mode = O_RDONLY; mode <= O_RDWR; mode++) {
		EXPECT_EQ(-EACCES, open_of(self->op, "fd", self->victim->ch, mode));
		EXPECT_EQ(-EACCES, open_of(self->op, "fd", self->victim->copy, mode));
	}
	EXPECT_EQ(-EACCES, open_of(self->op, "fd", self->victim->ch, O_PATH));
}

TEST_F(hostile, G13_its_descriptors_cannot_be_listed)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/%d/fd", self->op->pid);
	EXPECT_EQ(-EACCES, result_of(open(path, O_RDONLY | O_DIRECTORY)));
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", self->op->pid, self->victim->ch);
	EXPECT_EQ(-EACCES, result_of(readlink(path, target, sizeof(target))));
}

TEST_F(hostile, G13_its_fdinfo_cannot_be_read)
{
	EXPECT_EQ(-EACCES, open_of(self->op, "fdinfo", self->victim->ch, O_RDONLY));
	EXPECT_EQ(-EACCES, open_of(self->op, "fdinfo", self->victim->copy, O_RDONLY));
}

TEST_F(hostile, G13_its_descriptors_cannot_be_taken)
{
	int pidfd = syscall(SYS_pidfd_open, self->op->pid, 0);

	ASSERT_LE(0, pidfd);
	EXPECT_EQ(-EPERM, result_of(syscall(SYS_pidfd_getfd, pidfd, self->victim->ch, 0)));
	EXPECT_EQ(-EPERM, result_of(syscall(SYS_pidfd_getfd, pidfd, self->victim->copy, 0)));
	EXPECT_EQ(-EPERM, result_of(ptrace(PTRACE_SEIZE, self->op->pid, 0, 0)));
}

TEST_F(hostile, opening_the_device_gives_no_channel_that_exists)
{
	struct chan_info info;
	uint64_t element = 0;
	int ch;

	for (int i = 0; i < 100; i++) {
		ch = channel_open();
		EXPECT_EQ(-EBADFD, chan_get_info(ch, &info));
		EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &element, sizeof(element)));
		if (i % 2)
			close(ch);
	}
	EXPECT_EQ(0, element);
}

TEST_F(hostile, query_shows_what_ones_own_user_holds)
{
	const unsigned int own = variant->user == HOSTILE;
	struct chan_query query = channel_query();

	EXPECT_EQ(own, query.user_channels);
	EXPECT_EQ(own * 2 * sizeof(uint64_t), query.user_bytes);
}

/* A task allowed to trace the process may reopen its files, as with pipes, with the same rights. */
TEST(G13_ones_own_descriptors_open_with_no_more_rights)
{
	struct victim *victim = shared_alloc(sizeof(*victim));
	struct operation *op;
	int ch = channel_make(0);

	victim->user = HOSTILE;
	victim->dumpable = 1;
	op = operation_start_new(TASK_PROCESS, run_victim, ch, victim);
	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE) == 1);
	user_become(HOSTILE);
	ch = open_of(op, "fd", victim->ch, O_RDWR);
	ASSERT_LE(0, ch);
	EXPECT_EQ(CHAN_RIGHTS_ALL, channel_info(ch).rights);
	close(ch);
	ch = open_of(op, "fd", victim->copy, O_RDONLY);
	ASSERT_LE(0, ch);
	EXPECT_EQ(CHAN_RIGHT_RECV, channel_info(ch).rights);
	close(ch);
	EXPECT_EQ(-EACCES, open_of(op, "fd", victim->copy, O_WRONLY));
	EXPECT_EQ(-EACCES, open_of(op, "fd", victim->copy, O_RDWR));
	__atomic_store_n(&op->progress, 2, __ATOMIC_RELEASE);
	EXPECT_EQ(0, operation_join(op));
}

/* A path to a file is not the file: it grants no access. */
TEST(G13_a_path_to_a_channel_does_nothing)
{
	int ch = channel_make(1), path;
	char name[64];
	uint64_t element = SECRET;
	struct chan_info info;

	channel_send(ch, SECRET);
	user_become(HOSTILE);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", ch);
	path = open(name, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, path);
	EXPECT_EQ(-EBADF, chan_get_info(path, &info));
	EXPECT_EQ(-EBADF, chan_try_recv(path, &element, sizeof(element)));
	EXPECT_EQ(-EBADF, chan_close(path));
	EXPECT_EQ(-EBADF, chan_dup(path, CHAN_RIGHT_RECV));
	EXPECT_EQ(-EBADF, result_of(read(path, &element, sizeof(element))));
	EXPECT_EQ(1, channel_info(ch).len);
}

TEST(the_list_of_all_channels_is_for_root)
{
	const char *list = "/sys/kernel/debug/chan/channels";
	struct stat status;

	ASSERT_EQ(0, stat(list, &status));
	EXPECT_EQ(S_IFREG | 0400, status.st_mode);
	EXPECT_EQ(0, status.st_uid);
	user_become(HOSTILE);
	EXPECT_EQ(-EACCES, result_of(open(list, O_RDONLY)));
}

TEST(limits_are_set_by_root)
{
	user_become(HOSTILE);
	EXPECT_EQ(-EACCES, result_of(open("/sys/module/chan/parameters/user_bytes", O_WRONLY)));
	EXPECT_EQ(-EACCES, result_of(open("/sys/module/chan/parameters/user_channels", O_RDWR)));
}

/* They are sums over all users, and counting takes a lock that each user needs. */
TEST(G12_counters_of_all_users_are_for_root)
{
	static const char *const counters[] = { "channels", "waiters", "bytes" };
	char path[64];
	int i;

	user_become(HOSTILE);
	for (i = 0; i < ARRAY_LENGTH(counters); i++) {
		snprintf(path, sizeof(path), "/sys/module/chan/parameters/live_%s", counters[i]);
		EXPECT_EQ(-EACCES, result_of(open(path, O_RDONLY)));
	}
}

TEST(tracing_is_for_root)
{
	user_become(HOSTILE);
	EXPECT_GT(0, open("/sys/kernel/tracing/events/chan/enable", O_WRONLY));
	EXPECT_GT(0, open("/sys/kernel/tracing/trace_pipe", O_RDONLY));
}

TEST(G13_what_a_user_does_changes_no_channel_but_its_own)
{
	int ch = channel_make(1), other;
	struct chan_info before = channel_info(ch), after;

	user_become(HOSTILE);
	other = channel_make(1);
	EXPECT_NE(before.id, channel_info(other).id);
	channel_send(other, 1);
	ASSERT_EQ(0, chan_close(other));
	after = channel_info(ch);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
}

TEST_HARNESS_MAIN
