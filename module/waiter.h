/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parked operations.
 *
 * A *parker* waits until a peer completes one operation for it, or until it gives
 * up. It owns one *waiter* (Go's sudog) for each operation that it waits for; each
 * waiter stands in the wait queue of one channel. The owner of a parker is a sleeping
 * task (sleeper.h); the queues know it only by its callback.
 *
 * The parker's claim word decides, once, how its wait ends:
 *
 *   CHAN_PARKED --- a peer claims it ---> CHAN_CLAIMED --> CHAN_COMPLETED
 *        |                                (by that peer)
 *        +------- its owner claims it (signal, deadline) --> CHAN_CLAIMED
 *
 * The task that changes CHAN_PARKED to CHAN_CLAIMED is the winner. A peer that wins
 * completes the operation in the same critical section of the lock under which it
 * found the waiter: it takes the waiter out of its queue, moves the element, sets the
 * result, and calls the parker's callback, which sets CHAN_COMPLETED. Nothing of it
 * depends on the winner being scheduled: only the wakeup follows after the unlock
 * (wake.h).
 *
 * Claimed is completed: an owner that fails to claim its own parker takes, one after the
 * other, the locks of all its waiters, as it has to dequeue them anyway. The winner's
 * critical section is over by then.
 *
 * Last-touch rule: until CHAN_COMPLETED is set, the owner cannot leave its wait, so
 * parker and waiter stay valid for the winner. Once it is set they may be gone, so
 * the callback is the last that touches them. A peer that did not win must not touch
 * the parker after it has released the lock under which it found the waiter.
 *
 * CHAN_BARRIER_COMPLETE: element, sequence number, result, winner before CHAN_COMPLETED
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
 * A search of a queue removes at most this many waiters of claimed parkers before it
 * wants the lock released.
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
 * struct chan_parker - an owner of waiters, of which one is completed
 * @state: the claim word, enum chan_parker_state
 * @complete: sets CHAN_COMPLETED and adds the owner to those to be woken; constant
 * @winner: the waiter whose operation was completed; written by the winning peer, read
 *	after CHAN_BARRIER_COMPLETE
 * @pid: of the task on whose behalf it waits; constant
 * @since: when it parked, in jiffies; constant
 * @traced: the same of CLOCK_MONOTONIC in nanoseconds, if it was traced; else 0; constant
 * @select: its waiters are those of a select; constant
 * @forever: no deadline ends its wait; constant
 * @file: a polled file may end its wait; constant
 * @holds: its call holds references to the files that it is for; constant
 * @hidden: a poll by its own task has ignored a waiter of it; its own task's
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
 * @node: in a wait queue, or empty; the lock of that queue
 * @parker: whose operation; constant
 * @slot: the element to send, or an empty slot to receive into; the winner's
 * @seq: sequence number of the element that was received; written by the winner
 * @result: of the operation: 1 received, 0 sent or found closed, or -EPIPE;
 *	written by the winner
 * @peer: the task that completed it, 0 if an interrupt did; written by the winner
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
 * struct chan_waitq - parked operations of one side of a channel, first in first out
 * @list: of struct chan_waiter; of a parker there is one at most
 * @count: length of @list
 *
 * Both are protected by the lock of the channel; recvq of a channel that a clock feeds
 * by the lock of its ticker as well.
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
 * Context: under the lock of the queue.
 * Return: a waiter, out of the queue, which the caller completes under the same lock with
 * chan_waiter_complete(); NULL if none is parked; ERR_PTR(-ESTALE) if CHAN_WAITQ_SCAN
 * waiters of claimed parkers were removed and more may come: release the lock, try again.
 */
static inline struct chan_waiter *chan_waitq_claim(struct chan_waitq *q)
{
	return q->count ? chan_waitq_claim_first(q) : NULL;
}

void chan_waitq_remove(struct chan_waitq *q, struct chan_waiter *w);
bool chan_waitq_trim_first(struct chan_waitq *q);

/**
 * chan_waitq_trim() - is an operation parked in a queue? Removes those that are not
 * @q: the queue
 *
 * Removes waiters of claimed parkers from the head, CHAN_WAITQ_SCAN at most.
 *
 * Context: under the lock of the queue.
 * Return: true if a claim may succeed. It may still fail, as a parker that waits in other
 * queues too can be claimed through those at any moment.
 */
static inline bool chan_waitq_trim(struct chan_waitq *q)
{
	return q->count && chan_waitq_trim_first(q);
}

bool chan_waitq_others_first(struct chan_waitq *q);

/**
 * chan_waitq_others() - does a task other than the calling one stand in a queue?
 * @q: the queue
 *
 * Its own waiter is no readiness to the task itself. One that is passed over is remembered
 * in its parker: see chan_parker.hidden.
 *
 * Context: under the lock of the queue.
 * Return: true if so. A waiter whose parker was just claimed counts until it is removed.
 */
static inline bool chan_waitq_others(struct chan_waitq *q)
{
	return q->count && (q->count > 1 || chan_waitq_others_first(q));
}

void chan_parker_init(struct chan_parker *p,
		      void (*complete)(struct chan_parker *p, struct chan_wake *wake));
void chan_waiter_init(struct chan_waiter *w, struct chan_parker *p, void *slot);
bool chan_parker_claim(struct chan_parker *p);
bool chan_parker_completed(struct chan_parker *p);

/**
 * chan_waiter_complete() - complete a claimed operation
 * @w: the operation, from chan_waitq_claim(), its element moved; may be gone afterwards
 * @result: of it
 * @wake: takes the owner, to be woken after the unlock
 *
 * Context: under the lock of the queue that @w was in.
 */
static inline void chan_waiter_complete(struct chan_waiter *w, int result, struct chan_wake *wake)
{
	struct chan_parker *p = w->parker;

	w->result = result;
	WRITE_ONCE(p->winner, w);
	p->complete(p, wake);
}

/* How long a parker has been parked, in nanoseconds. */
static inline u64 chan_parker_age(const struct chan_parker *p)
{
	return p->traced ? ktime_get_ns() - p->traced :
			   jiffies64_to_nsecs(get_jiffies_64() - p->since);
}

/**
 * chan_waiter_pid() - the task that is parked with an operation
 * @w: the operation, in its queue or claimed by the caller, under the lock of its queue
 *
 * Return: the number of the task, in the initial namespace.
 */
static inline pid_t chan_waiter_pid(const struct chan_waiter *w)
{
	return pid_nr(w->parker->pid);
}

#endif /* _CHAN_WAITER_H */
