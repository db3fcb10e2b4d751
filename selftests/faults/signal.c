// SPDX-License-Identifier: GPL-2.0-only
/* Signals delivered to parked operations: handlers, kills, stops, and tracers. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

/* Every way to move one element, and its result. */
static const struct {
	int (*run)(struct operation *op);
	bool send;
	int success;
} ways[] = {
	{ operation_send_one, true, 0 },
	{ operation_send, true, 1 },
	{ operation_write, true, sizeof(uint64_t) },
	{ operation_recv_one, false, 1 },
	{ operation_recv, false, 1 },
	{ operation_read, false, sizeof(uint64_t) },
};

#define POISON	0xa5a5a5a5a5a5a5a5

static struct operation *way_park(unsigned int way, enum task_kind kind, int ch)
{
	struct operation *op = operation_new(kind, ways[way].run, ch, 1);

	memset(op->elems, 0xa5, sizeof(uint64_t));
	operation_park(op);
	return op;
}

/* Let it succeed: a peer comes, and the ring is as before. */
static void way_complete(unsigned int way, int ch, unsigned int cap)
{
	unsigned int i;

	if (!ways[way].send) {
		channel_send(ch, 1);
		return;
	}
	for (i = 0; i < cap + 1; i++)
		channel_recv(ch);
	for (i = 0; i < cap; i++)
		channel_send(ch, 100 + i);
}

/* A channel on which @way has to wait. */
static int way_channel(unsigned int way, unsigned int cap)
{
	int ch = channel_make(cap);
	unsigned int i;

	for (i = 0; ways[way].send && i < cap; i++)
		channel_send(ch, 100 + i);
	return ch;
}

static uint64_t parks(int ch)
{
	struct chan_info info = channel_info(ch);

	return info.send_parks + info.recv_parks;
}

static unsigned int parked(int ch)
{
	struct chan_info info = channel_info(ch);

	return info.sendq + info.recvq;
}

CAPACITY_FIXTURE(interruption);

TEST_F(interruption, EINTR_and_nothing_happened)
{
	struct chan_info before;
	struct operation *op;
	unsigned int way, i;
	int ch;

	catch_signal(0);
	for (way = 0; way < ARRAY_LENGTH(ways); way++) {
		ch = way_channel(way, variant->cap);
		before = channel_info(ch);
		op = way_park(way, variant->kind, ch);
		operation_signal(op, SIGUSR1);
		EXPECT_EQ(-EINTR, operation_wait(op));
		EXPECT_EQ(POISON, operation_value(op));
		EXPECT_TRUE(channel_unchanged(ch, before));
		EXPECT_EQ(1, parks(ch));
		for (i = 0; i < before.len; i++)
			EXPECT_EQ(100 + i, channel_recv(ch));
		EXPECT_EQ(-EAGAIN, chan_try_recv(ch, op->elems, op->elemsize));
	}
}

TEST_F(interruption, SA_RESTART_restarts_every_operation)
{
	struct operation *op;
	unsigned int way;
	int ch;

	catch_signal(SA_RESTART);
	for (way = 0; way < ARRAY_LENGTH(ways); way++) {
		ch = way_channel(way, variant->cap);
		op = way_park(way, variant->kind, ch);
		operation_signal(op, SIGUSR1);
		wait_until(parks(ch) == 2 && parked(ch) == 1);
		way_complete(way, ch, variant->cap);
		EXPECT_EQ(ways[way].success, operation_wait(op));
		EXPECT_EQ(ways[way].send ? POISON : 1, operation_value(op));
	}
}

/* A restarted call reads its arguments again. */
TEST_F(interruption, select_that_restarts_has_not_touched_its_cases)
{
	uint64_t *room = shared_alloc(sizeof(*room));
	int ch = channel_make(variant->cap);
	struct chan_case cases[] = {
		chan_case_poll(-1, UINT16_MAX),
		chan_case_recv(ch, room, sizeof(*room)),
	};
	struct operation *op;

	catch_signal(SA_RESTART);
	op = operation_park_select(variant->kind, ch, cases, 2);
	operation_signal(op, SIGUSR1);
	wait_until(parks(ch) == 2 && parked(ch) == 1);
	EXPECT_EQ(0, memcmp(op->data, cases, sizeof(cases)));
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(1, *room);
}

CAPACITY_ONLY_FIXTURE(process);

TEST_F(process, SIGKILL_ends_every_operation)
{
	unsigned long long waiters = module_parameter("live_waiters");
	struct chan_info before;
	struct operation *op;
	unsigned int way;
	int ch;

	for (way = 0; way < ARRAY_LENGTH(ways); way++) {
		ch = way_channel(way, variant->cap);
		before = channel_info(ch);
		op = way_park(way, TASK_PROCESS, ch);
		EXPECT_EQ(waiters + 1, module_parameter("live_waiters"));
		operation_kill(op);
		EXPECT_EQ(OPERATION_KILLED, operation_wait(op));
		EXPECT_EQ(POISON, operation_value(op));
		EXPECT_TRUE(channel_unchanged(ch, before));
		EXPECT_EQ(waiters, module_parameter("live_waiters"));
	}
}

TEST(signals_end_waits_on_nil_channels)
{
	struct operation *op;
	unsigned int i;

	catch_signal(0);
	for (i = 0; i < 2 * ARRAY_LENGTH(ways); i++) {
		/* read(2) and write(2) fail there. */
		if (ways[i / 2].run == operation_read || ways[i / 2].run == operation_write)
			continue;
		op = operation_new_nil(TASK_PROCESS, ways[i / 2].run, channel_open());
		memset(op->elems, 0xa5, sizeof(uint64_t));
		operation_start(op);
		operation_wait_asleep(op);
		if (i % 2)
			operation_kill(op);
		else
			operation_signal(op, SIGUSR1);
		EXPECT_EQ(i % 2 ? OPERATION_KILLED : -EINTR, operation_wait(op));
		EXPECT_EQ(POISON, operation_value(op));
	}
}

TEST_F(process, stop_and_continue_do_not_disturb)
{
	struct operation *op;
	unsigned int way, i;
	int ch;

	for (way = 0; way < ARRAY_LENGTH(ways); way++) {
		ch = way_channel(way, variant->cap);
		op = way_park(way, TASK_PROCESS, ch);
		for (i = 0; i < 3; i++) {
			operation_signal(op, SIGSTOP);
			operation_wait_state(op, 'T');
			operation_signal(op, SIGCONT);
			wait_until(parked(ch) == 1);
			operation_wait_asleep(op);
		}
		way_complete(way, ch, variant->cap);
		EXPECT_EQ(ways[way].success, operation_wait(op));
		EXPECT_EQ(ways[way].send ? POISON : 1, operation_value(op));
		EXPECT_EQ(4, parks(ch));
	}
}

/* A stopped task blocks no other; elements that it misses go to other waiters. */
TEST_F(process, stopped_task_leaves_its_place_to_others)
{
	int ch = channel_make(variant->cap);
	struct operation *first = operation_park_recv(TASK_PROCESS, ch);
	struct operation *second = operation_park_recv(TASK_PROCESS, ch);

	operation_signal(first, SIGSTOP);
	operation_wait_state(first, 'T');
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_wait(second));
	EXPECT_EQ(1, operation_value(second));
	if (variant->cap)
		channel_send(ch, 2);
	operation_signal(first, SIGCONT);
	if (!variant->cap) {
		channel_wait_parked(ch, 0, 1);
		channel_send(ch, 2);
	}
	EXPECT_EQ(1, operation_wait(first));
	EXPECT_EQ(2, operation_value(first));
}

static void trace(struct operation *op, bool seize)
{
	int status;

	if (ptrace(seize ? PTRACE_SEIZE : PTRACE_ATTACH, op->pid, NULL, NULL) ||
	    (seize && ptrace(PTRACE_INTERRUPT, op->pid, NULL, NULL)) ||
	    waitpid(op->pid, &status, 0) != op->pid || !WIFSTOPPED(status))
		give_up("ptrace: %s", strerror(errno));
}

static void trace_end(struct operation *op)
{
	if (ptrace(PTRACE_DETACH, op->pid, NULL, NULL))
		give_up("PTRACE_DETACH: %s", strerror(errno));
}

TEST_F(process, tracer_does_not_disturb)
{
	struct operation *op;
	unsigned int i, way;
	int ch;

	for (i = 0; i < 2 * ARRAY_LENGTH(ways); i++) {
		way = i / 2;
		ch = way_channel(way, variant->cap);
		op = way_park(way, TASK_PROCESS, ch);
		trace(op, i % 2);
		trace_end(op);
		wait_until(parked(ch) == 1);
		operation_wait_asleep(op);
		way_complete(way, ch, variant->cap);
		EXPECT_EQ(ways[way].success, operation_wait(op));
		EXPECT_EQ(ways[way].send ? POISON : 1, operation_value(op));
	}
}

/* An element that comes while it is traced is there when the tracer detaches. */
TEST_F(process, traced_task_finds_what_came_meanwhile)
{
	int ch = channel_make(variant->cap);
	struct operation *op = operation_park_recv(TASK_PROCESS, ch), *sender;

	trace(op, true);
	sender = operation_new(TASK_THREAD, operation_send_one, ch, 1);
	memcpy(sender->elems, &(uint64_t){ 7 }, sizeof(uint64_t));
	operation_start(sender);
	wait_until(operation_done(sender) || parked(ch));
	trace_end(op);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(7, operation_value(op));
	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(0, parked(ch) + channel_info(ch).len);
}

#define ROUNDS		200
#define INTERRUPTS	30

/**
 * struct rally - two tasks that exchange a number under a stream of signals
 * @request: channel one way
 * @reply: channel the other way
 * @rounds: completed
 * @interrupts: operations that failed with EINTR and were retried
 * @stop: set by the test
 */
struct rally {
	int request;
	int reply;
	uint64_t rounds;
	uint64_t interrupts;
	bool stop;
};

static int rally_send(struct rally *rally, int ch, uint64_t value)
{
	int ret;

	while ((ret = chan_send(ch, &value, sizeof(value))) == -EINTR)
		__atomic_add_fetch(&rally->interrupts, 1, __ATOMIC_RELAXED);
	return ret;
}

static int rally_recv(struct rally *rally, int ch, uint64_t *value)
{
	int ret;

	while ((ret = chan_recv(ch, value, sizeof(*value))) == -EINTR)
		__atomic_add_fetch(&rally->interrupts, 1, __ATOMIC_RELAXED);
	return ret;
}

/* Returns 0 if every number came back, once and in order. */
static int rally_serve(struct operation *op)
{
	struct rally *rally = op->data;
	uint64_t i, value;

	for (i = 0; !__atomic_load_n(&rally->stop, __ATOMIC_RELAXED); i++) {
		if (rally_send(rally, rally->request, i) ||
		    rally_recv(rally, rally->reply, &value) != 1 || value != i + 1)
			return -1;
		__atomic_store_n(&rally->rounds, i + 1, __ATOMIC_RELAXED);
	}
	return chan_close(rally->request);
}

static int rally_return(struct operation *op)
{
	struct rally *rally = op->data;
	uint64_t value;
	int ret;

	while ((ret = rally_recv(rally, rally->request, &value)) == 1) {
		if (rally_send(rally, rally->reply, value + 1))
			return -1;
	}
	return ret;
}

static bool rally_goes_on(struct rally *rally, struct operation *a, struct operation *b)
{
	operation_signal(a, SIGUSR1);
	operation_signal(b, SIGUSR1);
	return __atomic_load_n(&rally->rounds, __ATOMIC_RELAXED) < ROUNDS ||
	       __atomic_load_n(&rally->interrupts, __ATOMIC_RELAXED) < INTERRUPTS;
}

TEST_F(interruption, G3_G10_storm_of_signals_loses_nothing)
{
	struct rally *rally = shared_alloc(sizeof(*rally));
	struct operation *serve, *back;
	struct chan_info info;

	catch_signal(0);
	rally->request = channel_make(variant->cap);
	rally->reply = channel_make(variant->cap);
	serve = operation_new(variant->kind, rally_serve, rally->request, 1);
	back = operation_new(variant->kind, rally_return, rally->request, 1);
	serve->data = rally;
	back->data = rally;
	operation_start(serve);
	operation_start(back);
	wait_until(!rally_goes_on(rally, serve, back));
	__atomic_store_n(&rally->stop, true, __ATOMIC_RELAXED);
	EXPECT_EQ(0, operation_join(serve));
	EXPECT_EQ(0, operation_join(back));
	info = channel_info(rally->request);
	EXPECT_EQ(rally->rounds, channel_paths_sum(info.sends));
	EXPECT_EQ(rally->rounds, channel_paths_sum(info.recvs));
	info = channel_info(rally->reply);
	EXPECT_EQ(rally->rounds, channel_paths_sum(info.sends));
	EXPECT_EQ(rally->rounds, channel_paths_sum(info.recvs));
	EXPECT_EQ(0, info.requeues + info.len + info.sendq + info.recvq);
}

TEST_HARNESS_MAIN
