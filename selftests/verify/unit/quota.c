// SPDX-License-Identifier: GPL-2.0-only
/* User charges and limits (G12). The teardown of each test finds leaked charges and accounts. */
#include "unit.h"

#define LARGE	300
/* Bytes of its slot. */
#define SLOT	sizeof(struct chan_elem_ref)

static void become(uid_t uid)
{
	current->uid.val = uid;
}

static void assert_usage(u64 channels, u64 bytes)
{
	u64 channels_now, bytes_now;

	chan_user_usage(&channels_now, &bytes_now);
	assert_int_equal(channels_now, channels);
	assert_int_equal(bytes_now, bytes);
}

static int make(struct chan_file *cf, u32 elemsize, u32 cap)
{
	struct chan_make form = channel_form(elemsize, cap);

	return chan_hchan_make(cf->ch, &form, NULL);
}

static long send_large(struct chan_file *cf)
{
	u8 elem[LARGE] = { 0 };

	return chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1, &chan_deadline_now);
}

static long recv_large(struct chan_file *cf)
{
	u8 elem[LARGE];

	return chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1, &chan_deadline_now);
}

static int limits_setup(void **state)
{
	chan_user_channels_max = 2;
	chan_user_bytes_max = 10 * LARGE;
	return unit_setup(state);
}

static int limits_teardown(void **state)
{
	int left = unit_teardown(state);

	chan_user_channels_max = 16384;
	chan_user_bytes_max = 64UL << 20;
	return left;
}

static void maker_is_charged_with_the_ring(void **state)
{
	const struct {
		u32 elemsize;
		u64 slot;
	} sizes[] = { { 0, 0 }, { 1, 1 }, { 8, 8 }, { 256, 256 }, { 257, SLOT }, { LARGE, SLOT } };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_open();

		assert_usage(0, 0);
		assert_int_equal(make(cf, sizes[i].elemsize, 7), 0);
		assert_usage(1, 7 * sizes[i].slot);
		assert_int_equal(chan_user_live_bytes(), 7 * sizes[i].slot);
		channel_release(cf);
	}
	assert_usage(0, 0);
}

static void G12_channels_have_a_limit(void **state)
{
	struct chan_file *files[3];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(files); i++)
		files[i] = channel_open();
	assert_int_equal(make(files[0], 8, 1), 0);
	assert_int_equal(make(files[1], 8, 1), 0);
	assert_int_equal(make(files[2], 8, 1), -EDQUOT);
	assert_false(chan_hchan_made(files[2]->ch));
	assert_usage(2, 16);

	channel_release(files[0]);
	assert_int_equal(make(files[2], 8, 1), 0);
	assert_usage(2, 16);
}

static void G12_rings_have_a_limit(void **state)
{
	struct chan_file *first = channel_open();
	struct chan_file *second = channel_open();

	(void)state;
	assert_int_equal(make(first, 1, 10 * LARGE + 1), -EDQUOT);
	assert_usage(0, 0);
	assert_int_equal(make(first, 1, 10 * LARGE), 0);
	assert_int_equal(make(second, 1, 1), -EDQUOT);
	assert_usage(1, 10 * LARGE);
	assert_int_equal(make(second, 1, 0), 0);
}

static void capable_user_exceeds_the_limits(void **state)
{
	struct chan_file *files[3];
	unsigned int i;

	(void)state;
	current->capable = true;
	for (i = 0; i < ARRAY_LENGTH(files); i++) {
		files[i] = channel_open();
		assert_int_equal(make(files[i], 1, 10 * LARGE), 0);
	}
	assert_usage(3, 30 * LARGE);
	current->capable = false;
	channel_release(files[0]);
	assert_int_equal(make(channel_open(), 8, 0), -EDQUOT);
}

static void G12_users_do_not_share_a_limit(void **state)
{
	/* The first two share a bucket in any table of up to 4096; the third has its own. */
	const uid_t uids[] = { 1000, 1000 + 4096, 1001 };
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(uids); i++) {
		become(uids[i]);
		assert_usage(0, 0);
		assert_int_equal(make(channel_open(), 1, 10 * LARGE), 0);
		assert_int_equal(make(channel_open(), 1, 1), -EDQUOT);
	}
	for (i = 0; i < ARRAY_LENGTH(uids); i++) {
		become(uids[i]);
		assert_usage(1, 10 * LARGE);
	}
}

static void sender_is_charged_with_large_elements(void **state)
{
	struct chan_file *cf = channel_open();

	(void)state;
	become(1000);
	assert_int_equal(make(cf, LARGE, 2), 0);
	become(1001);
	assert_int_equal(send_large(cf), 1);
	assert_int_equal(send_large(cf), 1);
	assert_usage(0, 2 * LARGE);
	assert_int_equal(send_large(cf), -EAGAIN);
	assert_usage(0, 2 * LARGE);

	become(1002);
	assert_int_equal(recv_large(cf), 1);
	assert_usage(0, 0);
	become(1001);
	assert_usage(0, LARGE);
	become(1000);
	assert_usage(1, 2 * SLOT);
}

static void G12_large_elements_have_a_limit(void **state)
{
	struct chan_file *cf = channel_open();
	unsigned int i;

	(void)state;
	become(1000);
	assert_int_equal(make(cf, LARGE, 20), 0);
	become(1001);
	for (i = 0; i < 10; i++)
		assert_int_equal(send_large(cf), 1);
	assert_int_equal(send_large(cf), -EDQUOT);
	assert_int_equal(channel_info(cf).len, 10);
	assert_usage(0, 10 * LARGE);
	assert_int_equal(recv_large(cf), 1);
	assert_int_equal(send_large(cf), 1);
	become(1002);
	assert_int_equal(send_large(cf), 1);
}

static void element_of_parked_sender_is_charged_until_it_leaves(void **state)
{
	struct chan_file *cf = channel_make(LARGE, 0);
	struct operation *op;

	(void)state;
	op = operation_park_send(cf, 1);
	assert_usage(1, LARGE);
	shim_task_signal(op->task);
	assert_int_equal(operation_join(op), -ERESTARTSYS);
	assert_usage(1, 0);

	op = operation_park_send(cf, 1);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(op), -EPIPE);
	assert_usage(1, 0);
}

static void element_requeued_stays_charged(void **state)
{
	struct chan_file *cf = channel_make(LARGE, 1);

	(void)state;
	assert_int_equal(send_large(cf), 1);
	become(1001);
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
	assert_usage(0, 0);
	become(0);
	assert_usage(1, SLOT + LARGE);
	assert_int_equal(recv_large(cf), 1);
	assert_usage(1, SLOT);
}

static void refused_send_is_not_charged(void **state)
{
	struct chan_file *cf = channel_make(LARGE, 1);

	(void)state;
	assert_int_equal(chan_xfer_send(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
	assert_usage(1, SLOT);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(send_large(cf), -EPIPE);
	assert_usage(1, SLOT);
}

/* In the ring, past its end and at its start, when the channel goes. */
static void G11_elements_nobody_received_are_freed(void **state)
{
	u32 turn;

	(void)state;
	for (turn = 0; turn < 3; turn++) {
		struct chan_file *cf = channel_make(LARGE, 3);
		u32 i;

		for (i = 0; i < turn; i++) {
			assert_int_equal(send_large(cf), 1);
			assert_int_equal(recv_large(cf), 1);
		}
		assert_int_equal(send_large(cf), 1);
		assert_int_equal(send_large(cf), 1);
		assert_usage(1, 3 * SLOT + 2 * LARGE);
		channel_release(cf);
		assert_usage(0, 0);
	}
}

static void rings_above_the_largest_are_refused(void **state)
{
	struct chan_file *cf = channel_open();
	u64 value = 1;

	(void)state;
	assert_int_equal(make(cf, 8, (CHAN_RING_MAX / 8) + 1), -EINVAL);
	assert_int_equal(make(cf, 256, UINT32_MAX), -EINVAL);
	assert_int_equal(make(cf, CHAN_ELEM_MAX, UINT32_MAX), -EINVAL);
	assert_int_equal(make(cf, 8, CHAN_RING_MAX / 8), -EDQUOT);
	assert_usage(0, 0);

	/* Zero bytes, for any capacity. */
	assert_int_equal(make(cf, 0, UINT32_MAX), 0);
	assert_usage(1, 0);
	assert_int_equal(chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_now), 1);
	assert_int_equal(channel_info(cf).len, 1);
}

/* Racing charges never exceed the limit in total, and leave no charge behind. */
#define RACE_ROUNDS	2000

static long race_run(struct operation *op)
{
	struct chan_user *user = chan_user_get();
	u64 *holders = op->data;
	unsigned int i;

	for (i = 0; i < RACE_ROUNDS; i++) {
		u64 channels, bytes;

		if (chan_user_charge_bytes(user, 6 * LARGE))
			continue;
		/* The limit admits one such charge. */
		if (__atomic_add_fetch(holders, 1, __ATOMIC_RELAXED) > 1)
			op->min = 0;
		chan_user_usage(&channels, &bytes);
		__atomic_sub_fetch(holders, 1, __ATOMIC_RELAXED);
		chan_user_uncharge_bytes(user, 6 * LARGE);
	}
	chan_user_put(user);
	return op->min;
}

static void G12_racing_charges_keep_the_limit(void **state)
{
	struct chan_file *cf = channel_open();
	struct operation *ops[3];
	u64 holders = 0;
	unsigned int i;

	(void)state;
	shim_chaos(true);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		ops[i] = operation_new(race_run, cf, 1);
		ops[i]->data = &holders;
		operation_start(ops[i]);
	}
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		assert_int_equal(operation_join(ops[i]), 1);
	assert_usage(0, 0);
}

static long charge_too_much(struct operation *op)
{
	struct chan_user *user = chan_user_get();
	long err = chan_user_charge_bytes(user, op->count * LARGE);

	chan_user_put(user);
	return err;
}

/* A failing charge, at each of its steps, does not make another one fail. */
static void G12_failed_charge_takes_no_room(void **state)
{
	struct chan_file *cf = channel_make(LARGE, 1);
	struct operation *op;
	unsigned int nth;
	u8 elem[LARGE];

	(void)state;
	for (nth = 1; nth <= 3; nth++) {
		op = operation_new(charge_too_much, cf, 11);
		operation_start_stopped(op, SHIM_POINT_ATOMIC, nth);
		assert_int_equal(send_large(cf), 1);
		operation_continue(op);
		assert_int_equal(operation_join(op), -EDQUOT);
		assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_now), 1);
	}
}

#define LIMITS_TEST(function) \
	cmocka_unit_test_setup_teardown(function, limits_setup, limits_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIMITS_TEST(maker_is_charged_with_the_ring),
		LIMITS_TEST(G12_channels_have_a_limit),
		LIMITS_TEST(G12_rings_have_a_limit),
		LIMITS_TEST(capable_user_exceeds_the_limits),
		LIMITS_TEST(G12_users_do_not_share_a_limit),
		LIMITS_TEST(sender_is_charged_with_large_elements),
		LIMITS_TEST(G12_large_elements_have_a_limit),
		LIMITS_TEST(element_of_parked_sender_is_charged_until_it_leaves),
		LIMITS_TEST(element_requeued_stays_charged),
		LIMITS_TEST(refused_send_is_not_charged),
		LIMITS_TEST(G11_elements_nobody_received_are_freed),
		LIMITS_TEST(rings_above_the_largest_are_refused),
		LIMITS_TEST(G12_racing_charges_keep_the_limit),
		LIMITS_TEST(G12_failed_charge_takes_no_room),
	};

	return UNIT_RUN(tests);
}
