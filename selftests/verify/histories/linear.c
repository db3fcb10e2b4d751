// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "cache.h"
#include "linear.h"

/* Elements being requeued, and tasks that may hold one. */
#define TAKEN_MAX	16
#define STATES_MAX	2000000
#define WORDS		((HISTORY_OPS + 63) / 64)

/**
 * struct channel - a simple channel
 * @ring: numbers of the buffered values
 * @requeued: the requeued values, by ticket
 * @tickets: the ticket of the next element that is taken out
 */
struct channel {
	uint8_t ring[HISTORY_CAP_MAX];
	struct {
		uint8_t value;
		uint8_t ticket;
	} requeued[TAKEN_MAX];
	uint8_t nring;
	uint8_t nrequeued;
	uint8_t tickets;
	uint8_t closed;
	uint8_t unused[4];
};

/**
 * struct state - a state of the search; equal states are equal bytes
 * @done: the operations that have taken place
 * @taken: the elements that tasks have to requeue; value 0: none
 */
struct state {
	uint64_t done[WORDS];
	struct channel channels[HISTORY_CHANNELS];
	struct {
		uint8_t value;
		uint8_t ticket;
		uint8_t channel;
		uint8_t unused;
	} taken[TAKEN_MAX];
};

/**
 * struct search - a search
 * @values: numbers of the values in the cases
 * @taken: where in struct state.taken the element of an operation is
 * @asleep: some operation is known to be
 */
static struct search {
	const struct history *h;
	uint8_t values[HISTORY_OPS][HISTORY_CASES];
	uint8_t taken[HISTORY_OPS];
	bool asleep;
	bool too_large;
	struct cache cache;
	uint64_t states;
} search;

static bool is_done(const struct state *s, unsigned int i)
{
	return s->done[i / 64] >> i % 64 & 1;
}

static void set_done(struct state *s, unsigned int i)
{
	s->done[i / 64] |= 1ULL << i % 64;
}

/* Whether its taking place is optional. */
static bool is_open(const struct history_op *op)
{
	return op->outcome == OUTCOME_KILLED || op->outcome == OUTCOME_FAULT;
}

/*
 * Whether another operation was known to be asleep in the channel when this one began. A select
 * that it meets (@peer) may be, with cases on both sides.
 */
static bool somebody_slept(const struct state *s, unsigned int i, unsigned int peer,
			   unsigned int verb, unsigned int channel)
{
	const struct history *h = search.h;
	unsigned int j, k;

	for (j = 0; search.asleep && j < h->n; j++) {
		const struct history_op *o = &h->ops[j];

		if (!o->asleep || o->outcome > OUTCOME_CLOSED || o->asleep >= h->ops[i].call ||
		    j == i || j == peer || is_done(s, j))
			continue;
		for (k = 0; k < o->n; k++) {
			if (o->cases[k].verb == verb && o->cases[k].channel == channel)
				return true;
		}
	}
	return false;
}

static bool is_empty(const struct channel *ch)
{
	return !ch->nring && !ch->nrequeued;
}

/* The next element, which operation @i receives. */
static void take(struct state *s, unsigned int i, unsigned int channel)
{
	struct channel *ch = &s->channels[channel];
	const unsigned int to = search.taken[i];

	s->taken[to].channel = channel;
	if (ch->nrequeued) {
		s->taken[to].value = ch->requeued[0].value;
		s->taken[to].ticket = ch->requeued[0].ticket;
		ch->nrequeued--;
		memmove(&ch->requeued[0], &ch->requeued[1],
			ch->nrequeued * sizeof(ch->requeued[0]));
		memset(&ch->requeued[ch->nrequeued], 0, sizeof(ch->requeued[0]));
	} else {
		s->taken[to].value = ch->ring[0];
		s->taken[to].ticket = ch->tickets++;
		ch->nring--;
		memmove(&ch->ring[0], &ch->ring[1], ch->nring);
		ch->ring[ch->nring] = 0;
	}
}

static void forget_taken(struct state *s, unsigned int i)
{
	memset(&s->taken[search.taken[i]], 0, sizeof(s->taken[0]));
}

static void requeue(struct state *s, unsigned int i)
{
	const unsigned int from = search.taken[i];
	struct channel *ch = &s->channels[s->taken[from].channel];
	unsigned int at = 0;

	while (at < ch->nrequeued && ch->requeued[at].ticket < s->taken[from].ticket)
		at++;
	memmove(&ch->requeued[at + 1], &ch->requeued[at],
		(ch->nrequeued - at) * sizeof(ch->requeued[0]));
	ch->requeued[at].value = s->taken[from].value;
	ch->requeued[at].ticket = s->taken[from].ticket;
	ch->nrequeued++;
	forget_taken(s, i);
}

static bool receive(struct state *s, unsigned int i, unsigned int k)
{
	const struct history_op *op = &search.h->ops[i];
	const unsigned int channel = op->cases[k].channel;
	bool same;

	if (is_empty(&s->channels[channel]) || somebody_slept(s, i, i, VERB_RECV, channel))
		return false;
	take(s, i, channel);
	if (is_open(op))
		return true;
	same = s->taken[search.taken[i]].value == search.values[i][k];
	forget_taken(s, i);
	return same;
}

/* Operation @i carries out its case @k, at one instant and alone; false: it cannot. */
static bool carry_out(struct state *s, unsigned int i, unsigned int k)
{
	const struct history_case *c = &search.h->ops[i].cases[k];
	struct channel *ch = &s->channels[c->channel];

	switch (c->verb) {
	case VERB_SEND:
		if (ch->closed || ch->nring == search.h->caps[c->channel] ||
		    somebody_slept(s, i, i, VERB_SEND, c->channel))
			return false;
		ch->ring[ch->nring++] = search.values[i][k];
		return true;
	case VERB_RECV:
		return receive(s, i, k);
	case VERB_CLOSE:
		if (ch->closed)
			return false;
		ch->closed = true;
		return true;
	default:
		return c->value == HISTORY_SHOWN(ch->nring, ch->nrequeued, ch->closed);
	}
}

static bool is_ready(const struct state *s, unsigned int i, const struct history_case *c)
{
	const struct channel *ch = &s->channels[c->channel];

	if (ch->closed)
		return true;
	if (c->verb == VERB_SEND)
		return ch->nring < search.h->caps[c->channel] ||
		       somebody_slept(s, i, i, VERB_RECV, c->channel);
	return !is_empty(ch) || somebody_slept(s, i, i, VERB_SEND, c->channel);
}

static bool none_is_ready(const struct state *s, unsigned int i)
{
	const struct history_op *op = &search.h->ops[i];
	unsigned int k;

	for (k = 0; k < op->n; k++) {
		if (is_ready(s, i, &op->cases[k]))
			return false;
	}
	return true;
}

static bool found_closed(const struct state *s, const struct history_case *c)
{
	const struct channel *ch = &s->channels[c->channel];

	return ch->closed && (c->verb != VERB_RECV || is_empty(ch));
}

/* Whether operation @i may have carried out its case @k. */
static bool may_carry_out(unsigned int i, unsigned int k)
{
	const struct history_op *op = &search.h->ops[i];

	switch (op->outcome) {
	case OUTCOME_DONE:
		return k == op->chosen;
	case OUTCOME_KILLED:
		return op->cases[k].verb != VERB_LOOK;
	case OUTCOME_FAULT:
		return op->cases[k].verb == VERB_RECV;
	default:
		return false;
	}
}

/* The latest instant for the next operation; UINT64_MAX: no bound. */
static uint64_t first_return(const struct state *s)
{
	const struct history *h = search.h;
	unsigned int i;

	for (i = 0; i < h->n; i++) {
		const struct history_op *op = &h->ops[i];

		if (op->outcome == OUTCOME_NOTHING)
			continue;
		if (is_open(op) ? s->taken[search.taken[i]].value && is_done(s, i) : !is_done(s, i))
			return op->ret;
	}
	return UINT64_MAX;
}

/* The earliest instant for the next operation. */
static uint64_t latest_call(const struct state *s)
{
	const struct history *h = search.h;
	uint64_t latest = 0;
	unsigned int i;

	for (i = 0; i < h->n; i++) {
		if (is_done(s, i) && h->ops[i].call > latest)
			latest = h->ops[i].call;
	}
	return latest;
}

struct window {
	uint64_t from;
	uint64_t to;
};

static bool may_be_next(const struct state *s, unsigned int i, const struct window *window)
{
	const struct history_op *op = &search.h->ops[i];

	return !is_done(s, i) && op->outcome != OUTCOME_NOTHING && op->call < window->to &&
	       op->ret > window->from;
}

static bool is_explained_from(const struct state *s);

static bool explains_alone(const struct state *s, unsigned int i)
{
	const struct history_op *op = &search.h->ops[i];
	struct state next = *s;
	unsigned int k;

	set_done(&next, i);
	if (op->outcome == OUTCOME_NOT_READY)
		return none_is_ready(s, i) && is_explained_from(&next);
	if (op->outcome == OUTCOME_CLOSED)
		return found_closed(s, &op->cases[op->chosen]) && is_explained_from(&next);
	for (k = 0; k < op->n; k++) {
		if (!may_carry_out(i, k))
			continue;
		next = *s;
		set_done(&next, i);
		if (carry_out(&next, i, k) && is_explained_from(&next))
			return true;
	}
	return false;
}

/* Case @a of operation @i, a send, and case @b of operation @j, a receive, without a buffer. */
static bool explains_meeting(const struct state *s, unsigned int i, unsigned int a, unsigned int j,
			     unsigned int b)
{
	const struct history_case *send = &search.h->ops[i].cases[a];
	const struct history_case *recv = &search.h->ops[j].cases[b];
	const struct channel *ch = &s->channels[send->channel];
	struct state next = *s;

	if (send->verb != VERB_SEND || recv->verb != VERB_RECV || send->channel != recv->channel ||
	    search.h->caps[send->channel] || ch->closed || !is_empty(ch) ||
	    !may_carry_out(i, a) || !may_carry_out(j, b) ||
	    somebody_slept(s, i, j, VERB_SEND, send->channel) ||
	    somebody_slept(s, j, i, VERB_RECV, send->channel))
		return false;
	next.channels[send->channel].ring[0] = search.values[i][a];
	next.channels[send->channel].nring = 1;
	set_done(&next, i);
	set_done(&next, j);
	take(&next, j, send->channel);
	if (!is_open(&search.h->ops[j])) {
		if (search.values[i][a] != search.values[j][b])
			return false;
		forget_taken(&next, j);
	}
	return is_explained_from(&next);
}

static bool explains_together(const struct state *s, unsigned int i, unsigned int j)
{
	unsigned int a, b;

	for (a = 0; a < search.h->ops[i].n; a++) {
		for (b = 0; b < search.h->ops[j].n; b++) {
			if (explains_meeting(s, i, a, j, b) || explains_meeting(s, j, b, i, a))
				return true;
		}
	}
	return false;
}

static bool explains_with(const struct state *s, unsigned int i, const struct window *window)
{
	unsigned int j;

	if (explains_alone(s, i))
		return true;
	for (j = i + 1; j < search.h->n; j++) {
		if (may_be_next(s, j, window) && explains_together(s, i, j))
			return true;
	}
	return false;
}

/* Whether the state leads to an end. Tries operations in the order of their ends. */
static bool is_explained_from(const struct state *s)
{
	struct window window = { .to = first_return(s) };
	unsigned int i;

	search.too_large |= search.cache.n > STATES_MAX;
	if (search.too_large || !cache_add(&search.cache, s))
		return false;
	search.states++;
	if (window.to == UINT64_MAX)
		return true;
	window.from = latest_call(s);
	for (i = 0; i < search.h->n; i++) {
		if (may_be_next(s, i, &window) && explains_with(s, i, &window))
			return true;
	}
	for (i = 0; i < search.h->n; i++) {
		struct state next = *s;

		if (!is_open(&search.h->ops[i]) || !s->taken[search.taken[i]].value)
			continue;
		requeue(&next, i);
		if (is_explained_from(&next))
			return true;
	}
	return false;
}

/* Equal values have equal numbers, which begin at 1. */
static void number_values(void)
{
	static uint64_t values[HISTORY_OPS * HISTORY_CASES];
	unsigned int i, k, n = 0, at;

	for (i = 0; i < search.h->n; i++) {
		for (k = 0; k < search.h->ops[i].n; k++) {
			values[n] = search.h->ops[i].cases[k].value;
			for (at = 0; values[at] != values[n]; at++)
				;
			n += at == n;
			search.values[i][k] = at + 1;
			search.too_large |= at >= UINT8_MAX;
		}
	}
}

enum linear_verdict linear_check(const struct history *history)
{
	const struct state beginning = { 0 };
	unsigned int i, open = 1;

	search.h = history;
	search.too_large = false;
	search.asleep = false;
	cache_empty(&search.cache, sizeof(struct state));
	number_values();
	for (i = 0; i < history->n; i++) {
		const struct history_op *op = &history->ops[i];

		if (op->outcome == OUTCOME_ERROR || op->call >= op->ret)
			return LINEAR_WRONG;
		search.asleep |= op->asleep;
		/* Other receives keep their element: they use number 0, for a moment. */
		search.taken[i] = is_open(op) ? open++ : 0;
		search.too_large |= open > TAKEN_MAX;
	}
	if (!search.too_large && is_explained_from(&beginning))
		return LINEAR_EXPLAINED;
	return search.too_large ? LINEAR_TOO_LARGE : LINEAR_WRONG;
}

uint64_t linear_states(void)
{
	return search.states;
}
