// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parked operations: queues and claims. See waiter.h for the rules.
 */
#include <linux/sched.h>

#include "trace.h"
#include "waiter.h"

/**
 * chan_parker_init() - initialize the parker of current
 * @p: the parker
 * @complete: see struct chan_parker
 *
 * Context: Process context.
 */
void chan_parker_init(struct chan_parker *p,
		      void (*complete)(struct chan_parker *p, struct chan_wake *wake))
{
	atomic_set(&p->state, CHAN_PARKED);
	p->complete = complete;
	p->winner = NULL;
	p->pid = task_pid(current);
	/* Jiffies suffice for fdinfo; tracing needs nanoseconds. */
	p->since = get_jiffies_64();
	p->traced = trace_chan_wake_enabled() ? ktime_get_ns() : 0;
	p->select = false;
	p->forever = true;
	p->file = false;
	p->holds = false;
	p->hidden = false;
}

/**
 * chan_parker_claim() - try to become the winner of a parker
 * @p: the parker
 *
 * Context: Any context.
 * Return: true if the caller decides how the wait ends: see waiter.h.
 */
bool chan_parker_claim(struct chan_parker *p)
{
	return atomic_cmpxchg(&p->state, CHAN_PARKED, CHAN_CLAIMED) == CHAN_PARKED;
}

/**
 * chan_waitq_remove() - remove a waiter from a queue
 * @q: the queue
 * @w: the waiter; may be removed already
 *
 * Context: Lock of the queue held.
 */
void chan_waitq_remove(struct chan_waitq *q, struct chan_waiter *w)
{
	if (list_empty(&w->node))
		return;
	list_del_init(&w->node);
	q->count--;
}

/**
 * chan_waitq_claim_first() - chan_waitq_claim() for a queue that is not empty
 * @q: the queue
 *
 * Removes waiters whose parker was claimed elsewhere: they can never be completed here, and
 * their owner finds them removed already (chan_waitq_remove()).
 *
 * Context: Lock of the queue held.
 * Return: see chan_waitq_claim().
 */
struct chan_waiter *chan_waitq_claim_first(struct chan_waitq *q)
{
	unsigned int scan = CHAN_WAITQ_SCAN;
	struct chan_waiter *w;

	while (!list_empty(&q->list)) {
		w = list_first_entry(&q->list, struct chan_waiter, node);
		chan_waitq_remove(q, w);
		if (chan_parker_claim(w->parker)) {
			w->peer = task_pid_nr(current);
			return w;
		}
		if (!--scan)
			return ERR_PTR(-ESTALE);
	}
	return NULL;
}

/**
 * chan_waitq_trim_first() - chan_waitq_trim() for a queue that is not empty
 * @q: the queue
 *
 * Context: Lock of the queue held.
 * Return: see chan_waitq_trim(); also true if it stopped after CHAN_WAITQ_SCAN waiters with
 * more queued.
 */
bool chan_waitq_trim_first(struct chan_waitq *q)
{
	unsigned int scan = CHAN_WAITQ_SCAN;
	struct chan_waiter *w;

	while (!list_empty(&q->list) && scan--) {
		w = list_first_entry(&q->list, struct chan_waiter, node);
		if (atomic_read(&w->parker->state) == CHAN_PARKED)
			return true;
		chan_waitq_remove(q, w);
	}
	return q->count;
}

/**
 * chan_waitq_others_first() - chan_waitq_others() for a queue of one
 * @q: the queue
 *
 * Context: Lock of the queue held.
 * Return: see chan_waitq_others().
 */
bool chan_waitq_others_first(struct chan_waitq *q)
{
	struct chan_parker *p = list_first_entry(&q->list, struct chan_waiter, node)->parker;

	if (p->pid != task_pid(current))
		return true;
	p->hidden = true;
	return false;
}
