// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHAN_F_DEADLOCK: who can never be woken gets EDEADLK, and nobody else does. What happens is on
 * a stage of its own: a process whose channel the test itself does not hold.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"
#include "common/task.h"

#define ACTORS	3
/* An actor that has looked so often has not only looked before it slept. */
#define LOOKS	3

/**
 * struct actor - a thread of the stage, shared with the test
 * @tid: once it is there
 * @done: it has a result
 * @result: of what it did on the channel
 */
struct actor {
	pid_t tid;
	bool done;
	int result;
};

/**
 * struct stage - a process, shared with the test
 * @pid: of it
 * @ch: its channel, with all rights
 * @curtain: something that only the test ends: a pipe that it closes
 * @actors: the first is its first thread
 */
struct stage {
	pid_t pid;
	int ch;
	int curtain[2];
	struct actor actors[ACTORS];
};

static struct stage *stage;

static void act(int i, int (*deed)(int ch))
{
	struct actor *actor = &stage->actors[i];

	__atomic_store_n(&actor->tid, gettid(), __ATOMIC_RELEASE);
	actor->result = deed(stage->ch);
	__atomic_store_n(&actor->done, true, __ATOMIC_RELEASE);
}

static bool actor_done(int i)
{
	return __atomic_load_n(&stage->actors[i].done, __ATOMIC_ACQUIRE);
}

static int recv_one(int ch)
{
	uint64_t value;

	return chan_recv(ch, &value);
}

static int send_one(int ch)
{
	const uint64_t value = 1;

	return chan_send(ch, &value);
}

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

/* Until the test closes its end. */
static int wait_for_curtain(int ch)
{
	char byte;

	return read(stage->curtain[0], &byte, 1);
}

static int nothing(int ch)
{
	return 0;
}

struct part {
	int index;
	int (*deed)(int ch);
};

static void *play(void *data)
{
	const struct part *part = data;

	act(part->index, part->deed);
	return NULL;
}

/* One more thread of the stage. */
static void enter(int i, int (*deed)(int ch))
{
	struct part *part = malloc(sizeof(*part));
	pthread_t thread;

	*part = (struct part){ i, deed };
	if (pthread_create(&thread, NULL, play, part))
		give_up("no thread");
}

static void make(unsigned int cap, unsigned int flags)
{
	stage->ch = chan_make(8, cap, flags);
	if (stage->ch < 0)
		give_up("chan_make: %s", strerror(-stage->ch));
}

/* A process with this script, which ends with the test. */
static void open_stage(void (*script)(void))
{
	pid_t pid;

	stage = shared_alloc(sizeof(*stage));
	if (pipe(stage->curtain))
		give_up("no pipe");
	pid = fork();
	if (pid) {
		stage->pid = pid;
		close(stage->curtain[0]);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(stage->curtain[1]);
	make(0, CHAN_F_DEADLOCK);
	script();
	exit(0);
}

static void draw_curtain(void)
{
	close(stage->curtain[1]);
}

static int result_of_actor(int i)
{
	wait_until(actor_done(i));
	return stage->actors[i].result;
}

/* Wait until the actor has looked for deadlocks again and again. Has it found none? */
static bool stays_parked(int i)
{
	const struct actor *actor = &stage->actors[i];
	unsigned long sleeps;

	wait_until(__atomic_load_n(&actor->tid, __ATOMIC_ACQUIRE));
	wait_until(actor_done(i) || task_sleeps_on(actor->tid, stage->ch));
	if (actor_done(i))
		return false;
	sleeps = task_sleeps(actor->tid);
	wait_until(actor_done(i) || task_sleeps(actor->tid) >= sleeps + LOOKS);
	return !actor_done(i);
}

static void receive_alone(void)
{
	act(0, recv_one);
}

TEST(receive_that_only_its_own_process_could_end_is_a_deadlock)
{
	open_stage(receive_alone);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void send_alone(void)
{
	act(0, send_one);
}

TEST(send_that_only_its_own_process_could_end_is_a_deadlock)
{
	open_stage(send_alone);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void send_to_full(void)
{
	make(2, CHAN_F_DEADLOCK);
	channel_send_range(stage->ch, 1, 2);
	act(0, send_one);
}

TEST(send_to_a_full_buffer_is_a_deadlock)
{
	open_stage(send_to_full);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

/* What it moved before it was stuck. */
static int send_three(int ch)
{
	const uint64_t values[3] = { 1, 2, 3 };

	return chan_sendv(ch, values, 3);
}

static void send_three_alone(void)
{
	make(2, CHAN_F_DEADLOCK);
	act(0, send_three);
	act(1, send_one);
}

TEST(what_was_sent_before_the_deadlock_is_told)
{
	open_stage(send_three_alone);
	EXPECT_EQ(2, result_of_actor(0));
	EXPECT_EQ(-EDEADLK, result_of_actor(1));
}

static void receive_twice(void)
{
	enter(1, recv_one);
	act(0, recv_one);
	wait_for_curtain(0);
}

TEST(of_two_stuck_threads_one_is_told)
{
	int first;

	open_stage(receive_twice);
	wait_until(actor_done(0) || actor_done(1));
	first = actor_done(0) ? 0 : 1;
	EXPECT_EQ(-EDEADLK, result_of_actor(first));
	if (!first)
		EXPECT_TRUE(stays_parked(1));
	draw_curtain();
}

static void receive_beside(int (*deed)(int ch))
{
	enter(1, deed);
	act(0, recv_one);
}

static void receive_beside_a_thread(void)
{
	receive_beside(wait_for_curtain);
}

TEST(thread_that_is_not_parked_could_help)
{
	open_stage(receive_beside_a_thread);
	EXPECT_TRUE(stays_parked(0));
	/* It ends, without help. */
	draw_curtain();
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void receive_beside_a_deadline(void)
{
	receive_beside(recv_with_deadline);
}

TEST(thread_with_a_deadline_could_help)
{
	open_stage(receive_beside_a_deadline);
	EXPECT_TRUE(stays_parked(0));
}

static void receive_beside_a_select(void)
{
	receive_beside(select_recv);
}

TEST(thread_in_a_select_could_help)
{
	open_stage(receive_beside_a_select);
	EXPECT_TRUE(stays_parked(0));
}

static void receive_after_a_thread(void)
{
	receive_beside(nothing);
}

TEST(thread_that_has_ended_could_not_help)
{
	open_stage(receive_after_a_thread);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void receive_after_the_first_thread(void)
{
	enter(1, recv_one);
	pthread_exit(NULL);
}

/* Without it, there is still a process. */
TEST(first_thread_that_has_ended_could_not_help)
{
	open_stage(receive_after_the_first_thread);
	EXPECT_EQ(-EDEADLK, result_of_actor(1));
}

static void receive_with_two_descriptors(void)
{
	if (dup(stage->ch) < 0 || dup(channel_dup(stage->ch, CHAN_RIGHT_SEND)) < 0)
		give_up("no second descriptor");
	act(0, recv_one);
}

TEST(second_descriptor_of_an_open_file_could_not_help)
{
	open_stage(receive_with_two_descriptors);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

/* The stage, and a process that has these files of it. */
static void with_another(int ch, int other)
{
	if (!fork()) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ch != other)
			close(ch);
		wait_for_curtain(0);
		exit(0);
	}
}

static void receive_beside_a_process(void)
{
	with_another(stage->ch, stage->ch);
	act(0, recv_one);
}

TEST(process_with_the_same_open_file_could_help)
{
	open_stage(receive_beside_a_process);
	EXPECT_TRUE(stays_parked(0));
	draw_curtain();
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void receive_beside_an_end(unsigned int rights)
{
	int end = channel_dup(stage->ch, rights);

	with_another(stage->ch, end);
	close(end);
	act(0, recv_one);
}

static void receive_beside_a_sender(void)
{
	receive_beside_an_end(CHAN_RIGHT_SEND);
}

TEST(process_with_an_open_file_to_send_could_help)
{
	open_stage(receive_beside_a_sender);
	EXPECT_TRUE(stays_parked(0));
	draw_curtain();
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void receive_beside_a_closer(void)
{
	receive_beside_an_end(CHAN_RIGHT_CLOSE);
}

TEST(process_with_an_open_file_to_close_could_help)
{
	open_stage(receive_beside_a_closer);
	EXPECT_TRUE(stays_parked(0));
	draw_curtain();
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

static void receive_beside_a_receiver(void)
{
	receive_beside_an_end(CHAN_RIGHT_RECV);
}

TEST(process_with_an_open_file_of_the_same_side_could_not_help)
{
	open_stage(receive_beside_a_receiver);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
}

/* The end that all programs forget to close. */
static void receive_with_a_forgotten_end(void)
{
	int end = channel_dup(stage->ch, CHAN_RIGHT_RECV);

	if (!fork()) {
		close(stage->ch);
		stage->ch = end;
		wait_for_curtain(0);
		exit(0);
	}
	act(0, recv_one);
}

TEST(forgotten_end_of_ones_own_is_a_deadlock_beside_other_receivers)
{
	open_stage(receive_with_a_forgotten_end);
	EXPECT_EQ(-EDEADLK, result_of_actor(0));
	draw_curtain();
}

static void receive_beside_a_message(int fd, bool keep)
{
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], fd);
	if (!keep)
		close(fd);
	enter(1, recv_one);
	act(0, recv_one);
}

static void receive_beside_the_same_in_a_message(void)
{
	receive_beside_a_message(stage->ch, true);
}

TEST(message_with_the_same_open_file_could_help)
{
	open_stage(receive_beside_the_same_in_a_message);
	EXPECT_TRUE(stays_parked(0));
	EXPECT_TRUE(stays_parked(1));
}

static void receive_beside_another_in_a_message(void)
{
	receive_beside_a_message(channel_dup(stage->ch, CHAN_RIGHT_SEND), false);
}

TEST(message_with_another_open_file_could_help)
{
	open_stage(receive_beside_another_in_a_message);
	EXPECT_TRUE(stays_parked(0));
	EXPECT_TRUE(stays_parked(1));
}

static void receive_beside_a_copy_in_a_message(void)
{
	receive_beside_a_message(channel_dup(stage->ch, CHAN_RIGHT_SEND), true);
}

TEST(message_with_an_open_file_that_is_here_too_could_help)
{
	open_stage(receive_beside_a_copy_in_a_message);
	EXPECT_TRUE(stays_parked(0));
	EXPECT_TRUE(stays_parked(1));
}

static void receive_without_flag(void)
{
	make(0, 0);
	act(0, recv_one);
}

TEST(channel_without_the_flag_keeps_who_waits)
{
	open_stage(receive_without_flag);
	wait_until(stage->actors[0].tid && task_sleeps_on(stage->actors[0].tid, stage->ch));
	kill(stage->pid, SIGKILL);
	waitpid(stage->pid, NULL, 0);
	EXPECT_FALSE(actor_done(0));
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
	enter(1, send_many);
	act(0, recv_many);
	wait_for_curtain(0);
}

TEST(threads_that_help_each_other_are_not_disturbed)
{
	open_stage(work);
	EXPECT_EQ(0, result_of_actor(1));
	EXPECT_EQ(0, result_of_actor(0));
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
