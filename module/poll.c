// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness for poll, select and epoll. A side is ready when an operation on it
 * would not wait; the events of a side show only on a file that has its right.
 *
 * Readiness is a snapshot: another task may be faster. A waiter whose task was just
 * claimed elsewhere still counts until that task removes it.
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
#include "poll.h"

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
	if (ch->qcount || ch->nrequeued || ch->sendq.count || ch->closed)
		recv |= EPOLLIN | EPOLLRDNORM;
	if (ch->qcount < ch->dataqsiz || ch->recvq.count || ch->closed)
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

/**
 * chan_poll_wake_recv() - tell pollers that receives may go through now
 * @ch: the channel
 * @n: how many: so many of those that poll exclusively are told
 *
 * Context: no lock held.
 */
void chan_poll_wake_recv(struct hchan *ch, int n)
{
	__wake_up(&ch->pollwq, TASK_NORMAL, n, poll_to_key(EPOLLIN | EPOLLRDNORM));
}

/**
 * chan_poll_wake_send() - tell pollers that sends may go through now
 * @ch: the channel
 * @n: how many: so many of those that poll exclusively are told
 *
 * Context: no lock held.
 */
void chan_poll_wake_send(struct hchan *ch, int n)
{
	__wake_up(&ch->pollwq, TASK_NORMAL, n, poll_to_key(EPOLLOUT | EPOLLWRNORM));
}

/**
 * chan_poll_wake_all() - wake all pollers: made, closed, or closed and drained
 * @ch: the channel
 *
 * Context: no lock held.
 */
void chan_poll_wake_all(struct hchan *ch)
{
	__wake_up(&ch->pollwq, TASK_NORMAL, 0,
		  poll_to_key(EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP |
			      EPOLLOUT | EPOLLWRNORM | EPOLLERR));
}
