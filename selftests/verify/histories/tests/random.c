// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random histories, correct by construction: operations are executed in sequence and then
 * stretched. Also the same with one error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "linear.h"

#define HISTORIES	3000
#define STEPS		24
/* Instants between two operations, and the maximum stretch. */
#define PACE		1000
#define STRETCH		2500

/**
 * struct world - channels, and the operations on them
 * @now: instant of the next operation
 * @value: the next value to send
 * @killed: number of killed tasks
 */
struct world {
	struct history history;
	struct {
		uint64_t ring[HISTORY_CAP_MAX];
		unsigned int n;
		bool closed;
	} channels[HISTORY_CHANNELS];
	uint64_t now;
	uint64_t value;
	unsigned int killed;
};

static uint64_t state;

static unsigned int dice(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* An operation at this instant, of a single case. */
static struct history_op *add(struct world *w, enum history_verb verb, unsigned int channel,
			      enum history_outcome outcome, uint64_t value)
{
	struct history_op *op = &w->history.ops[w->history.n++];

	memset(op, 0, sizeof(*op));
	op->task = dice(HISTORY_TASKS);
	op->mode = outcome == OUTCOME_NOT_READY ? MODE_TRY : MODE_WAIT;
	op->n = 1;
	op->outcome = outcome;
	op->cases[0] = (struct history_case){ value, verb, channel };
	op->call = w->now - 1 - dice(STRETCH);
	op->ret = w->now + 1 + dice(STRETCH);
	return op;
}

/* Another outcome was possible. */
static void add_case(struct world *w, struct history_op *op)
{
	struct history_case *c = &op->cases[op->n];

	if (op->n == HISTORY_CASES || op->outcome != OUTCOME_DONE)
		return;
	op->n++;
	c->verb = dice(2) ? VERB_SEND : VERB_RECV;
	c->channel = dice(w->history.nchannels);
	if (c->verb == VERB_SEND)
		c->value = w->value++;
}

static void do_send(struct world *w, unsigned int channel)
{
	const unsigned int cap = w->history.caps[channel];
	enum history_outcome outcome = OUTCOME_DONE;

	if (w->channels[channel].closed)
		outcome = OUTCOME_CLOSED;
	else if (w->channels[channel].n == cap)
		outcome = OUTCOME_NOT_READY;
	else
		w->channels[channel].ring[w->channels[channel].n++] = w->value;
	add_case(w, add(w, VERB_SEND, channel, outcome, w->value++));
}

static bool do_recv(struct world *w, unsigned int channel)
{
	uint64_t *ring = w->channels[channel].ring;

	if (!w->channels[channel].n) {
		add(w, VERB_RECV, channel,
		    w->channels[channel].closed ? OUTCOME_CLOSED : OUTCOME_NOT_READY, 0);
		return false;
	}
	add_case(w, add(w, VERB_RECV, channel, OUTCOME_DONE, ring[0]));
	memmove(ring, ring + 1, --w->channels[channel].n * sizeof(*ring));
	return true;
}

static void do_meet(struct world *w, unsigned int channel)
{
	if (w->history.caps[channel] || w->channels[channel].closed)
		return;
	add(w, VERB_SEND, channel, OUTCOME_DONE, w->value);
	add(w, VERB_RECV, channel, OUTCOME_DONE, w->value++);
}

static void do_killed(struct world *w, unsigned int channel)
{
	const bool sent = dice(2) && !w->channels[channel].closed &&
			  w->channels[channel].n < w->history.caps[channel];

	if (sent)
		w->channels[channel].ring[w->channels[channel].n++] = w->value;
	w->killed++;
	add(w, dice(8) || sent ? VERB_SEND : VERB_RECV, channel, OUTCOME_KILLED, w->value++);
}

static void do_close(struct world *w, unsigned int channel)
{
	add(w, VERB_CLOSE, channel,
	    w->channels[channel].closed ? OUTCOME_CLOSED : OUTCOME_DONE, 0);
	w->channels[channel].closed = true;
}

static void do_something(struct world *w)
{
	const unsigned int channel = dice(w->history.nchannels), kind = dice(40);

	w->now += PACE;
	if (kind < 14)
		do_send(w, channel);
	else if (kind < 28)
		do_recv(w, channel);
	else if (kind < 34)
		do_meet(w, channel);
	else if (kind < 36)
		do_killed(w, channel);
	else if (kind < 37)
		do_close(w, channel);
	else
		add(w, VERB_LOOK, channel, OUTCOME_DONE,
		    HISTORY_SHOWN(w->channels[channel].n, 0, w->channels[channel].closed));
}

/* At the end, after everything else, each channel is emptied. */
static void make(struct world *w, uint64_t seed)
{
	unsigned int i;

	state = (seed + 1) * 0x9e3779b97f4a7c15ULL;
	memset(w, 0, sizeof(*w));
	w->now = 2 * STRETCH;
	w->value = 1;
	w->history.nchannels = 1 + dice(HISTORY_CHANNELS);
	for (i = 0; i < w->history.nchannels; i++)
		w->history.caps[i] = dice(4);
	for (i = 0; i < STEPS && w->killed < 4; i++)
		do_something(w);
	for (i = 0; i < w->history.nchannels; i++) {
		do {
			w->now += 2 * STRETCH + 2;
		} while (do_recv(w, i));
	}
	history_sort(&w->history);
}

static enum linear_verdict judge(struct history *history)
{
	history_sort(history);
	return linear_check(history);
}

/* The operation that sent the value, and was not killed; NULL: none. */
static struct history_op *sender_of(struct history *h, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < h->n; i++) {
		const struct history_case *c = &h->ops[i].cases[h->ops[i].chosen];

		if (h->ops[i].outcome == OUTCOME_DONE && c->verb == VERB_SEND && c->value == value)
			return &h->ops[i];
	}
	return NULL;
}

/* Some operation that has received; NULL: none. */
static struct history_op *some_receiver(struct history *h)
{
	const unsigned int from = dice(h->n);
	unsigned int i;

	for (i = 0; i < h->n; i++) {
		struct history_op *op = &h->ops[(from + i) % h->n];

		if (op->outcome == OUTCOME_DONE && op->cases[0].verb == VERB_RECV)
			return op;
	}
	return NULL;
}

/* Errors: each returns false if the history has no place for it. */

static bool invent(struct history *h, struct history_op *recv)
{
	recv->cases[0].value = UINT64_MAX;
	return true;
}

static bool lose(struct history *h, struct history_op *recv)
{
	if (!sender_of(h, recv->cases[0].value))
		return false;
	*recv = h->ops[--h->n];
	return true;
}

static bool receive_twice(struct history *h, struct history_op *recv)
{
	struct history_op *again = &h->ops[h->n++];

	*again = *recv;
	again->call++;
	again->ret++;
	return true;
}

static bool receive_too_early(struct history *h, struct history_op *recv)
{
	const struct history_op *send = sender_of(h, recv->cases[0].value);

	if (!send)
		return false;
	recv->ret = send->call - 1;
	recv->call = recv->ret - 1;
	return true;
}

static bool send_without_success(struct history *h, struct history_op *recv)
{
	struct history_op *send = sender_of(h, recv->cases[0].value);

	if (!send)
		return false;
	send->outcome = OUTCOME_NOTHING;
	return true;
}

/* A killed task may have requeued an element, which others have overtaken. */
static bool a_receiver_was_killed(const struct history *h)
{
	unsigned int i;

	for (i = 0; i < h->n; i++) {
		if (h->ops[i].outcome == OUTCOME_KILLED && h->ops[i].cases[0].verb == VERB_RECV)
			return true;
	}
	return false;
}

/* Two elements of one channel that were sent and received one after the other. */
static bool exchange(struct history *h, struct history_op *recv)
{
	const struct history_op *first = sender_of(h, recv->cases[0].value), *second;
	unsigned int i;

	if (!first || a_receiver_was_killed(h))
		return false;
	for (i = 0; i < h->n; i++) {
		struct history_op *other = &h->ops[i];
		const uint64_t value = other->cases[0].value;

		if (other->outcome != OUTCOME_DONE || other->cases[0].verb != VERB_RECV ||
		    other->cases[0].channel != recv->cases[0].channel || other->call <= recv->ret)
			continue;
		second = sender_of(h, value);
		if (!second || second->call <= first->ret)
			continue;
		other->cases[0].value = recv->cases[0].value;
		recv->cases[0].value = value;
		return true;
	}
	return false;
}

typedef bool mistake_fn(struct history *h, struct history_op *recv);

static void right_histories_are_explained(void **unused)
{
	static struct world world;
	uint64_t seed;

	for (seed = 0; seed < HISTORIES; seed++) {
		make(&world, seed);
		if (judge(&world.history) != LINEAR_EXPLAINED) {
			history_print(&world.history, stderr);
			fail_msg("seed %llu", (unsigned long long)seed);
		}
	}
}

static void mistakes_are_found(void **mistake)
{
	mistake_fn *const make_mistake = *(mistake_fn **)*mistake;
	static struct world world;
	unsigned int made = 0;
	uint64_t seed;

	for (seed = 0; seed < HISTORIES; seed++) {
		struct history_op *recv;

		make(&world, seed);
		recv = some_receiver(&world.history);
		if (!recv || !make_mistake(&world.history, recv))
			continue;
		made++;
		if (judge(&world.history) != LINEAR_WRONG) {
			history_print(&world.history, stderr);
			fail_msg("seed %llu", (unsigned long long)seed);
		}
	}
	assert_true(made > HISTORIES / 20);
}

static mistake_fn *const mistakes[] = {
	invent, lose, receive_twice, receive_too_early, send_without_success, exchange,
};

#define MISTAKE(number, test_name) \
	{ \
		.name = test_name, \
		.test_func = mistakes_are_found, \
		.initial_state = (void *)&mistakes[number], \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_histories_are_explained),
		MISTAKE(0, "G3_inventions_are_found"),
		MISTAKE(1, "G3_losses_are_found"),
		MISTAKE(2, "G3_doubles_are_found"),
		MISTAKE(3, "G7_receives_before_their_sends_are_found"),
		MISTAKE(4, "G4_effects_of_failed_sends_are_found"),
		MISTAKE(5, "G1_exchanges_are_found"),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
