/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The paths of an element through its channel: handoff, ring, and park. See the banner of
 * hchan.c.
 *
 * These functions only change state: they do not sleep, allocate or access user memory.
 * Every element passes through them, so they are inlined into the operations (blocking.c,
 * select.c).
 */
#ifndef _CHAN_PATHS_H
#define _CHAN_PATHS_H

#include "elem.h"
#include "hchan.h"

/*
 * Hand an element off to the first parked receiver; lock of recvq held. Returns the pid of
 * the receiver; 0: none is parked; -ESTALE: release the lock and retry.
 */
static inline pid_t chan_recv_complete_locked(struct hchan *ch, const void *slot, u64 seq,
					      struct chan_wake *wake)
{
	struct chan_waiter *w = chan_waitq_claim(&ch->recvq);
	pid_t pid;

	lockdep_assert_held(&ch->lock);
	if (!w)
		return 0;
	if (IS_ERR(w))
		return PTR_ERR(w);
	pid = chan_waiter_pid(w);
	chan_elem_move(w->slot, slot, ch->ring.slotsize);
	w->seq = seq;
	ch->recvs.park++;
	chan_waiter_complete(w, 1, wake);
	return pid;
}

/*
 * Claim the first parked sender; the caller moves its element. On a closed channel there is
 * none: the closer completes all senders.
 */
static inline struct chan_waiter *chan_send_claim_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	return unlikely(ch->closed) ? NULL : chan_waitq_claim(&ch->sendq);
}

/* Complete a claimed sender after its element was moved. Returns its pid. */
static inline pid_t chan_send_complete_locked(struct hchan *ch, struct chan_waiter *w,
					      struct chan_wake *wake)
{
	pid_t pid = chan_waiter_pid(w);

	lockdep_assert_held(&ch->lock);
	ch->sends.park++;
	chan_waiter_complete(w, 0, wake);
	return pid;
}

/**
 * chan_send_try_locked() - send one element without waiting
 * @ch: the channel
 * @slot: the element; empty afterwards on success
 * @wake: deferred wakeups; has space for one more task
 *
 * Context: ch->lock held.
 * Return: 0, -EPIPE, -EAGAIN; or -ESTALE: release the lock and retry.
 */
static __always_inline int chan_send_try_locked(struct hchan *ch, const void *slot,
						struct chan_wake *wake)
{
	pid_t pid;

	lockdep_assert_held(&ch->lock);
	if (ch->closed)
		return -EPIPE;
	pid = chan_recv_complete_locked(ch, slot, ch->next_seq, wake);
	if (pid > 0) {
		ch->next_seq++;
		ch->sends.handoff++;
		trace_chan_send(ch->id, CHAN_PATH_HANDOFF, ch->ring.qcount, pid, 0);
		return 0;
	}
	if (unlikely(pid))
		return pid;
	if (!chan_ring_full(&ch->ring)) {
		chan_ring_push(&ch->ring, slot);
		ch->sends.ring++;
		trace_chan_send(ch->id, CHAN_PATH_RING, ch->ring.qcount, 0, 0);
		chan_wake_poll_locked(ch, wake, 1, 0);
		return 0;
	}
	return -EAGAIN;
}

/* Take an element from the ring or from a parked sender. Sets *seq. */
static inline int chan_recv_take_locked(struct hchan *ch, void *slot, u64 *seq,
					struct chan_wake *wake)
{
	struct chan_waiter *w = chan_send_claim_locked(ch);
	const bool ring = ch->ring.qcount;
	pid_t pid = 0;

	lockdep_assert_held(&ch->lock);
	if (IS_ERR(w))
		return PTR_ERR(w);
	if (ring) {
		chan_ring_pop(&ch->ring, slot);
		if (w)
			chan_ring_push(&ch->ring, w->slot);
		else
			chan_wake_poll_locked(ch, wake, 0, 1);
	} else {
		if (!w)
			return ch->closed ? 0 : -EAGAIN;
		chan_elem_move(slot, w->slot, ch->ring.slotsize);
	}
	if (w)
		pid = chan_send_complete_locked(ch, w, wake);
	*seq = ch->next_seq++;
	*(ring ? &ch->recvs.ring : &ch->recvs.handoff) += 1;
	trace_chan_recv(ch->id, ring ? CHAN_PATH_RING : CHAN_PATH_HANDOFF, ch->ring.qcount, pid, 0);
	return 1;
}

/**
 * chan_recv_try_locked() - receive one element without waiting
 * @ch: the channel
 * @slot: where the element goes; on success a record is reserved for it
 * @seq: result: its sequence number
 * @wake: deferred wakeups; has space for one more task
 *
 * Context: ch->lock held.
 * Return: 1; 0 if the channel is closed and drained; -EAGAIN; or, to release the lock and
 * retry, -ESTALE, or -ENOBUFS (call chan_hchan_grow_requeue() first).
 */
static __always_inline int chan_recv_try_locked(struct hchan *ch, void *slot, u64 *seq,
						struct chan_wake *wake)
{
	int got;

	lockdep_assert_held(&ch->lock);
	if (unlikely(ch->requeue.n)) {
		chan_requeue_take(&ch->requeue, slot, seq);
		ch->recvs.ring++;
		chan_wake_poll_locked(ch, wake, 0, 0);
		trace_chan_recv(ch->id, CHAN_PATH_RING, ch->ring.qcount, 0, 0);
		return 1;
	}
	if (!ch->ring.qcount && !ch->sendq.count && !ch->ticker)
		return ch->closed ? 0 : -EAGAIN;
	if (!chan_requeue_reserve(&ch->requeue))
		return -ENOBUFS;
	if (unlikely(ch->ticker))
		got = chan_ticker_recv(ch->ticker, slot, seq);
	else
		got = chan_recv_take_locked(ch, slot, seq, wake);
	if (unlikely(got <= 0))
		chan_requeue_cancel(&ch->requeue);
	return got;
}

/* Account for elements that were moved into the ring; no receiver is parked. */
static __always_inline void chan_send_pushed_locked(struct hchan *ch, unsigned int n)
{
	const u32 len = ch->ring.qcount;

	lockdep_assert_held(&ch->lock);
	chan_ring_pushed(&ch->ring, n);
	ch->sends.ring += n;
	if (trace_chan_send_enabled())
		chan_hchan_trace_send_run(ch, len, n);
}

/* Account for elements that were moved out of the ring; no sender is parked. */
static __always_inline void chan_recv_popped_locked(struct hchan *ch, unsigned int n)
{
	const u32 len = ch->ring.qcount;

	lockdep_assert_held(&ch->lock);
	chan_ring_popped(&ch->ring, n);
	ch->next_seq += n;
	ch->recvs.ring += n;
	if (trace_chan_recv_enabled())
		chan_hchan_trace_recv_run(ch, len, n);
}

/**
 * chan_send_run_locked() - move a run of elements into the ring
 * @ch: the channel
 * @slots: @n elements; those sent are empty afterwards
 * @n: 1 to chan_elem_batch()
 * @wake: deferred wakeups
 *
 * Context: ch->lock held.
 * Return: number of elements sent, from the first one on; 0 if the channel is closed, its ring
 * full or a receiver parked: the next send is one for chan_send_try_locked().
 */
static inline unsigned int chan_send_run_locked(struct hchan *ch, const void *slots, unsigned int n,
						struct chan_wake *wake)
{
	lockdep_assert_held(&ch->lock);
	if (ch->closed | ch->recvq.count)
		return 0;
	n = min(n, ch->ring.dataqsiz - ch->ring.qcount);
	if (!n)
		return 0;
	chan_ring_copy_in(&ch->ring, slots, n);
	chan_send_pushed_locked(ch, n);
	chan_wake_poll_locked(ch, wake, n, 0);
	return n;
}

/**
 * chan_recv_run_locked() - move a run of elements out of the ring
 * @ch: the channel
 * @slots: @n empty slots
 * @seqs: result: sequence numbers of the received elements; a record is reserved for each
 * @n: 1 to chan_elem_batch()
 * @wake: deferred wakeups
 *
 * Context: ch->lock held.
 * Return: number of elements received; 0 if there is none in the ring, elements were requeued,
 * a sender is parked or records are missing: the next receive is one for chan_recv_try_locked().
 */
static inline unsigned int chan_recv_run_locked(struct hchan *ch, void *slots, u64 *seqs,
						unsigned int n, struct chan_wake *wake)
{
	unsigned int i;

	lockdep_assert_held(&ch->lock);
	if (!ch->ring.qcount || (ch->requeue.n | ch->sendq.count))
		return 0;
	n = chan_requeue_reserve_run(&ch->requeue, min(n, ch->ring.qcount));
	if (!n)
		return 0;
	chan_ring_copy_out(&ch->ring, slots, n);
	for (i = 0; i < n; i++)
		seqs[i] = ch->next_seq + i;
	chan_recv_popped_locked(ch, n);
	chan_wake_poll_locked(ch, wake, 0, n);
	return n;
}

#endif /* _CHAN_PATHS_H */
