// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile process whose many threads look for deadlocks in a table of very many file
 * descriptors: others who look for one in their own channels are not held up (G12).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/task.h"

#define THREADS		64
#define DESCRIPTORS	200000
/* How often the task of another process is looked at, and has slept anew meanwhile. */
#define SAMPLES		2000
#define SLEEPS		3

static int recv_until_killed(struct operation *op)
{
	uint64_t element;

	return chan_recv(op->ch, &element);
}

static void fill_table(int fd)
{
	const struct rlimit limit = { DESCRIPTORS + 1000, DESCRIPTORS + 1000 };
	int i;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		give_up("setrlimit: %s", strerror(errno));
	for (i = 0; i < DESCRIPTORS; i++) {
		if (dup(fd) < 0)
			give_up("dup: %s", strerror(errno));
	}
}

/* All its threads are parked in its channel, so that each of them looks again and again. */
static int run_hostile(struct operation *op)
{
	int i;

	fill_table(op->ch);
	for (i = 0; i < THREADS - 1; i++)
		operation_start(operation_new(TASK_THREAD, recv_until_killed, op->ch, 1));
	return recv_until_killed(op);
}

FIXTURE(hostile_deadlock)
{
	struct operation *hostile;
	int hostile_ch;
	int ch;
};

/* The test holds both channels: so nobody is in a deadlock. */
FIXTURE_SETUP(hostile_deadlock)
{
	self->hostile_ch = chan_make(sizeof(uint64_t), 0, CHAN_F_DEADLOCK);
	self->ch = chan_make(sizeof(uint64_t), 0, CHAN_F_DEADLOCK);
	ASSERT_LE(0, self->hostile_ch);
	ASSERT_LE(0, self->ch);
	self->hostile = operation_new(TASK_PROCESS, run_hostile, self->hostile_ch, 1);
	operation_start(self->hostile);
	channel_wait_parked(self->hostile_ch, 0, THREADS);
}

FIXTURE_TEARDOWN(hostile_deadlock)
{
	operation_kill(self->hostile);
	channel_wait_parked(self->hostile_ch, 0, 0);
}

/* It is asleep, or runs; never does it wait in a way that no signal ends. */
TEST_F(hostile_deadlock, G12_who_is_parked_elsewhere_can_be_killed_all_the_time)
{
	struct operation *op = operation_park_recv(TASK_PROCESS, self->ch);
	const unsigned long sleeps = task_sleeps(op->pid);
	unsigned int samples = 0, stuck = 0;

	while (samples < SAMPLES || task_sleeps(op->pid) < sleeps + SLEEPS) {
		stuck += task_state(op->pid) == 'D';
		samples++;
	}
	EXPECT_EQ(0, stuck) {
		TH_LOG("%u of %u samples", stuck, samples);
	}
	operation_kill(op);
}

TEST_HARNESS_MAIN
