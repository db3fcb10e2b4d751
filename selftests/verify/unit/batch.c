// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches: how many elements move, when a batch waits, and that a partial count is returned instead
 * of an error.
 */
#include "direct.h"
#include "unit.h"

/* More elements than one pass over a channel moves. */
#define MANY	100

static struct operation *send_range(struct chan_file *cf, u64 from, u64 to, size_t min)
{
	struct operation *op = operation_new(operation_run_send, cf, to - from + 1);
	u64 value;

	for (value = from; value <= to; value++)
		element_fill(op->elems + (value - from) * 8, 8, value);
	op->min = min;
	return op;
}

static struct operation *recv_up_to(struct chan_file *cf, size_t count, size_t min)
{
	struct operation *op = operation_new(operation_run_recv, cf, count);

	op->min = min;
	return op;
}

static void assert_received(struct operation *op, u64 from, u64 to)
{
	u64 value;

	assert_int_equal(operation_join(op), to - from + 1);
	for (value = from; value <= to; value++)
		assert_int_equal(operation_value(op, value - from), value);
}

static long run_now(struct operation *op)
{
	op->deadline = chan_deadline_now;
	operation_start(op);
	return operation_join(op);
}

static void without_wait_as_many_move_as_can(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	struct operation *op;

	(void)state;
	assert_int_equal(run_now(send_range(cf, 1, 5, 5)), 3);
	assert_int_equal(run_now(send_range(cf, 4, 5, 1)), -EAGAIN);
	op = recv_up_to(cf, 5, 5);
	assert_int_equal(run_now(op), 3);
	assert_received(op, 1, 3);
	assert_int_equal(run_now(recv_up_to(cf, 5, 5)), -EAGAIN);
}

/* It takes the available elements, and waits only for the minimum. */
static void receive_waits_for_the_minimum(void **state)
{
	struct chan_file *cf = channel_make(8, 4);
	struct operation *op;

	(void)state;
	channel_send_range(cf, 1, 3);
	op = recv_up_to(cf, 5, 2);
	operation_start(op);
	assert_received(op, 1, 3);

	channel_send(cf, 1);
	op = recv_up_to(cf, 5, 3);
	operation_park(op);
	assert_int_equal(channel_info(cf).len, 0);
	channel_send(cf, 2);
	unit_wait_until(channel_info(cf).recvq == 1);
	assert_false(operation_done(op));
	channel_send(cf, 3);
	assert_received(op, 1, 3);
}

static void send_waits_for_the_minimum(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	struct operation *op;

	(void)state;
	op = send_range(cf, 1, 5, 3);
	operation_start(op);
	assert_int_equal(operation_join(op), 3);

	op = send_range(cf, 4, 8, 2);
	operation_park(op);
	channel_expect(cf, 1);
	unit_wait_until(channel_info(cf).sendq == 1);
	assert_false(operation_done(op));
	channel_expect(cf, 2);
	assert_int_equal(operation_join(op), 2);
	channel_expect_range(cf, 3, 5);
	channel_expect_empty(cf);
}

static void G1_many_elements_arrive_in_order(void **state)
{
	const u32 caps[] = { 0, 1, 7, CHAN_ELEM_BATCH, MANY };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(caps); i++) {
		struct chan_file *cf = channel_make(8, caps[i]);
		struct operation *sender = send_range(cf, 1, MANY, MANY);
		struct operation *receiver = recv_up_to(cf, MANY, MANY);
		struct chan_info info;

		operation_start(sender);
		unit_wait_until(operation_settled(sender));
		operation_start(receiver);
		assert_int_equal(operation_join(sender), MANY);
		assert_received(receiver, 1, MANY);
		info = channel_info(cf);
		assert_int_equal(info.sends.handoff + info.sends.ring + info.sends.park, MANY);
		assert_int_equal(info.recvs.handoff + info.recvs.ring + info.recvs.park, MANY);
	}
}

static void G1_many_elements_of_any_size_arrive_whole(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const u32 size = sizes[i];
		struct chan_file *cf = channel_make(size, 7);
		struct operation *sender = operation_new(operation_run_send, cf, MANY);
		struct operation *receiver = operation_new(operation_run_recv, cf, MANY);

		for (j = 0; j < MANY; j++)
			element_fill(sender->elems + j * size, size, j);
		operation_start(sender);
		operation_start(receiver);
		assert_int_equal(operation_join(sender), MANY);
		assert_int_equal(operation_join(receiver), MANY);
		for (j = 0; j < MANY; j++)
			assert_true(element_is(receiver->elems + j * size, size, j));
	}
}

static void G2_one_send_serves_parked_receivers_in_order(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *receivers[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(receivers); i++)
		receivers[i] = operation_park_recv(cf);
	assert_int_equal(run_now(send_range(cf, 1, 5, 5)), 4);
	for (i = 0; i < ARRAY_LENGTH(receivers); i++)
		assert_received(receivers[i], 1 + i, 1 + i);
	channel_expect(cf, 4);
	channel_expect_empty(cf);
}

static void G2_one_receive_takes_from_parked_senders_in_order(void **state)
{
	u32 cap;

	(void)state;
	for (cap = 0; cap < 3; cap++) {
		struct chan_file *cf = channel_make(8, cap);
		struct operation *senders[3], *op;
		unsigned int i;

		channel_send_range(cf, 1, cap);
		for (i = 0; i < ARRAY_LENGTH(senders); i++)
			senders[i] = operation_park_send(cf, cap + 1 + i);
		op = recv_up_to(cf, cap + 4, cap + 4);
		assert_int_equal(run_now(op), cap + 3);
		assert_received(op, 1, cap + 3);
		for (i = 0; i < ARRAY_LENGTH(senders); i++)
			assert_int_equal(operation_join(senders[i]), 1);
	}
}

/* A sender that has sent a part, and waits for a free slot. */
static struct operation *park_after_part(struct chan_file *cf)
{
	struct operation *op = send_range(cf, 1, 5, 5);

	op->deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + 10;
	operation_park(op);
	assert_int_equal(channel_info(cf).len, 3);
	return op;
}

static void G4_part_sent_beats_signal_deadline_and_close(void **state)
{
	unsigned int way;

	(void)state;
	for (way = 0; way < 3; way++) {
		struct chan_file *cf = channel_make(8, 3);
		struct operation *op = park_after_part(cf);

		if (way == 0)
			shim_task_signal(op->task);
		else if (way == 1)
			shim_clock_advance(CLOCK_MONOTONIC, 10);
		else
			assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		assert_int_equal(operation_join(op), 3);
		channel_expect_range(cf, 1, 3);
		assert_int_equal(channel_info(cf).len, 0);
		assert_int_equal(channel_info(cf).sendq, 0);
	}
}

static void G4_part_received_beats_signal_deadline_and_close(void **state)
{
	unsigned int way;

	(void)state;
	for (way = 0; way < 3; way++) {
		struct chan_file *cf = channel_make(8, 3);
		struct operation *op = recv_up_to(cf, 5, 5);

		channel_send_range(cf, 1, 3);
		op->deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + 10;
		operation_park(op);
		if (way == 0)
			shim_task_signal(op->task);
		else if (way == 1)
			shim_clock_advance(CLOCK_MONOTONIC, 10);
		else
			assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		assert_received(op, 1, 3);
		assert_int_equal(channel_info(cf).recvq, 0);
	}
}

/* Elements that a killed receiver had taken in one pass are requeued, in order. */
static void G4_killed_receiver_gives_back_its_part(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	struct operation *op = recv_up_to(cf, 5, 5);

	(void)state;
	channel_send_range(cf, 1, 3);
	operation_park(op);
	shim_task_kill(op->task);
	assert_true(operation_join(op) < 0);
	assert_int_equal(channel_info(cf).requeued, 3);
	channel_expect_range(cf, 1, 3);
	channel_expect_empty(cf);
}

static void receive_of_closed_and_drained_zeroes_one_element(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elems[2 * UNIT_ELEMSIZE_MAX];
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], 1);

		assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		memset(elems, 0x5a, sizeof(elems));
		assert_int_equal(chan_xfer_recv(cf, elems, cf->ch->elemsize, 2, 2,
						&chan_deadline_never), 0);
		for (j = 0; j < sizeof(elems); j++)
			assert_int_equal(elems[j], j < sizes[i] ? 0 : 0x5a);
	}
}

/* A signal ends a transfer only in its first wait; it does not end one that need not wait. */
static void signal_ends_a_wait_not_a_transfer(void **state)
{
	struct chan_file *cf = channel_make(8, MANY);
	struct operation *op = send_range(cf, 1, MANY, MANY);

	(void)state;
	shim_task_signal(op->task);
	operation_start(op);
	assert_int_equal(operation_join(op), MANY);

	op = recv_up_to(cf, MANY + 1, MANY + 1);
	shim_task_signal(op->task);
	operation_start(op);
	assert_received(op, 1, MANY);
	assert_int_equal(channel_info(cf).recvq, 0);

	op = send_range(cf, 1, MANY + 1, MANY + 1);
	shim_task_signal(op->task);
	operation_start(op);
	assert_int_equal(operation_join(op), MANY);
	assert_int_equal(channel_info(cf).sendq, 0);
	channel_expect_range(cf, 1, MANY);
}

/* A task that is being killed stops after a pass, and as a receiver takes nothing. */
static void G12_kill_ends_a_long_transfer(void **state)
{
	struct chan_file *cf = channel_make(8, MANY);
	struct operation *op = send_range(cf, 1, MANY, MANY);

	(void)state;
	shim_task_kill(op->task);
	operation_start(op);
	assert_int_equal(operation_join(op), CHAN_DIRECT_RUN / 8);
	assert_int_equal(channel_info(cf).len, CHAN_DIRECT_RUN / 8);

	op = recv_up_to(cf, MANY, MANY);
	shim_task_kill(op->task);
	operation_start(op);
	assert_true(operation_join(op) < 0);
	assert_int_equal(channel_info(cf).requeued, CHAN_ELEM_BATCH);
	channel_expect_range(cf, 1, CHAN_DIRECT_RUN / 8);
}

/* Task work restarts a call that has moved nothing, and shortens no other. */
static void G4_task_work_cuts_no_transfer_short(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	struct operation *op = send_range(cf, 1, 5, 5);

	(void)state;
	operation_park(op);
	assert_int_equal(channel_info(cf).len, 3);
	shim_task_notify(op->task);
	unit_wait_until(READ_ONCE(op->task->resume));
	unit_wait_until(shim_task_asleep(op->task));
	assert_false(READ_ONCE(op->task->notified));
	channel_expect_range(cf, 1, 2);
	assert_int_equal(operation_join(op), 5);
	channel_expect_range(cf, 3, 5);

	op = recv_up_to(cf, 2, 2);
	operation_park(op);
	shim_task_notify(op->task);
	assert_int_equal(operation_join(op), -ERESTARTSYS);
	channel_expect_empty(cf);
	assert_int_equal(channel_info(cf).recvq, 0);

	op = recv_up_to(cf, 2, 2);
	operation_park(op);
	channel_send(cf, 6);
	unit_wait_until(channel_info(cf).recvq == 1);
	shim_task_notify(op->task);
	unit_wait_until(READ_ONCE(op->task->resume));
	channel_send(cf, 7);
	assert_received(op, 6, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(without_wait_as_many_move_as_can),
		UNIT_TEST(receive_waits_for_the_minimum),
		UNIT_TEST(send_waits_for_the_minimum),
		UNIT_TEST(G1_many_elements_arrive_in_order),
		UNIT_TEST(G1_many_elements_of_any_size_arrive_whole),
		UNIT_TEST(G2_one_send_serves_parked_receivers_in_order),
		UNIT_TEST(G2_one_receive_takes_from_parked_senders_in_order),
		UNIT_TEST(G4_part_sent_beats_signal_deadline_and_close),
		UNIT_TEST(G4_part_received_beats_signal_deadline_and_close),
		UNIT_TEST(G4_killed_receiver_gives_back_its_part),
		UNIT_TEST(receive_of_closed_and_drained_zeroes_one_element),
		UNIT_TEST(signal_ends_a_wait_not_a_transfer),
		UNIT_TEST(G12_kill_ends_a_long_transfer),
		UNIT_TEST(G4_task_work_cuts_no_transfer_short),
	};

	return UNIT_RUN(tests);
}
