// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels: ring, wait queues, close.
 *
 * Overview
 * --------
 * A channel is a ring of slots and two FIFO queues of parked operations, all under one
 * spinlock. A send takes the first path that is open:
 *
 *   handoff  a receiver is parked: move the element straight into its slot
 *   ring     the ring is not full: move the element into it
 *   park     wait in sendq until a peer takes the element
 *
 * A receive mirrors it. If the ring is full and senders are parked, a receiver takes the
 * head of the ring, and the element of the first parked sender moves to its tail. A channel
 * of capacity 0 runs the same code: its ring is always both empty and full, so a receiver
 * takes the element directly from a parked sender.
 *
 * Functions named chan_*_try_locked() only change state: they do not sleep, allocate or
 * access user memory. Elements live in slots (elem.h), parked operations are waiters
 * (waiter.h), and returned elements are requeued (requeue.h).
 *
 * A channel that is fed by a clock has a ticker instead of a ring and senders: see
 * ticker.c.
 *
 * Invariants
 * ----------
 * These hold whenever the lock is free. With CHAN_DEBUG, chan_hchan_check_locked() checks
 * them before every unlock. "Parked" means a waiter whose parker is CHAN_PARKED. A waiter
 * whose parker was claimed elsewhere may stay queued until its owner dequeues it.
 *
 * [I1] qcount <= dataqsiz (G8)
 * [I2] A receiver is parked only if there is nothing to receive: ring and requeue are
 *	empty, and no sender is parked, except by the same select.
 * [I3] A sender is parked only if the ring is full and no receiver is parked, except by
 *	the same select. A close in progress is exempt.
 * [I4] Nothing parks on a closed channel, and nothing is parked once the close has
 *	returned. In between, parked senders can only be completed with EPIPE. closed
 *	never changes again (G6).
 * [I5] An element is in exactly one slot: of its sender, the ring, the requeue, or its
 *	receiver. It changes slots only under the lock, or when the task itself copies it
 *	from or to user memory (G3). Straight between user memory and the ring (direct.h), it
 *	is copied under the lock, and counts as moved once all of it is copied.
 * [I6] From recvx on, the ring holds elements in the order they were sent, all of them
 *	sent before those of parked senders. Requeued elements are in order of their
 *	sequence numbers (G1).
 * [I7] There are at least as many records as elements on their way to a receiver (requeue.h).
 * [I8] A parker has at most one waiter in a queue.
 *
 * Locking
 * -------
 * Lock order, outer to inner:
 *
 *   1. hchan.lock; a select holds several, in order of their addresses (select.c)
 *   2. chan_ticker.lock: raw, with interrupts off (ticker.c)
 *
 * chan_hchan_list_lock (lifetime.c), pollwq.lock, locks of tasks and chan_user_lock are
 * taken with neither of these held.
 *
 * hchan.lock is a spinlock, so the work under it is bounded. Each hold moves at most
 * CHAN_ELEM_BATCH elements, completes at most as many operations, and dequeues at most
 * CHAN_WAITQ_SCAN stale waiters of a queue. It never covers an allocation, a page fault, a
 * sleep, or a wakeup (wake.h); and of user memory only one element, with page faults disabled
 * (direct.h).
 *
 * The kernel-doc of struct hchan names the protection of each field.
 *
 * Named barriers
 * --------------
 * CHAN_BARRIER_COMPLETE: see waiter.h. CHAN_BARRIER_PARK: see wake.h.
 * CHAN_BARRIER_POLL: see poll.c.
 *
 * CHAN_BARRIER_MADE: a reader that sees rights, which a nil channel lacks, also sees the
 * fields that CHAN_IOC_MAKE has set.
 *
 *   MAKE                                   any operation
 *   ----                                   -------------
 *   elemsize = ...; buf = ...              rights? (acquire)
 *   rights = ... (release)                 read elemsize, buf
 *
 * Memory order (G7): the lock orders a send before the receive that takes its element
 * from the ring, and a receive before the send that reuses its slot. If a task was
 * parked, CHAN_BARRIER_COMPLETE orders it after the peer that completed it.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/sched.h>

#include "elem.h"
#include "hchan.h"
#include "paths.h"

/* Maximum number of operations that one run of a close completes. */
#ifndef CHAN_CLOSE_RUN
#define CHAN_CLOSE_RUN	CHAN_WAKE_TASKS
#endif

#ifdef CHAN_DEBUG
/* Returns the first parker in a queue that is still parked, or NULL. */
static struct chan_parker *chan_waitq_parker(struct chan_waitq *q)
{
	struct chan_waiter *w;

	list_for_each_entry(w, &q->list, node) {
		if (atomic_read(&w->parker->state) == CHAN_PARKED)
			return w->parker;
	}
	return NULL;
}

/**
 * chan_hchan_check_locked() - check the invariants before an unlock
 * @ch: the channel
 *
 * Context: ch->lock held.
 */
void chan_hchan_check_locked(struct hchan *ch)
{
	unsigned long flags = chan_recvq_lock(ch);
	struct chan_parker *receiver = chan_waitq_parker(&ch->recvq);
	struct chan_parker *sender = chan_waitq_parker(&ch->sendq);

	lockdep_assert_held(&ch->lock);
	WARN_ON_ONCE(ch->ring.qcount > ch->ring.dataqsiz);
	WARN_ON_ONCE(receiver && (ch->ring.qcount || ch->requeue.n));
	WARN_ON_ONCE(sender && !ch->closed && !chan_ring_full(&ch->ring));
	WARN_ON_ONCE(receiver && sender && !ch->closed && receiver != sender);
	chan_recvq_unlock(ch, flags);
}
#endif

/**
 * chan_hchan_grow_requeue() - allocate records so that one can be reserved
 * @ch: the channel
 *
 * Doubles the pool, but adds at most CHAN_ELEM_BATCH records.
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: 0, or -ENOMEM.
 */
int chan_hchan_grow_requeue(struct hchan *ch)
{
	unsigned int n = clamp_t(u64, READ_ONCE(ch->requeue.npool), 1, CHAN_ELEM_BATCH), i;
	struct chan_record *record;

	for (i = 0; i < n; i++) {
		record = chan_record_alloc(ch->ring.slotsize);
		if (!record)
			break;
		spin_lock(&ch->lock);
		chan_requeue_add_record(&ch->requeue, record);
		chan_hchan_unlock(ch);
	}
	return i ? 0 : -ENOMEM;
}

/**
 * chan_hchan_may_send_locked() - check whether a send would complete without parking
 * @ch: the channel
 *
 * Dequeues stale waiters: see chan_waitq_trim().
 *
 * Context: ch->lock held.
 * Return: true if so. A peer that makes it true may still be claimed elsewhere.
 */
bool chan_hchan_may_send_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return !chan_ring_full(&ch->ring) || ch->closed || chan_waitq_trim(&ch->recvq);
}

/**
 * chan_hchan_may_recv_locked() - check whether a receive would complete without parking
 * @ch: the channel
 *
 * Context: ch->lock held.
 * Return: see chan_hchan_may_send_locked().
 */
bool chan_hchan_may_recv_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	if (unlikely(ch->ticker))
		return ch->requeue.n || chan_ticker_ready(ch->ticker);
	return ch->ring.qcount || ch->requeue.n || ch->closed || chan_waitq_trim(&ch->sendq);
}

/**
 * chan_hchan_enqueue_locked() - enqueue the waiter of an operation
 * @ch: the channel
 * @send: true to send, false to receive
 * @w: the waiter; its parker is not claimed yet; a receive has reserved a record
 * @wake: deferred wakeups: a queued waiter makes the other side ready
 *
 * Context: ch->lock held.
 */
void chan_hchan_enqueue_locked(struct hchan *ch, bool send, struct chan_waiter *w,
			       struct chan_wake *wake)
{
	struct chan_waitq *q = send ? &ch->sendq : &ch->recvq;
	unsigned long flags;

	lockdep_assert_held(&ch->lock);
	if (send) {
		chan_waitq_add(q, w);
		ch->send_parks++;
		trace_chan_park(ch->id, send, q->count, w->parker->select);
		chan_wake_poll_locked(ch, wake, 1, 0);
		return;
	}
	flags = chan_recvq_lock(ch);
	trace_chan_park(ch->id, send, q->count + 1, w->parker->select);
	chan_waitq_add(q, w);
	chan_recvq_unlock(ch, flags);
	ch->recv_parks++;
	chan_wake_poll_locked(ch, wake, 0, 1);
}

/**
 * chan_hchan_dequeue_locked() - dequeue the waiter of an operation
 * @ch: the channel
 * @send: true to send, false to receive
 * @w: the waiter; may be dequeued already
 *
 * Context: ch->lock held.
 */
void chan_hchan_dequeue_locked(struct hchan *ch, bool send, struct chan_waiter *w)
{
	unsigned long flags;

	lockdep_assert_held(&ch->lock);
	if (send) {
		chan_waitq_remove(&ch->sendq, w);
		return;
	}
	flags = chan_recvq_lock(ch);
	chan_waitq_remove(&ch->recvq, w);
	chan_recvq_unlock(ch, flags);
}

/**
 * chan_hchan_trace_send_run() - trace each send of a run
 * @ch: the channel
 * @len: number of elements in the ring before
 * @n: length of the run
 *
 * Context: ch->lock held.
 */
void chan_hchan_trace_send_run(struct hchan *ch, u32 len, unsigned int n)
{
	while (n--)
		trace_chan_send(ch->id, CHAN_PATH_RING, ++len, 0, 0);
}

/* The same for the receives of a run. */
void chan_hchan_trace_recv_run(struct hchan *ch, u32 len, unsigned int n)
{
	while (n--)
		trace_chan_recv(ch->id, CHAN_PATH_RING, --len, 0, 0);
}

/**
 * chan_hchan_trace_woken() - slow path of chan_hchan_trace_wake(): an event is enabled
 * @ch: the channel
 * @w: the waiter that was completed, or else the only one of the task
 * @send: true if it was to send
 * @result: of the operation, or why none was completed
 *
 * Context: Process context, no lock needed.
 */
void chan_hchan_trace_woken(struct hchan *ch, const struct chan_waiter *w, bool send, int result)
{
	u64 parked = chan_parker_age(w->parker);
	/* Racy without the lock: any recent length will do. */
	u32 len = data_race(ch->ring.qcount);

	trace_chan_wake(ch->id, send, result, parked);
	if (send && !result)
		trace_chan_send(ch->id, CHAN_PATH_PARK, len, w->peer, parked);
	if (!send && result == 1)
		trace_chan_recv(ch->id, CHAN_PATH_PARK, len, w->peer, parked);
}

/*
 * Requeue one element: hand it off to the first parked receiver, or else store it in a
 * record. Returns 0, or -ESTALE: release the lock and retry.
 */
static int chan_hchan_requeue_locked(struct hchan *ch, const void *slot, u64 seq,
				     struct chan_wake *wake)
{
	unsigned long flags = chan_recvq_lock(ch);
	bool dropped = unlikely(ch->ticker) && chan_ticker_is_past(ch->ticker, seq);
	pid_t pid = dropped ? 0 : chan_recv_complete_locked(ch, slot, seq, wake);

	chan_recvq_unlock(ch, flags);
	if (pid < 0)
		return pid;
	ch->requeues++;
	if (dropped) {
		ch->recvs.ring++;
	} else if (!pid) {
		chan_requeue_insert(&ch->requeue, slot, seq);
		chan_wake_poll_locked(ch, wake, 1, 0);
	}
	chan_requeue_settle(&ch->requeue, 1);
	trace_chan_requeue(ch->id, ch->requeue.n, pid);
	return 0;
}

/**
 * chan_hchan_requeue() - requeue received elements
 * @ch: the channel
 * @elem: the elements; their slots are empty afterwards
 * @seqs: their sequence numbers
 * @from: index of the first one to requeue
 * @to: index after the last one
 *
 * Elements that other tasks have received in the meantime have overtaken them. Ticks of an
 * earlier setting are dropped.
 *
 * Context: May sleep. Takes and releases ch->lock.
 */
void chan_hchan_requeue(struct hchan *ch, const struct chan_elem *elem,
			const u64 *seqs, unsigned int from, unsigned int to)
{
	struct chan_wake wake __uninitialized;
	int err;

	chan_wake_init(&wake);
	while (from < to) {
		spin_lock(&ch->lock);
		do {
			err = chan_hchan_requeue_locked(ch, elem->slots + from * ch->ring.slotsize,
							seqs[from], &wake);
		} while (!err && ++from < to);
		chan_hchan_unlock(ch);
		chan_wake_run(&wake, &ch->pollwq);
	}
}

/* Complete operations parked in a queue. Returns true if the run is full: there may be more. */
static bool chan_hchan_complete_closed_locked(struct hchan *ch, struct chan_waitq *q,
					      int result, struct chan_wake *wake)
{
	struct chan_waiter *w;

	lockdep_assert_held(&ch->lock);
	while (wake->ntasks < CHAN_CLOSE_RUN) {
		w = chan_waitq_claim(q);
		if (!w)
			return false;
		if (IS_ERR(w))
			break;
		chan_waiter_complete(w, result, wake);
	}
	return true;
}

/* One run of a close. Returns true if there may be more operations to complete. */
static bool chan_hchan_close_run(struct hchan *ch, struct chan_wake *wake)
{
	unsigned long flags;
	bool more;

	flags = chan_recvq_lock(ch);
	more = chan_hchan_complete_closed_locked(ch, &ch->recvq, 0, wake);
	chan_recvq_unlock(ch, flags);
	return more || chan_hchan_complete_closed_locked(ch, &ch->sendq, -EPIPE, wake);
}

/**
 * chan_hchan_close() - close a channel
 * @ch: the channel, made
 * @cause: CHAN_CLOSED_*
 *
 * Parked receivers find the channel closed, parked senders get -EPIPE. They are completed
 * in bounded runs. Between two runs the lock is released and tasks are woken. A task that
 * no run has reached yet can still end its own wait.
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: 0, or -EPIPE if already closed; the first cause stays.
 */
int chan_hchan_close(struct hchan *ch, u32 cause)
{
	struct chan_wake wake __uninitialized;
	bool more;

	chan_wake_init(&wake);
	spin_lock(&ch->lock);
	if (ch->closed) {
		chan_hchan_unlock(ch);
		return -EPIPE;
	}
	ch->closed = cause;
	trace_chan_close(ch->id, cause, ch->recvq.count, ch->sendq.count);
	/* CHAN_BARRIER_POLL */
	wake.closed = waitqueue_active(&ch->pollwq);
	for (;;) {
		more = chan_hchan_close_run(ch, &wake);
		chan_hchan_unlock(ch);
		chan_wake_run(&wake, &ch->pollwq);
		if (!more)
			return 0;
		cond_resched();
		spin_lock(&ch->lock);
	}
}
