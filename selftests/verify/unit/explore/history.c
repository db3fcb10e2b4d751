// SPDX-License-Identifier: GPL-2.0-only
/* Checks a history against a simple channel: a search for the order. */
#include <linux/kernel.h>
#include <string.h>

#include "history.h"

/* More elements than any script has. */
#define ELEMENTS_MAX	32

struct element {
	u64		value;
	unsigned int	seq;
};

struct elements {
	struct element	items[ELEMENTS_MAX];
	unsigned int	n;
};

/**
 * struct model - the simple channels
 * @channels.ring: the buffered elements
 * @channels.requeued: the requeued elements, by seq
 * @channels.next_seq: the seq of the next element that is taken out
 * @channels.closed: it is closed
 * @now: the clock of the ticker
 * @due: the tick to come, or KTIME_MAX
 * @first_seq: the seq of the first tick since the clock was set
 * @file: the file is ready
 * @taken: the element that a task has to requeue; none if @has is false
 * @at: number of placed events of each task
 */
struct model {
	struct {
		struct elements	ring;
		struct elements	requeued;
		unsigned int	next_seq;
		bool		closed;
	} channels[CHANNELS];
	u64 now;
	u64 due;
	unsigned int first_seq;
	bool file;
	struct {
		bool		has;
		struct element	element;
	} taken[HISTORY_TASKS];
	unsigned int at[HISTORY_TASKS];
};

void history_add(struct history *history, unsigned int task, const struct event *event)
{
	if (history->n[task] == EVENTS_MAX)
		shim_fail("the history is too long");
	history->events[task][history->n[task]++] = *event;
}

static void elements_insert(struct elements *e, unsigned int at, struct element element)
{
	if (e->n == ELEMENTS_MAX)
		shim_fail("too many elements");
	memmove(&e->items[at + 1], &e->items[at], (e->n++ - at) * sizeof(element));
	e->items[at] = element;
}

static struct element elements_take(struct elements *e)
{
	const struct element first = e->items[0];

	memmove(&e->items[0], &e->items[1], --e->n * sizeof(first));
	return first;
}

static bool is_ticker(const struct history *h, unsigned int channel)
{
	return h->ticks && channel == TICKER;
}

static bool model_is_empty(const struct model *m, unsigned int channel)
{
	return !m->channels[channel].ring.n && !m->channels[channel].requeued.n;
}

static bool model_has_tick(const struct history *h, const struct model *m, unsigned int channel)
{
	return is_ticker(h, channel) && m->now >= m->due;
}

/* The next unplaced event of a task; NULL if all are placed. */
static const struct event *next_event(const struct history *h, const struct model *m,
				      unsigned int task)
{
	const unsigned int at = m->at[task];

	return at < h->n[task] ? &h->events[task][at] : NULL;
}

/* Whether another task slept, with a case like this, before the event began. */
static bool somebody_slept(const struct history *h, const struct model *m, unsigned int task,
			   const struct event *e, enum verb verb, unsigned int channel)
{
	unsigned int other, i;

	for (other = 0; other < HISTORY_TASKS; other++) {
		const struct event *o = next_event(h, m, other);

		if (other == task || !o || o->slept >= e->invoked)
			continue;
		for (i = 0; i < o->n; i++) {
			if (o->cases[i].verb == verb && o->cases[i].channel == channel)
				return true;
		}
	}
	return false;
}

/* Whether another task is inside a case like this, which may be parked. */
static bool somebody_tries(const struct history *h, const struct model *m, unsigned int task,
			   const struct event *e, enum verb verb, unsigned int channel)
{
	unsigned int other, i;

	for (other = 0; other < HISTORY_TASKS; other++) {
		const struct event *o = next_event(h, m, other);

		if (other == task || !o || o->invoked > e->ended)
			continue;
		for (i = 0; i < o->n; i++) {
			if (o->cases[i].verb == verb && o->cases[i].channel == channel)
				return true;
		}
	}
	return false;
}

static bool is_ready(const struct history *h, const struct model *m, unsigned int task,
		     const struct event *e, const struct act_case *c)
{
	if (c->verb == FILE_READY)
		return m->file;
	if (m->channels[c->channel].closed)
		return true;
	/* Other tasks get no due tick while a receiver is parked. */
	if (model_has_tick(h, m, c->channel))
		return !somebody_tries(h, m, task, e, RECV, c->channel);
	if (c->verb == SEND)
		return m->channels[c->channel].ring.n < h->cap ||
		       somebody_slept(h, m, task, e, RECV, c->channel);
	return !model_is_empty(m, c->channel) || somebody_slept(h, m, task, e, SEND, c->channel);
}

/* The next element that @task receives, into @element. */
static bool model_receive(const struct history *h, struct model *m, unsigned int task,
			  const struct event *e, struct element *element)
{
	const unsigned int channel = e->cases[0].channel;

	if ((model_is_empty(m, channel) && !model_has_tick(h, m, channel)) ||
	    somebody_slept(h, m, task, e, RECV, channel))
		return false;
	if (m->channels[channel].requeued.n) {
		*element = elements_take(&m->channels[channel].requeued);
	} else if (is_ticker(h, channel)) {
		*element = (struct element){ m->due, m->channels[channel].next_seq++ };
		m->due += (m->now - m->due) / INTERVAL * INTERVAL + INTERVAL;
	} else {
		*element = elements_take(&m->channels[channel].ring);
		element->seq = m->channels[channel].next_seq++;
	}
	return true;
}

/* Earlier ticks are gone. */
static bool model_set(struct model *m, unsigned int channel, u64 due)
{
	m->due = due;
	m->first_seq = m->channels[channel].next_seq;
	m->channels[channel].requeued.n = 0;
	return true;
}

static bool model_do(const struct history *h, struct model *m, unsigned int task,
		     const struct event *e)
{
	const unsigned int channel = e->cases[0].channel;
	struct element element = { .value = e->value };

	switch (e->cases[0].verb) {
	case SEND:
		if (m->channels[channel].closed || m->channels[channel].ring.n == h->cap ||
		    somebody_slept(h, m, task, e, SEND, channel))
			return false;
		elements_insert(&m->channels[channel].ring, m->channels[channel].ring.n, element);
		return true;
	case RECV:
		return model_receive(h, m, task, e, &element) && element.value == e->value;
	case CLOSE:
		if (m->channels[channel].closed)
			return false;
		m->channels[channel].closed = true;
		return true;
	case HANGUP:
		m->channels[channel].closed = true;
		return true;
	case READY:
		m->file = true;
		return true;
	case WATCH:
		return m->channels[channel].closed || !model_is_empty(m, channel) ||
		       model_has_tick(h, m, channel) || somebody_tries(h, m, task, e, SEND, channel);
	case TICK:
		m->now += INTERVAL;
		return true;
	case SET:
	case STOP:
		return model_set(m, channel, e->value);
	default:
		return m->file;
	}
}

/* It may also have found the channel closed, and faulted on storing the zeros. */
static bool model_take(const struct history *h, struct model *m, unsigned int task,
		       const struct event *e)
{
	const unsigned int channel = e->cases[0].channel;

	m->taken[task].has = model_receive(h, m, task, e, &m->taken[task].element);
	return m->taken[task].has || (m->channels[channel].closed && model_is_empty(m, channel));
}

static void model_requeue(const struct history *h, struct model *m, unsigned int task, unsigned int channel)
{
	struct elements *requeued = &m->channels[channel].requeued;
	const struct element element = m->taken[task].element;
	unsigned int at = 0;

	if (!m->taken[task].has || (is_ticker(h, channel) && element.seq < m->first_seq))
		return;
	while (at < requeued->n && requeued->items[at].seq < element.seq)
		at++;
	elements_insert(requeued, at, element);
}

/* The event of one task takes place; false: it cannot. */
static bool model_apply(const struct history *h, struct model *m, unsigned int task)
{
	const struct event *e = next_event(h, m, task);
	unsigned int i;

	m->at[task]++;
	switch (e->outcome) {
	case NOTHING:
		return true;
	case NOT_READY:
		for (i = 0; i < e->n; i++) {
			if (is_ready(h, m, task, e, &e->cases[i]))
				return false;
		}
		return true;
	case DONE:
		return model_do(h, m, task, e);
	case FOUND_CLOSED:
		return m->channels[e->cases[0].channel].closed &&
		       (e->cases[0].verb != RECV || model_is_empty(m, e->cases[0].channel));
	case TAKEN:
		return model_take(h, m, task, e);
	default:
		model_requeue(h, m, task, e->cases[0].channel);
		return true;
	}
}

/* Two events take place at once: a send and a receive that meet. */
static bool model_meet(const struct history *h, struct model *m, unsigned int sender,
		       unsigned int receiver)
{
	const struct event *s = next_event(h, m, sender), *r = next_event(h, m, receiver);
	const unsigned int channel = s->cases[0].channel;

	if (s->outcome != DONE || s->cases[0].verb != SEND ||
	    (r->outcome != DONE && r->outcome != TAKEN) || r->cases[0].verb != RECV ||
	    r->cases[0].channel != channel || h->cap || m->channels[channel].closed ||
	    !model_is_empty(m, channel) || (r->outcome == DONE && r->value != s->value) ||
	    somebody_slept(h, m, sender, s, SEND, channel) ||
	    somebody_slept(h, m, receiver, r, RECV, channel))
		return false;
	m->taken[receiver].has = true;
	m->taken[receiver].element = (struct element){ s->value, m->channels[channel].next_seq++ };
	m->at[sender]++;
	m->at[receiver]++;
	return true;
}

/* Whether the event of this task may be the next: not if another had ended when it began. */
static bool may_be_next(const struct history *h, const struct model *m, unsigned int task)
{
	const struct event *e = next_event(h, m, task);
	unsigned int other;

	for (other = 0; e && other < HISTORY_TASKS; other++) {
		const struct event *o = next_event(h, m, other);

		if (o && o->ended < e->invoked)
			return false;
	}
	return e;
}

static bool model_explains(const struct history *h, const struct model *m);

static bool explains_with(const struct history *h, const struct model *m, unsigned int task)
{
	struct model next = *m;
	unsigned int other;

	if (model_apply(h, &next, task) && model_explains(h, &next))
		return true;
	for (other = 0; other < HISTORY_TASKS; other++) {
		if (other == task || !may_be_next(h, m, other))
			continue;
		next = *m;
		if (model_meet(h, &next, task, other) && model_explains(h, &next))
			return true;
	}
	return false;
}

/* Whether it explains the unplaced events. Tries events in the order of their ends. */
static bool model_explains(const struct history *h, const struct model *m)
{
	bool tried[HISTORY_TASKS] = { false };
	unsigned int task, first;

	for (;;) {
		first = HISTORY_TASKS;
		for (task = 0; task < HISTORY_TASKS; task++) {
			if (tried[task] || !may_be_next(h, m, task))
				continue;
			if (first == HISTORY_TASKS ||
			    next_event(h, m, task)->ended < next_event(h, m, first)->ended)
				first = task;
		}
		if (first == HISTORY_TASKS)
			break;
		tried[first] = true;
		if (explains_with(h, m, first))
			return true;
	}
	for (task = 0; task < HISTORY_TASKS; task++) {
		if (next_event(h, m, task))
			return false;
	}
	return true;
}

bool history_is_explained(const struct history *history)
{
	const struct model model = { .now = history->now, .due = history->now + INTERVAL };

	return model_explains(history, &model);
}
