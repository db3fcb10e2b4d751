// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks with random selects and plain operations on a few channels, while a nemesis interrupts them
 * and expires deadlines. Values are unique, so that each can be accounted for.
 */
#include "choice.h"

#define CHANNELS	3
#define WORKERS		4
#define ROUNDS		4000
#define CHOICES		5

/* Each case of each round of each worker has a value of its own. */
#define VALUES		(WORKERS * ROUNDS * CHOICES)

/**
 * struct stress - one run
 * @files: the channels
 * @over: the nemesis stops
 * @rounds: how many rounds were done
 * @sent: whether this value was sent
 * @received: how often it was
 */
struct stress {
	struct chan_file	*files[CHANNELS];
	bool			over;
	unsigned int		rounds;
	unsigned char		sent[VALUES];
	unsigned char		received[VALUES];
};

/**
 * struct worker - one task
 * @index: its number
 * @round: its next round
 * @next: the minimum of the next value to be received, for each channel and worker
 * @choice: its select
 */
struct worker {
	unsigned int	index;
	unsigned int	round;
	u64		next[CHANNELS][WORKERS];
	struct choice	choice;
};

/* Static, so that they outlive a failed test for tasks that still run. */
static struct stress stress;
static struct worker workers[WORKERS];

static bool one_in(unsigned int n)
{
	return shim_random() % n == 0;
}

static struct chan_deadline random_deadline(void)
{
	struct chan_deadline deadline = chan_deadline_never;

	if (one_in(3))
		return chan_deadline_now;
	if (one_in(4))
		deadline.expires = shim_clock_now(CLOCK_MONOTONIC) + shim_random() % 10;
	return deadline;
}

static bool account_received(struct worker *worker, unsigned int channel, u64 value)
{
	u64 *next;

	if (value >= VALUES)
		return false;
	next = &worker->next[channel][value / (ROUNDS * CHOICES)];
	if (value < *next)
		return false;
	*next = value + 1;
	__atomic_fetch_add(&stress.received[value], 1, __ATOMIC_RELAXED);
	return true;
}

/* Account for an operation that was carried out. Returns false if the result is impossible. */
static bool account(struct worker *worker, unsigned int channel, bool send, u64 value, long result)
{
	if (!send)
		return result == 1 ? account_received(worker, channel, value) : result == 0;
	if (result == 0)
		__atomic_fetch_add(&stress.sent[value], 1, __ATOMIC_RELAXED);
	return result == 0 || result == -EPIPE;
}

static bool is_nothing(long result)
{
	return result == -EAGAIN || result == -ETIMEDOUT || result == -ERESTARTSYS;
}

static bool do_select(struct worker *worker, u64 value)
{
	struct choice *c = &worker->choice;
	struct chan_deadline deadline = random_deadline();
	unsigned int channels[CHOICES], i, n = 1 + shim_random() % CHOICES;
	long winner;

	choice_init(c);
	for (i = 0; i < n; i++) {
		channels[i] = shim_random() % CHANNELS;
		if (one_in(2))
			choice_add_send(c, stress.files[channels[i]], value + i);
		else
			choice_add_recv(c, stress.files[channels[i]]);
	}
	winner = choice_run(c, &deadline);
	if (winner < 0)
		return is_nothing(winner);
	return account(worker, channels[winner], c->cases[winner].send,
		       c->cases[winner].send ? value + winner : c->received,
		       c->selection.result);
}

static bool do_plain(struct worker *worker, u64 value)
{
	struct chan_deadline deadline = random_deadline();
	unsigned int channel = shim_random() % CHANNELS;
	bool send = one_in(2);
	u64 elem = value;
	long result;

	if (send)
		result = chan_xfer_send(stress.files[channel], &elem,
					stress.files[channel]->ch->elemsize, 1, 1, &deadline);
	else
		result = chan_xfer_recv(stress.files[channel], &elem,
					stress.files[channel]->ch->elemsize, 1, 1, &deadline);
	if (is_nothing(result))
		return true;
	if (send && result == 1)
		result = 0;
	return account(worker, channel, send, elem, result);
}

static long run_worker(struct operation *op)
{
	struct worker *worker = op->data;
	bool good = true;

	for (; good && worker->round < ROUNDS; worker->round++) {
		u64 value = (worker->index * ROUNDS + worker->round) * CHOICES;

		good = one_in(3) ? do_plain(worker, value) : do_select(worker, value);
		WRITE_ONCE(current->signal, false);
		__atomic_fetch_add(&stress.rounds, 1, __ATOMIC_RELAXED);
	}
	return good ? 0 : -EBADMSG;
}

static long run_nemesis(struct operation *op)
{
	struct operation **victims = op->data;

	while (!READ_ONCE(stress.over)) {
		shim_task_signal(victims[shim_random() % WORKERS]->task);
		shim_clock_advance(CLOCK_MONOTONIC, 3);
		unit_nap();
	}
	return 0;
}

/* The rest in the channels was never received. */
static void check_values(void)
{
	unsigned int i;
	u64 value;

	for (i = 0; i < CHANNELS; i++) {
		while (channel_try_recv(stress.files[i], &value) == 1) {
			assert_in_range(value, 0, VALUES - 1);
			stress.received[value]++;
		}
		assert_int_equal(channel_info(stress.files[i]).sendq, 0);
		assert_int_equal(channel_info(stress.files[i]).recvq, 0);
	}
	for (i = 0; i < VALUES; i++) {
		if (stress.sent[i] != stress.received[i])
			fail_msg("value %u was sent %u times and received %u times", i,
				 stress.sent[i], stress.received[i]);
	}
}

static void stress_selects(bool closes)
{
	static const u32 caps[CHANNELS] = { 0, 1, 3 };
	struct operation *ops[WORKERS], *nemesis;
	unsigned int i;

	stress = (struct stress){ 0 };
	for (i = 0; i < CHANNELS; i++)
		stress.files[i] = channel_make(8, caps[i]);
	shim_chaos(true);
	for (i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .index = i };
		ops[i] = operation_new(run_worker, stress.files[0], 1);
		ops[i]->data = &workers[i];
	}
	nemesis = operation_new(run_nemesis, stress.files[0], 1);
	nemesis->data = ops;
	for (i = 0; i < WORKERS; i++)
		operation_start(ops[i]);
	operation_start(nemesis);
	for (i = 0; closes && i < CHANNELS; i++) {
		unit_wait_until(READ_ONCE(stress.rounds) > (i + 1) * ROUNDS);
		assert_int_equal(chan_hchan_close(stress.files[i]->ch, CHAN_CLOSED_BY_CLOSE), 0);
	}
	for (i = 0; i < WORKERS; i++)
		unit_wait_until(operation_done(ops[i]));
	WRITE_ONCE(stress.over, true);
	assert_int_equal(operation_join(nemesis), 0);
	for (i = 0; i < WORKERS; i++)
		assert_int_equal(operation_join(ops[i]), 0);
	check_values();
}

static int stress_teardown(void **state)
{
	WRITE_ONCE(stress.over, true);
	return unit_teardown(state);
}

static void G1_G3_values_arrive_once_and_in_order(void **state)
{
	(void)state;
	stress_selects(false);
}

static void G3_G6_values_arrive_once_while_channels_are_closed(void **state)
{
	(void)state;
	stress_selects(true);
}

/*
 * The mover owns a token that is always in one of two channels, and moves it to and fro: it is in
 * both before it leaves one. A token is an element, or a free slot.
 */
#define MOVES	20000

static bool token_is_room;

static long token_put(struct chan_file *cf)
{
	u64 value = 1;

	return token_is_room ? channel_try_recv(cf, &value) : channel_try_send(cf, value);
}

/* The other task may take it, and then puts it back. */
static long token_take(struct chan_file *cf)
{
	u64 value = 1;

	if (token_is_room)
		return chan_xfer_send(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never);
	return chan_xfer_recv(cf, &value, cf->ch->elemsize, 1, 1, &chan_deadline_never);
}

static long run_mover(struct operation *op)
{
	unsigned int i;

	(void)op;
	for (i = 0; i < MOVES && !READ_ONCE(stress.over); i++) {
		if (token_put(stress.files[!(i % 2)]) != 1)
			return -EBADMSG;
		if (token_take(stress.files[i % 2]) != 1)
			return -EINTR;
	}
	return 0;
}

static void try_both_until_done(struct operation *mover)
{
	static struct choice choice;
	unsigned int i, taken[2] = { 0 };
	long winner;

	choice_init(&choice);
	for (i = 0; i < 2; i++) {
		if (token_is_room)
			choice_add_send(&choice, stress.files[i], 1);
		else
			choice_add_recv(&choice, stress.files[i]);
	}
	while (!operation_done(mover)) {
		winner = choice_try(&choice);
		assert_in_range(winner, 0, 1);
		assert_int_equal(token_put(stress.files[winner]), 1);
		taken[winner]++;
	}
	assert_in_range(taken[0], 1, INT32_MAX);
	assert_in_range(taken[1], 1, INT32_MAX);
}

static void G5_default_only_if_at_one_instant_none_was_ready(void **state)
{
	struct operation *mover;
	int room;

	(void)state;
	for (room = 0; room < 2; room++) {
		stress = (struct stress){ .files = { channel_make(8, 2), channel_make(8, 2) } };
		token_is_room = room;
		channel_send(stress.files[0], 1);
		if (room)
			channel_send_range(stress.files[1], 1, 2);
		mover = operation_new(run_mover, stress.files[0], 1);
		shim_chaos(true);
		operation_start(mover);
		try_both_until_done(mover);
		assert_int_equal(operation_join(mover), 0);
		shim_chaos(false);
	}
}

#define STRESS_TEST(function) \
	cmocka_unit_test_setup_teardown(function, unit_setup, stress_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STRESS_TEST(G5_default_only_if_at_one_instant_none_was_ready),
		STRESS_TEST(G1_G3_values_arrive_once_and_in_order),
		STRESS_TEST(G3_G6_values_arrive_once_while_channels_are_closed),
	};

	return UNIT_RUN(tests);
}
