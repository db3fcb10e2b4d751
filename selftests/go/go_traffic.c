// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders, receivers and selects that do both, around several channels in all arrangements, until
 * each channel has passed its share. Elements arrive in order (G1), each once (G3). The
 * arrangements are those of Go's ken/chan: Documentation/go-conformance.rst has the list.
 */
#include <sched.h>
#include <stdlib.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

#define CHANNELS_MAX	12
#define TASKS_MAX	10
#define SHARE		40

/* Maximum number of channels that one select receives from, and sends to. */
#define SIDES		4

/**
 * struct job - work of one task
 * @recv: channels to receive from, until all elements have arrived
 * @send: channels to send to, SHARE elements each
 * @nrecv: number of channels in @recv
 * @nsend: number of channels in @send
 * @seed: chooses the moments when it yields
 */
struct job {
	int recv[SIDES];
	int send[SIDES];
	int nrecv;
	int nsend;
	unsigned int seed;
};

/**
 * struct traffic - one arrangement
 * @cap: capacity of its channels
 * @kind: of its tasks
 * @ntasks: number of tasks
 * @jobs: their work; shared
 * @ops: their operations
 */
struct traffic {
	unsigned int cap;
	enum task_kind kind;
	int ntasks;
	struct job *jobs;
	struct operation *ops[TASKS_MAX];
};

static void let_others_run(struct job *job, int most)
{
	int i;

	for (i = rand_r(&job->seed) % most; i > 0; i--)
		sched_yield();
}

static int run_send(struct operation *op)
{
	struct job *job = op->data;
	uint64_t i;
	int ret = 0;

	for (i = 0; i < SHARE && !ret; i++) {
		let_others_run(job, 10);
		ret = chan_send(job->send[0], &i, sizeof(i));
	}
	return ret;
}

static int run_recv(struct operation *op)
{
	struct job *job = op->data;
	uint64_t i, value;

	for (i = 0; i < SHARE; i++) {
		let_others_run(job, 10);
		if (chan_recv(job->recv[0], &value, sizeof(value)) != 1 || value != i)
			return -1;
	}
	return 0;
}

/* A case is disabled once its channel's share is done. */
static int run_select(struct operation *op)
{
	struct job *job = op->data;
	const int n = job->nrecv + job->nsend;
	struct chan_case cases[2 * SIDES];
	uint64_t count[2 * SIDES] = { 0 }, room;
	int i, chosen;

	for (i = 0; i < job->nrecv; i++)
		cases[i] = chan_case_recv(job->recv[i], &room, sizeof(room));
	for (; i < n; i++)
		cases[i] = chan_case_send(job->send[i - job->nrecv], &count[i], sizeof(count[i]));
	for (i = 0; i < n * SHARE; i++) {
		let_others_run(job, 5);
		chosen = chan_select(cases, n);
		if (chosen < 0 || cases[chosen].result != (chosen < job->nrecv))
			return -1;
		if (chosen < job->nrecv && room != count[chosen])
			return -2;
		if (++count[chosen] == SHARE)
			cases[chosen].fd = -1;
	}
	return 0;
}

static struct job *add_task(struct traffic *t, int (*run)(struct operation *op))
{
	struct job *job = &t->jobs[t->ntasks];

	job->seed = t->ntasks;
	t->ops[t->ntasks] = operation_new_nil(t->kind, run, -1);
	t->ops[t->ntasks++]->data = job;
	return job;
}

static void add_senders(struct traffic *t, const int *chs, int n)
{
	int i;

	for (i = 0; i < n; i++)
		add_task(t, run_send)->send[0] = chs[i];
}

static void add_receivers(struct traffic *t, const int *chs, int n)
{
	int i;

	for (i = 0; i < n; i++)
		add_task(t, run_recv)->recv[0] = chs[i];
}

/* From and to four channels each, or none. */
static void add_select(struct traffic *t, const int *recv, const int *send)
{
	struct job *job = add_task(t, run_select);
	int i;

	for (i = 0; recv && i < SIDES; i++)
		job->recv[job->nrecv++] = recv[i];
	for (i = 0; send && i < SIDES; i++)
		job->send[job->nsend++] = send[i];
}

FIXTURE(go_traffic)
{
	struct traffic t;
	int chs[CHANNELS_MAX];
};

FIXTURE_VARIANT(go_traffic)
{
	unsigned int cap;
	enum task_kind kind;
};

FIXTURE_SETUP(go_traffic)
{
	int i;

	self->t.cap = variant->cap;
	self->t.kind = variant->kind;
	self->t.jobs = shared_alloc(TASKS_MAX * sizeof(*self->t.jobs));
	for (i = 0; i < CHANNELS_MAX; i++)
		self->chs[i] = channel_make(variant->cap);
}

FIXTURE_TEARDOWN(go_traffic)
{
}

GO_CAPACITY_VARIANTS(go_traffic);

/* All tasks get the expected elements, and channels 0 to @n - 1 have passed their share. */
static bool traffic_flows(struct traffic *t, const int *chs, int n)
{
	struct chan_info info;
	int i;

	for (i = 0; i < t->ntasks; i++)
		operation_start(t->ops[i]);
	if (!operations_succeed(t->ops, t->ntasks))
		return false;
	for (i = 0; i < n; i++) {
		info = channel_info(chs[i]);
		if (channel_paths_sum(info.sends) != SHARE || info.maxlen > t->cap ||
		    channel_paths_sum(info.recvs) != SHARE || info.len || info.sendq || info.recvq)
			return false;
	}
	return true;
}

TEST_F(go_traffic, G1_G3_senders_to_receivers)
{
	add_senders(&self->t, self->chs, 4);
	add_receivers(&self->t, self->chs, 4);
	EXPECT_TRUE(traffic_flows(&self->t, self->chs, 4));
}

TEST_F(go_traffic, G1_G3_senders_to_a_select)
{
	add_senders(&self->t, self->chs, 4);
	add_select(&self->t, self->chs, NULL);
	EXPECT_TRUE(traffic_flows(&self->t, self->chs, 4));
}

TEST_F(go_traffic, G1_G3_a_select_to_receivers)
{
	add_receivers(&self->t, self->chs, 4);
	add_select(&self->t, NULL, self->chs);
	EXPECT_TRUE(traffic_flows(&self->t, self->chs, 4));
}

TEST_F(go_traffic, G1_G3_a_select_to_a_select)
{
	add_select(&self->t, NULL, self->chs);
	add_select(&self->t, self->chs, NULL);
	EXPECT_TRUE(traffic_flows(&self->t, self->chs, 4));
}

TEST_F(go_traffic, G1_G3_selects_to_each_other)
{
	add_select(&self->t, self->chs + 4, self->chs);
	add_select(&self->t, self->chs, self->chs + 4);
	EXPECT_TRUE(traffic_flows(&self->t, self->chs, 8));
}

TEST_F(go_traffic, G1_G3_senders_through_selects_to_receivers)
{
	add_senders(&self->t, self->chs + 4, 4);
	add_receivers(&self->t, self->chs + 8, 4);
	add_select(&self->t, self->chs + 4, self->chs);
	add_select(&self->t, self->chs, self->chs + 8);
	EXPECT_TRUE(traffic_flows(&self->t, self->chs, 12));
}

TEST_HARNESS_MAIN
