// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits per user (G12): EDQUOT at the limit, without side effects, and all charges returned. Each
 * test runs as a separate user.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/kernel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/user.h"

#define CHANNELS	20
#define BYTES		100000
#define LARGE		1000

static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static uint64_t bytes_held(void)
{
	return channel_query().user_bytes;
}

FIXTURE(limits)
{
	unsigned long long channels;
	unsigned long long bytes;
};

FIXTURE_SETUP(limits)
{
	self->channels = module_parameter("user_channels");
	self->bytes = module_parameter("user_bytes");
	module_set_parameter("user_channels", CHANNELS);
	module_set_parameter("user_bytes", BYTES);
}

/* The harness runs it in the parent of the test, which is still root. */
FIXTURE_TEARDOWN_PARENT(limits)
{
	module_set_parameter("user_channels", self->channels);
	module_set_parameter("user_bytes", self->bytes);
}

TEST_F(limits, G12_channels_up_to_the_limit)
{
	int ch[CHANNELS], i, fd;

	user_become(20001);
	for (i = 0; i < CHANNELS; i++) {
		ch[i] = chan_make(1, 1, 0);
		ASSERT_GE(ch[i], 0);
	}
	fd = next_fd();
	EXPECT_EQ(-EDQUOT, chan_make(1, 1, 0));
	EXPECT_EQ(fd, next_fd());
	EXPECT_EQ(CHANNELS, channel_query().user_channels);
	close(ch[3]);
	EXPECT_GE(chan_make(1, 1, 0), 0);
	EXPECT_EQ(-EDQUOT, chan_make(1, 1, 0));
}

TEST_F(limits, G12_ring_up_to_the_limit)
{
	struct chan_make make = { .elemsize = 1, .cap = BYTES + 1 };
	int ch;

	user_become(20002);
	ch = channel_open();
	EXPECT_EQ(-EDQUOT, channel_ioctl(ch, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(0, bytes_held());
	EXPECT_EQ(0, channel_query().user_channels);
	/* It is still nil, and can be made. */
	make.cap = BYTES;
	EXPECT_EQ(0, channel_ioctl(ch, CHAN_IOC_MAKE, &make));
	EXPECT_EQ(BYTES, bytes_held());
	EXPECT_EQ(-EDQUOT, chan_make(1, 1, 0));
	EXPECT_GE(chan_make(0, 1000, 0), 0);
	close(ch);
	EXPECT_EQ(0, bytes_held());
}

TEST_F(limits, G12_large_elements_up_to_the_limit)
{
	const unsigned int cap = 2 * BYTES / LARGE;
	static uint8_t elem[LARGE];
	uint64_t ring, fit, i;
	int ch;

	user_become(20003);
	ch = channel_make_elems(LARGE, cap);
	ring = bytes_held();
	EXPECT_EQ(16 * cap, ring);
	fit = (BYTES - ring) / LARGE;
	for (i = 0; i < fit; i++)
		ASSERT_EQ(0, chan_send(ch, elem, sizeof(elem)));
	EXPECT_EQ(-EDQUOT, chan_send(ch, elem, sizeof(elem)));
	EXPECT_EQ(-EDQUOT, chan_try_send(ch, elem, sizeof(elem)));
	EXPECT_EQ(fit, chan_len(ch));
	EXPECT_EQ(ring + fit * LARGE, bytes_held());
	EXPECT_EQ(1, chan_recv(ch, elem, sizeof(elem)));
	EXPECT_EQ(0, chan_send(ch, elem, sizeof(elem)));
	for (i = 0; i < fit; i++)
		ASSERT_EQ(1, chan_recv(ch, elem, sizeof(elem)));
	EXPECT_EQ(ring, bytes_held());
}

TEST_F(limits, G12_what_a_close_drops_is_requeued)
{
	static uint8_t elem[LARGE];
	int ch;

	user_become(20004);
	ch = channel_make_elems(LARGE, 10);
	ASSERT_EQ(0, chan_send(ch, elem, sizeof(elem)));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(-EPIPE, chan_send(ch, elem, sizeof(elem)));
	EXPECT_EQ(10 * 16 + LARGE, bytes_held());
	close(ch);
	EXPECT_EQ(0, bytes_held());
}

TEST_F(limits, G12_element_requeued_stays_charged)
{
	static uint8_t elem[LARGE];
	int ch;

	user_become(20005);
	ch = channel_make_elems(LARGE, 0);
	operation_start(operation_new(TASK_THREAD, operation_send_one, ch, 1));
	channel_wait_parked(ch, 1, 0);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, LARGE));
	EXPECT_EQ(LARGE, bytes_held());
	EXPECT_EQ(1, chan_recv(ch, elem, sizeof(elem)));
	EXPECT_EQ(0, bytes_held());
}

TEST_F(limits, G12_element_requeued_that_nobody_receives_is_freed)
{
	struct operation *sender;
	int ch;

	user_become(20014);
	ch = channel_make_elems(LARGE, 0);
	sender = operation_new(TASK_THREAD, operation_send_one, ch, 1);
	operation_park(sender);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, LARGE));
	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(LARGE, bytes_held());
	close(ch);
	EXPECT_EQ(0, bytes_held());
}

TEST_F(limits, G12_killed_sender_gives_back_its_charge)
{
	struct operation *op;
	int ch;

	user_become(20006);
	ch = channel_make_elems(LARGE, 0);
	op = operation_new(TASK_PROCESS, operation_send_one, ch, 1);
	operation_park(op);
	EXPECT_EQ(LARGE, bytes_held());
	operation_kill(op);
	EXPECT_EQ(0, bytes_held());
}

static int run_as_other_user(struct operation *op)
{
	static uint8_t elem[LARGE];
	int ch;

	user_become(20008);
	ch = chan_make(1, BYTES, 0);
	if (ch < 0)
		return ch;
	close(ch);
	/* The sender is charged, whichever user made the channel. */
	return chan_send(op->ch, elem, sizeof(elem));
}

TEST_F(limits, G12_users_do_not_share_a_limit)
{
	int large = channel_make_elems(LARGE, 1);
	struct operation *op = operation_new(TASK_PROCESS, run_as_other_user, large, 1);
	int ch;

	operation_start(op);
	user_become(20007);
	ch = channel_make_elems(1, BYTES);
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(BYTES, bytes_held());
	EXPECT_EQ(1, chan_len(large));
	close(ch);
}

static int run_recv_as_other_user(struct operation *op)
{
	user_become(20013);
	return operation_recv_one(op);
}

TEST_F(limits, G12_element_that_another_user_received_is_requeued)
{
	static uint8_t elem[LARGE];
	int ch = channel_make_elems(LARGE, 1);
	struct operation *op = operation_new(TASK_PROCESS, run_recv_as_other_user, ch, 1);

	operation_start(op);
	user_become(20012);
	ASSERT_EQ(0, chan_send(ch, elem, sizeof(elem)));
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(0, bytes_held());
}

TEST_F(limits, capability_lifts_the_limits)
{
	int i;

	for (i = 0; i < 2 * CHANNELS; i++)
		ASSERT_GE(chan_make(1, BYTES, 0), 0);
	EXPECT_EQ(2 * CHANNELS, channel_query().user_channels);
}

static int run_make(struct operation *op)
{
	int made = 0;

	while (__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE) == 0)
		wait_a_moment();
	while (chan_make(1, 1, 0) >= 0)
		made++;
	/* Hold them until the test has counted. */
	op->count = made;
	__atomic_store_n(&op->progress, 2, __ATOMIC_RELEASE);
	while (__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE) == 2)
		wait_a_moment();
	return made;
}

TEST_F(limits, G12_racing_makes_stay_within_the_limit)
{
	struct operation *ops[8];
	int i, made = 0;
	int ch;

	user_become(20009);
	ch = channel_make(0);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		ops[i] = operation_new(TASK_PROCESS, run_make, ch, 1);
		operation_start(ops[i]);
	}
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		__atomic_store_n(&ops[i]->progress, 1, __ATOMIC_RELEASE);
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		wait_until(__atomic_load_n(&ops[i]->progress, __ATOMIC_ACQUIRE) == 2);
	EXPECT_EQ(CHANNELS, channel_query().user_channels);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		__atomic_store_n(&ops[i]->progress, 3, __ATOMIC_RELEASE);
		made += operation_join(ops[i]);
	}
	/* One more belongs to the test itself. */
	EXPECT_EQ(CHANNELS, made + 1);
}

#define CHARGES	40000
#define CHARGES_CHECKED	2000
/* Including the rings themselves, one element fits. */
#define ONE_FITS	(2 * LARGE)

/* @progress: how many times to hold an element. Returns how often the user exceeded the limit. */
static int run_charge(struct operation *op)
{
	unsigned int charges = 0;
	int beyond = 0;

	task_pin_to((uintptr_t)op->data);
	while (charges < op->progress) {
		if (chan_try_send(op->ch, op->elems, op->elemsize))
			continue;
		charges++;
		beyond += bytes_held() > ONE_FITS;
		chan_try_recv(op->ch, op->elems, op->elemsize);
	}
	return beyond;
}

TEST_F(limits, G12_racing_charges_stay_within_the_limit)
{
	const unsigned int charges = kernel_is_checked() ? CHARGES_CHECKED : CHARGES;
	struct operation *ops[2];
	int i;

	if (sysconf(_SC_NPROCESSORS_ONLN) < ARRAY_LENGTH(ops))
		SKIP(return, "needs two CPUs");
	module_set_parameter("user_bytes", ONE_FITS);
	user_become(20015);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		ops[i] = operation_new(TASK_PROCESS, run_charge, channel_make_elems(LARGE, 1), 1);
		ops[i]->data = (void *)(uintptr_t)i;
		ops[i]->progress = charges;
	}
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		operation_start(ops[i]);
	EXPECT_TRUE(operations_succeed(ops, ARRAY_LENGTH(ops)));
}

/* A user mapped into its own user namespace is charged as the same user. */
TEST_F(limits, G12_user_namespace_gives_no_second_limit)
{
	int ch;

	user_become(20010);
	ch = channel_make_elems(1, BYTES);
	if (unshare(CLONE_NEWUSER))
		SKIP(return, "no user namespaces");
	EXPECT_EQ(-EDQUOT, chan_make(1, 1, 0));
	close(ch);
	EXPECT_GE(chan_make(1, 1, 0), 0);
}

TEST_F(limits, G12_limit_may_be_changed_at_any_time)
{
	int sockets[2];
	char byte;

	/* A child stays root and changes the limit on request. */
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	if (!fork()) {
		close(sockets[0]);
		if (read(sockets[1], &byte, 1) == 1)
			module_set_parameter("user_bytes", 2 * BYTES);
		_exit(write(sockets[1], &byte, 1) != 1);
	}
	user_become(20011);
	ASSERT_GE(chan_make(1, BYTES, 0), 0);
	EXPECT_EQ(-EDQUOT, chan_make(1, BYTES, 0));
	ASSERT_EQ(1, write(sockets[0], &byte, 1));
	ASSERT_EQ(1, read(sockets[0], &byte, 1));
	EXPECT_EQ(2 * BYTES, channel_query().user_bytes_max);
	EXPECT_GE(chan_make(1, BYTES, 0), 0);
	EXPECT_EQ(-EDQUOT, chan_make(1, BYTES, 0));
	wait(NULL);
}

TEST_HARNESS_MAIN
