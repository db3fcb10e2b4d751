// SPDX-License-Identifier: GPL-2.0-only
/* Timer channels: a tick is due by the clock, whether or not the alarm interrupt has come. */
#include "choice.h"

#define READABLE	(EPOLLIN | EPOLLRDNORM)

static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };

static s64 now(void)
{
	return shim_clock_now(CLOCK_MONOTONIC);
}

static void pass(s64 ns)
{
	shim_clock_advance(CLOCK_MONOTONIC, ns);
}

static __poll_t ready(struct chan_file *cf)
{
	struct file file = { .private_data = cf };

	return chan_poll(&file, NULL);
}

static long run_pass(struct operation *op)
{
	shim_clock_advance(CLOCK_MONOTONIC, (uintptr_t)op->data);
	return 0;
}

/* The time passes, but the alarm is late: its interrupt stops at this point. */
static struct operation *pass_without_alarm(struct chan_file *cf, s64 ns, enum shim_point point)
{
	struct operation *op = operation_new(run_pass, cf, 1);

	op->data = (void *)(uintptr_t)ns;
	operation_start_stopped(op, point, 1);
	assert_true(shim_task_stopped(op->task));
	return op;
}

static void alarm_comes(struct operation *op)
{
	operation_continue(op);
	assert_int_equal(operation_join(op), 0);
}

static struct operation *select_recv(struct chan_file *cf)
{
	struct operation *op = choice_operation(cf);

	choice_add_recv(operation_choice(op), cf);
	return op;
}

static void G9_tick_that_is_due_is_ready(void **state)
{
	static struct choice choice;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(clocks); i++) {
		const s64 first = shim_clock_now(clocks[i]) + 10;
		struct chan_file *cf = channel_ticker(clocks[i], first, 0);
		unsigned int other;

		for (other = 0; other < ARRAY_LENGTH(clocks); other++)
			shim_clock_advance(clocks[other], other == i ? 9 : 100);
		channel_expect_empty(cf);
		assert_int_equal(channel_info(cf).len, 0);
		assert_int_equal(ready(cf), 0);
		choice_init(&choice);
		choice_add_recv(&choice, cf);
		assert_int_equal(choice_try(&choice), -EAGAIN);

		shim_clock_advance(clocks[i], 1);
		assert_int_equal(channel_info(cf).len, 1);
		assert_int_equal(ready(cf), READABLE);
		if (i) {
			channel_expect(cf, first);
		} else {
			choice_init(&choice);
			choice_add_recv(&choice, cf);
			assert_int_equal(choice_try(&choice), 0);
			assert_int_equal(choice.received, first);
			chan_requeue_settle(&cf->ch->requeue, 1);
		}
		channel_expect_empty(cf);
		assert_int_equal(channel_info(cf).len, 0);
		assert_int_equal(ready(cf), 0);
	}
}

static void parked_receiver_gets_the_tick(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 2 * ARRAY_LENGTH(clocks); i++) {
		const clockid_t clock = clocks[i / 2];
		const s64 first = shim_clock_now(clock) + 10;
		struct chan_file *cf = channel_ticker(clock, first, 0);
		struct operation *op = i % 2 ? select_recv(cf) : operation_new(operation_run_recv, cf, 1);

		operation_park(op);
		shim_clock_advance(clock, 9);
		assert_false(operation_done(op));
		shim_clock_advance(clock, 1);
		assert_int_equal(operation_join(op), i % 2 ? 0 : 1);
		assert_int_equal(operation_value(op, 0), first);
		if (i % 2)
			chan_requeue_settle(&cf->ch->requeue, 1);
		assert_int_equal(channel_info(cf).recvs.park, 1);
	}
}

/* A tick belongs to the first parked receiver, even while its alarm is late. */
static void G2_tick_passes_no_parked_receiver(void **state)
{
	const s64 first = now() + 10;
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 10);
	struct operation *ops[3], *alarm;
	static struct choice choice;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = operation_park_recv(cf);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		alarm = pass_without_alarm(cf, 10, SHIM_POINT_LOCK);
		channel_expect_empty(cf);
		assert_int_equal(channel_info(cf).len, 0);
		assert_int_equal(ready(cf), 0);
		choice_init(&choice);
		choice_add_recv(&choice, cf);
		assert_int_equal(choice_try(&choice), -EAGAIN);
		alarm_comes(alarm);
		assert_int_equal(operation_join(ops[i]), 1);
		assert_int_equal(operation_value(ops[i], 0), first + 10 * i);
		assert_int_equal(channel_info(cf).recvq, ARRAY_LENGTH(ops) - 1 - i);
	}
}

/* The alarm is late, and the deadline comes first. */
static void G10_tick_that_is_due_beats_the_deadline(void **state)
{
	int selects;

	(void)state;
	for (selects = 0; selects < 2; selects++) {
		const s64 first = now() + 10;
		struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 0);
		struct operation *op = selects ? select_recv(cf) :
						 operation_new(operation_run_recv, cf, 1);
		struct operation *alarm;

		op->deadline.expires = first;
		operation_park(op);
		alarm = pass_without_alarm(cf, 10, SHIM_POINT_LOCK);
		assert_int_equal(operation_join(op), selects ? 0 : 1);
		assert_int_equal(operation_value(op, 0), first);
		if (selects)
			chan_requeue_settle(&cf->ch->requeue, 1);
		alarm_comes(alarm);
		channel_expect_empty(cf);
	}
}

/* But a receiver that was parked before gets it. */
static void G2_deadline_passes_no_parked_receiver(void **state)
{
	const s64 first = now() + 10;
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 0);
	struct operation *before = operation_park_recv(cf), *alarm;
	struct operation *ops[2] = { operation_new(operation_run_recv, cf, 1), select_recv(cf) };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		ops[i]->deadline.expires = first;
		operation_park(ops[i]);
	}
	alarm = pass_without_alarm(cf, 10, SHIM_POINT_LOCK);
	for (i = 0; i < 2; i++)
		assert_int_equal(operation_join(ops[i]), -ETIMEDOUT);
	assert_false(operation_done(before));
	alarm_comes(alarm);
	assert_int_equal(operation_join(before), 1);
	assert_int_equal(operation_value(before, 0), first);
}

/* Unread ticks, buffered or requeued, and ticks requeued later. */
static void G4_ticks_of_before_are_dropped(void **state)
{
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, now() + 10, 10);
	struct operation *receiver;
	bool stops;

	(void)state;
	for (stops = false;; stops = true) {
		/* Due, and not seen; then seen. */
		pass(10);
		assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC, now() + 20, 10), 1);
		channel_expect_empty(cf);
		pass(20);
		assert_int_equal(channel_info(cf).len, 1);
		assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC, now() + 20, 10), 1);
		assert_int_equal(channel_info(cf).len, 0);
		channel_expect_empty(cf);

		/* Requeued before, and after. */
		pass(20);
		assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
						&chan_deadline_now),
				 -EFAULT);
		assert_int_equal(channel_info(cf).requeued, 1);
		pass(10);
		receiver = operation_new(operation_run_recv, cf, 2);
		receiver->task->user_end = 0;
		operation_start_stopped(receiver, SHIM_POINT_USER, 1);
		assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC,
						    stops ? KTIME_MAX : now() + 10, 10), 1);
		operation_continue(receiver);
		assert_int_equal(operation_join(receiver), -EFAULT);
		assert_int_equal(channel_info(cf).requeued, 0);
		assert_int_equal(channel_info(cf).len, 0);
		channel_expect_empty(cf);
		if (stops)
			break;
		pass(10);
		channel_expect(cf, now());
	}
	pass(100);
	channel_expect_empty(cf);
	assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC, KTIME_MAX, 0), 0);
	assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC, now(), 0), 0);
	channel_expect(cf, now());
}

/* A parked receiver does not get an earlier tick that is requeued. */
static void G4_tick_of_before_is_given_to_nobody(void **state)
{
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, now(), 0);
	struct operation *receiver = operation_new(operation_run_recv, cf, 1), *parked;

	(void)state;
	receiver->task->user_end = 0;
	operation_start_stopped(receiver, SHIM_POINT_USER, 1);
	assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC, now() + 10, 0), 0);
	parked = operation_park_recv(cf);
	operation_continue(receiver);
	assert_int_equal(operation_join(receiver), -EFAULT);
	assert_false(operation_done(parked));
	pass(10);
	assert_int_equal(operation_join(parked), 1);
	assert_int_equal(operation_value(parked, 0), now());
}

static void G4_tick_of_this_setting_is_requeued(void **state)
{
	const s64 first = now();
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 10);
	struct operation *parked;

	(void)state;
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
	assert_int_equal(ready(cf), READABLE);
	pass(10);
	channel_expect(cf, first);
	channel_expect(cf, first + 10);

	parked = operation_park_recv(cf);
	shim_task_kill(parked->task);
	shim_task_stop_at(parked->task, SHIM_POINT_SCHEDULE, 1);
	operation_join(parked);
	pass(10);
	channel_expect(cf, first + 20);
}

/* Unread ticks are dropped: the next one is the first in the future. */
static void ticks_that_nobody_took_are_skipped(void **state)
{
	const s64 first = now() + 10;
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 10);

	(void)state;
	pass(10 + 35);
	channel_expect(cf, first);
	channel_expect_empty(cf);
	pass(4);
	channel_expect_empty(cf);
	pass(1);
	channel_expect(cf, first + 40);
	/* Exactly at the time of the next. */
	pass(20);
	channel_expect(cf, first + 50);
	channel_expect_empty(cf);
	pass(10);
	channel_expect(cf, first + 70);
}

/* A tick that a task has seen stays if the clock is set back; another is due again. */
static void G9_tick_that_was_seen_stays(void **state)
{
	unsigned int way;

	(void)state;
	for (way = 0; way < 3; way++) {
		const s64 first = shim_clock_now(CLOCK_REALTIME) + 10;
		struct chan_file *cf = channel_ticker(CLOCK_REALTIME, first, 0);

		shim_clock_advance(CLOCK_REALTIME, 10);
		if (way == 0)
			assert_int_equal(channel_info(cf).len, 1);
		else if (way == 1)
			assert_int_equal(ready(cf), READABLE);
		shim_clock_advance(CLOCK_REALTIME, -5);
		if (way == 2) {
			channel_expect_empty(cf);
			shim_clock_advance(CLOCK_REALTIME, 5);
		}
		assert_int_equal(channel_info(cf).len, 1);
		channel_expect(cf, first);
	}
}

/* The alarm comes at each point of a task on its way to sleep. */
static void G9_no_tick_is_missed_by_a_task_that_parks(void **state)
{
	unsigned int nth, which;
	bool stopped;

	(void)state;
	for (which = 0; which < 3; which++) {
		for (nth = 1, stopped = true; stopped; nth++) {
			const s64 first = now() + 10;
			struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 0);
			struct operation *op;

			if (which == 0)
				op = operation_new(operation_run_recv, cf, 1);
			else if (which == 1)
				op = select_recv(cf);
			else
				op = operation_new(operation_run_poll, cf, 1);
			op->data = (void *)(uintptr_t)READABLE;
			operation_start_stopped(op, SHIM_POINT_ANY, nth);
			stopped = shim_task_stopped(op->task);
			pass(10);
			operation_continue(op);
			assert_int_equal(operation_join(op), which == 0 ? 1 :
							     which == 1 ? 0 : READABLE);
			if (which < 2)
				assert_int_equal(operation_value(op, 0), first);
			if (which == 1)
				chan_requeue_settle(&cf->ch->requeue, 1);
		}
		assert_in_range(nth, 4, 100);
	}
}

/* And the task acts at each point of the alarm. */
static void G3_alarm_completes_one_of_a_select_and_its_peers(void **state)
{
	unsigned int nth;
	bool stopped;

	(void)state;
	for (nth = 1, stopped = true; stopped; nth++) {
		const s64 first = now() + 10;
		struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 0);
		struct chan_file *other = channel_make(8, 0);
		struct operation *op = select_recv(cf), *alarm = operation_new(run_pass, cf, 1);
		long sent;

		choice_add_recv(operation_choice(op), other);
		operation_park(op);
		alarm->data = (void *)10;
		operation_start_stopped(alarm, SHIM_POINT_ANY, nth);
		stopped = shim_task_stopped(alarm->task);
		sent = channel_try_send(other, 1);
		operation_continue(alarm);
		assert_int_equal(operation_join(alarm), 0);
		assert_int_equal(operation_join(op), sent == 1);
		assert_int_equal(operation_value(op, 0), sent == 1 ? 1 : first);
		chan_requeue_settle(sent == 1 ? &other->ch->requeue : &cf->ch->requeue, 1);
		if (sent == 1)
			channel_expect(cf, first);
		channel_expect_empty(cf);
		assert_int_equal(channel_info(cf).recvq + channel_info(other).recvq, 0);
	}
	assert_in_range(nth, 3, 100);
}

/*
 * More stale waiters than one search removes: the alarm repeats until the first parked receiver has
 * the tick.
 */
static void G9_alarm_passes_over_many_who_gave_up(void **state)
{
	enum { STALE = 2 * CHAN_WAITQ_SCAN + 1 };
	const s64 first = now() + 10;
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, first, 0);
	struct operation *stale[STALE], *last;
	unsigned int i;

	(void)state;
	for (i = 0; i < STALE; i++) {
		stale[i] = select_recv(cf);
		operation_park(stale[i]);
	}
	last = operation_park_recv(cf);
	for (i = 0; i < STALE; i++) {
		shim_task_stop_at(stale[i]->task, SHIM_POINT_LOCK, 1);
		shim_task_signal(stale[i]->task);
		unit_wait_until(shim_task_stopped(stale[i]->task));
	}
	pass(10);
	assert_int_equal(operation_join(last), 1);
	assert_int_equal(operation_value(last, 0), first);
	for (i = 0; i < STALE; i++) {
		operation_continue(stale[i]);
		assert_int_equal(operation_join(stale[i]), -ERESTARTSYS);
	}
}

/* The alarm is set if tasks wait, and for a tick that they would not see by themselves. */
static void no_alarm_without_a_task_that_waits(void **state)
{
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, now() + 10, 10);
	struct shim_poller poller;
	struct file file = { .private_data = cf };
	struct operation *op;

	(void)state;
	channel_expect_empty(cf);
	assert_int_equal(shim_hrtimers_started(), 0);
	op = operation_park_recv(cf);
	assert_int_equal(shim_hrtimers_started(), 1);
	pass(10);
	assert_int_equal(operation_join(op), 1);
	assert_int_equal(shim_hrtimers_started(), 0);

	shim_poller_init(&poller, READABLE);
	assert_int_equal(chan_poll(&file, &poller.table), 0);
	assert_int_equal(shim_hrtimers_started(), 1);
	pass(100);
	assert_int_equal(shim_poller_woken(&poller), 1);
	assert_int_equal(shim_hrtimers_started(), 0);
	assert_int_equal(channel_info(cf).len, 1);
	pass(100);
	assert_int_equal(shim_poller_woken(&poller), 1);

	/* The next one, once this is received. */
	assert_int_equal(channel_try_recv(cf, &(u64){ 0 }), 1);
	assert_int_equal(shim_hrtimers_started(), 1);
	pass(10);
	assert_int_equal(shim_poller_woken(&poller), 2);
	shim_poller_leave(&poller);
}

/* The alarm is running already when the ticker is set. */
static void alarm_of_before_does_nothing(void **state)
{
	const enum shim_point points[] = { SHIM_POINT_LOCK, SHIM_POINT_ANY };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(points); i++) {
		struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, now() + 10, 0);
		struct operation *op = operation_park_recv(cf), *alarm;
		s64 next;

		alarm = pass_without_alarm(cf, 10, points[i]);
		next = now() + 10;
		assert_int_equal(channel_set_ticker(cf, CLOCK_MONOTONIC, next, 0), 1);
		alarm_comes(alarm);
		assert_false(operation_done(op));
		channel_expect_empty(cf);
		pass(10);
		assert_int_equal(operation_join(op), 1);
		assert_int_equal(operation_value(op, 0), next);
	}
}

static long run_release(struct operation *op)
{
	channel_release(op->cf);
	return 0;
}

/* Task and channel go while the alarm is about to wake the task. */
static void G11_channel_outlives_its_alarm(void **state)
{
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, now() + 10, 0);
	struct operation *op = operation_park_recv(cf), *alarm, *release;

	(void)state;
	alarm = pass_without_alarm(cf, 10, SHIM_POINT_WAKE);
	/* Something else wakes it. */
	shim_task_signal(op->task);
	assert_int_equal(operation_join(op), 1);
	shim_tasks_reap();
	release = operation_new(run_release, cf, 1);
	operation_start(release);
	unit_nap();
	assert_false(operation_done(release));
	alarm_comes(alarm);
	assert_int_equal(operation_join(release), 0);
}

static void G4_ticker_fails_at_each_allocation(void **state)
{
	unsigned int nth;
	int err;

	(void)state;
	for (nth = 1;; nth++) {
		struct chan_file *cf = channel_open();
		unsigned int live = shim_memory_live();

		shim_memory_fail_nth(nth);
		err = channel_set_ticker(cf, CLOCK_MONOTONIC, now(), 0);
		if (shim_memory_fail_nth(0))
			break;
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(shim_memory_live(), live);
		assert_false(chan_hchan_made(cf->ch));
		channel_release(cf);
	}
	assert_int_equal(err, 0);
	assert_in_range(nth, 2, 10);
}

/* Many receivers, while a task moves the clock and another sets the ticker: none hangs. */
#define ROUNDS	300

static long run_recv_ticks(struct operation *op)
{
	u64 last = 0, value = 0;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		if (chan_xfer_recv(op->cf, &value, op->cf->ch->elemsize, 1, 1,
				   &chan_deadline_never) != 1)
			return -1;
		if (value <= last || value > (u64)now())
			return -1;
		last = value;
	}
	return ROUNDS;
}

static void G3_each_tick_has_one_receiver(void **state)
{
	struct chan_file *cf = channel_ticker(CLOCK_MONOTONIC, now() + 10, 10);
	struct operation *ops[3];
	unsigned int i;
	struct chan_info info;

	(void)state;
	shim_chaos(true);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		ops[i] = operation_new(run_recv_ticks, cf, 1);
		operation_start(ops[i]);
	}
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		while (!operation_done(ops[i]))
			pass(7);
		assert_int_equal(operation_join(ops[i]), ROUNDS);
	}
	info = channel_info(cf);
	assert_int_equal(info.recvs.ring + info.recvs.park, ARRAY_LENGTH(ops) * ROUNDS);
	assert_int_equal(info.sends.ring + info.sends.handoff - info.len,
			 info.recvs.ring + info.recvs.park);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G9_tick_that_is_due_is_ready),
		UNIT_TEST(parked_receiver_gets_the_tick),
		UNIT_TEST(G2_tick_passes_no_parked_receiver),
		UNIT_TEST(G10_tick_that_is_due_beats_the_deadline),
		UNIT_TEST(G2_deadline_passes_no_parked_receiver),
		UNIT_TEST(G4_ticks_of_before_are_dropped),
		UNIT_TEST(G4_tick_of_before_is_given_to_nobody),
		UNIT_TEST(G4_tick_of_this_setting_is_requeued),
		UNIT_TEST(ticks_that_nobody_took_are_skipped),
		UNIT_TEST(G9_tick_that_was_seen_stays),
		UNIT_TEST(G9_no_tick_is_missed_by_a_task_that_parks),
		UNIT_TEST(G3_alarm_completes_one_of_a_select_and_its_peers),
		UNIT_TEST(G9_alarm_passes_over_many_who_gave_up),
		UNIT_TEST(no_alarm_without_a_task_that_waits),
		UNIT_TEST(alarm_of_before_does_nothing),
		UNIT_TEST(G11_channel_outlives_its_alarm),
		UNIT_TEST(G4_ticker_fails_at_each_allocation),
		UNIT_TEST(G3_each_tick_has_one_receiver),
	};

	return UNIT_RUN(tests);
}
