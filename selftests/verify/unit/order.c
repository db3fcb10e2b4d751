// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory order (G7): ordinary variables that only the order of operations on a channel protects.
 * The thread sanitizer reports missing ordering; without it, a stale value is found at best.
 */
#include "unit.h"

#define ROUNDS	3000
#define CAP_MAX	3

/* Two tasks, and the plain variables that they share besides the elements. */
struct talk {
	u64 from_sender[ROUNDS];
	u64 from_receiver[ROUNDS];
	u32 cap;
};

/* The k-th receive happened before the send k + C completed. */
static long run_sender(struct operation *op)
{
	struct talk *talk = op->data;
	u64 i, j;

	for (i = 0; i < ROUNDS; i += op->count) {
		u64 values[CHAN_ELEM_BATCH];

		for (j = i; j < i + op->count; j++) {
			talk->from_sender[j] = j;
			values[j - i] = j;
		}
		if (chan_xfer_send(op->cf, values, op->cf->ch->elemsize, op->count, op->count,
				   &chan_deadline_never) != (long)op->count)
			return -1;
		for (j = i; j < i + op->count; j++) {
			if (j >= talk->cap && talk->from_receiver[j - talk->cap] != j - talk->cap)
				return -1;
		}
	}
	return 0;
}

/* A send happened before its receive completed. */
static long run_receiver(struct operation *op)
{
	struct talk *talk = op->data;
	u64 i, value;

	for (i = 0; i < ROUNDS; i++) {
		talk->from_receiver[i] = i;
		if (chan_xfer_recv(op->cf, &value, op->cf->ch->elemsize, 1, 1,
				   &chan_deadline_never) != 1)
			return -1;
		if (value != i || talk->from_sender[i] != i)
			return -1;
	}
	return 0;
}

static void talk(u32 cap, size_t batch)
{
	struct talk *talk = calloc(1, sizeof(*talk));
	struct chan_file *cf = channel_make(8, cap);
	struct operation *sender = operation_new(run_sender, cf, batch);
	struct operation *receiver = operation_new(run_receiver, cf, 1);
	long results[2];

	assert_non_null(talk);
	talk->cap = cap;
	sender->data = talk;
	receiver->data = talk;
	shim_chaos(true);
	operation_start(sender);
	operation_start(receiver);
	results[0] = operation_join(sender);
	results[1] = operation_join(receiver);
	free(talk);
	assert_int_equal(results[0], 0);
	assert_int_equal(results[1], 0);
}

/* Without a buffer, the receive has happened before its send completes as well. */
static void G7_rendezvous_orders_both_ways(void **state)
{
	(void)state;
	talk(0, 1);
	talk(0, 3);
}

static void G7_buffer_orders_sends_and_the_room_they_need(void **state)
{
	u32 cap;

	(void)state;
	for (cap = 1; cap <= CAP_MAX; cap++) {
		talk(cap, 1);
		talk(cap, 3);
	}
}

/* A task that finds the channel closed sees the writes before the close. */
struct news {
	u64 text;
};

static long run_close(struct operation *op)
{
	struct news *news = op->data;

	news->text = 1;
	return chan_hchan_close(op->cf->ch, CHAN_CLOSED_BY_CLOSE);
}

static long run_recv_closed(struct operation *op)
{
	struct news *news = op->data;
	u64 value;
	long received = chan_xfer_recv(op->cf, &value, op->cf->ch->elemsize, 1, 1,
				       &chan_deadline_never);

	return received ? -1 : (long)news->text;
}

static void G7_close_comes_before_its_discovery(void **state)
{
	unsigned int round, i;

	(void)state;
	shim_chaos(true);
	for (round = 0; round < 100; round++) {
		struct chan_file *cf = channel_make(8, 0);
		struct news news = { 0 };
		struct operation *ops[3];

		for (i = 0; i < ARRAY_LENGTH(ops); i++) {
			ops[i] = operation_new(i ? run_recv_closed : run_close, cf, 1);
			ops[i]->data = &news;
		}
		for (i = ARRAY_LENGTH(ops); i-- > 0;)
			operation_start(ops[i]);
		assert_int_equal(operation_join(ops[0]), 0);
		assert_int_equal(operation_join(ops[1]), 1);
		assert_int_equal(operation_join(ops[2]), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G7_rendezvous_orders_both_ways),
		UNIT_TEST(G7_buffer_orders_sends_and_the_room_they_need),
		UNIT_TEST(G7_close_comes_before_its_discovery),
	};

	return UNIT_RUN(tests);
}
