// SPDX-License-Identifier: GPL-2.0-only
/*
 * User memory that faults at each byte, and each allocation that fails: an error means that nothing
 * happened, and follows the order of checks.
 */
#include "unit.h"

#define COUNT	5

/* User memory that ends after @reach bytes of @elems. */
static void end_user_memory(const void *elems, size_t reach)
{
	current->user_end = (uintptr_t)elems + reach;
}

static void restore_user_memory(void)
{
	current->user_end = UINTPTR_MAX;
}

static void fill(u8 *elems, u32 size)
{
	unsigned int i;

	for (i = 0; i < COUNT; i++)
		element_fill(elems + i * size, size, i);
}

static void expect_elements(struct chan_file *cf, u32 size, unsigned int from, unsigned int to)
{
	u8 elem[UNIT_ELEMSIZE_MAX];

	for (; from < to; from++) {
		memset(elem, 0, sizeof(elem));
		assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
		assert_true(element_is(elem, size, from));
	}
	assert_int_equal(channel_info(cf).len + channel_info(cf).requeued, 0);
}

/* The elements before the fault are sent, and no part of the others. */
static void G3_G4_send_that_faults_at_each_byte(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elems[COUNT * UNIT_ELEMSIZE_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const u32 size = sizes[i];
		struct chan_file *cf = channel_make(size, COUNT);
		size_t reach;

		fill(elems, size);
		for (reach = 0; reach < COUNT * size; reach++) {
			struct chan_info before = channel_info(cf);
			long whole = reach / size;
			long sent;

			end_user_memory(elems, reach);
			sent = chan_xfer_send(cf, elems, cf->ch->elemsize, COUNT, COUNT,
					      &chan_deadline_now);
			restore_user_memory();
			assert_int_equal(sent, whole ? whole : -EFAULT);
			if (!whole) {
				struct chan_info after = channel_info(cf);

				assert_memory_equal(&before, &after, sizeof(after));
			}
			expect_elements(cf, size, 0, whole);
		}
	}
}

/* The elements before the fault are received, and the others are requeued. */
static void G3_G4_receive_that_faults_at_each_byte(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elems[COUNT * UNIT_ELEMSIZE_MAX];
	unsigned int i, j;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const u32 size = sizes[i];
		struct chan_file *cf = channel_make(size, COUNT);
		size_t reach;

		for (reach = 0; reach < COUNT * size; reach++) {
			long whole = reach / size;
			long received;

			fill(elems, size);
			assert_int_equal(chan_xfer_send(cf, elems, cf->ch->elemsize, COUNT, COUNT,
							&chan_deadline_now), COUNT);
			memset(elems, 0, sizeof(elems));
			end_user_memory(elems, reach);
			received = chan_xfer_recv(cf, elems, cf->ch->elemsize, COUNT, COUNT,
						  &chan_deadline_now);
			restore_user_memory();
			assert_int_equal(received, whole ? whole : -EFAULT);
			for (j = 0; (long)j < whole; j++)
				assert_true(element_is(elems + j * size, size, j));
			expect_elements(cf, size, whole, COUNT);
		}
	}
}

static void bad_address_of_sender_comes_before_the_state(void **state)
{
	struct chan_file *cf = channel_make(8, 0);

	(void)state;
	assert_int_equal(chan_xfer_send(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_never), -EFAULT);
	assert_int_equal(channel_info(cf).send_parks, 0);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(chan_xfer_send(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
}

static void bad_address_of_receiver_comes_after_the_state(void **state)
{
	struct chan_file *cf = channel_make(8, 1);

	(void)state;
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EAGAIN);
	assert_int_equal(channel_info(cf).requeues, 0);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
}

static void G13_missing_right_comes_before_memory_and_state(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct chan_file *sender = channel_dup(cf, CHAN_RIGHT_SEND);
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);
	struct chan_file *closer = channel_dup(cf, CHAN_RIGHT_CLOSE);
	u64 value = 4711;

	(void)state;
	channel_send(cf, 1);
	assert_int_equal(chan_xfer_recv(sender, &value, sender->ch->elemsize, 1, 1,
					&chan_deadline_never), -EBADF);
	assert_int_equal(chan_xfer_recv(sender, UNIT_BAD_ADDRESS, sender->ch->elemsize, 1, 1,
					&chan_deadline_now),
			 -EBADF);
	assert_int_equal(chan_xfer_send(receiver, &value, receiver->ch->elemsize, 1, 1,
					&chan_deadline_never), -EBADF);
	assert_int_equal(chan_xfer_send(receiver, UNIT_BAD_ADDRESS, receiver->ch->elemsize, 1, 1,
					&chan_deadline_now),
			 -EBADF);
	assert_int_equal(channel_try_send(closer, 1), -EBADF);
	assert_int_equal(channel_try_recv(closer, &value), -EBADF);
	assert_int_equal(value, 4711);
	assert_int_equal(chan_file_check(sender, CHAN_RIGHT_CLOSE), -EBADF);
	assert_int_equal(chan_file_check(closer, CHAN_RIGHT_CLOSE), 0);
	assert_int_equal(chan_file_check(channel_open(), CHAN_RIGHT_CLOSE), -EBADFD);
	channel_expect(cf, 1);
}

/* A nil channel accesses no memory. */
static void bad_address_is_nothing_to_a_nil_channel(void **state)
{
	struct chan_file *cf = channel_open();

	(void)state;
	assert_int_equal(chan_xfer_send(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EAGAIN);
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EAGAIN);
}

/* Of an element that goes straight to the receiver, a part is none. */
static void G3_G4_receive_of_one_that_faults_at_each_byte(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elems[2 * UNIT_ELEMSIZE_MAX];
	unsigned int i, reach;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], COUNT);

		for (reach = 0; reach < sizes[i]; reach++) {
			element_fill(elems, sizes[i], reach);
			assert_int_equal(chan_xfer_send(cf, elems, sizes[i], 1, 1, &chan_deadline_now), 1);
			end_user_memory(elems, reach);
			assert_int_equal(chan_xfer_recv(cf, elems, sizes[i], 1, 1, &chan_deadline_now),
					 -EFAULT);
			restore_user_memory();
			assert_int_equal(channel_info(cf).requeued, 1);
			expect_elements(cf, sizes[i], reach, reach + 1);
		}
	}
}

/* Memory that is not present is brought in. */
static void G3_receiver_with_absent_memory_gets_its_element(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elem[UNIT_ELEMSIZE_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], 1);

		element_fill(elem, sizes[i], i);
		assert_int_equal(chan_xfer_send(cf, elem, sizes[i], 1, 1, &chan_deadline_now), 1);
		shim_user_evict(current);
		expect_elements(cf, sizes[i], i, i + 1);
		assert_int_equal(channel_info(cf).requeues, 0);
	}
}

/* Straight to the receiver, no record is needed for more than the moment. */
static void G12_direct_receives_share_a_record(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	unsigned int i, live = 0;

	(void)state;
	for (i = 0; i < 100; i++) {
		channel_send(cf, i);
		channel_expect(cf, i);
		if (!i)
			live = shim_memory_live();
	}
	assert_int_equal(shim_memory_live(), live);
}

/* Its memory is slow: operations of others do not wait for it. */
static void G12_slow_memory_blocks_nobody_else(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *sender = operation_new(operation_run_send, cf, 1);
	struct operation *receiver = operation_new(operation_run_recv, cf, 1);

	(void)state;
	channel_send(cf, 1);
	element_fill(sender->elems, 8, 4);
	shim_user_evict(sender->task);
	shim_user_evict(receiver->task);
	operation_start_stopped(sender, SHIM_POINT_USER, 1);
	operation_start_stopped(receiver, SHIM_POINT_USER, 1);
	assert_true(shim_task_stopped(sender->task));
	assert_true(shim_task_stopped(receiver->task));
	channel_send_range(cf, 2, 3);
	channel_expect_range(cf, 2, 3);
	operation_continue(sender);
	operation_continue(receiver);
	assert_int_equal(operation_join(sender), 1);
	assert_int_equal(operation_join(receiver), 1);
	assert_int_equal(operation_value(receiver, 0), 1);
	channel_expect(cf, 4);
}

/* Whether a count given to shim_memory_fail_nth() reached the failing allocation. */
static bool allocation_failed(void)
{
	return !shim_memory_fail_nth(0);
}

static void G4_open_fails_at_each_allocation(void **state)
{
	struct hchan *ch;

	(void)state;
	shim_memory_fail_nth(1);
	assert_null(chan_hchan_alloc());
	shim_memory_fail_nth(2);
	ch = chan_hchan_alloc();
	assert_non_null(ch);
	assert_false(allocation_failed());
	chan_hchan_put(ch);
}

static void G4_make_fails_at_each_allocation(void **state)
{
	unsigned int nth;
	int err;

	(void)state;
	for (nth = 1;; nth++) {
		struct chan_file *cf = channel_open();
		struct chan_make form = channel_form(300, 7);
		unsigned int live = shim_memory_live();
		struct chan_info before = channel_info(cf);
		struct chan_info after;

		shim_memory_fail_nth(nth);
		err = chan_hchan_make(cf->ch, &form, NULL);
		if (!allocation_failed())
			break;
		assert_int_equal(err, -ENOMEM);
		after = channel_info(cf);
		assert_memory_equal(&before, &after, sizeof(after));
		assert_false(chan_hchan_made(cf->ch));
		assert_int_equal(shim_memory_live(), live);
		assert_int_equal(chan_user_live_bytes(), 0);
		assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
		channel_release(cf);
	}
	assert_int_equal(err, 0);
	assert_int_equal(nth, 3);
}

/* As a new user, so that its account is allocated too. */
static void G4_send_fails_at_each_allocation(void **state)
{
	struct chan_file *cf = channel_make(300, 1);
	const s64 charged = chan_user_live_bytes();
	u8 elem[300];
	unsigned int nth;
	long sent;

	(void)state;
	element_fill(elem, sizeof(elem), 1);
	current->uid.val = 1000;
	for (nth = 1;; nth++) {
		unsigned int live = shim_memory_live();
		struct chan_info before = channel_info(cf);
		struct chan_info after;

		shim_memory_fail_nth(nth);
		sent = chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1, &chan_deadline_now);
		if (!allocation_failed())
			break;
		assert_int_equal(sent, -ENOMEM);
		after = channel_info(cf);
		assert_memory_equal(&before, &after, sizeof(after));
		assert_int_equal(shim_memory_live(), live);
		assert_int_equal(chan_user_live_bytes(), charged);
	}
	assert_int_equal(sent, 1);
	assert_int_equal(nth, 3);
	expect_elements(cf, sizeof(elem), 1, 2);
}

/* The elements before the failure are sent. */
static void G4_send_of_many_fails_at_each_allocation(void **state)
{
	struct chan_file *cf = channel_make(300, COUNT);
	u8 elems[COUNT * 300];
	unsigned int nth;

	(void)state;
	fill(elems, 300);
	for (nth = 1; nth <= COUNT; nth++) {
		shim_memory_fail_nth(nth);
		assert_int_equal(chan_xfer_send(cf, elems, cf->ch->elemsize, COUNT, COUNT,
						&chan_deadline_now),
				 nth > 1 ? (long)nth - 1 : -ENOMEM);
		assert_true(allocation_failed());
		expect_elements(cf, 300, 0, nth - 1);
	}
}

/* No record can be reserved: nothing is taken, and a retry succeeds. */
static void G4_receive_fails_at_each_allocation(void **state)
{
	u8 elems[COUNT * 8], received[COUNT * 8];
	unsigned int nth;
	long got;

	(void)state;
	fill(elems, 8);
	for (nth = 1;; nth++) {
		struct chan_file *cf = channel_make(8, COUNT);

		assert_int_equal(chan_xfer_send(cf, elems, cf->ch->elemsize, COUNT, COUNT,
						&chan_deadline_now),
				 COUNT);
		/* By way of slots, which need records. */
		shim_user_evict(current);
		shim_memory_fail_nth(nth);
		got = chan_xfer_recv(cf, received, cf->ch->elemsize, COUNT, COUNT,
				     &chan_deadline_now);
		if (!allocation_failed())
			break;
		/* The pool doubles: the first failure counts only if none came before. */
		assert_in_range(nth > 1 ? got : got + ENOMEM, nth > 1, COUNT);
		assert_int_equal(channel_info(cf).requeued, 0);
		expect_elements(cf, 8, max(got, 0L), COUNT);
	}
	assert_int_equal(got, COUNT);
	assert_in_range(nth, 2, 2 * COUNT + 1);
}

static void G4_parking_fails_at_each_allocation(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	u64 value;

	(void)state;
	shim_memory_fail_nth(1);
	assert_int_equal(chan_xfer_recv(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never),
			 -ENOMEM);
	assert_true(allocation_failed());
	assert_int_equal(channel_info(cf).recvq, 0);
	assert_int_equal(channel_info(cf).recv_parks, 0);
}

/* Records exist for all elements in transit: requeuing allocates nothing. */
static void G3_giving_back_needs_no_luck(void **state)
{
	struct chan_file *cf = channel_make(8, COUNT);
	u8 elems[COUNT * 8];
	unsigned int round;

	(void)state;
	fill(elems, 8);
	for (round = 0; round < 5; round++) {
		assert_int_equal(chan_xfer_send(cf, elems, cf->ch->elemsize, COUNT, COUNT,
						&chan_deadline_now),
				 COUNT);
		/* The first receive allocates the records. */
		if (round)
			shim_memory_fail_nth(1);
		assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, COUNT, COUNT,
						&chan_deadline_now), -EFAULT);
		assert_int_equal(shim_memory_fail_nth(0), !!round);
		assert_int_equal(channel_info(cf).requeued, COUNT);
		shim_memory_fail_nth(1);
		expect_elements(cf, 8, 0, COUNT);
		assert_int_equal(shim_memory_fail_nth(0), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G3_G4_send_that_faults_at_each_byte),
		UNIT_TEST(G3_G4_receive_that_faults_at_each_byte),
		UNIT_TEST(bad_address_of_sender_comes_before_the_state),
		UNIT_TEST(bad_address_of_receiver_comes_after_the_state),
		UNIT_TEST(G13_missing_right_comes_before_memory_and_state),
		UNIT_TEST(bad_address_is_nothing_to_a_nil_channel),
		UNIT_TEST(G3_G4_receive_of_one_that_faults_at_each_byte),
		UNIT_TEST(G3_receiver_with_absent_memory_gets_its_element),
		UNIT_TEST(G12_direct_receives_share_a_record),
		UNIT_TEST(G12_slow_memory_blocks_nobody_else),
		UNIT_TEST(G4_open_fails_at_each_allocation),
		UNIT_TEST(G4_make_fails_at_each_allocation),
		UNIT_TEST(G4_send_fails_at_each_allocation),
		UNIT_TEST(G4_send_of_many_fails_at_each_allocation),
		UNIT_TEST(G4_receive_fails_at_each_allocation),
		UNIT_TEST(G4_parking_fails_at_each_allocation),
		UNIT_TEST(G3_giving_back_needs_no_luck),
	};

	return UNIT_RUN(tests);
}
