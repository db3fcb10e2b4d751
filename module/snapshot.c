// SPDX-License-Identifier: GPL-2.0-only
/*
 * State of channels: snapshots of one, iteration over all.
 */
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "hchan.h"

static void chan_hchan_info_locked(struct hchan *ch, struct chan_info *info)
{
	lockdep_assert_held(&ch->lock);
	info->rights = ch->rights ?: CHAN_RIGHTS_ALL;
	info->elemsize = ch->elemsize;
	info->cap = ch->ring.dataqsiz;
	info->flags = ch->flags;
	info->len = ch->ring.qcount;
	info->closed = ch->closed;
	info->senders = ch->senders;
	info->receivers = ch->receivers;
	info->sendq = ch->sendq.count;
	info->recvq = ch->recvq.count;
	info->requeued = ch->requeue.n;
	info->maxlen = ch->ring.maxlen;
	info->sends = ch->sends;
	info->recvs = ch->recvs;
	info->requeues = ch->requeues;
	info->send_parks = ch->send_parks;
	info->recv_parks = ch->recv_parks;
	memcpy(info->type, ch->type, sizeof(info->type));
}

/* Snapshot the operations parked in a queue, from its head on. Returns their number. */
static unsigned int chan_hchan_parked_locked(struct hchan *ch, const struct chan_waitq *q,
					     struct pid_namespace *ns,
					     struct chan_parked *parked, unsigned int max)
{
	struct chan_waiter *w;
	unsigned int n = 0;

	lockdep_assert_held(&ch->lock);
	list_for_each_entry(w, &q->list, node) {
		if (n == max)
			break;
		parked[n++] = (struct chan_parked){
			.pid = pid_nr_ns(w->parker->pid, ns),
			.send = q == &ch->sendq,
			.select = w->parker->select,
			.deadline = !w->parker->forever,
			.file = w->parker->file,
			.ref = w->parker->holds,
			.age = chan_parker_age(w->parker),
		};
	}
	return n;
}

/**
 * chan_hchan_look() - take a consistent snapshot, including parked operations
 * @ch: the channel
 * @info: result; @info->rights are those that files can have, or will have once made
 * @closers: result: open files with the right to close
 * @ns: pid namespace for @parked
 * @parked: result: senders, then receivers, each from the head of the queue on
 * @max: space in @parked
 *
 * Context: Process context. Takes and releases ch->lock.
 * Return: length of @parked.
 */
unsigned int chan_hchan_look(struct hchan *ch, struct chan_info *info, u32 *closers,
			     struct pid_namespace *ns, struct chan_parked *parked,
			     unsigned int max)
{
	unsigned long flags;
	bool tick = false;
	unsigned int n;

	memset(info, 0, sizeof(*info));
	info->id = ch->id;
	spin_lock(&ch->lock);
	if (ch->ticker)
		tick = chan_ticker_ready(ch->ticker);
	flags = chan_recvq_lock(ch);
	chan_hchan_info_locked(ch, info);
	info->len += tick;
	*closers = ch->closers;
	n = chan_hchan_parked_locked(ch, &ch->sendq, ns, parked, max);
	n += chan_hchan_parked_locked(ch, &ch->recvq, ns, parked + n, max - n);
	chan_recvq_unlock(ch, flags);
	spin_unlock(&ch->lock);
	return n;
}

/**
 * chan_hchan_info() - take a consistent snapshot
 * @ch: the channel
 * @info: result; @info->rights are those that files can have, or will have once made
 *
 * Context: Process context. Takes and releases ch->lock.
 */
void chan_hchan_info(struct hchan *ch, struct chan_info *info)
{
	u32 closers;

	chan_hchan_look(ch, info, &closers, NULL, NULL, 0);
}

/**
 * chan_hchan_next() - iterate over all channels, including nil ones
 * @ch: the previous channel, whose reference is dropped; NULL to start
 *
 * The lock of the list is held for a single step, regardless of the number of channels.
 * Channels that are created or freed during the iteration may be missed; all others are found
 * once.
 *
 * Context: May sleep.
 * Return: a reference to the next channel, or NULL.
 */
struct hchan *chan_hchan_next(struct hchan *ch)
{
	struct list_head *next;
	struct hchan *found = NULL;

	spin_lock(&chan_hchan_list_lock);
	next = ch ? ch->node.next : chan_hchan_list.next;
	if (next != &chan_hchan_list)
		found = chan_hchan_get(list_entry(next, struct hchan, node));
	spin_unlock(&chan_hchan_list_lock);
	chan_hchan_put(ch);
	return found;
}

static unsigned int chan_hchan_parked(struct hchan *ch)
{
	unsigned int parked;

	spin_lock(&ch->lock);
	parked = ch->recvq.count + ch->sendq.count;
	spin_unlock(&ch->lock);
	return parked;
}

/**
 * chan_hchan_live() - count channels and parked operations
 * @channels: result: channels, including nil ones
 * @waiters: result: operations parked on them
 *
 * Locks are held for one channel at a time, so the sums are exact only if nothing changes.
 *
 * Context: May sleep.
 */
void chan_hchan_live(unsigned int *channels, unsigned int *waiters)
{
	struct hchan *ch = NULL;

	*channels = 0;
	*waiters = 0;
	while ((ch = chan_hchan_next(ch))) {
		++*channels;
		*waiters += chan_hchan_parked(ch);
		cond_resched();
	}
}
