// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deadlines: an absolute time on one of three clocks bounds a wait, and an operation that need not
 * wait succeeds regardless. Where a test decides when a wait ends, it sets CLOCK_REALTIME.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/variants.h"

#define MOMENT	(20 * CLOCK_SECOND / 1000)

static const struct {
	clockid_t clock;
	unsigned int flags;
} clocks[] = {
	{ CLOCK_MONOTONIC, 0 },
	{ CLOCK_REALTIME, CHAN_XFER_REALTIME },
	{ CLOCK_BOOTTIME, CHAN_XFER_BOOTTIME },
};

static struct operation *op_until(enum task_kind kind, int (*run)(struct operation *op), int ch,
				  unsigned int flags, uint64_t deadline)
{
	struct operation *op = operation_new(kind, run, ch, 1);

	memset(op->elems, 0xa5, sizeof(uint64_t));
	op->flags = flags;
	op->deadline = deadline;
	return op;
}

/* In the calling task. */
static int run_until(int (*run)(struct operation *op), int ch, unsigned int flags,
		     uint64_t deadline)
{
	return run(op_until(TASK_THREAD, run, ch, flags, deadline));
}

/* An operation whose deadline is relative to the clock's time when it starts. */
struct timing {
	int (*run)(struct operation *op);
	clockid_t clock;
};

/* @progress: whether the clock passed the deadline */
static int run_from_now(struct operation *op)
{
	const struct timing *timing = op->data;
	int ret;

	op->deadline += clock_read(timing->clock);
	ret = timing->run(op);
	op->progress = clock_read(timing->clock) >= op->deadline;
	return ret;
}

CAPACITY_FIXTURE(deadline);

TEST_F(deadline, ETIMEDOUT_not_before_the_clock_has_passed_it)
{
	int ch = channel_make(variant->cap), full = channel_make(variant->cap);
	struct timing timing;
	struct operation *op;
	unsigned int i, send;
	struct chan_info before;

	for (i = 0; i < variant->cap; i++)
		channel_send(full, i);
	for (i = 0; i < 2 * ARRAY_LENGTH(clocks); i++) {
		send = i % 2;
		timing.run = send ? operation_send : operation_recv;
		timing.clock = clocks[i / 2].clock;
		op = op_until(variant->kind, run_from_now, send ? full : ch, clocks[i / 2].flags,
			      MOMENT);
		op->data = &timing;
		before = channel_info(op->ch);
		operation_start(op);
		EXPECT_EQ(-ETIMEDOUT, operation_wait(op));
		EXPECT_TRUE(op->progress);
		EXPECT_TRUE(memory_is(op->elems, sizeof(uint64_t), 0xa5));
		EXPECT_TRUE(channel_unchanged(op->ch, before));
	}
	/* The deadline was waited for, and no waiter is left behind. */
	EXPECT_EQ(ARRAY_LENGTH(clocks), channel_info(ch).recv_parks);
	EXPECT_EQ(ARRAY_LENGTH(clocks), channel_info(full).send_parks);
	EXPECT_EQ(0, channel_info(ch).recvq + channel_info(full).sendq);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(i, channel_recv(full));
	EXPECT_EQ(-EAGAIN, chan_try_recv(full, &before, sizeof(uint64_t)));
}

TEST_F(deadline, past_deadline_only_forbids_to_wait)
{
	int ch = channel_make(variant->cap);
	struct operation *peer, *op;
	unsigned int i;
	uint64_t j;

	for (i = 0; i < ARRAY_LENGTH(clocks); i++) {
		const unsigned int flags = clocks[i].flags;
		const uint64_t past = i ? clock_read(clocks[i].clock) - 1 : 0;

		peer = operation_park_recv(variant->kind, ch);
		EXPECT_EQ(1, run_until(operation_send, ch, flags, past));
		EXPECT_EQ(1, operation_wait(peer));
		EXPECT_TRUE(memory_is(peer->elems, sizeof(uint64_t), 0xa5));

		for (j = 0; j < variant->cap; j++)
			EXPECT_EQ(1, run_until(operation_send, ch, flags, past));
		EXPECT_EQ(-ETIMEDOUT, run_until(operation_send, ch, flags, past));
		peer = operation_park_send(variant->kind, ch, 5);
		for (j = 0; j < variant->cap; j++)
			EXPECT_EQ(1, run_until(operation_recv, ch, flags, past));
		op = op_until(TASK_THREAD, operation_recv, ch, flags, past);
		EXPECT_EQ(1, operation_recv(op));
		EXPECT_EQ(5, operation_value(op));
		EXPECT_EQ(0, operation_wait(peer));
		EXPECT_EQ(-ETIMEDOUT, run_until(operation_recv, ch, flags, past));
	}
	EXPECT_EQ(0, channel_info(ch).len + channel_info(ch).sendq + channel_info(ch).recvq);
}

TEST_F(deadline, past_deadline_moves_the_part_that_can_move)
{
	int ch = channel_make(variant->cap);
	struct operation *op = operation_new(TASK_THREAD, operation_send, ch, variant->cap + 3);
	const int none = variant->cap ? variant->cap : -ETIMEDOUT;

	op->deadline = 1;
	EXPECT_EQ(none, operation_send(op));
	EXPECT_EQ(variant->cap, channel_info(ch).len);
	EXPECT_EQ(none, operation_recv(op));
	EXPECT_EQ(0, channel_info(ch).len);
}

/* Values that do not fit a signed number of nanoseconds, or overflow after an addition. */
static const uint64_t far[] = {
	CHAN_DEADLINE_NONE, CHAN_DEADLINE_NONE - 1, 1ULL << 63, (1ULL << 63) + 1,
	INT64_MAX, INT64_MAX - 1, INT64_MAX - CLOCK_HOUR, INT64_MAX / 2,
};

/* Whether operations with far deadlines wait for a peer and succeed. */
static bool far_deadlines_wait(enum task_kind kind, int ch)
{
	unsigned int i, j;
	bool good = true;

	for (i = 0; i < ARRAY_LENGTH(far); i++) {
		for (j = 0; j < ARRAY_LENGTH(clocks); j++) {
			struct operation *op = op_until(kind, operation_recv, ch,
							clocks[j].flags, far[i]);

			operation_park(op);
			operation_wait_state(op, 'S');
			channel_send(ch, 3);
			if (operation_wait(op) == 1 && operation_value(op) == 3)
				continue;
			fprintf(stderr, "# deadline %llx, clock %d: %d\n",
				(unsigned long long)far[i], clocks[j].clock, op->result);
			good = false;
		}
	}
	return good;
}

TEST_F(deadline, far_deadline_is_waited_for)
{
	int ch = channel_make(variant->cap);

	EXPECT_TRUE(far_deadlines_wait(variant->kind, ch));
	EXPECT_EQ(channel_info(ch).recv_parks, channel_info(ch).sends.handoff);
}

TEST_F(deadline, EAGAIN_if_waiting_is_not_allowed)
{
	const uint64_t deadlines[] = { 0, chan_deadline(CLOCK_HOUR), CHAN_DEADLINE_NONE };
	int ch = channel_make(variant->cap), full = channel_make(variant->cap);
	struct chan_info before;
	unsigned int i;

	for (i = 0; i < variant->cap; i++)
		channel_send(full, i);
	before = channel_info(full);
	for (i = 0; i < 2 * ARRAY_LENGTH(deadlines); i++) {
		const uint64_t deadline = deadlines[i / 2];
		const unsigned int flags = i % 2 ? 0 : CHAN_XFER_NONBLOCK;

		ASSERT_EQ(0, fcntl(ch, F_SETFL, i % 2 ? O_NONBLOCK : 0));
		ASSERT_EQ(0, fcntl(full, F_SETFL, i % 2 ? O_NONBLOCK : 0));
		EXPECT_EQ(-EAGAIN, run_until(operation_recv, ch, flags, deadline));
		EXPECT_EQ(-EAGAIN, run_until(operation_send, full, flags, deadline));
	}
	EXPECT_TRUE(channel_unchanged(full, before));
	EXPECT_EQ(0, channel_info(ch).recv_parks + channel_info(full).send_parks);
}

TEST(EINVAL_for_two_clocks)
{
	const unsigned int flags = CHAN_XFER_REALTIME | CHAN_XFER_BOOTTIME;
	int ch = channel_make(7);
	struct operation *op = op_until(TASK_THREAD, operation_recv, ch, flags, 0);
	struct chan_info before;

	channel_send(ch, 1);
	before = channel_info(ch);
	EXPECT_EQ(-EINVAL, operation_recv(op));
	EXPECT_EQ(-EINVAL, operation_send(op));
	op->flags |= CHAN_XFER_NONBLOCK;
	EXPECT_EQ(-EINVAL, operation_recv(op));
	EXPECT_TRUE(memory_is(op->elems, sizeof(uint64_t), 0xa5));
	EXPECT_TRUE(channel_unchanged(ch, before));
}

TEST(nil_channel_keeps_deadlines)
{
	struct operation *op = op_until(TASK_THREAD, operation_recv, channel_make(0), 0, 0);
	unsigned int i;

	op->ch = channel_open();
	for (i = 0; i < ARRAY_LENGTH(clocks); i++) {
		op->flags = clocks[i].flags;
		op->deadline = clock_read(clocks[i].clock) + MOMENT;
		EXPECT_EQ(-ETIMEDOUT, operation_recv(op));
		EXPECT_GE(clock_read(clocks[i].clock), op->deadline);
		EXPECT_EQ(-ETIMEDOUT, operation_send(op));
		op->flags |= CHAN_XFER_NONBLOCK;
		EXPECT_EQ(-EAGAIN, operation_recv(op));
		EXPECT_EQ(-EAGAIN, operation_send(op));
	}
	EXPECT_TRUE(memory_is(op->elems, sizeof(uint64_t), 0xa5));
}

TEST_F(deadline, restart_after_a_signal_keeps_the_deadline)
{
	int ch = channel_make(variant->cap);
	const uint64_t deadline = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	struct operation *op;
	unsigned int i;

	catch_signal(SA_RESTART);
	op = op_until(variant->kind, operation_recv, ch, CHAN_XFER_REALTIME, deadline);
	operation_park(op);
	for (i = 2; i <= 4; i++) {
		operation_signal(op, SIGUSR1);
		wait_until(channel_info(ch).recv_parks == i && channel_info(ch).recvq == 1);
	}
	clock_shift_realtime(CLOCK_HOUR);
	EXPECT_EQ(-ETIMEDOUT, operation_wait(op));
	EXPECT_GE(clock_read(CLOCK_REALTIME), deadline);
	clock_shift_realtime(-CLOCK_HOUR);
	EXPECT_EQ(0, channel_info(ch).recvq);
}

/* If each restart read the clock again, signals would keep it waiting indefinitely. */
TEST_F(deadline, signals_do_not_put_off_the_deadline)
{
	int ch = channel_make(variant->cap);
	struct operation *op;

	catch_signal(SA_RESTART);
	op = op_until(variant->kind, operation_recv, ch, 0, chan_deadline(10 * MOMENT));
	operation_start(op);
	while (!operation_done(op)) {
		uint64_t parks = channel_info(ch).recv_parks;

		if (variant->kind == TASK_PROCESS)
			operation_signal(op, SIGUSR1);
		else if (pthread_kill(op->thread, SIGUSR1))
			break;
		wait_until(operation_done(op) || channel_info(ch).recv_parks > parks);
	}
	EXPECT_EQ(-ETIMEDOUT, operation_wait(op));
	EXPECT_GE(clock_read(CLOCK_MONOTONIC), op->deadline);
	EXPECT_GE(channel_info(ch).recv_parks, 2);
}

TEST_F(deadline, setting_the_clock_moves_waits_on_realtime_only)
{
	int ch = channel_make(variant->cap);
	struct operation *ops[ARRAY_LENGTH(clocks)];
	unsigned int i;

	for (i = 0; i < ARRAY_LENGTH(clocks); i++) {
		ops[i] = op_until(variant->kind, operation_recv, ch, clocks[i].flags,
				  clock_read(clocks[i].clock) + CLOCK_HOUR);
		operation_park(ops[i]);
	}
	/* Neither the step back nor its reversal wakes them: the hour has not passed. */
	clock_shift_realtime(-CLOCK_HOUR);
	clock_shift_realtime(CLOCK_HOUR);
	EXPECT_EQ(ARRAY_LENGTH(clocks), channel_info(ch).recvq);
	clock_shift_realtime(CLOCK_HOUR);
	wait_until(operation_done(ops[1]));
	clock_shift_realtime(-CLOCK_HOUR);
	EXPECT_EQ(-ETIMEDOUT, operation_wait(ops[1]));
	EXPECT_EQ(2, channel_info(ch).recvq);
	for (i = 0; i < ARRAY_LENGTH(clocks); i += 2) {
		channel_send(ch, i);
		EXPECT_EQ(1, operation_wait(ops[i]));
		EXPECT_EQ(i, operation_value(ops[i]));
	}
}

/* At the moment of the deadline, both sides agree on whether the element was moved. */
TEST_F(deadline, G10_success_or_timeout_but_not_both)
{
	int ch = channel_make(variant->cap);
	unsigned int i, moved = 0, disagreed = 0;
	struct operation *op;

	for (i = 0; i < 30; i++) {
		uint64_t value;

		op = op_until(variant->kind, operation_recv, ch, 0, chan_deadline(MOMENT / 4));
		operation_start(op);
		wait_until(operation_done(op) || channel_info(ch).recvq);
		while (chan_deadline(i * 2000) < op->deadline)
			;
		while (chan_try_send(ch, &(uint64_t){ i }, sizeof(uint64_t)) == -EAGAIN &&
		       !operation_done(op))
			;
		if (operation_wait(op) == 1) {
			moved++;
			disagreed += operation_value(op) != i;
		}
		disagreed += moved != channel_paths_sum(channel_info(ch).recvs);
		/* Elements that came after its deadline. */
		while (chan_try_recv(ch, &value, sizeof(value)) == 1)
			moved++;
	}
	EXPECT_EQ(0, disagreed);
	EXPECT_EQ(channel_paths_sum(channel_info(ch).sends), moved);
	EXPECT_EQ(0, channel_info(ch).recvq + channel_info(ch).len);
}

FIXTURE(time_namespace) {};
FIXTURE_VARIANT(time_namespace)
{
	int direction;
};
FIXTURE_SETUP(time_namespace) {}
FIXTURE_TEARDOWN(time_namespace) {}

FIXTURE_VARIANT_ADD(time_namespace, later)
{
	.direction = 1,
};

FIXTURE_VARIANT_ADD(time_namespace, earlier)
{
	.direction = -1,
};

TEST_F(time_namespace, ETIMEDOUT_as_its_clocks_show)
{
	int64_t shift = clock_enter_namespace(variant->direction);
	int ch = channel_make(0);
	struct timing timing = { .run = operation_recv };
	struct operation *op;
	unsigned int i;

	for (i = 0; i < ARRAY_LENGTH(clocks); i++) {
		const bool shifted = clocks[i].clock != CLOCK_REALTIME;

		timing.clock = clocks[i].clock;
		op = op_until(TASK_PROCESS, run_from_now, ch, clocks[i].flags, MOMENT);
		op->data = &timing;
		operation_start(op);
		EXPECT_EQ(-ETIMEDOUT, operation_wait(op));
		EXPECT_TRUE(op->progress);
		/* The child was in the namespace; this process is not. */
		EXPECT_GE(clock_read(clocks[i].clock), op->deadline - (shifted ? shift : 0));
		if (shifted && shift > 0)
			EXPECT_LT(clock_read(clocks[i].clock), op->deadline);
	}
	EXPECT_EQ(ARRAY_LENGTH(clocks), channel_info(ch).recv_parks);
}

/* Times that are past or far away on the host's clocks are the opposite in the namespace. */
TEST_F(time_namespace, deadline_is_not_the_hosts)
{
	int64_t shift = clock_enter_namespace(variant->direction);
	int ch = channel_make(0);
	struct operation *op;
	unsigned int i;

	for (i = 0; i < ARRAY_LENGTH(clocks); i += 2) {
		uint64_t deadline = clock_read(clocks[i].clock) + shift / 2;

		op = op_until(TASK_PROCESS, operation_recv, ch, clocks[i].flags, deadline);
		if (shift > 0) {
			operation_start(op);
			EXPECT_EQ(-ETIMEDOUT, operation_wait(op));
			continue;
		}
		operation_park(op);
		operation_wait_state(op, 'S');
		channel_send(ch, 1);
		EXPECT_EQ(1, operation_wait(op));
	}
}

TEST_F(time_namespace, far_deadline_is_waited_for)
{
	clock_enter_namespace(variant->direction);
	EXPECT_TRUE(far_deadlines_wait(TASK_PROCESS, channel_make(0)));
}

TEST_HARNESS_MAIN
