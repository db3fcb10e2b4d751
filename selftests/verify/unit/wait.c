// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits and how they end: by completion, then by a signal, then by the deadline. A claim decides
 * which one it is, no wakeup is lost, and a completed task may return at once.
 */
#include "choice.h"

/* A parked operation and the peer that completes it, on one channel. */
struct pair {
	struct chan_file *cf;
	struct operation *parked;
	struct operation *peer;
};

static struct pair pair_new(bool parked_sends, clockid_t clock, s64 expires)
{
	struct pair pair = { .cf = channel_make(8, 0) };

	pair.parked = operation_new(parked_sends ? operation_run_send : operation_run_recv,
				    pair.cf, 1);
	pair.parked->deadline.clock = clock;
	pair.parked->deadline.expires = expires;
	pair.peer = operation_new(parked_sends ? operation_run_recv : operation_run_send,
				  pair.cf, 1);
	element_fill(parked_sends ? pair.parked->elems : pair.peer->elems, 8, 1);
	return pair;
}

/* The peer has completed the parked operation, but has not woken its task yet. */
static struct pair pair_completed(bool parked_sends, clockid_t clock, s64 expires)
{
	struct pair pair = pair_new(parked_sends, clock, expires);

	operation_park(pair.parked);
	operation_start_stopped(pair.peer, SHIM_POINT_WAKE, 1);
	assert_true(shim_task_stopped(pair.peer->task));
	assert_false(operation_done(pair.parked));
	return pair;
}

/* The parked task does not wait for the peer to be scheduled. */
static void pair_completes_without_peer(struct pair *pair)
{
	assert_int_equal(operation_join(pair->parked), 1);
	assert_false(operation_done(pair->peer));
}

static void pair_completes(struct pair *pair)
{
	operation_continue(pair->peer);
	assert_int_equal(operation_join(pair->peer), 1);
	assert_int_equal(operation_join(pair->parked), 1);
	assert_int_equal(operation_value(pair->parked, 0), 1);
	assert_int_equal(operation_value(pair->peer, 0), 1);
	channel_expect_empty(pair->cf);
}

/* Both ways: a parked receiver, and a parked sender. */
#define for_each_side(sends)	for (sends = 0; sends < 2; sends++)

static void G10_completed_operation_beats_signal(void **state)
{
	int sends;

	(void)state;
	for_each_side(sends) {
		struct pair pair = pair_completed(sends, CLOCK_MONOTONIC, KTIME_MAX);

		shim_task_signal(pair.parked->task);
		pair_completes_without_peer(&pair);
		pair_completes(&pair);
	}
}

static void G10_completed_operation_beats_deadline(void **state)
{
	int sends;

	(void)state;
	for_each_side(sends) {
		struct pair pair = pair_completed(sends, CLOCK_MONOTONIC,
						shim_clock_now(CLOCK_MONOTONIC) + 10);

		shim_clock_advance(CLOCK_MONOTONIC, 10);
		pair_completes_without_peer(&pair);
		pair_completes(&pair);
	}
}

static void G10_completed_operation_beats_close(void **state)
{
	int sends;

	(void)state;
	for_each_side(sends) {
		struct pair pair = pair_completed(sends, CLOCK_MONOTONIC, KTIME_MAX);

		assert_int_equal(chan_hchan_close(pair.cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		assert_int_equal(shim_task_asleep(pair.parked->task) & TASK_NORMAL,
				 TASK_INTERRUPTIBLE);
		operation_continue(pair.peer);
		assert_int_equal(operation_join(pair.peer), 1);
		assert_int_equal(operation_join(pair.parked), 1);
		assert_int_equal(operation_value(pair.parked, 0), 1);
	}
}

/* All three have come before the task runs again: it reports the success. */
static void G10_completed_operation_beats_signal_and_deadline(void **state)
{
	int sends;

	(void)state;
	for_each_side(sends) {
		struct pair pair = pair_new(sends, CLOCK_MONOTONIC,
					    shim_clock_now(CLOCK_MONOTONIC) + 10);

		operation_start_stopped(pair.parked, SHIM_POINT_SCHEDULE, 1);
		assert_true(shim_task_stopped(pair.parked->task));
		operation_start(pair.peer);
		assert_int_equal(operation_join(pair.peer), 1);
		shim_task_signal(pair.parked->task);
		shim_clock_advance(CLOCK_MONOTONIC, 10);
		operation_continue(pair.parked);
		pair_completes(&pair);
	}
}

static void G10_signal_beats_deadline(void **state)
{
	int sends;

	(void)state;
	for_each_side(sends) {
		struct pair pair = pair_new(sends, CLOCK_MONOTONIC,
					    shim_clock_now(CLOCK_MONOTONIC) + 10);

		operation_start_stopped(pair.parked, SHIM_POINT_SCHEDULE, 1);
		shim_task_signal(pair.parked->task);
		shim_clock_advance(CLOCK_MONOTONIC, 10);
		operation_continue(pair.parked);
		assert_int_equal(operation_join(pair.parked), -ERESTARTSYS);
	}
}

static void G4_signal_means_nothing_happened(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *sender = operation_park_send(cf, 1);
	struct operation *receiver;
	struct chan_info info;

	(void)state;
	shim_task_signal(sender->task);
	assert_int_equal(operation_join(sender), -ERESTARTSYS);
	channel_expect_empty(cf);

	receiver = operation_park_recv(cf);
	shim_task_signal(receiver->task);
	assert_int_equal(operation_join(receiver), -ERESTARTSYS);
	assert_int_equal(channel_try_send(cf, 2), -EAGAIN);

	info = channel_info(cf);
	assert_int_equal(info.sendq + info.recvq, 0);
	assert_int_equal(info.sends.park + info.recvs.park, 0);
	assert_int_equal(info.send_parks, 1);
	assert_int_equal(info.recv_parks, 1);
}

static void G4_deadline_means_nothing_happened_on_each_clock(void **state)
{
	const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };
	unsigned int i, other;
	int sends;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(clocks); i++) {
		for_each_side(sends) {
			struct pair pair = pair_new(sends, clocks[i],
						    shim_clock_now(clocks[i]) + 10);
			struct task_struct *task = pair.parked->task;

			operation_park(pair.parked);
			for (other = 0; other < ARRAY_LENGTH(clocks); other++) {
				if (other != i)
					shim_clock_advance(clocks[other], 1000);
			}
			shim_clock_advance(clocks[i], 9);
			assert_int_equal(shim_task_asleep(task) & TASK_NORMAL, TASK_INTERRUPTIBLE);
			shim_clock_advance(clocks[i], 1);
			assert_int_equal(operation_join(pair.parked), -ETIMEDOUT);
			assert_int_equal(channel_info(pair.cf).sendq, 0);
			assert_int_equal(channel_info(pair.cf).recvq, 0);
			channel_expect_empty(pair.cf);
		}
	}
}

/* An operation that need not wait still succeeds. */
static void deadline_in_the_past_only_forbids_to_wait(void **state)
{
	const s64 past[] = { 0, 1 };
	struct chan_file *cf = channel_make(8, 1);
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(past); i++) {
		const struct chan_deadline deadline = {
			.clock = CLOCK_MONOTONIC, .expires = past[i],
		};
		u64 value = 1;

		assert_int_equal(chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &deadline), 1);
		assert_int_equal(chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &deadline),
				 -ETIMEDOUT);
		assert_int_equal(chan_xfer_recv(cf, &value, cf->ch->elemsize, 1, 1, &deadline), 1);
		assert_int_equal(chan_xfer_recv(cf, &value, cf->ch->elemsize, 1, 1, &deadline),
				 -ETIMEDOUT);
	}
}

/* Slack saves wakeups, but a real-time task's deadline is exact. */
static void deadline_of_realtime_task_has_no_slack(void **state)
{
	bool realtime;

	(void)state;
	for (realtime = false;; realtime = true) {
		struct pair pair = pair_new(false, CLOCK_MONOTONIC,
					    shim_clock_now(CLOCK_MONOTONIC) + 10);

		pair.parked->task->realtime = realtime;
		operation_park(pair.parked);
		assert_int_equal(READ_ONCE(pair.parked->task->slack_asked),
				 realtime ? 0 : pair.parked->task->timer_slack_ns);
		shim_task_signal(pair.parked->task);
		assert_int_equal(operation_join(pair.parked), -ERESTARTSYS);
		if (realtime)
			break;
	}
}

static void operation_without_wait_does_not_park(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct chan_info info;

	(void)state;
	assert_int_equal(channel_try_send(cf, 1), -EAGAIN);
	channel_expect_empty(cf);
	info = channel_info(cf);
	assert_int_equal(info.send_parks + info.recv_parks, 0);
}

/* A select of one case. */
static struct operation *select_park(struct chan_file *cf, bool sends, u64 value)
{
	struct operation *op = choice_operation(cf);

	if (sends)
		choice_add_send(operation_choice(op), cf, value);
	else
		choice_add_recv(operation_choice(op), cf);
	operation_park(op);
	return op;
}

/* It is going to end its wait, and is about to take the lock of its channel. */
static void stop_before_lock(struct operation *op)
{
	shim_task_stop_at(op->task, SHIM_POINT_LOCK, 1);
	shim_task_signal(op->task);
	unit_wait_until(shim_task_stopped(op->task));
}

/*
 * A select that has claimed itself, but is still in the queue, is skipped: its element is not
 * taken, and no element is given to it.
 */
static void G3_I5_who_gave_up_is_not_completed(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *ops[2];

	(void)state;
	ops[0] = select_park(cf, false, 0);
	stop_before_lock(ops[0]);
	channel_send(cf, 1);
	assert_int_equal(channel_info(cf).len, 1);
	operation_continue(ops[0]);
	assert_int_equal(operation_join(ops[0]), -ERESTARTSYS);

	ops[0] = select_park(cf, true, 2);
	ops[1] = operation_park_send(cf, 3);
	stop_before_lock(ops[0]);
	channel_expect(cf, 1);
	assert_int_equal(operation_join(ops[1]), 1);
	channel_expect(cf, 3);
	channel_expect_empty(cf);
	operation_continue(ops[0]);
	assert_int_equal(operation_join(ops[0]), -ERESTARTSYS);
	assert_int_equal(channel_info(cf).sendq, 0);
}

/* It is about to end its wait, for a signal or its deadline, and a peer is faster. */
static void G10_peer_beats_signal_and_deadline_until_the_claim(void **state)
{
	int sends, signal;

	(void)state;
	for_each_side(sends) {
		for (signal = 0; signal < 2; signal++) {
			struct pair pair = pair_new(sends, CLOCK_MONOTONIC,
						    shim_clock_now(CLOCK_MONOTONIC) + 10);

			operation_park(pair.parked);
			shim_task_stop_at(pair.parked->task, SHIM_POINT_LOCK, 1);
			if (signal)
				shim_task_signal(pair.parked->task);
			else
				shim_clock_advance(CLOCK_MONOTONIC, 10);
			unit_wait_until(shim_task_stopped(pair.parked->task));
			operation_start(pair.peer);
			assert_int_equal(operation_join(pair.peer), 1);
			operation_continue(pair.parked);
			pair_completes(&pair);
		}
	}
}

/* More than one search of a queue removes. */
#define STALE	(3 * CHAN_WAITQ_SCAN + 3)

/* Stale waiters at the head of a queue: selects that gave up. */
static void park_stale(struct chan_file *cf, bool sends, struct operation **stale)
{
	unsigned int i;

	for (i = 0; i < STALE; i++)
		stale[i] = select_park(cf, sends, 2);
	for (i = 0; i < STALE; i++)
		stop_before_lock(stale[i]);
}

static void end_stale(struct chan_file *cf, struct operation **stale)
{
	unsigned int i;

	for (i = 0; i < STALE; i++) {
		operation_continue(stale[i]);
		assert_int_equal(operation_join(stale[i]), -ERESTARTSYS);
	}
	assert_int_equal(channel_info(cf).sendq + channel_info(cf).recvq, 0);
}

static long try_meet(struct chan_file *cf, bool sends)
{
	u64 value = 0;
	long moved = sends ? channel_try_recv(cf, &value) : channel_try_send(cf, 1);

	return moved == 1 && sends && value != 1 ? -1 : moved;
}

static void G3_many_who_gave_up_are_passed_over(void **state)
{
	struct operation *stale[STALE], *op;
	int sends;

	(void)state;
	for_each_side(sends) {
		struct chan_file *cf = channel_make(8, 0);

		park_stale(cf, sends, stale);
		assert_int_equal(channel_info(cf).sendq + channel_info(cf).recvq, STALE);
		op = sends ? operation_park_send(cf, 1) : operation_park_recv(cf);
		assert_int_equal(try_meet(cf, sends), 1);
		assert_int_equal(operation_join(op), 1);
		assert_int_equal(operation_value(op, 0), 1);
		end_stale(cf, stale);

		/* A select finds no peer among them. */
		park_stale(cf, sends, stale);
		op = choice_operation(cf);
		if (sends)
			choice_add_recv(operation_choice(op), cf);
		else
			choice_add_send(operation_choice(op), cf, 1);
		assert_int_equal(choice_try(operation_choice(op)), -EAGAIN);
		end_stale(cf, stale);

		park_stale(cf, sends, stale);
		assert_int_equal(try_meet(cf, sends), -EAGAIN);
		end_stale(cf, stale);

		park_stale(cf, sends, stale);
		op = sends ? operation_park_send(cf, 1) : operation_park_recv(cf);
		assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		assert_int_equal(operation_join(op), sends ? -EPIPE : 0);
		end_stale(cf, stale);
	}
}

/* The peer completes it while the task is at each point on its way to sleep. */
static void G3_no_wake_up_is_lost(void **state)
{
	unsigned int nth;
	int sends;

	(void)state;
	for_each_side(sends) {
		for (nth = 1;; nth++) {
			struct pair pair = pair_new(sends, CLOCK_MONOTONIC, KTIME_MAX);
			bool stopped;

			operation_start_stopped(pair.parked, SHIM_POINT_ANY, nth);
			stopped = shim_task_stopped(pair.parked->task);
			operation_start(pair.peer);
			unit_wait_until(operation_settled(pair.peer));
			operation_continue(pair.parked);
			pair_completes(&pair);
			if (!stopped)
				break;
		}
		/* At least: the lock, the unlock, the state, and the sleep. */
		assert_in_range(nth, 5, 100);
	}
}

/* The peer is about to wake a task that has returned and is gone. */
static void G3_completed_task_may_go_before_its_wake_up(void **state)
{
	int sends;

	(void)state;
	for_each_side(sends) {
		struct pair pair = pair_new(sends, CLOCK_MONOTONIC, KTIME_MAX);

		operation_start_stopped(pair.parked, SHIM_POINT_SCHEDULE, 1);
		operation_start_stopped(pair.peer, SHIM_POINT_WAKE, 1);
		assert_true(shim_task_stopped(pair.peer->task));
		/* Something else wakes it. */
		operation_continue(pair.parked);
		shim_task_signal(pair.parked->task);
		assert_int_equal(operation_join(pair.parked), 1);
		shim_tasks_reap();
		pair_completes(&pair);
	}
}

static void nil_channel_waits_in_vain(void **state)
{
	struct chan_file *cf = channel_open();
	long (*const runs[])(struct operation *op) = { operation_run_send, operation_run_recv };
	u64 value = 1;
	unsigned int i;

	(void)state;
	assert_int_equal(channel_try_send(cf, 1), -EAGAIN);
	assert_int_equal(channel_try_recv(cf, &value), -EAGAIN);
	for (i = 0; i < ARRAY_LENGTH(runs); i++) {
		struct operation *op = operation_new(runs[i], cf, 1);

		operation_park(op);
		shim_task_signal(op->task);
		assert_int_equal(operation_join(op), -ERESTARTSYS);

		op = operation_new(runs[i], cf, 1);
		op->deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + 10;
		operation_park(op);
		shim_clock_advance(CLOCK_MONOTONIC, 10);
		assert_int_equal(operation_join(op), -ETIMEDOUT);

		op = operation_new(runs[i], cf, 1);
		operation_park(op);
		shim_task_kill(op->task);
		assert_int_equal(operation_join(op), -ERESTARTSYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G10_completed_operation_beats_signal),
		UNIT_TEST(G10_completed_operation_beats_deadline),
		UNIT_TEST(G10_completed_operation_beats_close),
		UNIT_TEST(G10_completed_operation_beats_signal_and_deadline),
		UNIT_TEST(G10_signal_beats_deadline),
		UNIT_TEST(G4_signal_means_nothing_happened),
		UNIT_TEST(G4_deadline_means_nothing_happened_on_each_clock),
		UNIT_TEST(deadline_in_the_past_only_forbids_to_wait),
		UNIT_TEST(deadline_of_realtime_task_has_no_slack),
		UNIT_TEST(operation_without_wait_does_not_park),
		UNIT_TEST(G3_I5_who_gave_up_is_not_completed),
		UNIT_TEST(G10_peer_beats_signal_and_deadline_until_the_claim),
		UNIT_TEST(G3_many_who_gave_up_are_passed_over),
		UNIT_TEST(G3_no_wake_up_is_lost),
		UNIT_TEST(G3_completed_task_may_go_before_its_wake_up),
		UNIT_TEST(nil_channel_waits_in_vain),
	};

	return UNIT_RUN(tests);
}
