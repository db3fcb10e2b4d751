// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several producers and consumers with random operations, while a nemesis interrupts, kills, and
 * expires deadlines. Values are unique, so that each can be accounted for.
 */
#include "unit.h"

#define PRODUCERS	3
#define CONSUMERS	3
#define WORKERS		(PRODUCERS + CONSUMERS)
#define BATCH_MAX	8

/* How many values one producer sends. */
#define VALUES		2000

/**
 * struct stress - one run
 * @cf: the channel's file
 * @size: bytes of an element
 * @faults: memory faults, allocations fail, and tasks are killed
 * @closes: the channel is closed before all is sent
 * @over: all tasks stop
 * @sent: how many values each producer has sent
 * @taken: how many elements were received
 * @received: how often each value was
 */
struct stress {
	struct chan_file	*cf;
	u32			size;
	bool			faults;
	bool			closes;
	bool			over;
	unsigned int		sent[PRODUCERS];
	unsigned int		taken;
	unsigned int		received[PRODUCERS * VALUES];
};

/**
 * struct worker - a producer or a consumer
 * @index: number of the producer
 * @next: of a consumer: the minimum of the next value of each producer
 * @elems: its buffer
 */
struct worker {
	unsigned int	index;
	unsigned int	next[PRODUCERS];
	u8		elems[BATCH_MAX * UNIT_ELEMSIZE_MAX];
};

/* Static, so that it outlives a failed test for tasks that still run. */
static struct stress stress;
static struct worker workers[WORKERS];

static bool one_in(unsigned int n)
{
	return shim_random() % n == 0;
}

static struct chan_deadline random_deadline(void)
{
	struct chan_deadline deadline = chan_deadline_never;

	if (one_in(4))
		return chan_deadline_now;
	if (one_in(4))
		deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + shim_random() % 10;
	return deadline;
}

/* Random faults for the next operation. */
static void random_trouble(struct worker *worker)
{
	uintptr_t end = UINTPTR_MAX;
	unsigned int nth = 0;

	if (stress.faults && one_in(8))
		end = (uintptr_t)worker->elems + shim_random() % (BATCH_MAX * UNIT_ELEMSIZE_MAX);
	if (stress.faults && one_in(8))
		nth = 1 + shim_random() % 3;
	WRITE_ONCE(current->user_end, end);
	shim_memory_fail_nth(nth);
}

/* A killed worker continues as another task. */
static void forget_signals(void)
{
	WRITE_ONCE(current->signal, false);
	WRITE_ONCE(current->killed, false);
}

static bool may_go_on(long result)
{
	if (READ_ONCE(stress.over))
		return false;
	switch (result) {
	case -EAGAIN:
	case -ETIMEDOUT:
	case -ERESTARTSYS:
	case -EFAULT:
	case -ENOMEM:
		return true;
	default:
		return result > 0;
	}
}

static long run_producer(struct operation *op)
{
	struct worker *worker = op->data;
	unsigned int sent = 0, count, i;
	long result = 1;

	while (sent < VALUES && may_go_on(result)) {
		struct chan_deadline deadline = random_deadline();

		count = 1 + shim_random() % BATCH_MAX;
		if (count > VALUES - sent)
			count = VALUES - sent;
		for (i = 0; i < count; i++)
			element_fill(worker->elems + i * stress.size, stress.size,
				     worker->index * VALUES + sent + i);
		random_trouble(worker);
		result = chan_xfer_send(stress.cf, worker->elems, stress.cf->ch->elemsize, count,
					1 + shim_random() % count, &deadline);
		forget_signals();
		if (result > 0)
			sent += result;
	}
	stress.sent[worker->index] = sent;
	return sent == VALUES || result == -EPIPE ? 0 : result;
}

/* Account for one element. Returns false if it was never sent, or is out of order. */
static bool take(struct worker *worker, const u8 *elem)
{
	unsigned int producer, number;
	u64 value;

	__atomic_fetch_add(&stress.taken, 1, __ATOMIC_RELAXED);
	if (!stress.size)
		return true;
	memcpy(&value, elem, sizeof(value));
	if (value >= PRODUCERS * VALUES || !element_is(elem, stress.size, value))
		return false;
	__atomic_fetch_add(&stress.received[value], 1, __ATOMIC_RELAXED);
	producer = value / VALUES;
	number = value % VALUES;
	/* Requeued elements were overtaken. */
	if (!stress.faults && number < worker->next[producer])
		return false;
	worker->next[producer] = number + 1;
	return true;
}

static long run_consumer(struct operation *op)
{
	struct worker *worker = op->data;
	long result, i;

	do {
		struct chan_deadline deadline = random_deadline();
		unsigned int count = 1 + shim_random() % BATCH_MAX;

		random_trouble(worker);
		result = chan_xfer_recv(stress.cf, worker->elems, stress.cf->ch->elemsize, count,
					1 + shim_random() % count, &deadline);
		forget_signals();
		for (i = 0; i < result; i++) {
			if (!take(worker, worker->elems + i * stress.size))
				return -EBADMSG;
		}
	} while (may_go_on(result));
	return result;
}

static long run_nemesis(struct operation *op)
{
	struct operation **victims = op->data;
	struct chan_info info;

	while (!READ_ONCE(stress.over)) {
		struct task_struct *victim = victims[shim_random() % WORKERS]->task;

		if (stress.faults && one_in(2))
			shim_task_kill(victim);
		else
			shim_task_signal(victim);
		shim_clock_advance(CLOCK_MONOTONIC, 3);
		chan_hchan_info(op->cf->ch, &info);
		if (info.len > info.cap)
			return -EOVERFLOW;
		unit_nap();
	}
	return 0;
}

static void check_values(void)
{
	unsigned int producer, number, sent = 0;

	for (producer = 0; producer < PRODUCERS; producer++) {
		sent += stress.sent[producer];
		for (number = 0; stress.size && number < VALUES; number++)
			assert_int_equal(stress.received[producer * VALUES + number],
					 number < stress.sent[producer]);
	}
	assert_int_equal(stress.taken, sent);
}

static void stress_channel(void)
{
	struct operation *ops[WORKERS], *nemesis;
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .index = i };
		ops[i] = operation_new(i < PRODUCERS ? run_producer : run_consumer, stress.cf, 1);
		ops[i]->data = &workers[i];
	}
	nemesis = operation_new(run_nemesis, stress.cf, 1);
	nemesis->data = ops;
	for (i = 0; i < WORKERS; i++)
		operation_start(ops[i]);
	operation_start(nemesis);

	if (stress.closes)
		unit_wait_until(READ_ONCE(stress.taken) > VALUES);
	for (i = 0; i < PRODUCERS && !stress.closes; i++)
		unit_wait_until(operation_done(ops[i]));
	assert_int_equal(chan_hchan_close(stress.cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	for (i = 0; i < WORKERS; i++)
		unit_wait_until(operation_done(ops[i]));
	WRITE_ONCE(stress.over, true);
	assert_int_equal(operation_join(nemesis), 0);
	for (i = 0; i < WORKERS; i++)
		assert_int_equal(operation_join(ops[i]), 0);
}

static void stress_all(bool faults, bool closes)
{
	static const u32 caps[] = { 0, 1, 7 };
	static const u32 sizes[] = { 0, 8, 256, 300 };
	struct chan_info info;
	unsigned int i, j;

	shim_chaos(true);
	for (i = 0; i < ARRAY_LENGTH(caps); i++) {
		for (j = 0; j < ARRAY_LENGTH(sizes); j++) {
			stress = (struct stress){ .faults = faults, .closes = closes };
			stress.size = sizes[j];
			stress.cf = channel_make(sizes[j], caps[i]);
			stress_channel();
			check_values();
			info = channel_info(stress.cf);
			assert_int_equal(info.len + info.requeued, 0);
			assert_int_equal(info.sendq + info.recvq, 0);
			channel_release(stress.cf);
		}
	}
}

static int stress_teardown(void **state)
{
	WRITE_ONCE(stress.over, true);
	return unit_teardown(state);
}

static void G1_G3_values_arrive_once_and_in_order_despite_signals(void **state)
{
	(void)state;
	stress_all(false, false);
}

static void G3_G4_values_arrive_once_despite_faults_and_kills(void **state)
{
	(void)state;
	stress_all(true, false);
}

static void G1_G6_values_sent_before_close_arrive_once_and_in_order(void **state)
{
	(void)state;
	stress_all(false, true);
}

static void G3_G6_values_sent_before_close_arrive_once_despite_faults(void **state)
{
	(void)state;
	stress_all(true, true);
}

#define STRESS_TEST(function) \
	cmocka_unit_test_setup_teardown(function, unit_setup, stress_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STRESS_TEST(G1_G3_values_arrive_once_and_in_order_despite_signals),
		STRESS_TEST(G3_G4_values_arrive_once_despite_faults_and_kills),
		STRESS_TEST(G1_G6_values_sent_before_close_arrive_once_and_in_order),
		STRESS_TEST(G3_G6_values_sent_before_close_arrive_once_despite_faults),
	};

	return UNIT_RUN(tests);
}
