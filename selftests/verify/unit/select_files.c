// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selects over channels and other files: a ready file ends a wait as an operation does, but never
 * both.
 */
#include "choice.h"

static struct choice choice;
static struct shim_pollable file;

/* A select, not yet started: it waits for the file, or receives from @cf. */
static struct operation *file_or_recv(struct chan_file *cf)
{
	struct operation *op = choice_operation(cf);

	shim_pollable_init(&file);
	choice_add_file(operation_choice(op), &file.file, EPOLLIN);
	choice_add_recv(operation_choice(op), cf);
	return op;
}

static void file_ready(void)
{
	shim_pollable_set(&file, EPOLLIN, EPOLLIN);
}

static void file_that_is_ready_wins_and_no_channel_changes(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op = file_or_recv(cf);

	(void)state;
	operation_park(op);
	assert_int_equal(channel_info(cf).recvq, 1);
	file_ready();
	assert_int_equal(operation_join(op), 0);
	assert_int_equal(operation_choice(op)->revents, EPOLLIN);
	assert_int_equal(channel_info(cf).recvq, 0);
	assert_int_equal(channel_try_send(cf, 1), -EAGAIN);
	assert_int_equal(channel_info(cf).recvs.park, 0);
	assert_false(waitqueue_active(&file.wq));
}

static void G5_choice_among_files_and_channels_is_uniform(void **state)
{
	enum { ROUNDS = 4000 };
	struct chan_file *cf = channel_make(8, 1);
	unsigned int files = 0, i;

	(void)state;
	shim_pollable_init(&file);
	file_ready();
	channel_send(cf, 1);
	choice_init(&choice);
	choice_add_recv(&choice, cf);
	choice_add_file(&choice, &file.file, EPOLLIN);
	for (i = 0; i < ROUNDS; i++) {
		if (choice_try(&choice))
			files++;
		else
			channel_send(cf, 1);
	}
	assert_in_range(files, ROUNDS / 2 - 160, ROUNDS / 2 + 160);
	channel_expect(cf, 1);
}

/* It is ready when it is added, and not afterwards. */
static void G5_file_is_chosen_where_a_channel_only_seemed_ready(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	unsigned int i;

	(void)state;
	shim_pollable_init(&file);
	file_ready();
	for (i = 0; i < 50; i++) {
		channel_send(cf, 1);
		choice_init(&choice);
		choice_add_recv(&choice, cf);
		choice_add_file(&choice, &file.file, EPOLLIN);
		channel_expect(cf, 1);
		assert_int_equal(choice_try(&choice), 1);
	}
}

static void G4_file_that_is_not_ready_is_EAGAIN(void **state)
{
	(void)state;
	shim_pollable_init(&file);
	shim_pollable_set(&file, EPOLLOUT, EPOLLOUT);
	choice_init(&choice);
	choice_add_file(&choice, &file.file, EPOLLIN);
	assert_int_equal(choice_try(&choice), -EAGAIN);
	shim_pollable_set(&file, EPOLLHUP, EPOLLHUP);
	assert_int_equal(choice_try(&choice), 0);
	assert_int_equal(choice.revents, EPOLLHUP);
}

/* Between its checks of the file and of the channel, and before its sleep. */
static void G5_file_that_becomes_ready_on_the_way_is_not_missed(void **state)
{
	bool now, stopped = true;
	unsigned int nth;

	(void)state;
	for (now = false;; now = true) {
		for (nth = 1, stopped = true; stopped; nth++) {
			struct chan_file *cf = channel_make(8, 0);
			struct operation *op = file_or_recv(cf);
			bool done;

			op->deadline.now = now;
			operation_start_stopped(op, SHIM_POINT_ANY, nth);
			stopped = shim_task_stopped(op->task);
			done = operation_done(op);
			file_ready();
			operation_continue(op);
			if (now && operation_join(op) == -EAGAIN)
				/* The select had checked already. */
				assert_in_range(nth, 4, 100);
			else
				assert_int_equal(operation_join(op), 0);
			assert_true(!done || operation_join(op) == -EAGAIN);
			assert_int_equal(channel_info(cf).recvq, 0);
		}
		assert_in_range(nth, 5, 100);
		if (now)
			break;
	}
}

/* The events of one file are not requested of another, neither before nor after a wait. */
static void G9_each_file_is_polled_for_its_own_events(void **state)
{
	static const __poll_t events[] = { EPOLLIN, EPOLLOUT, EPOLLPRI };
	static struct shim_pollable files[ARRAY_LENGTH(events)];
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op;
	unsigned int i, ready;

	(void)state;
	for (ready = 0; ready < ARRAY_LENGTH(events); ready++) {
		op = choice_operation(cf);
		for (i = 0; i < ARRAY_LENGTH(events); i++) {
			shim_pollable_init(&files[i]);
			choice_add_file(operation_choice(op), &files[i].file, events[i]);
		}
		operation_park(op);
		shim_pollable_set(&files[ready], events[ready], events[ready]);
		assert_int_equal(operation_join(op), ready);
		assert_int_equal(operation_choice(op)->revents, events[ready]);
	}
}

/* A peer has completed the select, but has not woken it, when the file becomes ready. */
static void G10_completed_select_beats_file(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op = file_or_recv(cf);
	struct operation *peer = operation_new(operation_run_send, cf, 1);

	(void)state;
	element_fill(peer->elems, 8, 2);
	operation_park(op);
	operation_start_stopped(peer, SHIM_POINT_UNLOCK, 1);
	file_ready();
	assert_int_equal(operation_join(op), 1);
	operation_continue(peer);
	assert_int_equal(operation_join(peer), 1);
	assert_int_equal(operation_value(op, 0), 2);
}

/* The file has woken it, and it is about to choose it: a peer comes in between. */
static void G10_peer_beats_file_until_the_select_claims_itself(void **state)
{
	struct chan_file *cf;
	struct operation *op;
	unsigned int nth, sent = 0;
	bool stopped = true;

	(void)state;
	for (nth = 1; stopped; nth++) {
		cf = channel_make(8, 0);
		op = file_or_recv(cf);
		operation_park(op);
		shim_task_stop_at(op->task, SHIM_POINT_ANY, nth);
		file_ready();
		unit_wait_until(operation_done(op) || shim_task_stopped(op->task));
		stopped = shim_task_stopped(op->task);
		if (channel_try_send(cf, 2) == 1) {
			operation_continue(op);
			assert_int_equal(operation_join(op), 1);
			assert_int_equal(operation_value(op, 0), 2);
			sent++;
		} else {
			operation_continue(op);
			assert_int_equal(operation_join(op), 0);
		}
		assert_int_equal(channel_info(cf).recvq, 0);
	}
	assert_in_range(sent, 1, nth - 2);
}

static void G2_kick_without_readiness_keeps_the_place_in_the_queue(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op = file_or_recv(cf), *second;
	unsigned int i;

	(void)state;
	operation_park(op);
	second = operation_park_recv(cf);
	for (i = 0; i < 10; i++) {
		shim_pollable_set(&file, EPOLLOUT, EPOLLIN);
		unit_wait_until(shim_task_asleep(op->task));
	}
	assert_int_equal(channel_info(cf).recv_parks, 2);
	channel_send(cf, 1);
	assert_int_equal(operation_join(op), 1);
	assert_int_equal(operation_value(op, 0), 1);
	channel_send(cf, 2);
	assert_int_equal(operation_join(second), 1);
}

static void G4_signal_and_deadline_leave_the_file(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op = file_or_recv(cf);

	(void)state;
	operation_park(op);
	shim_task_signal(op->task);
	assert_int_equal(operation_join(op), -ERESTARTSYS);
	assert_false(waitqueue_active(&file.wq));

	op = file_or_recv(cf);
	op->deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + 10;
	operation_park(op);
	shim_clock_advance(CLOCK_MONOTONIC, 10);
	assert_int_equal(operation_join(op), -ETIMEDOUT);
	assert_false(waitqueue_active(&file.wq));
	assert_int_equal(channel_info(cf).recvq, 0);
}

/* The set embeds some pollers, and allocates more. */
static void G4_no_memory_for_a_poller_means_nothing_happened(void **state)
{
	enum { POLLERS = 9 };
	struct chan_file *cf = channel_make(8, 1);
	unsigned int nth;

	(void)state;
	shim_pollable_init(&file);
	file_ready();
	channel_send(cf, 1);
	choice_init(&choice);
	choice_add_recv(&choice, cf);
	for (nth = 0; nth < POLLERS; nth++)
		choice_add_file(&choice, &file.file, EPOLLIN);
	for (nth = 1; nth <= 2; nth++) {
		shim_memory_fail_nth(nth);
		assert_int_equal(choice_try(&choice), -ENOMEM);
		assert_false(waitqueue_active(&file.wq));
	}
	channel_expect(cf, 1);
}

/* A select that sends to @cf, and watches whether elements can be received. */
static struct operation *send_and_watch(struct chan_file *cf, struct shim_watch *watch)
{
	struct operation *op = choice_operation(cf);

	shim_watch_init(watch, channel_file(cf));
	choice_add_send(operation_choice(op), cf, 1);
	choice_add_file(operation_choice(op), &watch->file, EPOLLIN);
	return op;
}

static void G5_own_parked_operation_is_no_readiness(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct shim_watch watch;
	struct operation *op = send_and_watch(cf, &watch), *sender;
	unsigned int i;

	(void)state;
	shim_pollable_init(&file);
	choice_add_file(operation_choice(op), &file.file, EPOLLIN);
	operation_park(op);
	for (i = 0; i < 3; i++) {
		shim_pollable_set(&file, 0, EPOLLIN);
		unit_wait_until(shim_task_asleep(op->task));
	}
	assert_int_equal(channel_info(cf).sendq, 1);

	/* The operation of another task is. */
	sender = operation_park_send(cf, 2);
	assert_int_equal(operation_join(op), 1);
	channel_expect(cf, 2);
	assert_int_equal(operation_join(sender), 1);

	/* And its own operation is, for others. */
	op = send_and_watch(cf, &watch);
	operation_park(op);
	assert_int_equal(channel_poll(cf, EPOLLIN), EPOLLIN);
	channel_expect(cf, 1);
	assert_int_equal(operation_join(op), 0);
}

/* A task that watches the same file got "not ready", and may have dropped the event. */
static void G9_pollers_are_woken_after_a_scan_that_passed_over_a_waiter(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct shim_watch watch;
	struct operation *op = send_and_watch(cf, &watch);
	struct shim_poller poller;
	unsigned int woken;

	(void)state;
	shim_pollable_init(&file);
	choice_add_file(operation_choice(op), &file.file, EPOLLIN);
	operation_park(op);
	shim_poller_init(&poller, EPOLLIN);
	assert_int_equal(chan_poll(channel_file(cf), &poller.table), EPOLLIN | EPOLLRDNORM);
	woken = shim_poller_woken(&poller);
	shim_pollable_set(&file, 0, EPOLLIN);
	unit_wait_until(shim_poller_woken(&poller) > woken);
	shim_poller_leave(&poller);
	channel_expect(cf, 1);
	assert_int_equal(operation_join(op), 0);
}

/* Conditions that a wakeup of the select's own operation meets on its way. */
struct bystander {
	wait_queue_entry_t	wait;
	bool			interrupts;
	unsigned int		woken;
};

/* The file becomes ready while the select wakes the pollers of its own operation. */
static int bystander_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct bystander *b = container_of(wait, struct bystander, wait);

	(void)mode;
	(void)sync;
	(void)key;
	b->woken++;
	current->interrupt = b->interrupts;
	file_ready();
	current->interrupt = false;
	return 1;
}

static void G9_interrupt_kicks_a_select_that_ignores_itself(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct bystander b = { .interrupts = true };
	struct shim_watch watch;
	struct operation *op;

	(void)state;
	for (;; b.interrupts = false) {
		op = send_and_watch(cf, &watch);
		shim_pollable_init(&file);
		choice_add_file(operation_choice(op), &file.file, EPOLLIN);
		b.woken = 0;
		init_waitqueue_func_entry(&b.wait, bystander_wake);
		add_wait_queue(&cf->ch->pollwq, &b.wait);
		operation_start(op);
		if (b.interrupts) {
			assert_int_equal(operation_join(op), 2);
			assert_true(b.woken);
		} else {
			/* A kick by itself would be spurious, and recur with each scan. */
			unit_wait_until(shim_task_asleep(op->task));
			assert_int_equal(b.woken, 1);
		}
		remove_wait_queue(&cf->ch->pollwq, &b.wait);
		if (!b.interrupts)
			break;
	}
	channel_expect(cf, 1);
	assert_int_equal(operation_join(op), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(file_that_is_ready_wins_and_no_channel_changes),
		UNIT_TEST(G5_file_is_chosen_where_a_channel_only_seemed_ready),
		UNIT_TEST(G5_choice_among_files_and_channels_is_uniform),
		UNIT_TEST(G4_file_that_is_not_ready_is_EAGAIN),
		UNIT_TEST(G5_file_that_becomes_ready_on_the_way_is_not_missed),
		UNIT_TEST(G9_each_file_is_polled_for_its_own_events),
		UNIT_TEST(G10_completed_select_beats_file),
		UNIT_TEST(G10_peer_beats_file_until_the_select_claims_itself),
		UNIT_TEST(G2_kick_without_readiness_keeps_the_place_in_the_queue),
		UNIT_TEST(G4_signal_and_deadline_leave_the_file),
		UNIT_TEST(G4_no_memory_for_a_poller_means_nothing_happened),
		UNIT_TEST(G5_own_parked_operation_is_no_readiness),
		UNIT_TEST(G9_pollers_are_woken_after_a_scan_that_passed_over_a_waiter),
		UNIT_TEST(G9_interrupt_kicks_a_select_that_ignores_itself),
	};

	return UNIT_RUN(tests);
}
