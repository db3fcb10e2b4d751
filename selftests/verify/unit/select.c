// SPDX-License-Identifier: GPL-2.0-only
/*
 * Select: of several operations on many channels, exactly one is carried out. See select_files.c
 * for selects that also wait for files.
 */
#include "choice.h"

static struct choice choice;

/* A parked select: it sends 1 to @to, or receives from @from. */
static struct operation *park_choice(struct chan_file *to, struct chan_file *from)
{
	struct operation *op = choice_operation(to);

	choice_add_send(operation_choice(op), to, 1);
	choice_add_recv(operation_choice(op), from);
	operation_park(op);
	return op;
}

static void expect_queues(struct chan_file *cf, unsigned int senders, unsigned int receivers)
{
	struct chan_info info = channel_info(cf);

	assert_int_equal(info.sendq, senders);
	assert_int_equal(info.recvq, receivers);
}

static void G5_choice_among_ready_is_uniform(void **state)
{
	enum { ROUNDS = 8000, READY = 4 };
	struct chan_file *cf = channel_make(8, 2), *empty = channel_make(8, 0);
	unsigned int chosen[7] = { 0 };
	unsigned int i;

	(void)state;
	channel_send(cf, 1);
	choice_init(&choice);
	choice_add_nothing(&choice);
	choice_add_send(&choice, cf, 1);
	choice_add_recv(&choice, empty);
	choice_add_recv(&choice, cf);
	choice_add_send(&choice, cf, 1);
	choice_add_send(&choice, empty, 1);
	choice_add_recv(&choice, cf);
	for (i = 0; i < ROUNDS; i++) {
		long winner = choice_try(&choice);

		assert_in_range(winner, 0, 6);
		chosen[winner]++;
		if (choice.cases[winner].send)
			channel_expect(cf, 1);
		else
			channel_send(cf, 1);
	}
	/* The standard deviation is 39. */
	for (i = 0; i < ARRAY_LENGTH(chosen); i++) {
		if (i == 0 || i == 2 || i == 5)
			assert_int_equal(chosen[i], 0);
		else
			assert_in_range(chosen[i], ROUNDS / READY - 200, ROUNDS / READY + 200);
	}
}

static void first_that_is_ready_is_taken_if_so_wanted(void **state)
{
	struct chan_file *cf = channel_make(8, 100), *empty = channel_make(8, 0);
	unsigned int i;

	(void)state;
	channel_send_range(cf, 1, 50);
	for (i = 1; i <= 50; i++) {
		choice_init(&choice);
		choice.selection.first = true;
		choice_add_recv(&choice, empty);
		choice_add_recv(&choice, cf);
		choice_add_send(&choice, cf, 99);
		choice_add_recv(&choice, cf);
		assert_int_equal(choice_try(&choice), 1);
		assert_int_equal(choice.selection.result, 1);
		assert_int_equal(choice.received, i);
	}
	channel_expect_empty(cf);
}

static void G4_G5_none_ready_means_nothing_happened(void **state)
{
	struct chan_file *full = channel_make(8, 1), *empty = channel_make(8, 0);
	struct chan_info before[2], after[2];

	(void)state;
	channel_send(full, 7);
	before[0] = channel_info(full);
	before[1] = channel_info(empty);
	choice_init(&choice);
	choice_add_send(&choice, full, 1);
	choice_add_send(&choice, empty, 2);
	choice_add_recv(&choice, empty);
	choice.received = 4711;
	assert_int_equal(choice_try(&choice), -EAGAIN);
	assert_int_equal(choice.received, 4711);
	after[0] = channel_info(full);
	after[1] = channel_info(empty);
	assert_memory_equal(before, after, sizeof(before));
}

static void G5_select_over_nothing_is_never_ready(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op;
	unsigned int n;

	(void)state;
	for (n = 0; n <= CHAN_SELECT_MAX; n += CHAN_SELECT_MAX) {
		op = choice_operation(cf);
		while (operation_choice(op)->selection.n < n)
			choice_add_nothing(operation_choice(op));
		assert_int_equal(choice_try(operation_choice(op)), -EAGAIN);
		operation_park(op);
		shim_task_signal(op->task);
		assert_int_equal(operation_join(op), -ERESTARTSYS);
	}
}

static void G5_select_never_meets_itself(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op;

	(void)state;
	choice_init(&choice);
	choice_add_send(&choice, cf, 1);
	choice_add_recv(&choice, cf);
	assert_int_equal(choice_try(&choice), -EAGAIN);

	op = park_choice(cf, cf);
	expect_queues(cf, 1, 1);
	channel_send(cf, 2);
	assert_int_equal(operation_join(op), 1);
	assert_int_equal(operation_value(op, 0), 2);
	expect_queues(cf, 0, 0);

	op = park_choice(cf, cf);
	channel_expect(cf, 1);
	assert_int_equal(operation_join(op), 0);
	expect_queues(cf, 0, 0);
}

static void G5_selects_that_face_each_other_meet(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *op;
	unsigned int i, sent = 0;
	long winner;

	(void)state;
	for (i = 0; i < 100; i++) {
		op = park_choice(a, b);
		choice_init(&choice);
		choice_add_recv(&choice, a);
		choice_add_send(&choice, b, 2);
		if (choice_try(&choice)) {
			assert_int_equal(operation_join(op), 1);
			assert_int_equal(operation_choice(op)->selection.result, 1);
			assert_int_equal(operation_value(op, 0), 2);
			sent++;
		} else {
			assert_int_equal(operation_join(op), 0);
			assert_int_equal(choice.received, 1);
		}
		expect_queues(a, 0, 0);
		expect_queues(b, 0, 0);
	}
	assert_in_range(sent, 20, 80);

	/* On one channel. */
	op = park_choice(a, a);
	choice_init(&choice);
	choice_add_send(&choice, a, 3);
	choice_add_recv(&choice, a);
	winner = choice_try(&choice);
	assert_int_equal(operation_join(op), 1 - winner);
	assert_int_equal(winner ? choice.received : operation_value(op, 0), winner ? 1 : 3);
}

static void losing_alternatives_leave_their_queues(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *op = choice_operation(a);
	struct choice *c = operation_choice(op);
	u64 received;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		choice_add_recv(c, a);
		choice_add_send(c, b, 10 + i);
		choice_add_send(c, a, 20 + i);
	}
	operation_park(op);
	/* [I8] Of the cases with one queue, one is queued. */
	expect_queues(a, 1, 1);
	expect_queues(b, 1, 0);
	assert_int_equal(channel_try_recv(b, &received), 1);
	assert_in_range(received, 10, 12);
	assert_int_equal(operation_join(op), 1 + 3 * (received - 10));
	expect_queues(a, 0, 0);
	expect_queues(b, 0, 0);
	channel_expect_empty(b);
	assert_int_equal(channel_try_send(a, 1), -EAGAIN);
}

/* Which case of a queue is parked is random; or the first one, if requested. */
static void G5_choice_among_parked_in_one_queue_is_uniform(void **state)
{
	enum { ROUNDS = 1200, CASES = 4 };
	struct chan_file *cf = channel_make(8, 0), *other = channel_make(8, 0);
	unsigned int chosen[2][CASES + 2] = { 0 };
	unsigned int i, round;
	bool first;

	(void)state;
	for (round = 0; round < 2 * ROUNDS; round++) {
		struct operation *op = choice_operation(cf);
		u64 received;

		first = round % 2;
		operation_choice(op)->selection.first = first;
		choice_add_recv(operation_choice(op), cf);
		choice_add_send(operation_choice(op), other, 1);
		for (i = 0; i < CASES; i++)
			choice_add_send(operation_choice(op), cf, i);
		operation_park(op);
		assert_int_equal(channel_try_recv(cf, &received), 1);
		assert_int_equal(operation_join(op), received + 2);
		chosen[first][received]++;
	}
	/* The standard deviation is 15. */
	for (i = 0; i < CASES; i++)
		assert_in_range(chosen[0][i], ROUNDS / CASES - 75, ROUNDS / CASES + 75);
	assert_int_equal(chosen[1][0], ROUNDS);
}

/* The maximum number, in an order other than that of the addresses. */
static void G5_select_over_many_channels(void **state)
{
	struct chan_file *files[CHAN_SELECT_MAX];
	unsigned int i, at;

	(void)state;
	for (i = 0; i < CHAN_SELECT_MAX; i++)
		files[i] = channel_make(8, 0);
	for (at = 0; at < CHAN_SELECT_MAX; at += 9) {
		struct operation *op = choice_operation(files[0]);

		for (i = 0; i < CHAN_SELECT_MAX; i++)
			choice_add_recv(operation_choice(op), files[i * 37 % CHAN_SELECT_MAX]);
		operation_park(op);
		channel_send(files[at * 37 % CHAN_SELECT_MAX], at);
		assert_int_equal(operation_join(op), at);
		assert_int_equal(operation_value(op, 0), at);
		for (i = 0; i < CHAN_SELECT_MAX; i++)
			expect_queues(files[i], 0, 0);
	}
}

static void G6_close_completes_a_parked_select(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *op = park_choice(a, b);

	(void)state;
	assert_int_equal(chan_hchan_close(b->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(op), 1);
	assert_int_equal(operation_choice(op)->selection.result, 0);
	expect_queues(a, 0, 0);

	b = channel_make(8, 0);
	op = park_choice(a, b);
	assert_int_equal(chan_hchan_close(a->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(op), 0);
	assert_int_equal(operation_choice(op)->selection.result, -EPIPE);
	expect_queues(b, 0, 0);
}

static void G6_closed_channel_is_ready(void **state)
{
	struct chan_file *cf = channel_make(8, 2);

	(void)state;
	channel_send(cf, 1);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	choice_init(&choice);
	choice_add_send(&choice, cf, 2);
	assert_int_equal(choice_try(&choice), 0);
	assert_int_equal(choice.selection.result, -EPIPE);

	choice_init(&choice);
	choice_add_recv(&choice, cf);
	assert_int_equal(choice_try(&choice), 0);
	assert_int_equal(choice.selection.result, 1);
	assert_int_equal(choice.received, 1);
	assert_int_equal(choice_try(&choice), 0);
	assert_int_equal(choice.selection.result, 0);
}

/* A signal or a deadline has ended it: it left no waiter. */
static void expect_nothing_happened(struct chan_file *a, struct chan_file *b)
{
	expect_queues(a, 0, 0);
	expect_queues(b, 0, 0);
	channel_expect_empty(a);
	assert_int_equal(channel_try_send(b, 1), -EAGAIN);
	assert_int_equal(channel_info(a).sends.park + channel_info(b).recvs.park, 0);
}

static void G4_signal_means_nothing_happened(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *op = park_choice(a, b);

	(void)state;
	shim_task_signal(op->task);
	assert_int_equal(operation_join(op), -ERESTARTSYS);
	expect_nothing_happened(a, b);
}

static void G4_deadline_means_nothing_happened(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *op = choice_operation(a);

	(void)state;
	choice_add_send(operation_choice(op), a, 1);
	choice_add_recv(operation_choice(op), b);
	op->deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + 10;
	operation_park(op);
	shim_clock_advance(CLOCK_MONOTONIC, 9);
	assert_false(operation_done(op));
	shim_clock_advance(CLOCK_MONOTONIC, 1);
	assert_int_equal(operation_join(op), -ETIMEDOUT);
	expect_nothing_happened(a, b);
}

/*
 * A peer has completed the select, but has not woken it: no other peer can, and no signal or
 * deadline ends it.
 */
static void G10_completed_select_beats_signal_and_deadline(void **state)
{
	int signal;

	(void)state;
	for (signal = 0; signal < 2; signal++) {
		struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
		struct operation *op = choice_operation(a);
		struct operation *peer = operation_new(operation_run_send, b, 1);

		choice_add_send(operation_choice(op), a, 1);
		choice_add_recv(operation_choice(op), b);
		op->deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + 10;
		operation_park(op);
		element_fill(peer->elems, 8, 2);
		operation_start_stopped(peer, SHIM_POINT_UNLOCK, 1);
		assert_true(shim_task_stopped(peer->task));
		channel_expect_empty(a);
		if (signal)
			shim_task_signal(op->task);
		else
			shim_clock_advance(CLOCK_MONOTONIC, 10);
		assert_int_equal(operation_join(op), 1);
		operation_continue(peer);
		assert_int_equal(operation_join(peer), 1);
		assert_int_equal(operation_value(op, 0), 2);
		expect_queues(a, 0, 0);
	}
}

/* A claimed select is not a peer, though it is still in a queue. */
static void G5_select_does_not_meet_who_is_claimed(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *op = park_choice(a, b);
	struct operation *peer = operation_new(operation_run_send, b, 1);
	struct operation *other = choice_operation(a);

	(void)state;
	operation_start_stopped(peer, SHIM_POINT_UNLOCK, 1);
	choice_init(&choice);
	choice_add_recv(&choice, a);
	assert_int_equal(choice_try(&choice), -EAGAIN);
	choice_add_recv(operation_choice(other), a);
	operation_park(other);
	operation_continue(peer);
	assert_int_equal(operation_join(peer), 1);
	assert_int_equal(operation_join(op), 1);
	assert_false(operation_done(other));
	channel_send(a, 5);
	assert_int_equal(operation_join(other), 0);
	assert_int_equal(operation_value(other, 0), 5);
}

static void requeue(struct chan_file *cf, const struct choice *c)
{
	struct chan_elem elem;

	element_fill(elem.slots, 8, c->received);
	chan_hchan_requeue(cf->ch, &elem, &c->selection.seq, 0, 1);
}

/* The seq determines the place of a requeued element. */
static void G1_G4_element_of_a_select_can_be_requeued(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	struct operation *op = choice_operation(cf);

	(void)state;
	choice_add_recv(operation_choice(op), cf);
	operation_park(op);
	channel_send_range(cf, 1, 3);
	assert_int_equal(operation_join(op), 0);
	choice_init(&choice);
	choice_add_recv(&choice, cf);
	assert_int_equal(choice_try(&choice), 0);
	requeue(cf, &choice);
	requeue(cf, operation_choice(op));
	channel_expect_range(cf, 1, 3);
}

static void G9_pollers_are_told_of_a_parked_select(void **state)
{
	struct chan_file *a = channel_make(8, 0), *b = channel_make(8, 0);
	struct operation *pollers[2];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		pollers[i] = operation_new(operation_run_poll, i ? b : a, 1);
		pollers[i]->data = (void *)(uintptr_t)(i ? EPOLLOUT : EPOLLIN);
		operation_park(pollers[i]);
	}
	park_choice(a, b);
	assert_int_equal(operation_join(pollers[0]), EPOLLIN);
	assert_int_equal(operation_join(pollers[1]), EPOLLOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G5_choice_among_ready_is_uniform),
		UNIT_TEST(first_that_is_ready_is_taken_if_so_wanted),
		UNIT_TEST(G4_G5_none_ready_means_nothing_happened),
		UNIT_TEST(G5_select_over_nothing_is_never_ready),
		UNIT_TEST(G5_select_never_meets_itself),
		UNIT_TEST(G5_selects_that_face_each_other_meet),
		UNIT_TEST(losing_alternatives_leave_their_queues),
		UNIT_TEST(G5_choice_among_parked_in_one_queue_is_uniform),
		UNIT_TEST(G5_select_over_many_channels),
		UNIT_TEST(G6_close_completes_a_parked_select),
		UNIT_TEST(G6_closed_channel_is_ready),
		UNIT_TEST(G4_signal_means_nothing_happened),
		UNIT_TEST(G4_deadline_means_nothing_happened),
		UNIT_TEST(G10_completed_select_beats_signal_and_deadline),
		UNIT_TEST(G5_select_does_not_meet_who_is_claimed),
		UNIT_TEST(G1_G4_element_of_a_select_can_be_requeued),
		UNIT_TEST(G9_pollers_are_told_of_a_parked_select),
	};

	return UNIT_RUN(tests);
}
