// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations of one element on one channel: try, else park.
 */
#include <linux/errno.h>
#include <linux/sched.h>

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
 * chan_hchan_send() - send an element
 * @ch: the channel, made
 * @slot: the element; empty afterwards on success
 * @begun: the call has already sent elements
 * @deadline: how long to wait
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: 0, -EPIPE, -EAGAIN, -ETIMEDOUT or -ERESTARTSYS.
 */
int chan_hchan_send(struct hchan *ch, void *slot, bool begun, const struct chan_deadline *deadline)
{
	struct chan_wake wake __uninitialized;
	struct chan_park park __uninitialized;
	int err;

	chan_wake_init(&wake);
	do {
		spin_lock(&ch->lock);
		err = chan_send_try_locked(ch, slot, &wake);
		if (err == -EAGAIN && !deadline->now) {
			chan_park_init(&park, true, slot, begun, deadline);
			return chan_park_wait(ch, &park, &wake, deadline);
		}
		chan_hchan_unlock(ch);
		chan_wake_run(&wake, &ch->pollwq);
	} while (err == -ESTALE);
	return err;
}

/* Park current with a receive. Called with ch->lock held. Returns as chan_hchan_recv(). */
static int chan_recv_park(struct hchan *ch, void *slot, u64 *seq, bool begun,
			  struct chan_wake *wake, const struct chan_deadline *deadline)
	__releases(&ch->lock)
{
	struct chan_park park __uninitialized;
	int got;

	chan_park_init(&park, false, slot, begun, deadline);
	got = chan_park_wait(ch, &park, wake, deadline);
	if (!got)
		chan_requeue_settle(&ch->requeue, 1);
	*seq = park.w.seq;
	return got;
}

/**
 * chan_hchan_recv() - receive an element
 * @ch: the channel, made
 * @slot: where the element goes; a record is reserved for it
 * @seq: result: its sequence number
 * @begun: the call has already received elements
 * @deadline: how long to wait
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: 1; 0 if the channel is closed and drained; or -EAGAIN, -ETIMEDOUT, -ERESTARTSYS or
 * -ENOMEM.
 */
int chan_hchan_recv(struct hchan *ch, void *slot, u64 *seq, bool begun,
		    const struct chan_deadline *deadline)
{
	struct chan_wake wake __uninitialized;
	int got;

	chan_wake_init(&wake);
	do {
		spin_lock(&ch->lock);
		got = chan_recv_try_locked(ch, slot, seq, &wake);
		if (got == -EAGAIN && !deadline->now) {
			if (chan_requeue_reserve(&ch->requeue))
				return chan_recv_park(ch, slot, seq, begun, &wake, deadline);
			got = -ENOBUFS;
		}
		chan_hchan_unlock(ch);
		chan_wake_run(&wake, &ch->pollwq);
		if (got == -ENOBUFS)
			got = chan_hchan_grow_requeue(ch) ?: -ESTALE;
	} while (got == -ESTALE);
	return got;
}
