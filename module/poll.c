// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness for poll, select and epoll. A side is ready if an operation on it would not
 * wait. A file reports a side only if it has the right for it.
 *
 * Readiness is a snapshot: another task may be faster. A waiter whose parker was just
 * claimed elsewhere counts until its owner dequeues it. A task's own waiter does not make
 * the channel ready for the task itself: see select.c.
 *
 * CHAN_BARRIER_POLL: a poller registers before it checks the state, and a change checks
 * for pollers after it is made. Both checks are under the lock, so whichever critical
 * section comes first, the other side sees it:
 *
 *   change                                 poller
 *   ------                                 ------
 *   lock                                   poll_wait(): add to pollwq
 *   change the state                       lock
 *   waitqueue_active(pollwq)?              read the state
 *   unlock                                 unlock
 *   if so, wake it
 *
 * If the change comes first, the poller reads the new state. If the poller comes first, it
 * has registered before its unlock, so the change sees it and wakes it. If the poller
 * checked without the lock, both could miss.
 *
 * Both sides share one wait queue. The key of a wakeup names the side that changed, so a
 * poller of one side sleeps through changes of the other. epoll adds EPOLLHUP and EPOLLERR
 * to every interest, so only a close, and the receive that drains a closed channel, have
 * them in their key. A nil channel already has its wait queue: its pollers are woken when
 * it is made.
 */
#include "file.h"

/* Skips the caller's own waiter in sendq, and records that for a select (chan_waitq_others()). */
static bool chan_poll_may_recv_locked(struct hchan *ch)
{
	lockdep_assert_held(&ch->lock);
	if (unlikely(ch->ticker))
		return ch->requeue.n || chan_ticker_ready(ch->ticker);
	return ch->ring.qcount || ch->requeue.n || ch->closed || chan_waitq_others(&ch->sendq);
}

/**
 * chan_poll() - report which operations would not wait
 * @file: the file
 * @wait: poll table to register with; may be NULL
 *
 * Context: May sleep. Takes and releases ch->lock.
 * Return: EPOLL* events.
 */
__poll_t chan_poll(struct file *file, struct poll_table_struct *wait)
{
	struct chan_file *cf = file->private_data;
	struct hchan *ch = cf->ch;
	__poll_t recv = 0, send = 0;
	u32 rights;

	/* CHAN_BARRIER_POLL: register, then check */
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
	/* Event loops (libuv) treat a short read after EPOLLHUP as the end. */
	if (chan_hchan_drained_locked(ch))
		recv |= EPOLLHUP;
	spin_unlock(&ch->lock);

	rights = cf->rights & ch->rights;
	return (rights & CHAN_RIGHT_RECV ? recv : 0) | (rights & CHAN_RIGHT_SEND ? send : 0);
}
