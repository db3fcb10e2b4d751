// SPDX-License-Identifier: GPL-2.0-only
/* Close: by the command, and by the loss of the last sender or receiver. */
#include "choice.h"

static void G6_close_ends_parked_receivers(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *ops[4];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		ops[i] = operation_new(operation_run_recv, cf, 1);
		element_fill(ops[i]->elems, 8, 4711);
		operation_park(ops[i]);
	}
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	for (i = 0; i < ARRAY_LENGTH(ops); i++) {
		assert_int_equal(operation_join(ops[i]), 0);
		assert_int_equal(operation_value(ops[i], 0), 0);
	}
	assert_int_equal(channel_info(cf).recvq, 0);
	assert_int_equal(channel_info(cf).recvs.park, 0);
}

static void G6_close_ends_parked_senders(void **state)
{
	u32 cap;

	(void)state;
	for (cap = 0; cap < 3; cap++) {
		struct chan_file *cf = channel_make(8, cap);
		struct operation *ops[4];
		unsigned int i;

		channel_send_range(cf, 1, cap);
		for (i = 0; i < ARRAY_LENGTH(ops); i++)
			ops[i] = operation_park_send(cf, 100 + i);
		assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		for (i = 0; i < ARRAY_LENGTH(ops); i++)
			assert_int_equal(operation_join(ops[i]), -EPIPE);
		assert_int_equal(channel_info(cf).sendq, 0);

		/* Elements of parked senders are not received, buffered ones are. */
		channel_expect_range(cf, 1, cap);
		channel_expect_drained(cf);
		assert_int_equal(channel_info(cf).sends.park, 0);
	}
}

static void G6_buffered_elements_outlive_close(void **state)
{
	const u32 sizes[] = UNIT_ELEMSIZES;
	u8 elem[UNIT_ELEMSIZE_MAX];
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const u32 size = sizes[i];
		struct chan_file *cf = channel_make(size, 5);
		u64 value;

		for (value = 0; value < 4; value++) {
			element_fill(elem, size, value);
			assert_int_equal(chan_xfer_send(cf, elem, cf->ch->elemsize, 1, 1,
							&chan_deadline_now), 1);
		}
		assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		assert_int_equal(channel_info(cf).len, 4);
		for (value = 0; value < 4; value++) {
			assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
							&chan_deadline_never), 1);
			assert_true(element_is(elem, size, value));
		}
		assert_int_equal(chan_xfer_recv(cf, elem, cf->ch->elemsize, 1, 1,
						&chan_deadline_never), 0);
	}
}

/* Whether or not it would wait or has a deadline; and no waiter is left. */
static void I4_G6_closed_channel_takes_nothing(void **state)
{
	struct chan_file *cf = channel_make(8, 3);
	u64 value = 1;

	(void)state;
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(channel_try_send(cf, 1), -EPIPE);
	assert_int_equal(chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never),
			 -EPIPE);
	channel_expect_drained(cf);
	assert_int_equal(chan_xfer_recv(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never),
			 0);
	assert_int_equal(channel_info(cf).len, 0);
}

static void I4_G6_first_cause_stays(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);

	(void)state;
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_NO_SENDERS), -EPIPE);
	assert_int_equal(channel_info(cf).closed, CHAN_CLOSED_BY_CLOSE);
	channel_release(cf);
	assert_int_equal(channel_info(receiver).closed, CHAN_CLOSED_BY_CLOSE);
}

static void G6_last_sender_gone_closes(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);
	struct chan_file *sender = channel_dup(cf, CHAN_RIGHT_SEND);
	struct operation *op;

	(void)state;
	channel_release(cf);
	assert_int_equal(channel_info(receiver).closed, CHAN_OPEN);
	assert_int_equal(channel_info(receiver).senders, 1);
	channel_send(sender, 1);
	channel_expect(receiver, 1);
	op = operation_park_recv(receiver);
	channel_release(sender);
	assert_int_equal(operation_join(op), 0);
	assert_int_equal(channel_info(receiver).closed, CHAN_CLOSED_NO_SENDERS);
	assert_int_equal(channel_info(receiver).senders, 0);
}

static void G6_what_gone_senders_buffered_is_received(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);

	(void)state;
	channel_send_range(cf, 1, 2);
	channel_release(cf);
	assert_int_equal(channel_info(receiver).closed, CHAN_CLOSED_NO_SENDERS);
	channel_expect_range(receiver, 1, 2);
	channel_expect_drained(receiver);
}

static void G6_last_receiver_gone_closes(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);
	struct chan_file *sender = channel_dup(cf, CHAN_RIGHT_SEND);
	struct operation *op;

	(void)state;
	channel_release(cf);
	assert_int_equal(channel_info(sender).closed, CHAN_OPEN);
	channel_send(sender, 1);
	op = operation_park_send(sender, 2);
	channel_release(receiver);
	assert_int_equal(operation_join(op), -EPIPE);
	assert_int_equal(channel_info(sender).closed, CHAN_CLOSED_NO_RECEIVERS);
	assert_int_equal(channel_info(sender).receivers, 0);
	assert_int_equal(channel_try_send(sender, 3), -EPIPE);
}

/* A file without either right keeps the channel alive, but not open. */
static void G6_right_to_close_keeps_nothing_open(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct chan_file *closer = channel_dup(cf, CHAN_RIGHT_CLOSE);
	struct chan_info info = channel_info(closer);

	(void)state;
	assert_int_equal(info.senders, 1);
	assert_int_equal(info.receivers, 1);
	channel_release(cf);
	info = channel_info(closer);
	assert_int_equal(info.senders, 0);
	assert_int_equal(info.receivers, 0);
	assert_int_not_equal(info.closed, CHAN_OPEN);
	assert_int_equal(chan_hchan_close(closer->ch, CHAN_CLOSED_BY_CLOSE), -EPIPE);
}

static void nohup_channel_outlives_its_peers(void **state)
{
	struct chan_file *cf = channel_open();
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);
	struct chan_file *sender = channel_dup(cf, CHAN_RIGHT_SEND);
	struct chan_make form = channel_form(8, 1);
	struct operation *op;

	(void)state;
	form.flags = CHAN_F_NOHUP;
	assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
	channel_send(cf, 1);
	op = operation_park_send(sender, 2);
	channel_release(cf);
	channel_release(receiver);
	assert_int_equal(channel_info(sender).closed, CHAN_OPEN);
	assert_int_equal(channel_info(sender).flags, CHAN_F_NOHUP);

	receiver = channel_dup(sender, CHAN_RIGHT_RECV);
	channel_expect_range(receiver, 1, 2);
	assert_int_equal(operation_join(op), 1);
	channel_release(sender);
	assert_int_equal(channel_info(receiver).closed, CHAN_OPEN);
	channel_expect_empty(receiver);
}

/* A nil channel has nothing to close. */
static void peers_of_nil_channel_come_and_go(void **state)
{
	struct chan_file *cf = channel_open();
	struct chan_file *sender = channel_dup(cf, CHAN_RIGHT_SEND);
	struct chan_make form = channel_form(8, 1);

	(void)state;
	channel_release(sender);
	assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
	assert_int_equal(channel_info(cf).closed, CHAN_OPEN);
	assert_int_equal(channel_info(cf).senders, 1);
}

/* More waiters than several runs of a close complete. */
#define CROWD	(5 * CHAN_WAKE_TASKS + 3)

/* It has completed a part of the crowd. */
static struct operation *close_stopped(struct chan_file *cf)
{
	struct operation *op = operation_new(operation_run_close, cf, 1);

	operation_start_stopped(op, SHIM_POINT_WAKE, CHAN_WAKE_TASKS + 1);
	assert_true(shim_task_stopped(op->task));
	return op;
}

static void park_crowd(struct operation **crowd, struct chan_file *cf, bool sends)
{
	unsigned int i;

	for (i = 0; i < CROWD; i++) {
		crowd[i] = operation_new(sends ? operation_run_send : operation_run_recv, cf, 1);
		element_fill(crowd[i]->elems, 8, 100 + i);
		crowd[i]->deadline.expires = i == CROWD - 3 ?
					     shim_clock_now(CLOCK_MONOTONIC) + 10 : KTIME_MAX;
		operation_park(crowd[i]);
	}
}

/* The last three end their waits themselves: killed, for a signal, and for a deadline. */
static void leave_crowd(struct operation **crowd)
{
	shim_task_kill(crowd[CROWD - 1]->task);
	shim_task_signal(crowd[CROWD - 2]->task);
	shim_clock_advance(CLOCK_MONOTONIC, 10);
	assert_true(operation_join(crowd[CROWD - 1]) < 0);
	assert_int_equal(operation_join(crowd[CROWD - 2]), -ERESTARTSYS);
	assert_int_equal(operation_join(crowd[CROWD - 3]), -ETIMEDOUT);
}

static void expect_crowd(struct operation **crowd, long result)
{
	unsigned int i;

	for (i = 0; i < CROWD - 3; i++)
		assert_int_equal(operation_join(crowd[i]), result);
}

/* Operations that come during a close find the channel closed. */
static void expect_closed_to_all(struct chan_file *cf)
{
	static struct choice choice;
	u64 value = 1;

	assert_int_equal(chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never),
			 -EPIPE);
	assert_int_equal(chan_xfer_recv(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never),
			 0);
	choice_init(&choice);
	choice_add_recv(&choice, cf);
	assert_int_equal(choice_run(&choice, &chan_deadline_never), 0);
	assert_int_equal(choice.selection.result, 0);
	choice_init(&choice);
	choice_add_send(&choice, cf, 1);
	assert_int_equal(choice_run(&choice, &chan_deadline_never), 0);
	assert_int_equal(choice.selection.result, -EPIPE);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), -EPIPE);
}

static void G6_close_completes_a_crowd_in_runs(void **state)
{
	struct operation *crowd[CROWD], *close;
	bool sends;

	(void)state;
	for (sends = false;; sends = true) {
		struct chan_file *cf = channel_make(8, 0);

		park_crowd(crowd, cf, sends);
		close = close_stopped(cf);
		assert_in_range(channel_info(cf).sendq + channel_info(cf).recvq, 3, CROWD - 3);
		leave_crowd(crowd);
		expect_closed_to_all(cf);
		operation_continue(close);
		assert_int_equal(operation_join(close), 0);
		expect_crowd(crowd, sends ? -EPIPE : 0);
		assert_int_equal(channel_info(cf).sendq + channel_info(cf).recvq, 0);
		assert_int_equal(channel_info(cf).sends.park + channel_info(cf).recvs.park, 0);
		channel_expect_drained(cf);
		if (sends)
			break;
	}
}

/* The ring is drained meanwhile, but its slots are not given to parked senders. */
static void G6_close_in_runs_takes_from_no_parked_sender(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct operation *crowd[CROWD], *close;

	(void)state;
	channel_send_range(cf, 1, 2);
	park_crowd(crowd, cf, true);
	close = close_stopped(cf);
	channel_expect_range(cf, 1, 2);
	channel_expect_drained(cf);
	leave_crowd(crowd);
	channel_expect_drained(cf);
	operation_continue(close);
	assert_int_equal(operation_join(close), 0);
	expect_crowd(crowd, -EPIPE);
	assert_int_equal(channel_info(cf).sends.ring, 2);
	assert_int_equal(channel_info(cf).recvs.ring, 2);
}

/* An element is requeued during a close: a receiver that is still parked must not keep it out. */
static void G6_element_comes_back_while_a_close_goes_on(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *crowd[CROWD], *close, *receiver;
	unsigned int i, got = 0;

	(void)state;
	channel_send(cf, 1);
	receiver = operation_new(operation_run_recv, cf, 1);
	receiver->task->user_end = 0;
	operation_start_stopped(receiver, SHIM_POINT_USER, 1);
	park_crowd(crowd, cf, false);
	close = close_stopped(cf);
	operation_continue(receiver);
	assert_int_equal(operation_join(receiver), -EFAULT);
	operation_continue(close);
	assert_int_equal(operation_join(close), 0);
	for (i = 0; i < CROWD; i++) {
		operation_join(crowd[i]);
		got += crowd[i]->result == 1 && operation_value(crowd[i], 0) == 1;
	}
	assert_int_equal(got, 1);
	channel_expect_drained(cf);
}

/* A close that loses against a peer, step by step, is in schedule.c. */
int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G6_close_ends_parked_receivers),
		UNIT_TEST(G6_close_ends_parked_senders),
		UNIT_TEST(G6_buffered_elements_outlive_close),
		UNIT_TEST(G6_close_completes_a_crowd_in_runs),
		UNIT_TEST(G6_close_in_runs_takes_from_no_parked_sender),
		UNIT_TEST(G6_element_comes_back_while_a_close_goes_on),
		UNIT_TEST(I4_G6_closed_channel_takes_nothing),
		UNIT_TEST(I4_G6_first_cause_stays),
		UNIT_TEST(G6_last_sender_gone_closes),
		UNIT_TEST(G6_what_gone_senders_buffered_is_received),
		UNIT_TEST(G6_last_receiver_gone_closes),
		UNIT_TEST(G6_right_to_close_keeps_nothing_open),
		UNIT_TEST(nohup_channel_outlives_its_peers),
		UNIT_TEST(peers_of_nil_channel_come_and_go),
	};

	return UNIT_RUN(tests);
}
