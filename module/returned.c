// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements that receivers gave back: a list before the ring, by ticket. See the banner of
 * hchan.c.
 */
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "elem.h"
#include "hchan.h"

/* Put an element to its place among those given back. */
static void chan_returned_add_locked(struct hchan *ch, struct chan_returned *r)
{
	struct chan_returned *next;

	lockdep_assert_held(&ch->lock);
	list_for_each_entry(next, &ch->returned, node) {
		if (next->ticket > r->ticket)
			break;
	}
	list_add_tail(&r->node, &next->node);
	ch->nreturned++;
}

/**
 * chan_returned_take_locked() - take the element that was taken out of the channel first
 * @ch: the channel, to which some were given back
 * @slot: where the element goes
 * @ticket: its ticket
 */
void chan_returned_take_locked(struct hchan *ch, void *slot, u64 *ticket)
{
	struct chan_returned *r;

	lockdep_assert_held(&ch->lock);
	r = list_first_entry(&ch->returned, struct chan_returned, node);
	chan_elem_move(slot, r->slot, ch->slotsize);
	*ticket = r->ticket;
	list_del(&r->node);
	ch->nreturned--;
	kfree(r);
}

/**
 * chan_returned_free() - drop all of them
 * @ch: the channel, which nobody else uses any more
 *
 * Context: may sleep.
 */
void chan_returned_free(struct hchan *ch)
{
	struct chan_returned *r, *next;

	list_for_each_entry_safe(r, next, &ch->returned, node) {
		chan_elem_free(r->slot, ch->elemsize, 1);
		kfree(r);
		cond_resched();
	}
}

/**
 * chan_hchan_give_back() - put received elements back to the head of the channel
 * @ch: the channel
 * @elem: the elements; their slots become empty
 * @tickets: their tickets
 * @from: first one to give back
 * @to: the one after the last
 *
 * The first receiver that is parked gets the element; else it goes to the
 * returned list, to its place among those that were taken before and after it. An
 * element that somebody else has received in the meantime has overtaken it. The
 * element must find a place, so the allocation may not fail; there are never more
 * such elements than tasks that had received at one moment.
 *
 * Context: may sleep.
 */
void chan_hchan_give_back(struct hchan *ch, const struct chan_elem *elem, const u64 *tickets,
			  unsigned int from, unsigned int to)
{
	struct chan_wake wake = {};
	struct chan_returned *r;
	struct chan_waiter *w;
	const void *slot;

	for (; from < to; from++) {
		slot = elem->slots + from * ch->slotsize;
		r = kmalloc(struct_size(r, slot, ch->slotsize),
			    GFP_KERNEL_ACCOUNT | __GFP_NOFAIL);
		r->ticket = tickets[from];
		chan_elem_move(r->slot, slot, ch->slotsize);

		spin_lock(&ch->lock);
		ch->givebacks++;
		w = chan_recv_complete_locked(ch, slot, r->ticket, &wake);
		if (w) {
			kfree(r);
		} else {
			chan_returned_add_locked(ch, r);
			chan_wake_poll_locked(ch, &wake, 1, 0);
		}
		trace_chan_giveback(ch->id, ch->nreturned, w ? chan_waiter_pid(w) : 0);
		chan_hchan_unlock(ch);
		chan_wake_run(ch, &wake);
	}
}
