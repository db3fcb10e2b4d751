// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements that receivers requeued: a list before the ring, by seq. See the banner of
 * hchan.c.
 */
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "elem.h"
#include "hchan.h"

/* Put an element to its place among those requeued. */
static void chan_requeue_add_locked(struct hchan *ch, struct chan_requeued *r)
{
	struct chan_requeued *next;

	lockdep_assert_held(&ch->lock);
	list_for_each_entry(next, &ch->requeued, node) {
		if (next->seq > r->seq)
			break;
	}
	list_add_tail(&r->node, &next->node);
	ch->nrequeued++;
}

/**
 * chan_requeue_take_locked() - take the element that was taken out of the channel first
 * @ch: the channel, to which some were requeued
 * @slot: where the element goes
 * @seq: its seq
 */
void chan_requeue_take_locked(struct hchan *ch, void *slot, u64 *seq)
{
	struct chan_requeued *r;

	lockdep_assert_held(&ch->lock);
	r = list_first_entry(&ch->requeued, struct chan_requeued, node);
	chan_elem_move(slot, r->slot, ch->slotsize);
	*seq = r->seq;
	list_del(&r->node);
	ch->nrequeued--;
	kfree(r);
}

/**
 * chan_requeue_free() - drop all of them
 * @ch: the channel, which nobody else uses any more
 *
 * Context: may sleep.
 */
void chan_requeue_free(struct hchan *ch)
{
	struct chan_requeued *r, *next;

	list_for_each_entry_safe(r, next, &ch->requeued, node) {
		chan_elem_free(r->slot, ch->elemsize, 1);
		kfree(r);
		cond_resched();
	}
}

/**
 * chan_hchan_requeue() - put received elements back to the head of the channel
 * @ch: the channel
 * @elem: the elements; their slots become empty
 * @seqs: their seqs
 * @from: first one to requeue
 * @to: the one after the last
 *
 * The first receiver that is parked gets the element; else it goes to the
 * requeue, to its place among those that were taken before and after it. An
 * element that somebody else has received in the meantime has overtaken it. The
 * element must find a place, so the allocation may not fail; there are never more
 * such elements than tasks that had received at one moment.
 *
 * Context: may sleep.
 */
void chan_hchan_requeue(struct hchan *ch, const struct chan_elem *elem, const u64 *seqs,
			  unsigned int from, unsigned int to)
{
	struct chan_wake wake = {};
	struct chan_requeued *r;
	struct chan_waiter *w;
	const void *slot;

	for (; from < to; from++) {
		slot = elem->slots + from * ch->slotsize;
		r = kmalloc(struct_size(r, slot, ch->slotsize),
			    GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
		r->seq = seqs[from];
		chan_elem_move(r->slot, slot, ch->slotsize);

		spin_lock(&ch->lock);
		ch->requeues++;
		w = chan_recv_complete_locked(ch, slot, r->seq, &wake);
		if (w) {
			kfree(r);
		} else {
			chan_requeue_add_locked(ch, r);
			chan_wake_poll_locked(ch, &wake, 1, 0);
		}
		trace_chan_requeue(ch->id, ch->nrequeued, w ? chan_waiter_pid(w) : 0);
		chan_hchan_unlock(ch);
		chan_wake_run(ch, &wake);
	}
}
