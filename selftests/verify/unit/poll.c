// SPDX-License-Identifier: GPL-2.0-only
/* Readiness (G9), and that pollers miss no change of it. */
#include "choice.h"

#define READABLE	(EPOLLIN | EPOLLRDNORM)
#define WRITABLE	(EPOLLOUT | EPOLLWRNORM)
#define HUNG_UP		(EPOLLHUP | EPOLLRDHUP)

static __poll_t ready(struct chan_file *cf)
{
	struct file file = { .private_data = cf };

	return chan_poll(&file, NULL);
}

/* Waits for any of @events, and is asleep. */
static struct operation *poll_for(struct chan_file *cf, __poll_t events)
{
	struct operation *op = operation_new(operation_run_poll, cf, 1);

	op->data = (void *)(uintptr_t)events;
	operation_park(op);
	return op;
}

/* A receiver that a peer will complete, and that cannot keep its element. */
static struct operation *stopped_recv(struct chan_file *cf)
{
	struct operation *op = operation_new(operation_run_recv, cf, 1);

	op->task->user_end = 0;
	operation_start_stopped(op, SHIM_POINT_USER, 1);
	return op;
}

static void G9_readiness_shows_the_state(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *op;

	(void)state;
	assert_int_equal(ready(cf), WRITABLE);
	channel_send(cf, 1);
	assert_int_equal(ready(cf), READABLE);
	channel_expect(cf, 1);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(ready(cf), READABLE | WRITABLE | HUNG_UP | EPOLLERR);

	cf = channel_make(8, 0);
	assert_int_equal(ready(cf), 0);
	op = operation_park_send(cf, 1);
	assert_int_equal(ready(cf), READABLE);
	channel_expect(cf, 1);
	operation_join(op);
	assert_int_equal(ready(cf), 0);
	op = operation_park_recv(cf);
	assert_int_equal(ready(cf), WRITABLE);
	channel_send(cf, 2);
	operation_join(op);
	assert_int_equal(ready(cf), 0);

	op = operation_park_send(cf, 3);
	assert_int_equal(chan_xfer_recv(cf, UNIT_BAD_ADDRESS, cf->ch->elemsize, 1, 1,
					&chan_deadline_now), -EFAULT);
	operation_join(op);
	assert_int_equal(ready(cf), READABLE);
	assert_int_equal(ready(channel_open()), 0);
}

static void G13_events_of_a_side_need_its_right(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct chan_file *sender = channel_dup(cf, CHAN_RIGHT_SEND);
	struct chan_file *receiver = channel_dup(cf, CHAN_RIGHT_RECV);
	struct chan_file *closer = channel_dup(cf, CHAN_RIGHT_CLOSE);

	(void)state;
	channel_send(cf, 1);
	assert_int_equal(ready(sender), WRITABLE);
	assert_int_equal(ready(receiver), READABLE);
	assert_int_equal(ready(closer), 0);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(ready(sender), WRITABLE | EPOLLERR);
	assert_int_equal(ready(receiver), READABLE | EPOLLRDHUP);
	assert_int_equal(ready(closer), 0);
	channel_expect(cf, 1);
	assert_int_equal(ready(sender), WRITABLE | EPOLLERR);
	assert_int_equal(ready(receiver), READABLE | HUNG_UP);
}

static void G9_receiver_is_told_of_each_change(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *poller, *op;
	struct chan_make form;

	(void)state;
	poller = poll_for(cf, READABLE);
	channel_send(cf, 1);
	assert_int_equal(operation_join(poller), READABLE);

	/* An element that is requeued. */
	op = stopped_recv(cf);
	poller = poll_for(cf, READABLE);
	operation_continue(op);
	assert_int_equal(operation_join(op), -EFAULT);
	assert_int_equal(operation_join(poller), READABLE);
	channel_expect(cf, 1);

	poller = poll_for(cf, READABLE);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(poller), READABLE);

	/* A sender that is parked. */
	cf = channel_make(8, 0);
	poller = poll_for(cf, READABLE);
	operation_park_send(cf, 2);
	assert_int_equal(operation_join(poller), READABLE);
	channel_expect(cf, 2);

	/* Only the wakeup of a close reports these. */
	poller = poll_for(cf, HUNG_UP);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(poller), HUNG_UP);

	/* And that of the receive that drains a closed one. */
	cf = channel_make(8, 1);
	channel_send(cf, 3);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	poller = poll_for(cf, EPOLLHUP);
	channel_expect(cf, 3);
	assert_int_equal(operation_join(poller), EPOLLHUP);

	cf = channel_open();
	poller = poll_for(cf, WRITABLE);
	form = channel_form(8, 1);
	assert_int_equal(chan_hchan_make(cf->ch, &form, NULL), 0);
	assert_int_equal(operation_join(poller), WRITABLE);
}

static void G9_sender_is_told_of_each_change(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *poller, *op;

	(void)state;
	channel_send(cf, 1);
	poller = poll_for(cf, WRITABLE);
	channel_expect(cf, 1);
	assert_int_equal(operation_join(poller), WRITABLE);

	/* The parked select that would fill the slot gave up; it is still in the queue. */
	channel_send(cf, 1);
	op = choice_operation(cf);
	choice_add_send(operation_choice(op), cf, 2);
	operation_park(op);
	poller = poll_for(cf, WRITABLE);
	shim_task_stop_at(op->task, SHIM_POINT_LOCK, 1);
	shim_task_signal(op->task);
	unit_wait_until(shim_task_stopped(op->task));
	channel_expect(cf, 1);
	assert_int_equal(operation_join(poller), WRITABLE);
	operation_continue(op);
	assert_int_equal(operation_join(op), -ERESTARTSYS);

	channel_send(cf, 1);
	poller = poll_for(cf, WRITABLE);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(poller), WRITABLE);

	/* A receiver that is parked. */
	cf = channel_make(8, 0);
	poller = poll_for(cf, WRITABLE);
	operation_park_recv(cf);
	assert_int_equal(operation_join(poller), WRITABLE);

	channel_send(cf, 1);
	poller = poll_for(cf, EPOLLERR);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	assert_int_equal(operation_join(poller), EPOLLERR);
}

/* Register a poller that only counts its wakeups. */
static void listen(struct shim_poller *poller, struct chan_file *cf, __poll_t events)
{
	struct file file = { .private_data = cf };
	bool exclusive = poller->exclusive;

	shim_poller_init(poller, events);
	poller->exclusive = exclusive;
	chan_poll(&file, &poller->table);
}

static void one_side_sleeps_through_the_others_changes(void **state)
{
	struct chan_file *cf = channel_make(8, 2);
	struct shim_poller sender = { 0 }, receiver = { 0 };

	(void)state;
	listen(&sender, cf, WRITABLE);
	listen(&receiver, cf, READABLE);
	channel_send_range(cf, 1, 2);
	assert_int_equal(shim_poller_woken(&receiver), 2);
	assert_int_equal(shim_poller_woken(&sender), 0);
	channel_expect_range(cf, 1, 2);
	assert_int_equal(shim_poller_woken(&receiver), 2);
	assert_int_equal(shim_poller_woken(&sender), 2);
	shim_poller_leave(&sender);
	shim_poller_leave(&receiver);
}

/* As many as there are elements, and all at a close. */
static void G9_exclusive_pollers_are_told_once_for_each_change(void **state)
{
	struct chan_file *cf = channel_make(8, 4);
	struct shim_poller pollers[4] = { 0 };
	const u64 values[2] = { 1, 2 };
	unsigned int i, woken;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(pollers); i++) {
		pollers[i].exclusive = true;
		listen(&pollers[i], cf, READABLE);
	}
	assert_int_equal(chan_xfer_send(cf, values, cf->ch->elemsize, 2, 2, &chan_deadline_now), 2);
	for (i = 0, woken = 0; i < ARRAY_LENGTH(pollers); i++)
		woken += shim_poller_woken(&pollers[i]);
	assert_int_equal(woken, 2);
	assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
	for (i = 0, woken = 0; i < ARRAY_LENGTH(pollers); i++) {
		woken += shim_poller_woken(&pollers[i]);
		shim_poller_leave(&pollers[i]);
	}
	assert_int_equal(woken, 2 + ARRAY_LENGTH(pollers));
}

/* The change comes while the poller is at each point on its way to sleep, and the other way. */
static void G9_no_change_is_missed(void **state)
{
	unsigned int nth, which;
	bool stopped;

	(void)state;
	for (which = 0; which < 2; which++) {
		for (nth = 1, stopped = true; stopped; nth++) {
			struct chan_file *cf = channel_make(8, 1);
			struct operation *ops[2];

			ops[0] = operation_new(operation_run_poll, cf, 1);
			ops[0]->data = (void *)(uintptr_t)READABLE;
			ops[1] = operation_new(operation_run_send, cf, 1);
			operation_start_stopped(ops[which], SHIM_POINT_ANY, nth);
			stopped = shim_task_stopped(ops[which]->task);
			operation_start(ops[!which]);
			unit_wait_until(operation_settled(ops[!which]));
			operation_continue(ops[which]);
			assert_int_equal(operation_join(ops[1]), 1);
			assert_int_equal(operation_join(ops[0]), READABLE);
		}
		assert_in_range(nth, 4, 100);
	}
}

/* One only polls and takes available elements, the other only polls and fills free slots. */
#define PASSES	2000

static long pass_by_polling(struct operation *op, bool sends)
{
	u64 i, value;

	for (i = 0; i < PASSES; i++) {
		for (;;) {
			long moved;

			value = i;
			moved = sends ? channel_try_send(op->cf, i) :
					channel_try_recv(op->cf, &value);
			if (moved == 1)
				break;
			if (moved != -EAGAIN || operation_run_poll(op) < 0)
				return -1;
		}
		if (value != i)
			return -1;
	}
	return PASSES;
}

static long run_send_by_polling(struct operation *op)
{
	return pass_by_polling(op, true);
}

static long run_recv_by_polling(struct operation *op)
{
	return pass_by_polling(op, false);
}

static void G9_polling_peers_never_hang(void **state)
{
	struct chan_file *cf = channel_make(8, 1);
	struct operation *sender = operation_new(run_send_by_polling, cf, 1);
	struct operation *receiver = operation_new(run_recv_by_polling, cf, 1);

	(void)state;
	shim_chaos(true);
	sender->data = (void *)(uintptr_t)WRITABLE;
	receiver->data = (void *)(uintptr_t)READABLE;
	operation_start(sender);
	operation_start(receiver);
	assert_int_equal(operation_join(sender), PASSES);
	assert_int_equal(operation_join(receiver), PASSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G9_readiness_shows_the_state),
		UNIT_TEST(G13_events_of_a_side_need_its_right),
		UNIT_TEST(G9_receiver_is_told_of_each_change),
		UNIT_TEST(G9_sender_is_told_of_each_change),
		UNIT_TEST(one_side_sleeps_through_the_others_changes),
		UNIT_TEST(G9_exclusive_pollers_are_told_once_for_each_change),
		UNIT_TEST(G9_no_change_is_missed),
		UNIT_TEST(G9_polling_peers_never_hang),
	};

	return UNIT_RUN(tests);
}
