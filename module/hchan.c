// SPDX-License-Identifier: GPL-2.0-only
/*
 * One channel: ring, wait queues, close.
 *
 * Overview
 * --------
 * A channel is a ring of @dataqsiz slots and two first-in first-out queues of
 * parked operations, all under one spinlock. A send takes the first way that is
 * open to it:
 *
 *   handoff  a receiver is parked: the element goes straight into its slot
 *   ring     there is room: the element goes into the ring
 *   park     else the sender waits in sendq until a peer takes its element
 *
 * and a receive mirrors it. When the ring is full and senders are parked, a
 * receiver takes the head of the ring, and the element of the first parked sender
 * moves to its tail. A channel of capacity 0 runs the same code; its ring is always
 * empty and full at once, so a receiver takes straight from a parked sender.
 *
 * The functions named chan_*_try_locked() change the state and nothing else: they
 * do not sleep, allocate, or know user memory. Elements are slots (elem.h) and
 * parked operations are waiters (waiter.h).
 *
 * A receiver that was given an element but cannot take it (its buffer faults, or
 * it is being killed) gives it back. Returned elements wait in a list before the
 * ring, ordered by seq: the order in which they were taken out. They are received
 * first, and do not count as buffered.
 *
 * Invariants
 * ----------
 * They hold whenever the lock is free; chan_hchan_check_locked() checks them before
 * every unlock if the module is built with CHAN_DEBUG. "Parked" means a waiter whose
 * parker is CHAN_PARKED; a waiter that lost a race for its parker may stay in
 * a queue until its task removes it.
 *
 * [I1] qcount <= dataqsiz (G8)
 * [I2] A receiver is parked only if there is nothing to receive: the ring and the
 *	requeue are empty, and no sender is parked, other than by the same select.
 * [I3] A sender is parked only if the ring is full, and no receiver is parked, other
 *	than by the same select.
 * [I4] Nobody is parked on a closed channel; closed never changes again (G6).
 * [I5] An element is in one slot: of a task that sends it, of the ring, of the
 *	requeue, or of a task that receives it. Only moves under the lock, and
 *	the copies from and to user memory by the task itself, change which one (G3).
 * [I6] The elements in the ring, from recvx on, are in the order in which they were
 *	sent, all of them were sent before those of parked senders, and those of the
 *	requeue are in the order of their seqs (G1).
 *
 * Locking
 * -------
 * hchan.lock is a spinlock: what is done under it is a few moves in memory, and
 * never an allocation, a copy from or to user memory, a sleep, or a wake-up (those
 * come after: struct chan_wake). Parkers are claimed under it. Nothing is taken
 * inside it but, by select.c, the locks of other channels, in the order of their
 * addresses; pollwq.lock and chan_user_lock are taken without it. lifetime.c has the
 * list of all channels, whose lock is taken outside hchan.lock.
 *
 * Field protection
 * ----------------
 * constant once made (CHAN_BARRIER_MADE): dataqsiz, slotsize, elemsize, batch, buf,
 *	flags, type, user, rights, ticker; constant once allocated: id
 * lock: qcount, sendx, recvx, the slots of buf, closed, recvq, sendq, returned,
 *	nrequeued, seqs, all counters, senders, receivers, closers,
 *	writing rights
 * own lock or atomic: pollwq, refs; node: the lock of the list of all channels
 *
 * Named barriers
 * --------------
 * CHAN_BARRIER_COMPLETE and CHAN_BARRIER_PARK: see waiter.h.
 *
 * CHAN_BARRIER_MADE: who sees rights, which a nil channel has none of, sees what
 * CHAN_IOC_MAKE has set.
 *
 *   MAKE                                   any operation
 *   elemsize = ...; buf = ...              rights? (acquire)
 *   rights = ... (release)                 read elemsize, buf
 *
 * CHAN_BARRIER_POLL: see poll.c.
 *
 * Memory order (G7): the lock orders a send before the receive that takes its
 * element from the ring, and a receive before the send that takes its room; where a
 * task was parked, CHAN_BARRIER_COMPLETE orders it after the peer that completed it.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "elem.h"
#include "hchan.h"
#include "poll.h"

#ifdef CHAN_DEBUG
/* Who is parked first in a queue; NULL if nobody is. */
static struct chan_parker *chan_waitq_parker(struct chan_waitq *q)
{
	struct chan_waiter *w;

	list_for_each_entry(w, &q->list, node) {
		if (atomic_read(&w->parker->state) == CHAN_PARKED)
			return w->parker;
	}
	return NULL;
}

/* The invariants that can be checked. */
void chan_hchan_check_locked(struct hchan *ch)
{
	struct chan_parker *receiver = chan_waitq_parker(&ch->recvq);
	struct chan_parker *sender = chan_waitq_parker(&ch->sendq);

	lockdep_assert_held(&ch->lock);
	WARN_ON_ONCE(ch->qcount > ch->dataqsiz);
	WARN_ON_ONCE(receiver && (ch->qcount || ch->nrequeued));
	WARN_ON_ONCE(sender && ch->qcount < ch->dataqsiz);
	WARN_ON_ONCE(receiver && sender && receiver != sender);
	WARN_ON_ONCE(ch->closed && (receiver || sender));
}
#endif

/**
 * chan_wake_run_any() - the part of chan_wake_run() that has something to do
 * @ch: the channel that was changed
 * @wake: what was remembered under its lock; empty afterwards
 *
 * Context: no lock of a channel held; may sleep.
 */
void chan_wake_run_any(struct hchan *ch, struct chan_wake *wake)
{
	if (wake->claimed.first)
		chan_claimed_complete(&wake->claimed);
	if (wake->recv)
		chan_poll_wake_recv(ch, wake->recv);
	if (wake->send)
		chan_poll_wake_send(ch, wake->send);
	if (wake->closed)
		chan_poll_wake_all(ch);
	wake->recv = 0;
	wake->send = 0;
	wake->closed = false;
}

static void *chan_ring_slot(struct hchan *ch, u32 index)
{
	return ch->buf + (size_t)index * ch->slotsize;
}

static u32 chan_ring_next(struct hchan *ch, u32 index)
{
	return ++index == ch->dataqsiz ? 0 : index;
}

static void chan_ring_push_locked(struct hchan *ch, const void *slot)
{
	lockdep_assert_held(&ch->lock);
	chan_elem_move(chan_ring_slot(ch, ch->sendx), slot, ch->slotsize);
	ch->sendx = chan_ring_next(ch, ch->sendx);
	if (++ch->qcount > ch->maxlen)
		ch->maxlen = ch->qcount;
}

static void chan_ring_pop_locked(struct hchan *ch, void *slot)
{
	lockdep_assert_held(&ch->lock);
	chan_elem_move(slot, chan_ring_slot(ch, ch->recvx), ch->slotsize);
	ch->recvx = chan_ring_next(ch, ch->recvx);
	ch->qcount--;
}

/**
 * chan_recv_complete_locked() - give an element to the first parked receiver
 * @ch: the channel
 * @slot: the element; has left it if there is one
 * @seq: its seq
 * @wake: whom to wake
 *
 * Inline in this file, where elements pass by the million.
 *
 * Return: the receiver, or NULL.
 */
inline struct chan_waiter *chan_recv_complete_locked(struct hchan *ch, const void *slot,
						     u64 seq, struct chan_wake *wake)
{
	struct chan_waiter *w = chan_waitq_claim(&ch->recvq, &wake->claimed);

	lockdep_assert_held(&ch->lock);
	if (!w)
		return NULL;
	chan_elem_move(w->slot, slot, ch->slotsize);
	w->seq = seq;
	w->result = 1;
	w->peer = task_pid_nr(current);
	ch->recvs.park++;
	return w;
}

/* The first parked sender, if there is one; its element is the caller's to move. */
static struct chan_waiter *chan_send_complete_locked(struct hchan *ch, struct chan_wake *wake)
{
	struct chan_waiter *w = chan_waitq_claim(&ch->sendq, &wake->claimed);

	lockdep_assert_held(&ch->lock);
	if (!w)
		return NULL;
	w->result = 0;
	w->peer = task_pid_nr(current);
	ch->sends.park++;
	return w;
}

/**
 * chan_send_try_locked() - send one element without waiting
 * @ch: the channel
 * @slot: the element; has left it on success
 * @wake: whom to wake
 *
 * Inline in this file, where elements pass by the million.
 *
 * Return: 0, -EPIPE or -EAGAIN.
 */
inline int chan_send_try_locked(struct hchan *ch, const void *slot, struct chan_wake *wake)
{
	struct chan_waiter *w;

	lockdep_assert_held(&ch->lock);
	if (ch->closed)
		return -EPIPE;
	w = chan_recv_complete_locked(ch, slot, ch->next_seq, wake);
	if (w) {
		ch->next_seq++;
		ch->sends.handoff++;
		trace_chan_send(ch->id, CHAN_PATH_HANDOFF, ch->qcount, chan_waiter_pid(w), 0);
		return 0;
	}
	if (ch->qcount < ch->dataqsiz) {
		chan_ring_push_locked(ch, slot);
		ch->sends.ring++;
		trace_chan_send(ch->id, CHAN_PATH_RING, ch->qcount, 0, 0);
		chan_wake_poll_locked(ch, wake, 1, 0);
		return 0;
	}
	return -EAGAIN;
}

/**
 * chan_recv_try_locked() - receive one element without waiting
 * @ch: the channel
 * @slot: where the element goes
 * @seq: its seq, for chan_hchan_requeue()
 * @wake: whom to wake
 *
 * Inline in this file, where elements pass by the million.
 *
 * Return: 1, 0 if the channel is closed and drained, or -EAGAIN.
 */
inline int chan_recv_try_locked(struct hchan *ch, void *slot, u64 *seq, struct chan_wake *wake)
{
	struct chan_waiter *w;

	lockdep_assert_held(&ch->lock);
	if (unlikely(ch->nrequeued)) {
		chan_requeue_take_locked(ch, slot, seq);
		ch->recvs.ring++;
		chan_wake_poll_locked(ch, wake, 0, 0);
		trace_chan_recv(ch->id, CHAN_PATH_RING, ch->qcount, 0, 0);
		return 1;
	}
	if (ch->qcount) {
		chan_ring_pop_locked(ch, slot);
		ch->recvs.ring++;
		w = chan_send_complete_locked(ch, wake);
		if (w)
			chan_ring_push_locked(ch, w->slot);
		else
			chan_wake_poll_locked(ch, wake, 0, 1);
		*seq = ch->next_seq++;
		trace_chan_recv(ch->id, CHAN_PATH_RING, ch->qcount,
				w ? chan_waiter_pid(w) : 0, 0);
		return 1;
	}
	w = chan_send_complete_locked(ch, wake);
	if (w) {
		chan_elem_move(slot, w->slot, ch->slotsize);
		ch->recvs.handoff++;
		*seq = ch->next_seq++;
		trace_chan_recv(ch->id, CHAN_PATH_HANDOFF, ch->qcount, chan_waiter_pid(w), 0);
		return 1;
	}
	return ch->closed ? 0 : -EAGAIN;
}

/**
 * chan_hchan_enqueue_locked() - put an operation into its queue
 * @ch: the channel
 * @q: its sendq or recvq
 * @w: the operation, of a parker that is not yet claimed
 * @wake: whom to wake: a parked operation is what the other side waits for
 */
void chan_hchan_enqueue_locked(struct hchan *ch, struct chan_waitq *q, struct chan_waiter *w,
			       struct chan_wake *wake)
{
	lockdep_assert_held(&ch->lock);
	chan_waitq_add(q, w);
	trace_chan_park(ch->id, q == &ch->sendq, q->count, w->parker->select);
	if (q == &ch->sendq) {
		ch->send_parks++;
		chan_wake_poll_locked(ch, wake, 1, 0);
	} else {
		ch->recv_parks++;
		chan_wake_poll_locked(ch, wake, 0, 1);
	}
}

/**
 * chan_hchan_trace_woken() - the part of chan_hchan_trace_wake() that has something to tell
 * @ch: the channel
 * @w: the operation that was completed, or the only one the task was parked with
 * @send: it was to send
 * @result: of the operation, or why none was completed
 */
void chan_hchan_trace_woken(struct hchan *ch, const struct chan_waiter *w, bool send, int result)
{
	u64 parked = chan_parker_age(w->parker);
	/* No lock is held, and it may be another already when it is told. */
	u32 len = data_race(ch->qcount);

	trace_chan_wake(ch->id, send, result, parked);
	if (send && !result)
		trace_chan_send(ch->id, CHAN_PATH_PARK, len, w->peer, parked);
	if (!send && result == 1)
		trace_chan_recv(ch->id, CHAN_PATH_PARK, len, w->peer, parked);
}

/*
 * Park the calling task with one operation on one channel, the lock held, and wait
 * with it released. Returns the operation's result, -ERESTARTSYS or -ETIMEDOUT.
 */
static int chan_hchan_park(struct hchan *ch, struct chan_waitq *q, void *slot, u64 *seq,
			   struct chan_wake *wake, const struct chan_deadline *deadline)
	__releases(&ch->lock)
{
	struct chan_parker p;
	struct chan_waiter w;
	int err;

	chan_parker_init(&p, deadline);
	chan_waiter_init(&w, &p, slot);
	chan_hchan_enqueue_locked(ch, q, &w, wake);
	chan_hchan_unlock(ch);
	chan_wake_run(ch, wake);

	err = chan_parker_wait(&p, deadline);
	if (err) {
		spin_lock(&ch->lock);
		chan_waitq_remove(q, &w);
		chan_hchan_unlock(ch);
	} else {
		*seq = w.seq;
		err = w.result;
	}
	chan_hchan_trace_wake(ch, &w, q == &ch->sendq, err);
	return err;
}

/**
 * chan_hchan_send() - send elements
 * @ch: the channel, made
 * @elem: @n elements; those that are sent have left their slots
 * @n: 1 to chan_elem_batch()
 * @min: wait until this many are sent, 0 to @n
 * @deadline: how long to wait
 *
 * Context: may sleep.
 * Return: how many were sent, from the first one on; or if none was, -EPIPE,
 * -EAGAIN, -ETIMEDOUT or -ERESTARTSYS.
 */
int chan_hchan_send(struct hchan *ch, struct chan_elem *elem, unsigned int n,
		    unsigned int min, const struct chan_deadline *deadline)
{
	struct chan_wake wake = {};
	unsigned int done = 0;
	u64 seq;
	int err;

	while (done < n) {
		spin_lock(&ch->lock);
		do {
			err = chan_send_try_locked(ch, elem->slots + done * ch->slotsize, &wake);
		} while (!err && ++done < n);
		if (err != -EAGAIN || done >= min || deadline->now) {
			chan_hchan_unlock(ch);
			chan_wake_run(ch, &wake);
			break;
		}
		err = chan_hchan_park(ch, &ch->sendq, elem->slots + done * ch->slotsize,
				      &seq, &wake, deadline);
		if (err)
			break;
		done++;
	}
	return done ? done : err;
}

/**
 * chan_hchan_recv() - receive elements
 * @ch: the channel, made
 * @elem: @n empty slots; those of the elements that are received are filled
 * @seqs: of the elements that are received, for chan_hchan_requeue()
 * @n: 1 to chan_elem_batch()
 * @min: wait until this many are received, 0 to @n
 * @deadline: how long to wait
 *
 * Context: may sleep.
 * Return: how many were received; or if none was, 0 if the channel is closed and
 * drained, -EAGAIN, -ETIMEDOUT or -ERESTARTSYS.
 */
int chan_hchan_recv(struct hchan *ch, struct chan_elem *elem, u64 *seqs, unsigned int n,
		    unsigned int min, const struct chan_deadline *deadline)
{
	struct chan_wake wake = {};
	unsigned int done = 0;
	int got;

	while (done < n) {
		spin_lock(&ch->lock);
		do {
			got = chan_recv_try_locked(ch, elem->slots + done * ch->slotsize,
						   &seqs[done], &wake);
		} while (got > 0 && ++done < n);
		if (got != -EAGAIN || done >= min || deadline->now) {
			chan_hchan_unlock(ch);
			chan_wake_run(ch, &wake);
			break;
		}
		got = chan_hchan_park(ch, &ch->recvq, elem->slots + done * ch->slotsize,
				      &seqs[done], &wake, deadline);
		if (got <= 0)
			break;
		done++;
	}
	return done ? done : got;
}

static void chan_hchan_complete_closed_locked(struct hchan *ch, struct chan_waitq *q,
					      int result, struct chan_wake *wake)
{
	struct chan_waiter *w;

	lockdep_assert_held(&ch->lock);
	while ((w = chan_waitq_claim(q, &wake->claimed)))
		w->result = result;
}

/**
 * chan_hchan_close() - close a channel
 * @ch: the channel, made
 * @cause: CHAN_CLOSED_*
 *
 * Parked receivers find the channel closed, parked senders get -EPIPE.
 *
 * Context: may sleep.
 * Return: 0, or -EPIPE if it is closed already; the first cause stays.
 */
int chan_hchan_close(struct hchan *ch, u32 cause)
{
	struct chan_wake wake = {};

	spin_lock(&ch->lock);
	if (ch->closed) {
		chan_hchan_unlock(ch);
		return -EPIPE;
	}
	ch->closed = cause;
	trace_chan_close(ch->id, cause, ch->recvq.count, ch->sendq.count);
	chan_hchan_complete_closed_locked(ch, &ch->recvq, 0, &wake);
	chan_hchan_complete_closed_locked(ch, &ch->sendq, -EPIPE, &wake);
	/* CHAN_BARRIER_POLL */
	wake.closed = waitqueue_active(&ch->pollwq);
	chan_hchan_unlock(ch);
	chan_wake_run(ch, &wake);
	return 0;
}
