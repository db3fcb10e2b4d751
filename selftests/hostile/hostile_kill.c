// SPDX-License-Identifier: GPL-2.0-only
/*
 * A parked task that tries to stay parked: SIGKILL ends it in each kind of park (G12), and its
 * place in the queue becomes free (G11).
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/freezer.h"
#include "common/operation.h"

static int select_recv(struct operation *op)
{
	struct chan_case cases[] = {
		chan_case_recv(op->ch, op->elems, op->elemsize),
		chan_case_poll(eventfd(0, EFD_CLOEXEC), POLLIN),
	};

	return chan_select(cases, ARRAY_LENGTH(cases));
}

/* All cases are the same. */
static int select_send(struct operation *op)
{
	struct chan_case cases[CHAN_SELECT_MAX];
	int i;

	for (i = 0; i < CHAN_SELECT_MAX; i++)
		cases[i] = chan_case_send(op->ch, op->elems, op->elemsize);
	return chan_select(cases, CHAN_SELECT_MAX);
}

FIXTURE(hostile_kill)
{
	int ch;
	struct operation *op;
};

/**
 * struct hostile_kill - variants
 * @run: the parking call
 * @flags: of the channel
 */
FIXTURE_VARIANT(hostile_kill)
{
	int (*run)(struct operation *op);
	unsigned int flags;
};

#define WAY(name, function, channel_flags) \
	FIXTURE_VARIANT_ADD(hostile_kill, name) { .run = function, .flags = channel_flags }

WAY(send, operation_send_one, 0);
WAY(recv, operation_recv_one, 0);
WAY(sendv, operation_send, 0);
WAY(recvv, operation_recv, 0);
WAY(write, operation_write, 0);
WAY(read, operation_read, 0);
WAY(select_recv, select_recv, 0);
WAY(select_send, select_send, 0);

FIXTURE_SETUP(hostile_kill)
{
	self->ch = chan_make(sizeof(uint64_t), 0, variant->flags);
	ASSERT_LE(0, self->ch);
	self->op = operation_new(TASK_PROCESS, variant->run, self->ch, 1);
}

FIXTURE_TEARDOWN(hostile_kill)
{
	EXPECT_EQ(0, module_parameter("live_waiters"));
}

static bool is_killed(struct operation *op)
{
	const int ch = op->ch;

	operation_kill(op);
	if (operation_join(op) != OPERATION_KILLED)
		return false;
	channel_wait_parked(ch, 0, 0);
	return channel_info(ch).requeued == 0;
}

static void block_all_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	if (sigprocmask(SIG_BLOCK, &all, NULL))
		give_up("sigprocmask: %s", strerror(errno));
}

TEST_F(hostile_kill, G12_with_all_signals_blocked)
{
	block_all_signals();
	operation_park(self->op);
	operation_signal(self->op, SIGTERM);
	operation_signal(self->op, SIGUSR1);
	EXPECT_LT(0, channel_info(self->ch).sendq + channel_info(self->ch).recvq);
	EXPECT_TRUE(is_killed(self->op));
}

TEST_F(hostile_kill, G12_when_it_is_stopped)
{
	operation_park(self->op);
	operation_signal(self->op, SIGSTOP);
	operation_wait_state(self->op, 'T');
	EXPECT_TRUE(is_killed(self->op));
}

TEST_F(hostile_kill, G12_when_it_is_traced)
{
	operation_park(self->op);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, self->op->pid, 0, 0));
	ASSERT_EQ(0, ptrace(PTRACE_INTERRUPT, self->op->pid, 0, 0));
	operation_wait_state(self->op, 't');
	EXPECT_TRUE(is_killed(self->op));
}

TEST_F(hostile_kill, G12_when_it_hardly_ever_runs)
{
	const struct sched_param param = { 0 };

	operation_park(self->op);
	ASSERT_EQ(0, sched_setscheduler(self->op->pid, SCHED_IDLE, &param));
	EXPECT_TRUE(is_killed(self->op));
}

TEST_F(hostile_kill, G12_when_it_is_frozen)
{
	struct freezer freezer;
	struct operation *op = self->op;

	freezer_make(&freezer, 2);
	operation_start(op);
	freezer_add(&freezer, op);
	wait_until(channel_info(self->ch).sendq + channel_info(self->ch).recvq);
	freezer_freeze(&freezer);
	EXPECT_TRUE(is_killed(op));
	freezer_remove(&freezer);
}

/* Its parent waits for it in the kernel, until it exits or executes a program. */
static int run_in_vfork(struct operation *op)
{
	int (*const run)(struct operation *op) = op->data;
	volatile pid_t child = vfork();

	if (!child) {
		run(op);
		_exit(0);
	}
	return waitpid(child, NULL, 0) == child ? 0 : 1;
}

TEST_F(hostile_kill, G12_in_the_child_of_a_vfork)
{
	struct operation *op = self->op;

	op->data = variant->run;
	op->run = run_in_vfork;
	operation_park(op);
	/* Killing the parent does not kill the child, which then runs by itself. */
	operation_kill(op);
	EXPECT_EQ(OPERATION_KILLED, operation_join(op));
	EXPECT_LT(0, module_parameter("live_waiters"));
	ASSERT_EQ(0, chan_close(self->ch));
	wait_until(module_parameter("live_waiters") == 0);
}

TEST_HARNESS_MAIN
