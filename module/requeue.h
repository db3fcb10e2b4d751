/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Elements that return to the head of their channel.
 *
 * A receiver that was given an element but cannot take it (its buffer faults, or it is
 * being killed) requeues it. Requeued elements wait in a tree before the ring, ordered by
 * sequence number. An element gets its sequence number when it first leaves the channel.
 * Requeued elements are received first, and do not count as buffered.
 *
 * Requeueing never allocates: it takes a *record* from a pool. The pool always has at least
 * as many records as there are elements on their way to a receiver: each receive reserves
 * one before it takes an element or parks for one. The reservation is settled once the element
 * is in the receiver's memory or back in the channel. So a receive allocates only if more
 * elements are on their way than ever before.
 */
#ifndef _CHAN_REQUEUE_H
#define _CHAN_REQUEUE_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/rbtree.h>
#include <linux/types.h>

/**
 * struct chan_record - space for one requeued element
 * @node: in the tree, while it holds an element
 * @next: in the pool, while it holds none
 * @seq: sequence number of the element
 * @slot: the element
 */
struct chan_record {
	union {
		struct rb_node		node;
		struct chan_record	*next;
	};
	u64	seq;
	u8	slot[] __aligned(sizeof(u64));
};

/**
 * struct chan_requeue - the requeued elements of a channel, and records for more
 * @tree: of struct chan_record, by sequence number
 * @n: number of elements in @tree
 * @slotsize: size of a slot in bytes; constant after MAKE
 * @pool: records without an element
 * @npool: length of @pool; never less than @reserved - @settled
 * @reserved: reservations ever made, minus those cancelled
 * @settled: reservations ever settled; atomic
 *
 * The lock of the channel protects all other fields.
 */
struct chan_requeue {
	struct rb_root_cached	tree;
	u32			n;
	u32			slotsize;
	struct chan_record	*pool;
	u64			npool;
	u64			reserved;
	atomic64_t		settled;
};

/**
 * chan_requeue_reserve() - reserve a record for an element about to be taken
 * @rq: requeue of a channel
 *
 * Context: Lock of the channel held.
 * Return: false if the pool is too small: see chan_hchan_grow_requeue().
 */
static inline bool chan_requeue_reserve(struct chan_requeue *rq)
{
	/* A settlement that is seen late only makes the pool larger than necessary. */
	if (unlikely(rq->reserved - (u64)atomic64_read(&rq->settled) >= rq->npool))
		return false;
	rq->reserved++;
	return true;
}

/* Reserve records for up to @n elements. Returns for how many. Lock of the channel held. */
static inline unsigned int chan_requeue_reserve_run(struct chan_requeue *rq, unsigned int n)
{
	n = min_t(u64, n, rq->npool - (rq->reserved - (u64)atomic64_read(&rq->settled)));
	rq->reserved += n;
	return n;
}

/* Cancel a reservation. Lock of the channel held. */
static inline void chan_requeue_cancel(struct chan_requeue *rq)
{
	rq->reserved--;
}

/* Settle @n reservations. No lock needed. */
static inline void chan_requeue_settle(struct chan_requeue *rq, unsigned int n)
{
	atomic64_add(n, &rq->settled);
}

struct chan_record *chan_record_alloc(u32 slotsize);
void chan_requeue_add_record(struct chan_requeue *rq, struct chan_record *record);
void chan_requeue_insert(struct chan_requeue *rq, const void *slot, u64 seq);
void chan_requeue_take(struct chan_requeue *rq, void *slot, u64 *seq);
unsigned int chan_requeue_drop(struct chan_requeue *rq, struct chan_requeue *dropped);
void chan_requeue_free(struct chan_requeue *rq, u32 elemsize);

#endif /* _CHAN_REQUEUE_H */
