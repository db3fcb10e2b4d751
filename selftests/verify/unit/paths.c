// SPDX-License-Identifier: GPL-2.0-only
/*
 * The paths of an element through a channel: direct handoff, the ring, or a wait; and the counters
 * of each.
 */
#include "unit.h"

static void assert_paths(struct chan_paths paths, u64 handoff, u64 ring, u64 park)
{
	assert_int_equal(paths.handoff, handoff);
	assert_int_equal(paths.ring, ring);
	assert_int_equal(paths.park, park);
}

static void I1_G8_ring_holds_its_capacity_and_no_more(void **state)
{
	struct chan_file *cf = channel_make(8, 7);
	struct chan_info info;

	(void)state;
	channel_send_range(cf, 1, 7);
	assert_int_equal(channel_try_send(cf, 8), -EAGAIN);
	info = channel_info(cf);
	assert_int_equal(info.len, 7);
	assert_int_equal(info.cap, 7);
	assert_int_equal(info.maxlen, 7);
	channel_expect_range(cf, 1, 7);
	channel_expect_empty(cf);
	info = channel_info(cf);
	assert_int_equal(info.len, 0);
	assert_int_equal(info.maxlen, 7);
}

static void G8_rendezvous_holds_nothing(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *sender;

	(void)state;
	assert_int_equal(channel_try_send(cf, 1), -EAGAIN);
	channel_expect_empty(cf);
	sender = operation_park_send(cf, 2);
	assert_int_equal(channel_info(cf).len, 0);
	channel_expect(cf, 2);
	assert_int_equal(operation_join(sender), 1);
	assert_int_equal(channel_info(cf).len, 0);
	assert_int_equal(channel_info(cf).maxlen, 0);
}

static void send_goes_to_parked_receiver(void **state)
{
	u32 cap;

	(void)state;
	for (cap = 0; cap < 2; cap++) {
		struct chan_file *cf = channel_make(8, cap);
		struct operation *receiver = operation_park_recv(cf);
		struct chan_info info;

		assert_int_equal(channel_info(cf).recvq, 1);
		channel_send(cf, 1);
		assert_int_equal(operation_join(receiver), 1);
		assert_int_equal(operation_value(receiver, 0), 1);
		info = channel_info(cf);
		assert_paths(info.sends, 1, 0, 0);
		assert_paths(info.recvs, 0, 0, 1);
		assert_int_equal(info.recv_parks, 1);
		assert_int_equal(info.send_parks, 0);
		assert_int_equal(info.recvq, 0);
		assert_int_equal(info.maxlen, 0);
	}
}

static void send_goes_to_ring(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct chan_info info;

	(void)state;
	channel_send(cf, 1);
	info = channel_info(cf);
	assert_paths(info.sends, 0, 1, 0);
	assert_int_equal(info.len, 1);
	channel_expect(cf, 1);
	info = channel_info(cf);
	assert_paths(info.recvs, 0, 1, 0);
	assert_int_equal(info.send_parks + info.recv_parks, 0);
}

static void receive_takes_from_parked_sender(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *sender = operation_park_send(cf, 1);
	struct chan_info info;

	(void)state;
	assert_int_equal(channel_info(cf).sendq, 1);
	channel_expect(cf, 1);
	assert_int_equal(operation_join(sender), 1);
	info = channel_info(cf);
	assert_paths(info.sends, 0, 0, 1);
	assert_paths(info.recvs, 1, 0, 0);
	assert_int_equal(info.send_parks, 1);
	assert_int_equal(info.sendq, 0);
}

/* A receiver takes the head, and the first parked sender's element becomes the tail. */
static void I3_I6_receive_from_full_ring_refills_it(void **state)
{
	const u64 cap = 3;
	u64 turn;

	(void)state;
	/* Start at each index of the ring. */
	for (turn = 0; turn < cap; turn++) {
		struct chan_file *cf = channel_make(8, cap);
		struct operation *senders[2];
		struct chan_info info;

		channel_send_range(cf, 1, turn);
		channel_expect_range(cf, 1, turn);
		channel_send_range(cf, 1, cap);
		senders[0] = operation_park_send(cf, cap + 1);
		senders[1] = operation_park_send(cf, cap + 2);

		channel_expect(cf, 1);
		assert_int_equal(operation_join(senders[0]), 1);
		info = channel_info(cf);
		assert_int_equal(info.len, cap);
		assert_int_equal(info.sendq, 1);
		channel_expect(cf, 2);
		assert_int_equal(operation_join(senders[1]), 1);
		assert_int_equal(channel_info(cf).sendq, 0);
		assert_int_equal(channel_try_send(cf, cap + 3), -EAGAIN);

		channel_expect_range(cf, 3, cap + 2);
		channel_expect_empty(cf);
		info = channel_info(cf);
		assert_paths(info.sends, 0, turn + cap, 2);
		assert_paths(info.recvs, 0, turn + cap + 2, 0);
		assert_int_equal(info.maxlen, cap);
	}
}

static void G1_order_survives_wraps_of_the_ring(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	u64 sent = 0, received = 0;
	unsigned int round;

	(void)state;
	for (round = 0; round < 20; round++) {
		while (channel_try_send(cf, sent + 1) == 1)
			sent++;
		assert_int_equal(sent - received, 3);
		channel_expect(cf, ++received);
		if (round % 2)
			channel_expect(cf, ++received);
	}
}

static void G2_parked_receivers_are_served_in_order(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *receivers[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(receivers); i++)
		receivers[i] = operation_park_recv(cf);
	assert_int_equal(channel_info(cf).recvq, ARRAY_LENGTH(receivers));
	for (i = 0; i < ARRAY_LENGTH(receivers); i++)
		channel_send(cf, i);
	for (i = 0; i < ARRAY_LENGTH(receivers); i++) {
		assert_int_equal(operation_join(receivers[i]), 1);
		assert_int_equal(operation_value(receivers[i], 0), i);
	}
}

static void G2_parked_senders_are_served_in_order(void **state)
{
	u32 cap;

	(void)state;
	for (cap = 0; cap < 3; cap++) {
		struct chan_file *cf = channel_make(8, cap);
		u64 i;

		channel_send_range(cf, 1, cap);
		for (i = 1; i <= 4; i++)
			operation_park_send(cf, cap + i);
		channel_expect_range(cf, 1, cap + 4);
		channel_expect_empty(cf);
	}
}

/* A waiter that gave up has left the queue; waiters behind it are not affected. */
static void G2_who_gives_up_leaves_the_others_in_order(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *ops[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = operation_park_recv(cf);
	shim_task_signal(ops[1]->task);
	assert_int_equal(operation_join(ops[1]), -ERESTARTSYS);
	assert_int_equal(channel_info(cf).recvq, 2);
	channel_send_range(cf, 1, 2);
	assert_int_equal(operation_join(ops[0]), 1);
	assert_int_equal(operation_join(ops[2]), 1);
	assert_int_equal(operation_value(ops[0], 0), 1);
	assert_int_equal(operation_value(ops[2], 0), 2);
}

/*
 * Through the ring, to a parked receiver, from a parked sender, from a parked sender into the ring.
 */
static void element_of_any_size_arrives_whole(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elem[UNIT_ELEMSIZE_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const u32 size = sizes[i];
		struct chan_file *cf = channel_make(size, 1);
		struct operation *receiver = operation_park_recv(cf);
		struct operation *sender;
		u64 value;

		element_fill(elem, size, 101);
		assert_int_equal(chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_int_equal(operation_join(receiver), 1);
		assert_true(element_is(receiver->elems, size, 101));

		element_fill(elem, size, 102);
		assert_int_equal(chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		sender = operation_park_send(cf, 103);
		for (value = 102; value <= 103; value++) {
			memset(elem, 0, sizeof(elem));
			assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
							&chan_deadline_now), 1);
			assert_true(element_is(elem, size, value));
		}
		assert_int_equal(operation_join(sender), 1);

		cf = channel_make(size, 0);
		sender = operation_park_send(cf, 104);
		assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_true(element_is(elem, size, 104));
		assert_int_equal(operation_join(sender), 1);
	}
}

/* Zero-size elements need no address, and are still counted one by one. */
static void elements_of_no_bytes_are_a_semaphore(void **state)
{
	struct chan_file *cf = channel_make(0, 2);

	(void)state;
	assert_int_equal(chan_xfer_send(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now), 1);
	assert_int_equal(chan_xfer_send(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now), 1);
	assert_int_equal(chan_xfer_send(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now),
			 -EAGAIN);
	assert_int_equal(channel_info(cf).len, 2);
	assert_int_equal(chan_xfer_recv(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now), 1);
	assert_int_equal(chan_xfer_recv(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now), 1);
	assert_int_equal(chan_xfer_recv(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now),
			 -EAGAIN);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(chan_xfer_recv(cf, NULL, cf->ch->elemsize, 1, 1, &chan_deadline_now), 0);
}

static void info_shows_the_form(void **state)
{
	struct chan_file *first = channel_make(24, 5);
	struct chan_file *second = channel_open();
	struct chan_info info;

	(void)state;
	info = channel_info(first);
	assert_int_equal(info.elemsize, 24);
	assert_int_equal(info.cap, 5);
	assert_int_equal(info.flags, 0);
	assert_int_equal(info.senders, 1);
	assert_int_equal(info.receivers, 1);
	assert_int_equal(info.closed, CHAN_OPEN);
	assert_string_equal(info.type, "unit");
	assert_int_not_equal(info.id, channel_info(second).id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(I1_G8_ring_holds_its_capacity_and_no_more),
		UNIT_TEST(G8_rendezvous_holds_nothing),
		UNIT_TEST(send_goes_to_parked_receiver),
		UNIT_TEST(send_goes_to_ring),
		UNIT_TEST(receive_takes_from_parked_sender),
		UNIT_TEST(I3_I6_receive_from_full_ring_refills_it),
		UNIT_TEST(G1_order_survives_wraps_of_the_ring),
		UNIT_TEST(G2_parked_receivers_are_served_in_order),
		UNIT_TEST(G2_parked_senders_are_served_in_order),
		UNIT_TEST(G2_who_gives_up_leaves_the_others_in_order),
		UNIT_TEST(element_of_any_size_arrives_whole),
		UNIT_TEST(elements_of_no_bytes_are_a_semaphore),
		UNIT_TEST(info_shows_the_form),
	};

	return UNIT_RUN(tests);
}
