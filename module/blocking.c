// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocking operations on one channel: try, else park.
 */
#include <linux/errno.h>
#include <linux/sched.h>

#include "elem.h"
#include "hchan.h"
#include "paths.h"

/**
 * struct chan_park - an operation parked on one channel
 * @s: the calling task
 * @w: its waiter
 * @send: true to send, false to receive
 */
struct chan_park {
	struct chan_sleeper	s;
	struct chan_waiter	w;
	bool			send;
};

/*
 * End a wait that no peer has ended yet. Returns 0 if a peer was faster, else @err. A peer
 * claims and completes in one critical section, so under the lock it has done both or
 * neither. A tick that is due at the deadline is received.
 */
static int chan_park_cancel(struct hchan *ch, struct chan_park *park, int err)
{
	struct chan_waiter *w = &park->w;

	spin_lock(&ch->lock);
	chan_hchan_dequeue_locked(ch, park->send, w);
	if (!chan_parker_claim(&park->s.parker)) {
		err = 0;
	} else if (unlikely(ch->ticker) && err == -ETIMEDOUT &&
		   chan_ticker_recv(ch->ticker, w->slot, &w->seq) > 0) {
		w->result = 1;
		err = 0;
	} else if (!park->send) {
		chan_requeue_cancel(&ch->requeue);
	}
	chan_hchan_unlock(ch);
	return err;
}

/*
 * Park current with one operation. Called with ch->lock held; waits with it released.
 * Returns the result of the operation, -ERESTARTSYS or -ETIMEDOUT.
 */
static int chan_park_wait(struct hchan *ch, struct chan_park *park, struct chan_wake *wake,
			  const struct chan_deadline *deadline)
	__releases(&ch->lock)
{
	int err;

	chan_hchan_enqueue_locked(ch, park->send, &park->w, wake);
	chan_hchan_unlock(ch);
	chan_wake_run(wake, &ch->pollwq);

	err = chan_sleeper_wait(&park->s, deadline);
	if (err)
		err = chan_park_cancel(ch, park, err);
	if (!err)
		err = park->w.result;
	chan_hchan_trace_wake(ch, &park->w, park->send, err);
	return err;
}

static void chan_park_init(struct chan_park *park, bool send, void *slot, bool begun,
			   const struct chan_deadline *deadline)
{
	chan_sleeper_init(&park->s, deadline);
	park->s.begun = begun;
	chan_waiter_init(&park->w, &park->s.parker, slot);
	park->send = send;
}

/**
 * chan_hchan_send() - send elements
 * @ch: the channel, made
 * @elem: @n elements; the slots of sent elements are empty afterwards
 * @n: 1 to chan_elem_batch()
 * @min: wait until this many are sent, 0 to @n
 * @begun: the call has already sent elements
 * @deadline: how long to wait
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: number of elements sent, from the first one on; if none, -EPIPE, -EAGAIN,
 * -ETIMEDOUT or -ERESTARTSYS.
 */
int chan_hchan_send(struct hchan *ch, struct chan_elem *elem, unsigned int n,
		    unsigned int min, bool begun, const struct chan_deadline *deadline)
{
	unsigned int done = 0;
	struct chan_wake wake __uninitialized;
	int err;

	chan_wake_init(&wake);
	while (done < n) {
		void *slot = elem->slots + done * ch->ring.slotsize;
		struct chan_park park __uninitialized;

		spin_lock(&ch->lock);
		err = chan_send_try_locked(ch, slot, &wake);
		while (!err && ++done < n) {
			slot += ch->ring.slotsize;
			err = chan_send_try_locked(ch, slot, &wake);
		}
		if (err != -EAGAIN || done >= min || deadline->now) {
			chan_hchan_unlock(ch);
			chan_wake_run(&wake, &ch->pollwq);
			if (err == -ESTALE)
				continue;
			break;
		}
		chan_park_init(&park, true, slot, begun || done, deadline);
		err = chan_park_wait(ch, &park, &wake, deadline);
		if (err)
			break;
		done++;
	}
	return done ? done : err;
}

/* Receive up to @n elements without waiting; adds to *done. Returns as chan_recv_try_locked(). */
static int chan_hchan_recv_locked(struct hchan *ch, struct chan_elem *elem, u64 *seqs,
				  unsigned int *done, unsigned int n, struct chan_wake *wake)
{
	void *slot = elem->slots + *done * ch->ring.slotsize;
	int got;

	lockdep_assert_held(&ch->lock);
	do {
		got = chan_recv_try_locked(ch, slot, &seqs[*done], wake);
		slot += ch->ring.slotsize;
	} while (got > 0 && ++*done < n);
	return got;
}

/**
 * chan_hchan_recv() - receive elements
 * @ch: the channel, made
 * @elem: @n empty slots; filled with the received elements
 * @seqs: result: sequence numbers of the received elements; a record is reserved for each
 * @n: 1 to chan_elem_batch()
 * @min: wait until this many are received, 0 to @n
 * @begun: the call has already received elements
 * @deadline: how long to wait
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: number of elements received; if none, 0 if the channel is closed and drained,
 * -EAGAIN, -ETIMEDOUT, -ERESTARTSYS or -ENOMEM.
 */
int chan_hchan_recv(struct hchan *ch, struct chan_elem *elem, u64 *seqs, unsigned int n,
		    unsigned int min, bool begun, const struct chan_deadline *deadline)
{
	struct chan_wake wake __uninitialized;
	unsigned int done = 0;
	int got;

	chan_wake_init(&wake);
	while (done < n) {
		struct chan_park park __uninitialized;

		spin_lock(&ch->lock);
		got = chan_hchan_recv_locked(ch, elem, seqs, &done, n, &wake);
		if (got == -EAGAIN && done < min && !deadline->now &&
		    !chan_requeue_reserve(&ch->requeue))
			got = -ENOBUFS;
		if (got != -EAGAIN || done >= min || deadline->now) {
			chan_hchan_unlock(ch);
			chan_wake_run(&wake, &ch->pollwq);
			if (got == -ENOBUFS)
				got = chan_hchan_grow_requeue(ch) ?: -ESTALE;
			if (got == -ESTALE)
				continue;
			break;
		}
		chan_park_init(&park, false, elem->slots + done * ch->ring.slotsize,
			       begun || done, deadline);
		got = chan_park_wait(ch, &park, &wake, deadline);
		if (!got)
			chan_requeue_settle(&ch->requeue, 1);
		if (got <= 0)
			break;
		seqs[done++] = park.w.seq;
	}
	return done ? done : got;
}
