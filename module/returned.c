// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements that receivers gave back: a list before the ring, by ticket. See the banner of
 * hchan.c.
 */
#include <linux/lockdep.h>
#include <linux/slab.h>

#include "elem.h"
#include "hchan.h"

/**
 * chan_returned_add_locked() - put an element to its place among those given back
 * @ch: the channel
 * @r: the element
 */
void chan_returned_add_locked(struct hchan *ch, struct chan_returned *r)
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
	}
}
