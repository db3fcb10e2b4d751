// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements handed to a receiver that cannot keep them, because its buffer faults or it is being
 * killed: they are requeued at the head of the channel.
 */
#include "unit.h"

/* A receiver whose memory is entirely inaccessible. */
static struct operation *faulting_recv(struct chan_file *cf, size_t count)
{
	struct operation *op = operation_new(operation_run_recv, cf, count);

	op->task->user_end = 0;
	return op;
}

/* It has taken its elements, and is about to find that it cannot keep them. */
static struct operation *faulting_recv_stopped(struct chan_file *cf, size_t count)
{
	struct operation *op = faulting_recv(cf, count);

	operation_start_stopped(op, SHIM_POINT_USER, 1);
	assert_true(shim_task_stopped(op->task));
	return op;
}

static void requeue_now(struct operation *op)
{
	operation_continue(op);
	assert_int_equal(operation_join(op), -EFAULT);
}

static void assert_requeued(struct chan_file *cf, u32 requeued, u64 requeues)
{
	struct chan_info info = channel_info(cf);

	assert_int_equal(info.requeued, requeued);
	assert_int_equal(info.requeues, requeues);
}

static void G4_element_of_faulting_receiver_is_received_next(void **state)
{
	struct chan_file *cf = channel_make(8, 3);

	(void)state;
	channel_send_range(cf, 1, 3);
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
	assert_requeued(cf, 1, 1);
	assert_int_equal(channel_info(cf).len, 2);
	channel_expect_range(cf, 1, 3);
	assert_requeued(cf, 0, 1);
	channel_expect_empty(cf);
}

static void G4_G8_rendezvous_takes_back_an_element(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *sender = operation_park_send(cf, 1);

	(void)state;
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
	assert_int_equal(operation_join(sender), 1);
	assert_requeued(cf, 1, 1);
	assert_int_equal(channel_info(cf).len, 0);
	channel_expect(cf, 1);
	channel_expect_empty(cf);
}

static void G4_parked_receiver_gives_back(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elem[UNIT_ELEMSIZE_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const u32 size = sizes[i];
		struct chan_file *cf;
		struct operation *op;

		/* Elements of 0 bytes need no memory. */
		if (!size)
			continue;
		cf = channel_make(size, 0);
		op = faulting_recv(cf, 1);
		operation_park(op);
		element_fill(elem, size, 1);
		assert_int_equal(chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_int_equal(operation_join(op), -EFAULT);
		assert_requeued(cf, 1, 1);
		memset(elem, 0, sizeof(elem));
		assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_true(element_is(elem, size, 1));
	}
}

/* Requeued elements come in the order in which they were taken, whatever the order of requeues. */
static void I6_requeued_elements_keep_their_order(void **state)
{
	static const u8 orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(orders); i++) {
		struct chan_file *cf = channel_make(8, 4);
		struct operation *ops[3];

		channel_send_range(cf, 1, 4);
		for (j = 0; j < ARRAY_LENGTH(ops); j++)
			ops[j] = faulting_recv_stopped(cf, 1);
		for (j = 0; j < ARRAY_LENGTH(ops); j++)
			requeue_now(ops[orders[i][j]]);
		assert_requeued(cf, 3, 3);
		channel_expect_range(cf, 1, 4);
		channel_expect_empty(cf);
	}
}

/* Many, in random orders, without any allocation once they were taken. */
static void I6_many_requeued_elements_keep_their_order(void **state)
{
	enum { MANY = 60, ROUNDS = 5 };
	struct operation *ops[MANY], *op;
	unsigned int round, i, other;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct chan_file *cf = channel_make(8, MANY + 1);

		channel_send_range(cf, 1, MANY + 1);
		for (i = 0; i < MANY; i++)
			ops[i] = faulting_recv_stopped(cf, 1);
		for (i = MANY - 1; i > 0; i--) {
			other = shim_random() % (i + 1);
			op = ops[i];
			ops[i] = ops[other];
			ops[other] = op;
		}
		shim_memory_fail_all(true);
		for (i = 0; i < MANY; i++)
			requeue_now(ops[i]);
		assert_requeued(cf, MANY, MANY);
		channel_expect_range(cf, 1, MANY);
		shim_memory_fail_all(false);
		channel_expect_range(cf, MANY + 1, MANY + 1);
		channel_expect_empty(cf);
	}
}

/* As many records as elements in transit, reused by later ones. */
static void G12_records_are_used_again(void **state)
{
	struct chan_file *cf = channel_make(8, 4);
	struct operation *op;
	unsigned int i, live = 0;

	(void)state;
	for (i = 0; i < 100; i++) {
		if (i == 10)
			live = shim_memory_live();
		channel_send_range(cf, 1, 4);
		op = faulting_recv_stopped(cf, 2);
		channel_expect(cf, 3);
		requeue_now(op);
		channel_expect_range(cf, 1, 2);
		channel_expect(cf, 4);
		op = operation_park_recv(cf);
		if (i % 2) {
			shim_task_signal(op->task);
			assert_int_equal(operation_join(op), -ERESTARTSYS);
		} else {
			channel_send(cf, 5);
			assert_int_equal(operation_join(op), 1);
		}
		if (i >= 10)
			assert_int_equal(shim_memory_live(), live);
	}
}

/* Elements handed over directly have their place in the order too. */
static void I6_order_counts_every_way_of_taking(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *handed, *popped, *sender;

	(void)state;
	handed = faulting_recv(cf, 1);
	operation_park(handed);
	shim_task_stop_at(handed->task, SHIM_POINT_USER, 1);
	channel_send(cf, 1);
	unit_wait_until(shim_task_stopped(handed->task));
	channel_send(cf, 2);
	sender = operation_park_send(cf, 3);
	popped = faulting_recv_stopped(cf, 1);
	assert_int_equal(operation_join(sender), 1);
	sender = operation_park_send(cf, 4);

	requeue_now(popped);
	requeue_now(handed);
	assert_requeued(cf, 2, 2);
	assert_int_equal(channel_info(cf).len, 1);
	channel_expect_range(cf, 1, 4);
	assert_int_equal(operation_join(sender), 1);
}

static void G4_element_goes_back_to_a_parked_receiver(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *first, *second;

	(void)state;
	channel_send(cf, 1);
	first = faulting_recv_stopped(cf, 1);
	second = operation_park_recv(cf);
	requeue_now(first);
	assert_int_equal(operation_join(second), 1);
	assert_int_equal(operation_value(second, 0), 1);
	assert_requeued(cf, 0, 1);
	channel_expect_empty(cf);
}

/* A receiver of a requeued element may requeue it again, and it keeps its place. */
static void I6_element_requeued_twice_keeps_its_place(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *first, *second, *parked;

	(void)state;
	channel_send_range(cf, 1, 2);
	first = faulting_recv_stopped(cf, 1);
	second = faulting_recv_stopped(cf, 1);
	parked = faulting_recv(cf, 1);
	operation_park(parked);
	requeue_now(first);
	assert_int_equal(operation_join(parked), -EFAULT);
	requeue_now(second);
	assert_requeued(cf, 2, 3);

	first = faulting_recv_stopped(cf, 1);
	requeue_now(first);
	assert_requeued(cf, 2, 4);
	channel_expect_range(cf, 1, 2);
	channel_expect_empty(cf);
}

/* They are received before the ring, and free no slot in it. */
static void I1_requeued_element_is_not_in_the_ring(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *receiver, *sender;

	(void)state;
	channel_send_range(cf, 1, 2);
	receiver = faulting_recv_stopped(cf, 1);
	channel_send(cf, 3);
	sender = operation_park_send(cf, 4);
	requeue_now(receiver);
	assert_int_equal(channel_info(cf).len, 2);
	assert_requeued(cf, 1, 1);

	channel_expect(cf, 1);
	assert_int_equal(channel_info(cf).len, 2);
	assert_int_equal(channel_info(cf).sendq, 1);
	channel_expect_range(cf, 2, 4);
	assert_int_equal(operation_join(sender), 1);
}

/* Only elements received by others in the meantime have overtaken it. */
static void G1_only_who_received_in_between_overtakes(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	struct operation *receiver;

	(void)state;
	channel_send_range(cf, 1, 3);
	receiver = faulting_recv_stopped(cf, 1);
	channel_expect(cf, 2);
	requeue_now(receiver);
	channel_expect(cf, 1);
	channel_expect(cf, 3);
}

/* Straight from the ring, too, a task that is being killed takes nothing. */
static void G4_killed_receiver_leaves_an_element_in_the_ring(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *receiver = operation_new(operation_run_recv, cf, 1);

	(void)state;
	channel_send(cf, 1);
	shim_task_kill(receiver->task);
	operation_start(receiver);
	assert_true(operation_join(receiver) < 0);
	assert_int_equal(operation_value(receiver, 0), 0);
	assert_requeued(cf, 1, 1);
	channel_expect(cf, 1);
}

static void G4_killed_receiver_gives_back(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *receiver, *peer;

	(void)state;
	/* Killed after a peer has completed it, and before the peer has woken it. */
	receiver = operation_park_recv(cf);
	peer = operation_new(operation_run_send, cf, 1);
	element_fill(peer->elems, 8, 1);
	operation_start_stopped(peer, SHIM_POINT_UNLOCK, 1);
	shim_task_kill(receiver->task);
	assert_true(operation_join(receiver) < 0);
	operation_continue(peer);
	assert_int_equal(operation_join(peer), 1);
	assert_int_equal(operation_value(receiver, 0), 0);
	assert_requeued(cf, 1, 1);

	/* Killed before it takes several from the ring. */
	channel_send_range(cf, 2, 3);
	receiver = operation_new(operation_run_recv, cf, 3);
	shim_task_kill(receiver->task);
	operation_start(receiver);
	assert_true(operation_join(receiver) < 0);
	assert_requeued(cf, 3, 4);
	channel_expect_range(cf, 1, 3);
	channel_expect_empty(cf);
}

/* Killed while its memory is slow, it has taken what the memory shows. */
static void G3_killed_receiver_has_what_its_memory_shows(void **state)
{
	struct chan_file *cf = channel_make(8, 5);
	struct operation *receiver = operation_new(operation_run_recv, cf, 5);

	(void)state;
	channel_send_range(cf, 1, 5);
	receiver->task->user_end = (uintptr_t)receiver->elems + 20;
	operation_start_stopped(receiver, SHIM_POINT_USER, 1);
	assert_true(shim_task_stopped(receiver->task));
	shim_task_kill(receiver->task);
	operation_continue(receiver);
	assert_int_equal(operation_join(receiver), 2);
	assert_int_equal(operation_value(receiver, 1), 2);
	channel_expect_range(cf, 3, 5);
	channel_expect_empty(cf);
}

/* A non-fatal signal is no reason to requeue: success wins. */
static void G10_interrupted_receiver_keeps_its_element(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *receiver = operation_new(operation_run_recv, cf, 1);

	(void)state;
	channel_send(cf, 1);
	operation_start_stopped(receiver, SHIM_POINT_USER, 1);
	shim_task_signal(receiver->task);
	operation_continue(receiver);
	assert_int_equal(operation_join(receiver), 1);
	assert_int_equal(operation_value(receiver, 0), 1);
	assert_requeued(cf, 0, 0);
}

static void G6_requeued_element_outlives_close(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *receiver;

	(void)state;
	channel_send_range(cf, 1, 2);
	receiver = faulting_recv_stopped(cf, 1);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	requeue_now(receiver);
	channel_expect_range(cf, 1, 2);
	channel_expect_drained(cf);
}

/* The teardown finds leaked memory and charges. */
static void G11_requeued_elements_are_freed_with_the_channel(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elem[UNIT_ELEMSIZE_MAX] = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], 2);
		long expected = sizes[i] ? -EFAULT : 1;

		assert_int_equal(chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
						&chan_deadline_now),
				 expected);
		assert_int_equal(chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_requeued(cf, !!sizes[i], !!sizes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G4_element_of_faulting_receiver_is_received_next),
		UNIT_TEST(G4_G8_rendezvous_takes_back_an_element),
		UNIT_TEST(G4_parked_receiver_gives_back),
		UNIT_TEST(I6_requeued_elements_keep_their_order),
		UNIT_TEST(I6_many_requeued_elements_keep_their_order),
		UNIT_TEST(G12_records_are_used_again),
		UNIT_TEST(I6_order_counts_every_way_of_taking),
		UNIT_TEST(G4_element_goes_back_to_a_parked_receiver),
		UNIT_TEST(I6_element_requeued_twice_keeps_its_place),
		UNIT_TEST(I1_requeued_element_is_not_in_the_ring),
		UNIT_TEST(G1_only_who_received_in_between_overtakes),
		UNIT_TEST(G4_killed_receiver_gives_back),
		UNIT_TEST(G4_killed_receiver_leaves_an_element_in_the_ring),
		UNIT_TEST(G3_killed_receiver_has_what_its_memory_shows),
		UNIT_TEST(G10_interrupted_receiver_keeps_its_element),
		UNIT_TEST(G6_requeued_element_outlives_close),
		UNIT_TEST(G11_requeued_elements_are_freed_with_the_channel),
	};

	return UNIT_RUN(tests);
}
