// SPDX-License-Identifier: GPL-2.0-only
/*
 * Very many selects with the maximum number of cases, on the same channels (G5, G6): when one task
 * completes all of them, each gets a correct result.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/kernel.h"
#include "common/operation.h"
#include "common/task.h"

#define MANY		200
/* On a debug kernel, a task costs ten times as much or more. */
#define MANY_CHECKED	20
/* Returned by a failed measurement. */
#define ROUNDS		3

static unsigned int many(void)
{
	return kernel_is_checked() ? MANY_CHECKED : MANY;
}

/**
 * struct crowd - threads that each select from the same cases
 * @chs: channel of each case
 * @elems: element that each case sends
 * @sends: bit of each case that sends
 * @n: number of threads
 * @chosen: by each thread
 * @result: of the chosen case
 * @value: received value
 * @threads: the threads
 */
struct crowd {
	int chs[CHAN_SELECT_MAX];
	uint64_t elems[CHAN_SELECT_MAX];
	uint64_t sends;
	unsigned int n;
	int chosen[MANY];
	int result[MANY];
	uint64_t value[MANY];
	pthread_t threads[MANY];
	unsigned int next;
};

static struct crowd crowd;

static void *crowd_select(void *arg)
{
	const unsigned int own = __atomic_fetch_add(&crowd.next, 1, __ATOMIC_RELAXED);
	struct chan_case cases[CHAN_SELECT_MAX];
	int i, chosen;

	crowd.value[own] = UINT64_MAX;
	for (i = 0; i < CHAN_SELECT_MAX; i++)
		cases[i] = crowd.sends >> i & 1 ?
			   chan_case_send(crowd.chs[i], &crowd.elems[i], sizeof(crowd.elems[i])) :
			   chan_case_recv(crowd.chs[i], &crowd.value[own],
					  sizeof(crowd.value[own]));
	chosen = chan_select(cases, CHAN_SELECT_MAX);
	crowd.chosen[own] = chosen;
	if (chosen >= 0)
		crowd.result[own] = cases[chosen].result;
	return NULL;
}

/* @same: all cases have the same channel. All threads are parked when it returns. */
static void crowd_start(unsigned int n, uint64_t sends, bool same)
{
	pthread_attr_t attr;
	unsigned int i;

	crowd.sends = sends;
	crowd.n = n;
	crowd.next = 0;
	for (i = 0; i < CHAN_SELECT_MAX; i++) {
		crowd.chs[i] = same && i ? crowd.chs[0] : channel_make(0);
		crowd.elems[i] = i;
	}
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (i = 0; i < n; i++) {
		if (pthread_create(&crowd.threads[i], &attr, crowd_select, NULL))
			give_up("pthread_create failed");
	}
	/* [I8] A select is queued once per channel. */
	channel_wait_parked(crowd.chs[0], sends & 1 ? n : 0, sends & 1 ? 0 : n);
}

static void crowd_join(void)
{
	unsigned int i;

	for (i = 0; i < crowd.n; i++)
		pthread_join(crowd.threads[i], NULL);
}

/* How many chosen cases did not report a closed channel, as they must. */
static unsigned int not_closed(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < crowd.n; i++) {
		const int chosen = crowd.chosen[i];

		if (chosen < 0 || chosen >= CHAN_SELECT_MAX)
			wrong++;
		else if (crowd.sends >> chosen & 1)
			wrong += crowd.result[i] != -EPIPE || crowd.value[i] != UINT64_MAX;
		else
			wrong += crowd.result[i] || crowd.value[i];
	}
	return wrong;
}

/* All park to send, or all to receive: with both, they would meet each other. */
TEST(G6_close_completes_very_many_cases_of_one_channel)
{
	const uint64_t sends[] = { 0, UINT64_MAX };
	int i;

	for (i = 0; i < ARRAY_LENGTH(sends); i++) {
		crowd_start(many(), sends[i], true);
		EXPECT_EQ(0, chan_close(crowd.chs[0]));
		crowd_join();
		EXPECT_EQ(0, not_closed());
		channel_wait_parked(crowd.chs[0], 0, 0);
		close(crowd.chs[0]);
	}
}

TEST(G6_close_completes_very_many_selects_of_many_channels)
{
	int i;

	crowd_start(many(), 0, false);
	for (i = 0; i < CHAN_SELECT_MAX; i++)
		EXPECT_EQ(0, chan_close(crowd.chs[i]));
	crowd_join();
	EXPECT_EQ(0, not_closed());
	EXPECT_EQ(0, module_parameter("live_waiters"));
}

/* Each gets one element, in one of its cases. */
TEST(G5_each_of_very_many_selects_receives_one_element)
{
	const unsigned int n = many();
	bool seen[MANY] = { false };
	unsigned int i, wrong = 0;

	crowd_start(n, 0, false);
	for (i = 0; i < n; i++)
		channel_send(crowd.chs[i * 7 % CHAN_SELECT_MAX], i);
	crowd_join();
	for (i = 0; i < n; i++) {
		const uint64_t value = crowd.value[i];

		if (crowd.result[i] != 1 || value >= n || seen[value] ||
		    crowd.chosen[i] != value * 7 % CHAN_SELECT_MAX)
			wrong++;
		else
			seen[value] = true;
	}
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(0, module_parameter("live_waiters"));
}

#define SENDS	200

static int run_send_each(struct operation *op)
{
	uint64_t value;
	int i, ret = 0;

	for (i = 0; i < SENDS && !ret; i++) {
		value = (uintptr_t)op->data * SENDS + i;
		ret = chan_send(op->ch, &value, sizeof(value));
	}
	return ret;
}

/* Two receive from all channels at once, holding all their locks; each has senders of its own. */
static int run_receive_all(struct operation *op)
{
	const int *chs = op->data;
	struct chan_case cases[CHAN_SELECT_MAX];
	uint64_t value;
	int i, chosen;

	for (i = 0; i < CHAN_SELECT_MAX; i++)
		cases[i] = chan_case_recv(chs[i], &value, sizeof(value));
	for (;;) {
		chosen = chan_select(cases, CHAN_SELECT_MAX);
		if (chosen < 0)
			return chosen;
		if (!cases[chosen].result)
			return 0;
		if (value / SENDS != chosen)
			return -1;
		op->progress++;
	}
}

TEST(G3_G12_selects_of_very_many_channels_hold_up_none_of_their_senders)
{
	const unsigned int senders = 16;
	struct operation *ops[16], *receivers[2];
	int chs[CHAN_SELECT_MAX], i;

	for (i = 0; i < CHAN_SELECT_MAX; i++)
		chs[i] = channel_make(i % 2);
	for (i = 0; i < ARRAY_LENGTH(receivers); i++)
		receivers[i] = operation_start_new(TASK_THREAD, run_receive_all, chs[0], chs);
	for (i = 0; i < senders; i++)
		ops[i] = operation_start_new(TASK_THREAD, run_send_each, chs[i * 4],
					     (void *)(uintptr_t)(i * 4));
	EXPECT_TRUE(operations_succeed(ops, senders));
	for (i = 0; i < CHAN_SELECT_MAX; i++)
		wait_until(!chan_len(chs[i]));
	for (i = 0; i < CHAN_SELECT_MAX; i++)
		chan_close(chs[i]);
	for (i = 0; i < ARRAY_LENGTH(receivers); i++)
		EXPECT_EQ(0, operation_wait(receivers[i]));
	EXPECT_EQ(senders * SENDS, receivers[0]->progress + receivers[1]->progress);
}

static int64_t cost_of_close(unsigned int n)
{
	int64_t cost;

	crowd_start(n, 0, true);
	cost = -clock_read(CLOCK_THREAD_CPUTIME_ID);
	if (chan_close(crowd.chs[0]))
		give_up("cannot close");
	cost += clock_read(CLOCK_THREAD_CPUTIME_ID);
	crowd_join();
	close(crowd.chs[0]);
	return cost;
}

/* Four times as many cost about four times as much; a quadratic cost would be sixteen times. */
TEST(G12_cost_of_close_grows_with_the_number_of_cases)
{
	bool cheap = false;
	int64_t few, all;
	int i;

	task_pin();
	for (i = 0; i < ROUNDS && !cheap; i++) {
		few = cost_of_close(many() / 4);
		all = cost_of_close(many());
		TH_LOG("%lld us, %lld us", (long long)few / 1000, (long long)all / 1000);
		cheap = all < 8 * few;
	}
	EXPECT_TRUE(cheap);
}

TEST_HARNESS_MAIN
