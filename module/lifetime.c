// SPDX-License-Identifier: GPL-2.0-only
/*
 * How channels come and go: a nil channel with each open of /dev/chan, made by
 * CHAN_IOC_MAKE or CHAN_IOC_TIMER, shared by open files, freed with the last of them.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "elem.h"
#include "hchan.h"
#include "user.h"
#include "poll.h"
#include "ticker.h"

static LIST_HEAD(chan_hchan_list);
/* Protects chan_hchan_list; outside hchan.lock. */
static DEFINE_SPINLOCK(chan_hchan_list_lock);

static atomic64_t chan_hchan_last_id = ATOMIC64_INIT(0);

/**
 * chan_hchan_alloc() - a new nil channel
 *
 * Context: may sleep.
 * Return: a reference, or NULL if there is no memory.
 */
struct hchan *chan_hchan_alloc(void)
{
	struct hchan *ch = kzalloc(sizeof(*ch), GFP_KERNEL_ACCOUNT);

	if (!ch)
		return NULL;
	spin_lock_init(&ch->lock);
	chan_waitq_init(&ch->recvq);
	chan_waitq_init(&ch->sendq);
	INIT_LIST_HEAD(&ch->requeued);
	init_waitqueue_head(&ch->pollwq);
	refcount_set(&ch->refs, 1);
	ch->id = atomic64_inc_return(&chan_hchan_last_id);

	spin_lock(&chan_hchan_list_lock);
	list_add_tail(&ch->node, &chan_hchan_list);
	spin_unlock(&chan_hchan_list_lock);
	return ch;
}

static void chan_hchan_free_elems(struct hchan *ch)
{
	u32 i;

	chan_requeue_free(ch);
	if (!chan_elem_is_ref(ch->elemsize))
		return;
	for (i = 0; i < ch->qcount; i++) {
		u32 index = (ch->recvx + (u64)i) % ch->dataqsiz;

		chan_elem_free(ch->buf + (size_t)index * ch->slotsize, ch->elemsize, 1);
		cond_resched();
	}
}

/**
 * chan_hchan_get() - one more reference
 * @ch: the channel
 *
 * Return: @ch.
 */
struct hchan *chan_hchan_get(struct hchan *ch)
{
	refcount_inc(&ch->refs);
	return ch;
}

/**
 * chan_hchan_put() - drop a reference; the last one frees the channel
 * @ch: the channel, may be NULL
 *
 * Context: may sleep.
 */
void chan_hchan_put(struct hchan *ch)
{
	if (!ch || !refcount_dec_and_test(&ch->refs))
		return;

	chan_ticker_free(ch->ticker);
	/* Every operation and every poller holds an open file. */
	WARN_ON_ONCE(ch->recvq.count || ch->sendq.count || waitqueue_active(&ch->pollwq));
	spin_lock(&chan_hchan_list_lock);
	list_del(&ch->node);
	spin_unlock(&chan_hchan_list_lock);

	if (ch->rights) {
		trace_chan_release(ch->id, ch->qcount + ch->nrequeued);
		chan_hchan_free_elems(ch);
		kvfree(ch->buf);
		chan_user_uncharge_bytes(ch->user, (u64)ch->dataqsiz * ch->slotsize);
		chan_user_uncharge_channel(ch->user);
		chan_user_put(ch->user);
	}
	kfree(ch);
}

/* Give @ch what was prepared for it. Returns -EBUSY if it has been made already. */
static int chan_hchan_set_made(struct hchan *ch, const struct chan_make *make, void *buf,
			       struct chan_user *user, struct chan_ticker *ticker)
{
	int err = -EBUSY;

	spin_lock(&ch->lock);
	if (!ch->rights) {
		ch->elemsize = make->elemsize;
		ch->slotsize = chan_elem_slotsize(make->elemsize);
		ch->batch = chan_elem_batch(make->elemsize);
		ch->dataqsiz = make->cap;
		ch->flags = make->flags;
		memcpy(ch->type, make->type, sizeof(ch->type));
		ch->buf = buf;
		ch->user = user;
		ch->ticker = ticker;
		/* CHAN_BARRIER_MADE, the writing side */
		smp_store_release(&ch->rights, ticker ? CHAN_RIGHT_RECV : CHAN_RIGHTS_ALL);
		err = 0;
	}
	spin_unlock(&ch->lock);
	return err;
}

/**
 * chan_hchan_make() - make a nil channel a channel
 * @ch: the channel
 * @make: its form; checked already, but for the size of the ring
 * @ticker: what feeds it: the only sender there will ever be; or NULL
 *
 * Context: may sleep.
 * Return: 0, -EBUSY if it is made already, -EINVAL if the ring would be larger than
 * CHAN_RING_MAX, -EDQUOT or -ENOMEM.
 */
int chan_hchan_make(struct hchan *ch, const struct chan_make *make, struct chan_ticker *ticker)
{
	u64 bytes = (u64)make->cap * chan_elem_slotsize(make->elemsize);
	struct chan_user *user;
	void *buf;
	int err;

	if (bytes > CHAN_RING_MAX)
		return -EINVAL;
	if (chan_hchan_made(ch))
		return -EBUSY;

	user = chan_user_get();
	if (!user)
		return -ENOMEM;
	err = chan_user_charge_channel(user);
	if (err)
		goto put_user;
	err = chan_user_charge_bytes(user, bytes);
	if (err)
		goto uncharge_channel;
	buf = kvzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!buf) {
		err = -ENOMEM;
		goto uncharge_bytes;
	}
	err = chan_hchan_set_made(ch, make, buf, user, ticker);
	if (err)
		goto free_buf;
	trace_chan_make(ch->id, make->elemsize, make->cap, make->flags);
	/* Who polls a nil channel waits for this too: room to send. */
	chan_poll_wake_all(ch);
	return 0;

free_buf:
	kvfree(buf);
uncharge_bytes:
	chan_user_uncharge_bytes(user, bytes);
uncharge_channel:
	chan_user_uncharge_channel(user);
put_user:
	chan_user_put(user);
	return err;
}

/**
 * chan_hchan_attach() - count an open file with these rights
 * @ch: the channel
 * @rights: CHAN_RIGHT_*
 */
void chan_hchan_attach(struct hchan *ch, u32 rights)
{
	spin_lock(&ch->lock);
	ch->senders += !!(rights & CHAN_RIGHT_SEND);
	ch->receivers += !!(rights & CHAN_RIGHT_RECV);
	ch->closers += !!(rights & CHAN_RIGHT_CLOSE);
	spin_unlock(&ch->lock);
}

/**
 * chan_hchan_detach() - an open file with these rights is gone
 * @ch: the channel
 * @rights: CHAN_RIGHT_*
 *
 * Without anybody who may send, or who may receive, the channel is closed: a right comes
 * only from an open file that has it. An inode that is held without an open file (O_PATH)
 * may be opened again later, but to a channel that is closed. This is also why the close may
 * follow after the lock was released.
 *
 * Context: may sleep.
 */
void chan_hchan_detach(struct hchan *ch, u32 rights)
{
	u32 cause = CHAN_OPEN;

	spin_lock(&ch->lock);
	/* Of a timer, the ticker has taken the place of the file as its only sender. */
	if (ch->ticker)
		rights &= ch->rights;
	ch->closers -= !!(rights & CHAN_RIGHT_CLOSE);
	if ((rights & CHAN_RIGHT_RECV) && !--ch->receivers)
		cause = CHAN_CLOSED_NO_RECEIVERS;
	if ((rights & CHAN_RIGHT_SEND) && !--ch->senders)
		cause = CHAN_CLOSED_NO_SENDERS;
	if (!ch->rights || (ch->flags & CHAN_F_NOHUP))
		cause = CHAN_OPEN;
	spin_unlock(&ch->lock);

	if (cause != CHAN_OPEN)
		chan_hchan_close(ch, cause);
}

static void chan_hchan_info_locked(struct hchan *ch, struct chan_info *info)
{
	lockdep_assert_held(&ch->lock);
	info->rights = ch->rights ?: CHAN_RIGHTS_ALL;
	info->elemsize = ch->elemsize;
	info->cap = ch->dataqsiz;
	info->flags = ch->flags;
	info->len = ch->qcount;
	info->closed = ch->closed;
	info->senders = ch->senders;
	info->receivers = ch->receivers;
	info->sendq = ch->sendq.count;
	info->recvq = ch->recvq.count;
	info->requeued = ch->nrequeued;
	info->maxlen = ch->maxlen;
	info->sends = ch->sends;
	info->recvs = ch->recvs;
	info->requeues = ch->requeues;
	info->send_parks = ch->send_parks;
	info->recv_parks = ch->recv_parks;
	memcpy(info->type, ch->type, sizeof(info->type));
}

/* Those of one queue, from its head on. Returns how many. */
static unsigned int chan_hchan_parked_locked(struct hchan *ch, const struct chan_waitq *q,
					     struct chan_parked *parked, unsigned int max)
{
	struct chan_waiter *w;
	unsigned int n = 0;

	lockdep_assert_held(&ch->lock);
	list_for_each_entry(w, &q->list, node) {
		if (n == max)
			break;
		parked[n++] = (struct chan_parked){
			.pid = task_pid_vnr(w->parker->task),
			.send = q == &ch->sendq,
			.select = w->parker->select,
			.deadline = !w->parker->forever,
			.file = w->parker->kicked,
			.ref = w->parker->holds,
			.age = chan_parker_age(w->parker),
		};
	}
	return n;
}

/**
 * chan_hchan_look() - a consistent snapshot, with who is parked
 * @ch: the channel
 * @info: result; @info->rights are those that any file can have, or will
 * @closers: result: open files that may close
 * @parked: result: senders, then receivers, each from the head of their queue on
 * @max: how many @parked has room for
 *
 * Return: how many of @parked there are.
 */
unsigned int chan_hchan_look(struct hchan *ch, struct chan_info *info, u32 *closers,
			     struct chan_parked *parked, unsigned int max)
{
	unsigned int n;

	memset(info, 0, sizeof(*info));
	info->id = ch->id;
	spin_lock(&ch->lock);
	chan_hchan_info_locked(ch, info);
	*closers = ch->closers;
	n = chan_hchan_parked_locked(ch, &ch->sendq, parked, max);
	n += chan_hchan_parked_locked(ch, &ch->recvq, parked + n, max - n);
	spin_unlock(&ch->lock);
	return n;
}

/**
 * chan_hchan_info() - a consistent snapshot
 * @ch: the channel
 * @info: result; @info->rights are those that any file can have, or will
 */
void chan_hchan_info(struct hchan *ch, struct chan_info *info)
{
	u32 closers;

	chan_hchan_look(ch, info, &closers, NULL, 0);
}

/**
 * chan_hchan_next() - go through all channels, nil ones too
 * @ch: where to go on, a reference that is dropped; NULL: at the first
 *
 * Context: may sleep.
 * Return: a reference to the next channel, or NULL.
 */
struct hchan *chan_hchan_next(struct hchan *ch)
{
	struct hchan *next;

	spin_lock(&chan_hchan_list_lock);
	next = ch ? ch : list_entry(&chan_hchan_list, struct hchan, node);
	list_for_each_entry_continue(next, &chan_hchan_list, node) {
		/* One without a reference is about to be taken out. */
		if (refcount_inc_not_zero(&next->refs))
			break;
	}
	if (list_entry_is_head(next, &chan_hchan_list, node))
		next = NULL;
	spin_unlock(&chan_hchan_list_lock);
	chan_hchan_put(ch);
	return next;
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
 * chan_hchan_live() - count what is alive
 * @channels: result: channels, nil ones too
 * @waiters: result: operations parked on them
 */
void chan_hchan_live(unsigned int *channels, unsigned int *waiters)
{
	struct hchan *ch;

	*channels = 0;
	*waiters = 0;
	spin_lock(&chan_hchan_list_lock);
	list_for_each_entry(ch, &chan_hchan_list, node) {
		++*channels;
		*waiters += chan_hchan_parked(ch);
	}
	spin_unlock(&chan_hchan_list_lock);
}
