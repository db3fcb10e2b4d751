/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parked operations.
 *
 * A *parker* waits until a peer completes one of its operations, or until it gives up. It
 * owns one *waiter* (Go's sudog) per operation; each waiter is in the wait queue of one
 * channel. The owner of a parker is a sleeping task (sleeper.h), which the queues know
 * only by its callback.
 *
 * The parker's claim word decides, once, how its wait ends:
 *
 *   CHAN_PARKED --- a peer claims it ---> CHAN_CLAIMED --> CHAN_COMPLETED
 *        |                                (by that peer)
 *        +------- its owner claims it (signal, deadline) --> CHAN_CLAIMED
 *
 * The task that changes CHAN_PARKED to CHAN_CLAIMED is the winner. A winning peer
 * completes the operation in the critical section in which it found the waiter: it
 * dequeues the waiter, moves the element, sets the result, and calls the parker's
 * callback, which sets CHAN_COMPLETED. None of this depends on the winner being scheduled
 * again: only the wakeup follows the unlock (wake.h).
 *
 * Claimed is completed: an owner that fails to claim its own parker takes the locks of
 * all its waiters in turn, as it has to dequeue them anyway. By then, the critical section
 * of the winner is over.
 *
 * Last-touch rule: until CHAN_COMPLETED is set, the owner cannot leave its wait, so
 * parker and waiters stay valid for the winner. Once it is set they may be gone, so the
 * callback accesses them last. A peer that lost must not access the parker after it has
 * released the lock under which it found the waiter.
 *
 * CHAN_BARRIER_COMPLETE: an owner that sees CHAN_COMPLETED also sees the element, its
 * sequence number, the result, and the winning waiter.
 *
 *   winner                                 owner
 *   ------                                 -----
 *   write element, result                  state == CHAN_COMPLETED (acquire)
 *   state = CHAN_COMPLETED (release)       read element, result
 */
#ifndef _CHAN_WAITER_H
#define _CHAN_WAITER_H

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

struct chan_waiter;
struct chan_wake;

/*
 * Maximum number of waiters of claimed parkers that one scan of a queue removes before the
 * lock must be released.
 */
#ifndef CHAN_WAITQ_SCAN
#define CHAN_WAITQ_SCAN	32
#endif

enum chan_parker_state {
	CHAN_PARKED,
	CHAN_CLAIMED,
	CHAN_COMPLETED,
};

/**
 * struct chan_parker - waits for one of its waiters to be completed
 * @state: the claim word, enum chan_parker_state; atomic
 * @complete: defers the wakeup of the owner and sets CHAN_COMPLETED; constant
 * @winner: the waiter that was completed; written by the winning peer, read after
 *	CHAN_BARRIER_COMPLETE
 * @pid: the task on whose behalf it waits; constant
 * @since: when it parked, in jiffies; constant
 * @traced: when it parked, in nanoseconds of CLOCK_MONOTONIC, or 0 if not traced; constant
 * @select: its waiters belong to a select; constant
 * @forever: it has no deadline; constant
 * @file: a polled file may end its wait; constant
 * @holds: its call holds references to its files; constant
 * @hidden: a poll by its own task has skipped one of its waiters; private to that task
 */
struct chan_parker {
	atomic_t		state;
	void			(*complete)(struct chan_parker *p, struct chan_wake *wake);
	struct chan_waiter	*winner;
	struct pid		*pid;
	u64			since;
	u64			traced;
	bool			select;
	bool			forever;
	bool			file;
	bool			holds;
	bool			hidden;
};

/**
 * struct chan_waiter - one parked operation
 * @node: in a wait queue, or empty; lock of that queue
 * @parker: its parker; constant
 * @slot: the element to send, or an empty slot to receive into; the winner's
 * @seq: sequence number of the received element; written by the winner
 * @result: 1 received, 0 sent or found closed, or -EPIPE; written by the winner
 * @peer: the task that completed it, 0 for an interrupt; written by the winner
 */
struct chan_waiter {
	struct list_head	node;
	struct chan_parker	*parker;
	void			*slot;
	u64			seq;
	int			result;
	pid_t			peer;
};

/**
 * struct chan_waitq - FIFO of the operations parked on one side of a channel
 * @list: of struct chan_waiter, at most one per parker
 * @count: length of @list
 *
 * Both are protected by the lock of the channel; in recvq of a channel with a ticker, by
 * the lock of the ticker as well.
 */
struct chan_waitq {
	struct list_head	list;
	unsigned int		count;
};

static inline void chan_waitq_init(struct chan_waitq *q)
{
	INIT_LIST_HEAD(&q->list);
	q->count = 0;
}

static inline void chan_waitq_add(struct chan_waitq *q, struct chan_waiter *w)
{
	list_add_tail(&w->node, &q->list);
	q->count++;
}

struct chan_waiter *chan_waitq_claim_first(struct chan_waitq *q);

/**
 * chan_waitq_claim() - claim the first parked operation of a queue
 * @q: the queue
 *
 * Context: Lock of the queue held.
 * Return: a dequeued waiter, which the caller completes under the same lock with
 * chan_waiter_complete(); NULL if none is parked; ERR_PTR(-ESTALE) if CHAN_WAITQ_SCAN
 * waiters of claimed parkers were removed and more may follow: release the lock and retry.
 */
static inline struct chan_waiter *chan_waitq_claim(struct chan_waitq *q)
{
	return q->count ? chan_waitq_claim_first(q) : NULL;
}

void chan_waitq_remove(struct chan_waitq *q, struct chan_waiter *w);
bool chan_waitq_trim_first(struct chan_waitq *q);

/**
 * chan_waitq_trim() - trim stale waiters, then check whether an operation is parked
 * @q: the queue
 *
 * Removes up to CHAN_WAITQ_SCAN waiters of claimed parkers from the head.
 *
 * Context: Lock of the queue held.
 * Return: true if a claim may succeed. It may still fail: a parker with waiters in other
 * queues can be claimed there at any moment.
 */
static inline bool chan_waitq_trim(struct chan_waitq *q)
{
	return q->count && chan_waitq_trim_first(q);
}

bool chan_waitq_others_first(struct chan_waitq *q);

/**
 * chan_waitq_others() - check whether a task other than current is queued
 * @q: the queue
 *
 * A task's own waiter does not make the channel ready for the task itself. A waiter that is
 * skipped is recorded in its parker: see chan_parker.hidden.
 *
 * Context: Lock of the queue held.
 * Return: true if so. A waiter whose parker was just claimed counts until it is removed.
 */
static inline bool chan_waitq_others(struct chan_waitq *q)
{
	return q->count && (q->count > 1 || chan_waitq_others_first(q));
}

void chan_parker_init(struct chan_parker *p,
		      void (*complete)(struct chan_parker *p, struct chan_wake *wake));
bool chan_parker_claim(struct chan_parker *p);

/**
 * chan_waiter_init() - initialize a waiter
 * @w: the waiter
 * @p: its parker
 * @slot: the element to send, or an empty slot
 *
 * Context: Any context.
 */
static inline void chan_waiter_init(struct chan_waiter *w, struct chan_parker *p, void *slot)
{
	w->parker = p;
	w->slot = slot;
	w->seq = 0;
	w->peer = 0;
}

/**
 * chan_parker_completed() - check whether a peer has completed an operation
 * @p: the parker
 *
 * Context: Any context.
 * Return: true if so. Everything that the peer has written may then be read.
 */
static inline bool chan_parker_completed(struct chan_parker *p)
{
	/* CHAN_BARRIER_COMPLETE, the reading side */
	return atomic_read_acquire(&p->state) == CHAN_COMPLETED;
}

/**
 * chan_waiter_complete() - complete a claimed operation
 * @w: the waiter, from chan_waitq_claim(), its element moved; may be gone afterwards
 * @result: result of the operation
 * @wake: deferred wakeups; the owner is added
 *
 * Context: Lock of the queue of @w held.
 */
static inline void chan_waiter_complete(struct chan_waiter *w, int result, struct chan_wake *wake)
{
	struct chan_parker *p = w->parker;

	w->result = result;
	WRITE_ONCE(p->winner, w);
	p->complete(p, wake);
}

/* Nanoseconds since a parker was parked. */
static inline u64 chan_parker_age(const struct chan_parker *p)
{
	return p->traced ? ktime_get_ns() - p->traced :
			   jiffies64_to_nsecs(get_jiffies_64() - p->since);
}

/**
 * chan_waiter_pid() - return the task that is parked with an operation
 * @w: the waiter, queued or claimed by the caller
 *
 * Context: Lock of the queue held.
 * Return: the task's pid in the initial namespace.
 */
static inline pid_t chan_waiter_pid(const struct chan_waiter *w)
{
	return pid_nr(w->parker->pid);
}

#endif /* _CHAN_WAITER_H */
