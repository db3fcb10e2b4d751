/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer of a channel: a ring of slots. The lock of the channel protects it.
 */
#ifndef _CHAN_RING_H
#define _CHAN_RING_H

#include "elem.h"

/* Maximum size of a ring in bytes. */
#define CHAN_RING_MAX	(1UL << 30)

/**
 * struct chan_ring - FIFO of elements
 * @qcount: number of elements in the ring
 * @dataqsiz: capacity in elements; constant after MAKE
 * @sendx: index of the next slot to fill
 * @recvx: index of the next slot to empty
 * @maxlen: highest @qcount ever
 * @slotsize: size of a slot in bytes; constant after MAKE
 * @buf: @dataqsiz slots; constant after MAKE
 */
struct chan_ring {
	u32	qcount;
	u32	dataqsiz;
	u32	sendx;
	u32	recvx;
	u32	maxlen;
	u32	slotsize;
	void	*buf;
};

static inline bool chan_ring_full(const struct chan_ring *r)
{
	return r->qcount == r->dataqsiz;
}

static inline void *chan_ring_slot(const struct chan_ring *r, u32 index)
{
	return r->buf + (size_t)index * r->slotsize;
}

static inline u32 chan_ring_next(const struct chan_ring *r, u32 index)
{
	return ++index == r->dataqsiz ? 0 : index;
}

/* Move an element into a ring that is not full. */
static inline void chan_ring_push(struct chan_ring *r, const void *slot)
{
	chan_elem_move(chan_ring_slot(r, r->sendx), slot, r->slotsize);
	r->sendx = chan_ring_next(r, r->sendx);
	if (++r->qcount > r->maxlen)
		r->maxlen = r->qcount;
}

/* Move the first element out of a ring that is not empty. */
static inline void chan_ring_pop(struct chan_ring *r, void *slot)
{
	chan_elem_move(slot, chan_ring_slot(r, r->recvx), r->slotsize);
	r->recvx = chan_ring_next(r, r->recvx);
	r->qcount--;
}

#endif /* _CHAN_RING_H */
