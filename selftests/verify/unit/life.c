// SPDX-License-Identifier: GPL-2.0-only
/* Life cycle of channels. */
#include "unit.h"

static long run_make(struct operation *op)
{
	return chan_hchan_make(op->cf->ch, op->data, NULL);
}

static void assert_live(unsigned int channels, unsigned int waiters)
{
	unsigned int channels_now, waiters_now;

	chan_hchan_live(&channels_now, &waiters_now);
	assert_int_equal(channels_now, channels);
	assert_int_equal(waiters_now, waiters);
}

static long run_live(struct operation *op)
{
	unsigned int channels, waiters;

	(void)op;
	chan_hchan_live(&channels, &waiters);
	return channels;
}

static void make_works_once(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct chan_make form = channel_form(16, 2);
	unsigned int live = shim_memory_live();

	(void)state;
	assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), -EBUSY);
	assert_int_equal(channel_info(cf).elemsize, 8);
	assert_int_equal(channel_info(cf).cap, 1);
	assert_int_equal(shim_memory_live(), live);
	assert_int_equal(chan_user_live_bytes(), 8);
}

/* Two tasks make a channel, stopped at each point: one wins, and the other leaks nothing. */
static void racing_makes_have_one_winner(void **state)
{
	struct chan_make forms[] = { channel_form(8, 3), channel_form(300, 5) };
	unsigned int nth;
	bool stopped;

	(void)state;
	for (nth = 1, stopped = true; stopped; nth++) {
		struct chan_file *cf = channel_open();
		struct operation *ops[2];
		unsigned int i, winner;

		for (i = 0; i < ARRAY_LENGTH(ops); i++) {
			ops[i] = operation_new(run_make, cf, 1);
			ops[i]->data = &forms[i];
		}
		operation_start_stopped(ops[0], SHIM_POINT_ANY, nth);
		stopped = shim_task_stopped(ops[0]->task);
		operation_start(ops[1]);
		unit_wait_until(operation_settled(ops[1]));
		operation_continue(ops[0]);
		for (i = 0; i < ARRAY_LENGTH(ops); i++)
			operation_join(ops[i]);

		winner = ops[0]->result ? 1 : 0;
		assert_int_equal(ops[winner]->result, 0);
		assert_int_equal(ops[!winner]->result, -EBUSY);
		assert_int_equal(channel_info(cf).elemsize, forms[winner].elemsize);
		assert_int_equal(channel_info(cf).cap, forms[winner].cap);
		assert_int_equal(chan_user_live_bytes(),
				 forms[winner].cap * cf->ch->ring.slotsize);
		channel_release(cf);
		assert_int_equal(chan_user_live_bytes(), 0);
		assert_int_equal(shim_memory_live(), 0);
	}
	assert_in_range(nth, 5, 100);
}

/* A task that sees a made channel sees all of it: checked by the thread sanitizer. */
static long run_send_when_made(struct operation *op)
{
	u64 value = 1;
	long sent;

	do {
		sent = chan_xfer_send(op->cf, &value, sizeof(value), 1, 1,
				      &chan_deadline_now);
	} while (sent == -EAGAIN);
	return sent;
}

static void made_channel_is_seen_whole(void **state)
{
	struct chan_make form = channel_form(8, 4);
	unsigned int round, i;

	(void)state;
	shim_chaos(true);
	for (round = 0; round < 100; round++) {
		struct chan_file *cf = channel_open();
		struct operation *ops[2];

		for (i = 0; i < ARRAY_LENGTH(ops); i++) {
			ops[i] = operation_new(run_send_when_made, cf, 1);
			operation_start(ops[i]);
		}
		assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
		for (i = 0; i < ARRAY_LENGTH(ops); i++)
			assert_int_equal(operation_join(ops[i]), 1);
		channel_expect_range(cf, 1, 1);
		channel_release(cf);
	}
}

/* It waits forever, as in Go: its channel is nil. */
static void operation_on_nil_channel_does_not_notice_make(void **state)
{
	struct chan_file *cf = channel_open();
	struct chan_make form = channel_form(8, 1);
	struct operation *op = operation_park_recv(cf);

	(void)state;
	assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
	channel_send(cf, 1);
	assert_true(shim_task_asleep(op->task));
	shim_task_signal(op->task);
	assert_int_equal(operation_join(op), -ERESTARTSYS);
	channel_expect(cf, 1);
}

static void live_channels_and_waiters_are_counted(void **state)
{
	struct chan_file *nil = channel_open();
	struct chan_file *cf;
	struct operation *op;

	(void)state;
	assert_live(1, 0);
	cf = channel_make(8, 0);
	assert_live(2, 0);
	op = operation_park_recv(cf);
	assert_live(2, 1);
	channel_send(cf, 1);
	assert_int_equal(operation_join(op), 1);
	op = operation_park_send(cf, 2);
	assert_live(2, 1);
	channel_expect(cf, 2);
	assert_live(2, 0);
	assert_int_equal(operation_join(op), 1);
	channel_release(nil);
	assert_live(1, 0);
	channel_release(cf);
	assert_live(0, 0);
}

/* A walk pins the channel that it has reached, and continues from there whatever is removed. */
static void walk_goes_on_from_a_channel_without_files(void **state)
{
	struct chan_file *files[4];
	struct hchan *ch, *chs[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(files); i++) {
		files[i] = channel_open();
		chs[i] = files[i]->ch;
	}
	ch = chan_hchan_next(NULL);
	assert_ptr_equal(ch, chs[0]);
	channel_release(files[0]);
	channel_release(files[1]);
	assert_live(3, 0);
	ch = chan_hchan_next(ch);
	assert_ptr_equal(ch, chs[2]);
	assert_live(2, 0);
	ch = chan_hchan_next(ch);
	assert_ptr_equal(ch, chs[3]);
	channel_release(files[3]);
	assert_live(2, 0);
	assert_null(chan_hchan_next(ch));
	assert_live(1, 0);
}

/* The lock of the list is free at each step of another task. */
static void walk_holds_nobody_up(void **state)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation *op;
	unsigned int nth;
	bool stopped;

	(void)state;
	channel_open();
	for (nth = 1, stopped = true; stopped; nth++) {
		op = operation_new(run_live, cf, 1);
		operation_start_stopped(op, SHIM_POINT_UNLOCK, nth);
		stopped = shim_task_stopped(op->task);
		channel_release(channel_open());
		operation_continue(op);
		assert_in_range(operation_join(op), 2, 3);
	}
	assert_in_range(nth, 6, 100);
}

static void last_file_frees_the_channel(void **state)
{
	struct chan_file *first = channel_make(8, 1);
	struct chan_file *second = channel_dup(first, CHAN_RIGHTS_ALL);

	(void)state;
	channel_release(first);
	assert_live(1, 0);
	channel_send(second, 1);
	channel_release(second);
	assert_live(0, 0);
	assert_int_equal(shim_memory_live(), 0);
	chan_hchan_put(NULL);
}

static void every_channel_has_its_number(void **state)
{
	u64 last = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		struct chan_file *cf = channel_open();
		u64 id = channel_info(cf).id;

		assert_int_not_equal(id, 0);
		assert_int_not_equal(id, last);
		last = id;
		channel_release(cf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(make_works_once),
		UNIT_TEST(racing_makes_have_one_winner),
		UNIT_TEST(made_channel_is_seen_whole),
		UNIT_TEST(operation_on_nil_channel_does_not_notice_make),
		UNIT_TEST(live_channels_and_waiters_are_counted),
		UNIT_TEST(walk_goes_on_from_a_channel_without_files),
		UNIT_TEST(walk_holds_nobody_up),
		UNIT_TEST(last_file_frees_the_channel),
		UNIT_TEST(every_channel_has_its_number),
	};

	return UNIT_RUN(tests);
}
