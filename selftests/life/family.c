// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks related to a parked task: children that share its memory or its file descriptors, threads
 * that exit, and seccomp filters.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

FIXTURE(child) {};

/* What is shared with the parent: nothing, the file descriptors, or the memory. */
enum child {
	CHILD_OF_FORK,
	CHILD_WITH_DESCRIPTORS,
	CHILD_OF_VFORK,
};

FIXTURE_VARIANT(child)
{
	enum child kind;
};

FIXTURE_SETUP(child) {}
FIXTURE_TEARDOWN(child) {}

FIXTURE_VARIANT_ADD(child, of_fork) { .kind = CHILD_OF_FORK, };
FIXTURE_VARIANT_ADD(child, with_our_descriptors) { .kind = CHILD_WITH_DESCRIPTORS, };
FIXTURE_VARIANT_ADD(child, of_vfork) { .kind = CHILD_OF_VFORK, };

/* Like fork(2); the child may only use system calls. */
#define child_start(kind) \
	((kind) == CHILD_OF_FORK ? fork() : \
	 (kind) == CHILD_OF_VFORK ? vfork() : syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0))

static int child_status(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid: %s", strerror(errno));
	return status;
}

/* The death of a child does not end an operation of its parent. */
TEST_F(child, G11_its_end_leaves_the_operations_of_its_parent_parked)
{
	int ch = channel_make(0), i;
	struct operation *op = operation_park_recv(TASK_THREAD, ch);
	pid_t pid;

	for (i = 0; i < 10; i++) {
		pid = child_start(variant->kind);
		if (!pid)
			_exit(0);
		EXPECT_EQ(0, child_status(pid));
	}
	EXPECT_EQ(1, channel_info(ch).recvq);
	EXPECT_EQ(1, channel_info(ch).recv_parks);
	EXPECT_EQ(1, channel_info(ch).senders);
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, operation_value(op));
}

TEST_F(child, G3_what_it_sends_before_its_end_is_received)
{
	const uint64_t value = 1;
	int ch = channel_make(10), i;
	pid_t pid;

	for (i = 0; i < 10; i++) {
		pid = child_start(variant->kind);
		if (!pid)
			_exit(ioctl(ch, CHAN_IOC_SEND(sizeof(value)), &value));
		EXPECT_EQ(0, child_status(pid));
	}
	for (i = 0; i < 10; i++)
		EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(1, channel_info(ch).senders);
}

static void send_one(void *ch)
{
	channel_send(*(int *)ch, 1);
}

static int send_at_the_end(struct operation *op)
{
	pthread_key_t key;

	return pthread_key_create(&key, send_one) || pthread_setspecific(key, op->data);
}

TEST(thread_sends_while_it_ends)
{
	int ch = channel_make(1);
	struct operation *op = operation_start_new(TASK_THREAD, send_at_the_end, ch, &ch);

	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(1, channel_recv(ch));
}

/* Makes CHAN_IOC_CLOSE fail with EPERM for the calling task. Returns whether that works. */
static bool forbid_close(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CHAN_IOC_CLOSE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_LENGTH(code), .filter = code };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

TEST(G13_filter_of_system_calls_can_tell_commands_apart)
{
	int ch = channel_make(1);

	if (!forbid_close()) {
		ASSERT_EQ(EINVAL, errno);
		SKIP(return, "the kernel has no seccomp filters");
	}
	channel_send(ch, 1);
	EXPECT_EQ(-EPERM, chan_close(ch));
	EXPECT_EQ(CHAN_OPEN, channel_info(ch).closed);
	EXPECT_EQ(1, channel_recv(ch));
}

TEST_HARNESS_MAIN
