// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHAN_F_DEADLOCK: who can never be woken gets EDEADLK, and nobody else does. Who else has the
 * channel is a subject of its own: deadlock_files.c.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/stage.h"

static int recv_with_deadline(int ch)
{
	uint64_t value;

	return chan_recv_until(ch, &value, CHAN_DEADLINE_NONE / 4);
}

/* Through a file of another channel: this one has no more references than by a receive. */
static int select_recv(int ch)
{
	uint64_t value;
	struct chan_case cases[] = { chan_case_recv(ch, &value) };
	const struct chan_select select = {
		.cases = (uintptr_t)cases,
		.ncases = 1,
		.casesize = sizeof(cases[0]),
		.deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(channel_open(), CHAN_IOC_SELECT, &select);
}

static int nothing(int ch)
{
	return 0;
}

static void receive_alone(void)
{
	stage_act(0, stage_recv);
}

TEST(receive_that_only_its_own_process_could_end_is_a_deadlock)
{
	stage_open(receive_alone);
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void send_alone(void)
{
	stage_act(0, stage_send);
}

TEST(send_that_only_its_own_process_could_end_is_a_deadlock)
{
	stage_open(send_alone);
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void send_to_full(void)
{
	stage_make(2, CHAN_F_DEADLOCK);
	channel_send_range(stage->ch, 1, 2);
	stage_act(0, stage_send);
}

TEST(send_to_a_full_buffer_is_a_deadlock)
{
	stage_open(send_to_full);
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

/* What it moved before it was stuck. */
static int send_three(int ch)
{
	const uint64_t values[3] = { 1, 2, 3 };

	return chan_sendv(ch, values, 3);
}

static void send_three_alone(void)
{
	stage_make(2, CHAN_F_DEADLOCK);
	stage_act(0, send_three);
	stage_act(1, stage_send);
}

TEST(what_was_sent_before_the_deadlock_is_told)
{
	stage_open(send_three_alone);
	EXPECT_EQ(2, stage_result(0));
	EXPECT_EQ(-EDEADLK, stage_result(1));
}

static void receive_twice(void)
{
	stage_enter(1, stage_recv);
	stage_act(0, stage_recv);
	stage_wait_for_curtain(0);
}

TEST(of_two_stuck_threads_one_is_told)
{
	int first;

	stage_open(receive_twice);
	wait_until(stage_actor_done(0) || stage_actor_done(1));
	first = stage_actor_done(0) ? 0 : 1;
	EXPECT_EQ(-EDEADLK, stage_result(first));
	if (!first)
		EXPECT_TRUE(stage_stays_parked(1));
	stage_draw_curtain();
}

static void receive_beside(int (*deed)(int ch))
{
	stage_enter(1, deed);
	stage_act(0, stage_recv);
}

static void receive_beside_a_thread(void)
{
	receive_beside(stage_wait_for_curtain);
}

TEST(thread_that_is_not_parked_could_help)
{
	stage_open(receive_beside_a_thread);
	EXPECT_TRUE(stage_stays_parked(0));
	/* It ends, without help. */
	stage_draw_curtain();
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void receive_beside_a_deadline(void)
{
	receive_beside(recv_with_deadline);
}

TEST(thread_with_a_deadline_could_help)
{
	stage_open(receive_beside_a_deadline);
	EXPECT_TRUE(stage_stays_parked(0));
}

static void receive_beside_a_select(void)
{
	receive_beside(select_recv);
}

TEST(thread_in_a_select_could_help)
{
	stage_open(receive_beside_a_select);
	EXPECT_TRUE(stage_stays_parked(0));
}

static void receive_after_a_thread(void)
{
	receive_beside(nothing);
}

TEST(thread_that_has_ended_could_not_help)
{
	stage_open(receive_after_a_thread);
	EXPECT_EQ(-EDEADLK, stage_result(0));
}

static void receive_after_the_first_thread(void)
{
	stage_enter(1, stage_recv);
	pthread_exit(NULL);
}

/* Without it, there is still a process. */
TEST(first_thread_that_has_ended_could_not_help)
{
	stage_open(receive_after_the_first_thread);
	EXPECT_EQ(-EDEADLK, stage_result(1));
}

static void receive_without_flag(void)
{
	stage_make(0, 0);
	stage_act(0, stage_recv);
}

TEST(channel_without_the_flag_keeps_who_waits)
{
	stage_open(receive_without_flag);
	stage_await_parked(0);
	kill(stage->pid, SIGKILL);
	waitpid(stage->pid, NULL, 0);
	EXPECT_FALSE(stage_actor_done(0));
}

static int recv_many(int ch)
{
	uint64_t value;

	for (uint64_t i = 1; i <= 1000; i++) {
		if (chan_recv(ch, &value) != 1 || value != i)
			return -1;
	}
	return chan_recv(ch, &value);
}

static int send_many(int ch)
{
	for (uint64_t i = 1; i <= 1000; i++) {
		int ret = chan_send(ch, &i);

		if (ret)
			return ret;
	}
	return chan_close(ch);
}

static void work(void)
{
	stage_enter(1, send_many);
	stage_act(0, recv_many);
	stage_wait_for_curtain(0);
}

TEST(threads_that_help_each_other_are_not_disturbed)
{
	stage_open(work);
	EXPECT_EQ(0, stage_result(1));
	EXPECT_EQ(0, stage_result(0));
}

TEST(signal_ends_the_wait_first)
{
	struct operation *op;
	int ch;

	catch_signal(0);
	ch = chan_make(8, 0, CHAN_F_DEADLOCK);
	ASSERT_LE(0, ch);
	op = operation_park_recv(TASK_THREAD, ch);
	operation_signal(op, SIGUSR1);
	EXPECT_EQ(-EINTR, operation_join(op));
}

TEST_HARNESS_MAIN
