// SPDX-License-Identifier: GPL-2.0-only
/*
 * A real-time task hogs a CPU in the middle of another task's work for its peers (G11, G12): the
 * peers can still be killed, and clocks still run.
 *
 * The hog is parked first in the queue, so it is woken first: it preempts its waker, which has not
 * woken the others yet, and spins until the test stops it.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/kernel.h"
#include "common/operation.h"
#include "common/task.h"

#define RT_RUNTIME	"/proc/sys/kernel/sched_rt_runtime_us"
#define FAIR_SERVER	"/sys/kernel/debug/sched/fair_server"

/* The hog's CPU, and that of the test and all others. */
#define HOGGED		0
#define FREE		1

/* The hog ends by itself after this long. */
#define HOG_LIMIT	(5 * CLOCK_SECOND)

#define CROWD		200
/* On a debug kernel, a task costs ten times as much or more. */
#define CROWD_CHECKED	20

static bool write_number(const char *path, long long number)
{
	FILE *stream = fopen(path, "we");

	if (!stream)
		return false;
	fprintf(stream, "%lld\n", number);
	return !fclose(stream);
}

static long long read_number(const char *path)
{
	FILE *stream = fopen(path, "re");
	long long number;

	if (!stream || fscanf(stream, "%lld", &number) != 1)
		give_up("%s has no number", path);
	fclose(stream);
	return number;
}

/* Since 6.12, a fair server gives other tasks a share of a hogged CPU; 0 disables it. */
static void set_fair_server(long long runtime)
{
	char path[128];

	snprintf(path, sizeof(path), FAIR_SERVER "/cpu%d/runtime", HOGGED);
	write_number(path, runtime);
}

/**
 * struct hog - in shared memory
 * @runs: it has the CPU
 * @stop: end
 */
struct hog {
	bool runs;
	bool stop;
};

static void hog_run(struct hog *hog)
{
	const int64_t end = clock_read(CLOCK_MONOTONIC) + HOG_LIMIT;

	__atomic_store_n(&hog->runs, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&hog->stop, __ATOMIC_ACQUIRE) && clock_read(CLOCK_MONOTONIC) < end)
		;
}

static void hog_wait(const struct hog *hog)
{
	wait_until(__atomic_load_n(&hog->runs, __ATOMIC_ACQUIRE));
}

static void become_hog(void)
{
	task_pin_to(HOGGED);
	task_run_first();
}

static void become_idle(void)
{
	const struct sched_param param = { 0 };

	task_pin_to(HOGGED);
	if (sched_setscheduler(0, SCHED_IDLE, &param))
		give_up("sched_setscheduler: %s", strerror(errno));
}

/* Stop it. Returns whether it has run until now. */
static bool hog_stop(struct operation *op)
{
	struct hog *hog = op->data;
	bool runs = !operation_done(op);

	__atomic_store_n(&hog->stop, true, __ATOMIC_RELEASE);
	operation_wait(op);
	return runs;
}

FIXTURE(starved)
{
	long long rt_runtime;
};

FIXTURE_SETUP(starved)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "a single CPU");
	task_pin_to(FREE);
	self->rt_runtime = read_number(RT_RUNTIME);
	if (!write_number(RT_RUNTIME, -1))
		give_up("cannot set " RT_RUNTIME);
	set_fair_server(0);
}

FIXTURE_TEARDOWN_PARENT(starved)
{
	write_number(RT_RUNTIME, self->rt_runtime);
	set_fair_server(CLOCK_SECOND / 20);
}

/* A task parked on @ch by @run, which hogs the CPU when it is woken. */
static struct operation *park_hog(int (*run)(struct operation *op), int ch)
{
	struct operation *op = operation_new(TASK_PROCESS, run, ch, 1);

	op->data = shared_alloc(sizeof(struct hog));
	operation_park(op);
	return op;
}

static int run_receiving_hog(struct operation *op)
{
	int ret;

	become_hog();
	ret = chan_recv(op->ch, op->elems, op->elemsize);
	hog_run(op->data);
	return ret;
}

static int run_sending_hog(struct operation *op)
{
	int ret;

	become_hog();
	ret = chan_send(op->ch, op->elems, op->elemsize);
	hog_run(op->data);
	return ret;
}

static int run_idle_close(struct operation *op)
{
	become_idle();
	return chan_close(op->ch);
}

static int run_idle_send(struct operation *op)
{
	become_idle();
	return operation_send(op);
}

static int run_idle_recv(struct operation *op)
{
	become_idle();
	return operation_recv(op);
}

/* Wakes with two elements; returns when the hog has preempted the waker. */
static struct operation *wake_hog(int (*run)(struct operation *op), struct operation *hog)
{
	struct operation *op = operation_new(TASK_PROCESS, run, hog->ch, 2);

	((uint64_t *)op->elems)[0] = 1;
	((uint64_t *)op->elems)[1] = 2;
	operation_start(op);
	hog_wait(hog->data);
	return op;
}

static void *crowd_recv(void *arg)
{
	const struct operation *op = arg;
	uint64_t value;

	chan_recv(op->ch, &value, sizeof(value));
	return NULL;
}

static int run_crowd(struct operation *op)
{
	const unsigned int n = (uintptr_t)op->data;
	pthread_t threads[CROWD];
	pthread_attr_t attr;
	unsigned int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (i = 0; i < n; i++) {
		if (pthread_create(&threads[i], &attr, crowd_recv, op))
			give_up("pthread_create failed");
	}
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

TEST_F(starved, G11_G12_parked_tasks_die_while_their_closer_is_starved)
{
	const unsigned int n = kernel_is_checked() ? CROWD_CHECKED : CROWD;
	int ch = channel_make(0);
	struct operation *hog = park_hog(run_receiving_hog, ch), *closer;
	struct operation *crowd = operation_start_new(TASK_PROCESS, run_crowd, ch,
						      (void *)(uintptr_t)n);

	channel_wait_parked(ch, 0, n + 1);
	closer = wake_hog(run_idle_close, hog);
	operation_kill(crowd);
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(0, hog->result);
	EXPECT_EQ(0, operation_join(closer));
	channel_wait_parked(ch, 0, 0);
}

TEST_F(starved, G11_G12_winner_of_a_select_dies_while_its_sender_is_starved)
{
	int ch = channel_make(0), other = channel_make(0);
	struct operation *hog = park_hog(run_receiving_hog, ch), *winner, *sender;
	uint64_t *room = shared_alloc(sizeof(*room));
	struct chan_case cases[] = {
		chan_case_recv(other, room, sizeof(*room)),
		chan_case_recv(ch, room, sizeof(*room)),
	};

	winner = operation_park_select(TASK_PROCESS, ch, cases, 2);
	sender = wake_hog(run_idle_send, hog);
	operation_kill(winner);
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(1, hog->result);
	EXPECT_EQ(1, operation_value(hog));
	EXPECT_EQ(2, operation_join(sender));
	/* If it was killed before it had the element, that remains for others. */
	if (operation_join(winner) == OPERATION_KILLED)
		*room = channel_recv(ch);
	EXPECT_EQ(2, *room);
	channel_wait_parked(ch, 0, 0);
	channel_wait_parked(other, 0, 0);
}

/* A channel has records for as many elements at once as before. */
static void receive_two(int ch)
{
	struct operation *senders[] = {
		operation_park_send(TASK_THREAD, ch, 1),
		operation_park_send(TASK_THREAD, ch, 2),
	};
	uint64_t values[2];

	if (chan_recvv(ch, values, sizeof(*values), 2) != 2)
		give_up("cannot receive two elements");
	operation_join(senders[0]);
	operation_join(senders[1]);
}

TEST_F(starved, G11_G12_sender_dies_while_its_receiver_is_starved)
{
	int ch = channel_make(0);
	struct operation *hog, *victim, *receiver;

	receive_two(ch);
	hog = park_hog(run_sending_hog, ch);
	victim = operation_park_send(TASK_PROCESS, ch, 7);
	receiver = wake_hog(run_idle_recv, hog);
	operation_kill(victim);
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(0, hog->result);
	EXPECT_EQ(2, operation_wait(receiver));
	EXPECT_EQ(7, ((uint64_t *)receiver->elems)[1]);
	channel_wait_parked(ch, 0, 0);
}

/* Sets the timer, so that it runs on the hogged CPU, and closes its descriptor after a tick. */
static int run_ticked_hog(struct operation *op)
{
	int ret;

	become_hog();
	ret = chan_timer_reset(op->ch, 1000000);
	if (ret == 1)
		ret = chan_recv(op->ch, op->elems, op->elemsize);
	close(op->ch);
	hog_run(op->data);
	return ret;
}

/* The hog has taken a tick of @timer, and its CPU. */
static struct operation *tick_hog(int timer)
{
	struct operation *op = operation_new(TASK_PROCESS, run_ticked_hog, timer, 1);

	op->data = shared_alloc(sizeof(struct hog));
	operation_start(op);
	hog_wait(op->data);
	return op;
}

static int new_timer(void)
{
	const int timer = chan_after(CLOCK_HOUR);

	if (timer < 0)
		give_up("chan_after: %s", strerror(-timer));
	return timer;
}

TEST_F(starved, G11_G12_timer_is_stopped_while_its_cpu_is_hogged)
{
	const int timer = new_timer();
	struct operation *hog = tick_hog(timer);

	EXPECT_EQ(0, chan_timer_stop(timer));
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(1, hog->result);
}

TEST_F(starved, G11_G12_timer_is_reset_while_its_cpu_is_hogged)
{
	const int timer = new_timer();
	struct operation *hog = tick_hog(timer);

	EXPECT_EQ(0, chan_timer_reset(timer, CLOCK_HOUR));
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(1, hog->result);
}

TEST_F(starved, G11_G12_timer_is_closed_while_its_cpu_is_hogged)
{
	const int timer = new_timer();
	struct operation *hog = tick_hog(timer);

	close(timer);
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(1, hog->result);
}

static int run_pause(struct operation *op)
{
	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	return pause();
}

/* The owner has the last descriptor. */
TEST_F(starved, G11_G12_process_with_a_timer_dies_while_its_cpu_is_hogged)
{
	const int timer = new_timer();
	struct operation *owner = operation_start_new(TASK_PROCESS, run_pause, timer, NULL), *hog;

	wait_until(__atomic_load_n(&owner->progress, __ATOMIC_ACQUIRE));
	hog = tick_hog(timer);
	close(timer);
	operation_kill(owner);
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(1, hog->result);
}

/* Runs on the CPU to be hogged: sets the timer there, and hogs the CPU before the tick is due. */
static int run_setting_hog(struct operation *op)
{
	int ret;

	become_hog();
	ret = chan_timer_reset(op->ch, CLOCK_SECOND / 20);
	hog_run(op->data);
	return ret;
}

TEST_F(starved, G12_tick_comes_while_the_cpu_of_its_timer_is_hogged)
{
	const int timer = new_timer();
	struct operation *hog = operation_new(TASK_PROCESS, run_setting_hog, timer, 1);
	uint64_t tick;

	EXPECT_EQ(1, chan_timer_stop(timer));
	hog->data = shared_alloc(sizeof(struct hog));
	operation_start(hog);
	EXPECT_EQ(1, chan_recv(timer, &tick, sizeof(tick)));
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(0, hog->result);
}

/* A poller is woken like a receiver. With PREEMPT_RT, its wait queue has a lock that sleeps. */
TEST_F(starved, G9_G12_tick_wakes_a_poller_while_the_cpu_of_its_timer_is_hogged)
{
	const int timer = new_timer();
	struct operation *hog = operation_new(TASK_PROCESS, run_setting_hog, timer, 1);
	struct pollfd poller = { .fd = timer, .events = POLLIN };

	if (kernel_is_realtime())
		SKIP(return, "pollers are woken by a softirq");
	EXPECT_EQ(1, chan_timer_stop(timer));
	hog->data = shared_alloc(sizeof(struct hog));
	operation_start(hog);
	EXPECT_EQ(1, poll(&poller, 1, -1));
	EXPECT_TRUE(hog_stop(hog));
	EXPECT_EQ(0, hog->result);
}

TEST_HARNESS_MAIN
