// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parked operations: queues, claim. See waiter.h for the rules.
 */
#include <linux/sched.h>

#include "trace.h"
#include "waiter.h"

/**
 * chan_parker_init() - an owner that is about to park
 * @p: the calling task's
 * @complete: see struct chan_parker
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
 * chan_waiter_init() - an operation that is about to be parked
 * @w: the operation
 * @p: its owner
 * @slot: the element to send, or an empty slot
 */
void chan_waiter_init(struct chan_waiter *w, struct chan_parker *p, void *slot)
{
	w->parker = p;
	w->slot = slot;
	w->seq = 0;
	w->peer = 0;
}

/**
 * chan_parker_claim() - try to become the winner of a parker
 * @p: the parker
 *
 * Return: true if the caller decides how its wait ends: see waiter.h.
 */
bool chan_parker_claim(struct chan_parker *p)
{
	return atomic_cmpxchg(&p->state, CHAN_PARKED, CHAN_CLAIMED) == CHAN_PARKED;
}

/**
 * chan_parker_completed() - has a peer completed an operation?
 * @p: the parker
 *
 * Return: if true, what the peer has written may be read.
 */
bool chan_parker_completed(struct chan_parker *p)
{
	/* CHAN_BARRIER_COMPLETE, the reading side */
	return atomic_read_acquire(&p->state) == CHAN_COMPLETED;
}

/**
 * chan_waitq_remove() - take an operation out of a queue
 * @q: the queue
 * @w: the operation; may be out already
 *
 * Context: under the lock of the queue.
 */
void chan_waitq_remove(struct chan_waitq *q, struct chan_waiter *w)
{
	if (list_empty(&w->node))
		return;
	list_del_init(&w->node);
	q->count--;
}

/**
 * chan_waitq_claim_first() - the part of chan_waitq_claim() for a queue that is not empty
 * @q: the queue
 *
 * A waiter whose parker was claimed elsewhere can never be completed from here, and its owner
 * does not miss it (chan_waitq_remove()): it is removed on the way.
 *
 * Context: under the lock of the queue.
 * Return: as chan_waitq_claim().
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
 * chan_waitq_trim_first() - the part of chan_waitq_trim() for a queue that is not empty
 * @q: the queue
 *
 * Context: under the lock of the queue.
 * Return: as chan_waitq_trim(); true also if it has removed as many as it may.
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
 * chan_waitq_others_first() - the part of chan_waitq_others() for a queue of one
 * @q: the queue
 *
 * Context: under the lock of the queue.
 * Return: as chan_waitq_others().
 */
bool chan_waitq_others_first(struct chan_waitq *q)
{
	struct chan_parker *p = list_first_entry(&q->list, struct chan_waiter, node)->parker;

	if (p->pid != task_pid(current))
		return true;
	p->hidden = true;
	return false;
}
