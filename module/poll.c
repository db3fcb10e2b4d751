// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness for poll, select and epoll. A side is ready when an operation on it
 * would not wait; the events of a side show only on a file that has its right.
 *
 * Readiness is a snapshot: another task may be faster. A waiter whose parker was just
 * claimed elsewhere still counts until its owner removes it. A task's own waiter is no
 * readiness to the task itself: see select.c.
 *
 * CHAN_BARRIER_POLL: a poller registers before it looks, and a change looks for
 * pollers after it was made, each of the two looks under the lock. Whichever of
 * the critical sections comes first, the other side sees it:
 *
 *   change                                 poller
 *   lock                                   poll_wait(): onto pollwq
 *   change the state                       lock
 *   somebody on pollwq? remember           read the state
 *   unlock                                 unlock
 *   if so: wake them
 *
 * If the change comes first, the poller reads the new state. If the poller comes
 * first, its registration is before its unlock, so the change sees it and wakes it.
 * Without the lock around the poller's look, both could miss.
 *
 * Both sides share one wait queue, and what changed is the key of the wake-up, so that
 * who polls for one side sleeps through the other's. EPOLLHUP and EPOLLERR are in the
 * key of a close only, and of the receive that drains a closed channel: epoll adds them to
 * every interest. A nil channel has its wait queue already: who polls it is woken when it
 * is made.
 */
#include "file.h"

/* Looks at all that could be received, so that a select learns of its own waiter in sendq. */
static bool chan_poll_may_recv_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	if (unlikely(ch->ticker))
		return ch->requeue.n || chan_ticker_ready(ch->ticker);
	return ch->ring.qcount || ch->requeue.n || ch->closed || chan_waitq_others(&ch->sendq);
}

/**
 * chan_poll() - what would go through at once
 * @file: the file
 * @wait: where to register, or NULL inside
 *
 * Return: EPOLL* events.
 */
__poll_t chan_poll(struct file *file, struct poll_table_struct *wait)
{
	struct chan_file *cf = file->private_data;
	struct hchan *ch = cf->ch;
	__poll_t recv = 0, send = 0;
	u32 rights;

	/* CHAN_BARRIER_POLL: register, then look */
	poll_wait(file, &ch->pollwq, wait);
	if (!chan_hchan_made(ch))
		return 0;

	spin_lock(&ch->lock);
	if (chan_poll_may_recv_locked(ch))
		recv |= EPOLLIN | EPOLLRDNORM;
	if (!chan_ring_full(&ch->ring) || ch->closed || chan_waitq_others(&ch->recvq))
		send |= EPOLLOUT | EPOLLWRNORM;
	if (ch->closed) {
		recv |= EPOLLRDHUP;
		send |= EPOLLERR;
	}
	/* Event loops (libuv) take a short read after EPOLLHUP for the end. */
	if (chan_hchan_drained_locked(ch))
		recv |= EPOLLHUP;
	spin_unlock(&ch->lock);

	rights = cf->rights & ch->rights;
	return (rights & CHAN_RIGHT_RECV ? recv : 0) | (rights & CHAN_RIGHT_SEND ? send : 0);
}
