// SPDX-License-Identifier: GPL-2.0-only
/*
 * Life cycle of channels: an open of /dev/chan creates a nil channel, and CHAN_IOC_MAKE or
 * CHAN_IOC_TIMER makes it; CHAN_IOC_NEW does both. Open files and inodes hold references,
 * and the last one frees the channel.
 */
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "elem.h"
#include "hchan.h"
#include "id.h"
#include "user.h"
#include "ticker.h"

/* Each hold of the lock inserts, removes or finds a single channel. */
LIST_HEAD(chan_hchan_list);
DEFINE_SPINLOCK(chan_hchan_list_lock);

/**
 * chan_hchan_alloc() - allocate a nil channel
 *
 * Context: May sleep.
 * Return: a reference, or NULL.
 */
struct hchan *chan_hchan_alloc(void)
{
	struct hchan *ch = kzalloc(sizeof(*ch), GFP_KERNEL_ACCOUNT);

	if (!ch)
		return NULL;
	spin_lock_init(&ch->lock);
	chan_waitq_init(&ch->recvq);
	chan_waitq_init(&ch->sendq);
	init_waitqueue_head(&ch->pollwq);
	refcount_set(&ch->refs, 1);
	ch->id = chan_id_new();

	spin_lock(&chan_hchan_list_lock);
	list_add_tail(&ch->node, &chan_hchan_list);
	spin_unlock(&chan_hchan_list_lock);
	return ch;
}

/* Parameters of a channel with a ticker. */
static const struct chan_make chan_hchan_ticker_form = {
	.elemsize	= sizeof(u64),
	.cap		= 1,
	.flags		= CHAN_F_TIMER,
	.type		= "uint64_t",
};

static void chan_hchan_free_elems(struct hchan *ch)
{
	u32 i;

	chan_requeue_free(&ch->requeue, ch->elemsize);
	if (!chan_elem_is_ref(ch->elemsize))
		return;
	for (i = ch->ring.recvx; ch->ring.qcount; i = chan_ring_after(&ch->ring, i, 1)) {
		chan_elem_free(chan_ring_slot(&ch->ring, i), ch->elemsize, 1);
		ch->ring.qcount--;
		cond_resched();
	}
}

/**
 * chan_hchan_get() - take a reference
 * @ch: the channel
 *
 * Context: Any context.
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
 * Context: May sleep.
 */
void chan_hchan_put(struct hchan *ch)
{
	bool last;

	if (!ch)
		return;
	/* Unlink with the last reference: a channel on the list can always be referenced. */
	spin_lock(&chan_hchan_list_lock);
	last = refcount_dec_and_test(&ch->refs);
	if (last)
		list_del(&ch->node);
	spin_unlock(&chan_hchan_list_lock);
	if (!last)
		return;

	chan_ticker_free(ch->ticker);
	/* Every operation and every poller holds an open file. */
	WARN_ON_ONCE(ch->recvq.count || ch->sendq.count || waitqueue_active(&ch->pollwq));
	if (ch->rights) {
		trace_chan_release(ch->id, ch->ring.qcount + ch->requeue.n);
		chan_hchan_free_elems(ch);
		kvfree(ch->ring.buf);
		chan_user_uncharge_bytes(ch->user, (u64)ch->ring.dataqsiz * ch->ring.slotsize);
		chan_user_uncharge_channel(ch->user);
		chan_user_put(ch->user);
	}
	kfree(ch);
}

/* Publish the fields of a made channel. Returns -EBUSY if it has been made already. */
static int chan_hchan_set_made(struct hchan *ch, const struct chan_make *make, void *buf,
			       struct chan_user *user, struct chan_ticker *ticker)
{
	int err = -EBUSY;

	spin_lock(&ch->lock);
	if (!ch->rights) {
		ch->elemsize = make->elemsize;
		ch->ring.slotsize = chan_elem_slotsize(make->elemsize);
		ch->requeue.slotsize = ch->ring.slotsize;
		ch->batch = chan_elem_batch(make->elemsize);
		ch->ring.dataqsiz = make->cap;
		ch->flags = make->flags;
		memcpy(ch->type, make->type, sizeof(ch->type));
		ch->ring.buf = buf;
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
 * chan_hchan_make() - make a nil channel
 * @ch: the channel
 * @make: its parameters; already checked, except for the size of the ring
 * @ticker: the clock that feeds it and is its only sender, or NULL
 *
 * Context: May sleep.
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
	/* A new channel may be ready to send: wake pollers of the nil channel. */
	chan_wake_pollers_all(&ch->pollwq);
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
 * chan_hchan_set_ticker() - set the ticker of a channel; makes a nil channel
 * @ch: the channel
 * @ticks: the setting
 *
 * Context: May sleep.
 * Return: 1 if a tick was still to come or unread, else 0; -EBUSY if the channel was made
 * without a ticker, -EDQUOT or -ENOMEM.
 */
int chan_hchan_set_ticker(struct hchan *ch, const struct chan_ticks *ticks)
{
	struct chan_requeue past;
	struct chan_ticker *t;
	bool active;
	int err;

	if (!chan_hchan_made(ch)) {
		t = chan_ticker_alloc(ch);
		if (!t)
			return -ENOMEM;
		err = chan_hchan_make(ch, &chan_hchan_ticker_form, t);
		if (err)
			chan_ticker_free(t);
		/* EBUSY: another task has made it, perhaps with a ticker too. */
		if (err && err != -EBUSY)
			return err;
	}
	if (!ch->ticker)
		return -EBUSY;
	spin_lock(&ch->lock);
	active = chan_ticker_set_locked(ch->ticker, ticks);
	ch->recvs.ring += chan_requeue_drop(&ch->requeue, &past);
	chan_hchan_unlock(ch);
	active |= past.n;
	chan_requeue_free(&past, sizeof(u64));
	return active;
}

/**
 * chan_hchan_attach() - count an open file
 * @ch: the channel
 * @rights: CHAN_RIGHT_* of the file
 *
 * Context: Process context. Takes and releases ch->lock.
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
 * chan_hchan_detach() - stop counting an open file; the last of a side hangs up
 * @ch: the channel
 * @rights: CHAN_RIGHT_* of the file
 *
 * A channel without any file that may send, or any that may receive, is closed. This is
 * final, so the close may follow the unlock: a right comes only from an open file that has
 * it. An inode kept by an O_PATH file may be opened later, but finds the channel closed.
 *
 * Context: May sleep.
 */
void chan_hchan_detach(struct hchan *ch, u32 rights)
{
	u32 cause = CHAN_OPEN;

	spin_lock(&ch->lock);
	/* The ticker has replaced the file as the only sender. */
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
