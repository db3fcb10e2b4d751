// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements that return to the head of their channel. See requeue.h.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "elem.h"
#include "requeue.h"

/**
 * chan_record_alloc() - allocate a record
 * @slotsize: size of a slot in bytes
 *
 * Context: May sleep.
 * Return: the record, or NULL.
 */
struct chan_record *chan_record_alloc(u32 slotsize)
{
	struct chan_record *record;

	return kmalloc(struct_size(record, slot, slotsize), GFP_KERNEL_ACCOUNT);
}

/**
 * chan_requeue_add_record() - add a record to the pool
 * @rq: requeue of a channel
 * @record: the record
 *
 * Context: Lock of the channel held.
 */
void chan_requeue_add_record(struct chan_requeue *rq, struct chan_record *record)
{
	record->next = rq->pool;
	rq->pool = record;
	WRITE_ONCE(rq->npool, rq->npool + 1);
}

static bool chan_record_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct chan_record, node)->seq <
	       rb_entry(b, struct chan_record, node)->seq;
}

/**
 * chan_requeue_insert() - requeue an element, in logarithmic time
 * @rq: requeue of its channel
 * @slot: the element, with a record reserved for it; empty afterwards
 * @seq: its sequence number
 *
 * Context: Lock of the channel held.
 */
void chan_requeue_insert(struct chan_requeue *rq, const void *slot, u64 seq)
{
	struct chan_record *record = rq->pool;

	rq->pool = record->next;
	WRITE_ONCE(rq->npool, rq->npool - 1);
	record->seq = seq;
	chan_elem_move(record->slot, slot, rq->slotsize);
	rb_add_cached(&record->node, &rq->tree, chan_record_less);
	rq->n++;
}

/**
 * chan_requeue_take() - take the requeued element with the lowest sequence number
 * @rq: requeue of a channel, not empty
 * @slot: where the element goes; a record is reserved for it
 * @seq: result: its sequence number
 *
 * Context: Lock of the channel held.
 */
void chan_requeue_take(struct chan_requeue *rq, void *slot, u64 *seq)
{
	struct chan_record *record = rb_entry(rb_first_cached(&rq->tree), struct chan_record, node);

	rb_erase_cached(&record->node, &rq->tree);
	rq->n--;
	chan_elem_move(slot, record->slot, rq->slotsize);
	*seq = record->seq;
	chan_requeue_add_record(rq, record);
	rq->reserved++;
}

/**
 * chan_requeue_drop() - take all requeued elements at once
 * @rq: requeue of a channel
 * @dropped: result: the elements, to be freed after unlock
 *
 * Context: Lock of the channel held.
 * Return: number of elements.
 */
unsigned int chan_requeue_drop(struct chan_requeue *rq, struct chan_requeue *dropped)
{
	*dropped = (struct chan_requeue){ .tree = rq->tree, .n = rq->n };
	rq->tree = RB_ROOT_CACHED;
	rq->n = 0;
	return dropped->n;
}

/**
 * chan_requeue_free() - free all requeued elements and all records
 * @rq: requeue of a channel that is not used any more, or result of chan_requeue_drop()
 * @elemsize: size of an element in bytes
 *
 * Context: May sleep.
 */
void chan_requeue_free(struct chan_requeue *rq, u32 elemsize)
{
	struct chan_record *record, *next;

	rbtree_postorder_for_each_entry_safe(record, next, &rq->tree.rb_root, node) {
		chan_elem_free(record->slot, elemsize, 1);
		kfree(record);
		cond_resched();
	}
	for (record = rq->pool; record; record = next) {
		next = record->next;
		kfree(record);
		cond_resched();
	}
}
