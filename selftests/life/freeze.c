// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frozen tasks (G10): a task frozen while parked cannot react, so a peer can complete its operation
 * and another event can occur before it runs. Success wins.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/freezer.h"
#include "common/operation.h"
#include "common/variants.h"

FIXTURE(frozen)
{
	struct freezer freezer;
	bool made;
	unsigned int handled;
};

FIXTURE_VARIANT(frozen)
{
	unsigned int cap;
};

FIXTURE_VARIANT_ADD(frozen, cap_0)
{
	.cap = 0,
};

FIXTURE_VARIANT_ADD(frozen, cap_1)
{
	.cap = 1,
};

FIXTURE_VARIANT_ADD(frozen, cap_7)
{
	.cap = 7,
};

/* Shared with the processes whose signal handler runs. */
static unsigned int *handled;

static void on_signal(int signal)
{
	__atomic_add_fetch(handled, 1, __ATOMIC_RELAXED);
}

FIXTURE_SETUP(frozen)
{
	struct sigaction action = { .sa_handler = on_signal };

	handled = &self->handled;
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	freezer_make(&self->freezer, 1);
	self->made = true;
}

FIXTURE_TEARDOWN_PARENT(frozen)
{
	if (self->made)
		freezer_remove(&self->freezer);
}

/* Fork a process that parks to receive, with a deadline in an hour, and freeze it. */
static struct operation *park_frozen(const struct freezer *freezer, int ch)
{
	struct operation *op = operation_new(TASK_PROCESS, operation_recv, ch, 1);

	memset(op->elems, 0xa5, sizeof(uint64_t));
	op->flags = CHAN_XFER_REALTIME;
	op->deadline = clock_read(CLOCK_REALTIME) + CLOCK_HOUR;
	operation_park(op);
	operation_wait_asleep(op);
	freezer_add(freezer, op);
	freezer_freeze(freezer);
	return op;
}

TEST_F(frozen, G10_parked_task_takes_its_element_after_the_thaw)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	EXPECT_EQ(1, channel_info(ch).recvq);
	channel_send(ch, 1);
	EXPECT_EQ(0, channel_info(ch).recvq);
	EXPECT_FALSE(operation_done(op));
	freezer_thaw(&self->freezer);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, operation_value(op));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).recvs, 0, 0, 1));
	EXPECT_EQ(1, channel_info(ch).recv_parks);
}

TEST_F(frozen, task_stays_parked_over_the_thaw)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	freezer_thaw(&self->freezer);
	operation_wait_asleep(op);
	EXPECT_EQ(1, channel_info(ch).recvq);
	EXPECT_EQ(1, channel_info(ch).recv_parks);
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, operation_value(op));
}

TEST_F(frozen, G2_parked_tasks_keep_their_places_over_the_thaw)
{
	int ch = channel_make(variant->cap);
	struct operation *ops[3];
	int i;

	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		ops[i] = operation_park_recv(TASK_PROCESS, ch);
		operation_wait_asleep(ops[i]);
	}
	/* Added in reverse order. */
	for (i = ARRAY_LENGTH(ops) - 1; i >= 0; i--)
		freezer_add(&self->freezer, ops[i]);
	freezer_freeze(&self->freezer);
	freezer_thaw(&self->freezer);
	EXPECT_EQ(3, channel_info(ch).recv_parks);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		channel_send(ch, i + 1);
		EXPECT_EQ(1, operation_wait(ops[i]));
		EXPECT_EQ(i + 1, operation_value(ops[i]));
	}
}

TEST_F(frozen, G10_success_wins_over_a_signal)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	operation_signal(op, SIGUSR1);
	channel_send(ch, 1);
	EXPECT_EQ(0, self->handled);
	freezer_thaw(&self->freezer);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, operation_value(op));
	EXPECT_EQ(1, self->handled);
	EXPECT_EQ(0, channel_info(ch).requeues);
}

TEST_F(frozen, EINTR_without_success)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	operation_signal(op, SIGUSR1);
	freezer_thaw(&self->freezer);
	EXPECT_EQ(-EINTR, operation_wait(op));
	EXPECT_TRUE(memory_is(op->elems, sizeof(uint64_t), 0xa5));
	EXPECT_EQ(1, self->handled);
	EXPECT_EQ(0, channel_info(ch).recvq);
}

TEST_F(frozen, G10_success_wins_over_a_stop)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	operation_signal(op, SIGSTOP);
	channel_send(ch, 1);
	freezer_thaw(&self->freezer);
	operation_wait_state(op, 'T');
	/* The task was stopped on return, with the element. */
	EXPECT_EQ(1, operation_value(op));
	EXPECT_FALSE(operation_done(op));
	operation_signal(op, SIGCONT);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, channel_info(ch).recv_parks);
}

/* Even if the deadline expired first, as the task had not given up yet. */
TEST_F(frozen, G10_success_wins_over_the_deadline)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	clock_shift_realtime(CLOCK_HOUR);
	channel_send(ch, 1);
	freezer_thaw(&self->freezer);
	EXPECT_EQ(1, operation_wait(op));
	clock_shift_realtime(-CLOCK_HOUR);
	EXPECT_EQ(1, operation_value(op));
}

TEST_F(frozen, ETIMEDOUT_without_success)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	clock_shift_realtime(CLOCK_HOUR);
	freezer_thaw(&self->freezer);
	EXPECT_EQ(-ETIMEDOUT, operation_wait(op));
	clock_shift_realtime(-CLOCK_HOUR);
	EXPECT_TRUE(memory_is(op->elems, sizeof(uint64_t), 0xa5));
	EXPECT_EQ(0, channel_info(ch).recvq);
}

TEST_F(frozen, G10_success_wins_over_a_close)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);

	channel_send(ch, 1);
	ASSERT_EQ(0, chan_close(ch));
	freezer_thaw(&self->freezer);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, operation_value(op));
}

/* Fork a process that parks to send @cap, after all smaller numbers, and freeze it. */
static struct operation *park_frozen_sender(const struct freezer *freezer, int ch,
					    unsigned int cap)
{
	struct operation *op;
	unsigned int i;

	for (i = 0; i < cap; i++)
		channel_send(ch, i);
	op = operation_park_send(TASK_PROCESS, ch, cap);
	freezer_add(freezer, op);
	freezer_freeze(freezer);
	return op;
}

TEST_F(frozen, G10_success_of_a_sender_wins_over_signal_and_close)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen_sender(&self->freezer, ch, variant->cap);
	uint64_t i;

	operation_signal(op, SIGUSR1);
	EXPECT_EQ(0, channel_recv(ch));
	ASSERT_EQ(0, chan_close(ch));
	freezer_thaw(&self->freezer);
	EXPECT_EQ(0, operation_wait(op));
	EXPECT_EQ(1, self->handled);
	for (i = 1; i <= variant->cap; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST_F(frozen, G3_element_of_a_sender_that_was_killed_too_late_is_received_once)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen_sender(&self->freezer, ch, variant->cap);
	uint64_t i;

	EXPECT_EQ(0, channel_recv(ch));
	operation_signal(op, SIGKILL);
	freezer_thaw(&self->freezer);
	operation_wait(op);
	for (i = 1; i <= variant->cap; i++)
		EXPECT_EQ(i, channel_recv(ch));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &i, sizeof(i)));
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 0, variant->cap, 1));
}

TEST_F(frozen, G4_element_of_a_killed_task_is_requeued)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_frozen(&self->freezer, ch);
	uint64_t i;

	for (i = 0; i <= variant->cap; i++)
		channel_send(ch, i + 1);
	operation_signal(op, SIGKILL);
	freezer_thaw(&self->freezer);
	EXPECT_EQ(OPERATION_KILLED, operation_wait(op));
	EXPECT_TRUE(memory_is(op->elems, sizeof(uint64_t), 0xa5));
	EXPECT_EQ(1, channel_info(ch).requeues);
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_EQ(variant->cap, channel_info(ch).len);
	for (i = 0; i <= variant->cap; i++)
		EXPECT_EQ(i + 1, channel_recv(ch));
}

FIXTURE(frozen_like_a_stop)
{
	struct freezer freezer;
	bool made;
};

FIXTURE_SETUP(frozen_like_a_stop)
{
	freezer_make(&self->freezer, 2);
	self->made = true;
}

FIXTURE_TEARDOWN_PARENT(frozen_like_a_stop)
{
	if (self->made)
		freezer_remove(&self->freezer);
}

TEST_F(frozen_like_a_stop, operation_goes_on_after_the_thaw)
{
	int ch = channel_make(0), other = channel_make(0);
	struct operation *receiver = operation_park_recv(TASK_PROCESS, ch);
	struct operation *sender = operation_park_send(TASK_PROCESS, other, 2);

	freezer_add(&self->freezer, receiver);
	freezer_add(&self->freezer, sender);
	freezer_freeze(&self->freezer);
	EXPECT_FALSE(operation_done(receiver) || operation_done(sender));
	freezer_thaw(&self->freezer);
	channel_wait_parked(ch, 0, 1);
	channel_wait_parked(other, 1, 0);
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_EQ(1, operation_value(receiver));
	EXPECT_EQ(2, channel_recv(other));
	EXPECT_EQ(0, operation_wait(sender));
}

TEST_HARNESS_MAIN
