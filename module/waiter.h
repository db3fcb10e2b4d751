/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parked operations.
 *
 * A *parker* is a task that sleeps until a peer completes an operation for it,
 * or until it gives up. It owns one *waiter* (Go's sudog) for each operation that
 * it waits for; each waiter stands in the wait queue of one channel. All of them
 * are the sleeping task's: on its stack, but for the waiters of many cases of a select.
 *
 * The parker's claim word decides, once, who ends its wait:
 *
 *   CHAN_PARKED --- a peer claims it ---> CHAN_CLAIMED --> CHAN_COMPLETED
 *        |                                (by that peer)
 *        +------- its own task claims it (signal, deadline) --> CHAN_CLAIMED
 *
 * Whoever changes CHAN_PARKED to CHAN_CLAIMED is the winner, and the only one
 * that may complete an operation of this parker. A peer that wins then
 *
 *   1. under the lock of the waiter's channel: moves the element, sets the
 *	waiter's result, takes the waiter out of its queue,
 *   2. without any lock: sets CHAN_COMPLETED and wakes the task.
 *
 * Last-touch rule: until CHAN_COMPLETED is set, the task cannot leave its wait,
 * so parker and waiter stay valid for the winner. Once it is set they may be gone,
 * so setting it is the last thing that the winner does with them. The task itself
 * may be gone as well: it is kept for its wake-up by an RCU read-side section that
 * began before. Somebody who did not win must not touch the parker after it has
 * released the lock of the channel in whose queue it found the waiter.
 *
 * CHAN_BARRIER_COMPLETE: element, seq, result, winner before CHAN_COMPLETED
 *
 *   winner                                 sleeping task
 *   ------                                 -------------
 *   write element, result                  state == CHAN_COMPLETED (acquire)
 *   state = CHAN_COMPLETED (release)       read element, result
 *
 * CHAN_BARRIER_PARK: no wake-up is lost. Each side writes, then reads what the
 * other writes, with a full barrier between the two, so they cannot both miss:
 *
 *   winner                                 sleeping task
 *   ------                                 -------------
 *   state = CHAN_COMPLETED                 task state = TASK_INTERRUPTIBLE
 *   full barrier in wake_up_process()      full barrier in set_current_state()
 *   task state asleep? wake it             state == CHAN_COMPLETED? do not sleep
 *
 * Whoever kicks a task does as the winner does: it sets the word that the parker points to,
 * then wakes the task.
 */
#ifndef _CHAN_WAITER_H
#define _CHAN_WAITER_H

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/types.h>

struct task_struct;

/**
 * struct chan_deadline - how long an operation may wait
 * @now: not at all: EAGAIN instead
 * @clock: CLOCK_MONOTONIC, CLOCK_REALTIME or CLOCK_BOOTTIME
 * @expires: on @clock, in the initial time namespace; KTIME_MAX is never
 */
struct chan_deadline {
	bool		now;
	clockid_t	clock;
	ktime_t		expires;
};

extern const struct chan_deadline chan_deadline_never;
extern const struct chan_deadline chan_deadline_now;

enum chan_parker_state {
	CHAN_PARKED,
	CHAN_CLAIMED,
	CHAN_COMPLETED,
};

/**
 * struct chan_parker - a task that waits for one of its waiters
 * @state: the claim word, enum chan_parker_state
 * @task: who sleeps; constant
 * @winner: the waiter whose operation was completed; written by the winning
 *	peer, read after CHAN_BARRIER_COMPLETE
 * @kicked: NULL, or a word that others than peers set before they wake the task, so
 *	that it looks at what they have to tell; constant
 * @since: when it parked, in jiffies; constant
 * @traced: the same of CLOCK_MONOTONIC in nanoseconds, if it was traced; else 0; constant
 * @select: its waiters are those of a select; constant
 * @forever: no deadline ends its wait; constant
 * @holds: its call holds references to the files that it is for; constant
 */
struct chan_parker {
	atomic_t		state;
	struct task_struct	*task;
	struct chan_waiter	*winner;
	const int		*kicked;
	u64			since;
	u64			traced;
	bool			select;
	bool			forever;
	bool			holds;
};

/**
 * struct chan_waiter - one parked operation
 * @node: in a wait queue, or empty; the lock of that channel
 * @next: in a list of claimed waiters; the winner's
 * @parker: whose operation; constant
 * @slot: the element to send, or an empty slot to receive into; the winner's
 * @seq: of the element that was received; written by the winner
 * @result: of the operation: 1 received, 0 sent or found closed, or -EPIPE;
 *	written by the winner
 * @peer: who completed it; written by the winner
 */
struct chan_waiter {
	struct list_head	node;
	struct chan_waiter	*next;
	struct chan_parker	*parker;
	void			*slot;
	u64			seq;
	int			result;
	pid_t			peer;
};

/**
 * struct chan_waitq - parked operations of one side of a channel, first in first
 * out
 * @list: of struct chan_waiter
 * @count: length of @list
 *
 * Both are protected by the lock of the channel.
 */
struct chan_waitq {
	struct list_head	list;
	unsigned int		count;
};

/**
 * struct chan_claimed - waiters that one task has claimed, in the order in which it
 * did, until it completes them
 * @first: NULL if there is none
 * @last: if there is one
 */
struct chan_claimed {
	struct chan_waiter	*first;
	struct chan_waiter	*last;
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

struct chan_waiter *chan_waitq_claim_first(struct chan_waitq *q, struct chan_claimed *claimed);

/**
 * chan_waitq_claim() - claim the first operation in a queue that can be had
 * @q: the queue
 * @claimed: where the waiter goes
 *
 * Context: under the lock of the channel that @q belongs to.
 * Return: a waiter that is the caller's to complete: it fills in the result and
 * hands @claimed to chan_claimed_complete() after it has released the lock; or NULL.
 */
static inline struct chan_waiter *chan_waitq_claim(struct chan_waitq *q,
						   struct chan_claimed *claimed)
{
	return q->count ? chan_waitq_claim_first(q, claimed) : NULL;
}

void chan_waitq_remove(struct chan_waitq *q, struct chan_waiter *w);
bool chan_waitq_parked_first(struct chan_waitq *q);

/**
 * chan_waitq_parked() - is anybody parked in a queue?
 * @q: the queue
 *
 * Context: under the lock of the channel that @q belongs to.
 * Return: true if a claim may succeed. It may still fail, as who is parked with
 * operations on other channels too can be claimed through those at any moment.
 */
static inline bool chan_waitq_parked(struct chan_waitq *q)
{
	return q->count && chan_waitq_parked_first(q);
}

/* How long it has been parked, in nanoseconds. */
static inline u64 chan_parker_age(const struct chan_parker *p)
{
	return p->traced ? ktime_get_ns() - p->traced :
			   jiffies64_to_nsecs(get_jiffies_64() - p->since);
}

void chan_parker_init(struct chan_parker *p, const struct chan_deadline *deadline);
void chan_waiter_init(struct chan_waiter *w, struct chan_parker *p, void *slot);
bool chan_parker_claim(struct chan_parker *p);
int chan_parker_sleep(struct chan_parker *p, const struct chan_deadline *deadline);
int chan_parker_wait(struct chan_parker *p, const struct chan_deadline *deadline);
bool chan_parker_retire(struct chan_parker *p);
void chan_claimed_complete(struct chan_claimed *claimed);

/**
 * chan_waiter_pid() - who is parked with an operation
 * @w: the operation, in its queue or claimed by the caller, under the lock of its channel
 *
 * Return: the number of the task, in the initial namespace.
 */
static inline pid_t chan_waiter_pid(const struct chan_waiter *w)
{
	return task_pid_nr(w->parker->task);
}

#endif /* _CHAN_WAITER_H */
