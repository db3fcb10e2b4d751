/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buffer of a channel: a ring of slots. The lock of the channel protects it.
 */
#ifndef _CHAN_RING_H
#define _CHAN_RING_H

#include <linux/kernel.h>

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

/* The index @n slots after another, @n being at most the capacity. */
static inline u32 chan_ring_after(const struct chan_ring *r, u32 index, unsigned int n)
{
	const u32 rest = r->dataqsiz - index;

	if (__builtin_constant_p(n == 1) && n == 1)
		return ++index == r->dataqsiz ? 0 : index;
	return n < rest ? index + n : n - rest;
}

/* The first element of a ring that is not empty. */
static inline void *chan_ring_first(const struct chan_ring *r)
{
	return chan_ring_slot(r, r->recvx);
}

/* The first empty slot of a ring that is not full. */
static inline void *chan_ring_space(const struct chan_ring *r)
{
	return chan_ring_slot(r, r->sendx);
}

/* Elements were moved into the first @n empty slots. */
static inline void chan_ring_pushed(struct chan_ring *r, unsigned int n)
{
	r->sendx = chan_ring_after(r, r->sendx, n);
	r->qcount += n;
	if (r->qcount > r->maxlen)
		r->maxlen = r->qcount;
}

/* The first @n elements were moved out. */
static inline void chan_ring_popped(struct chan_ring *r, unsigned int n)
{
	r->recvx = chan_ring_after(r, r->recvx, n);
	r->qcount -= n;
}

/* Move an element into a ring that is not full. */
static inline void chan_ring_push(struct chan_ring *r, const void *slot)
{
	chan_elem_move(chan_ring_space(r), slot, r->slotsize);
	chan_ring_pushed(r, 1);
}

/* Move the first element out of a ring that is not empty. */
static inline void chan_ring_pop(struct chan_ring *r, void *slot)
{
	chan_elem_move(slot, chan_ring_first(r), r->slotsize);
	chan_ring_popped(r, 1);
}

/* Copy a run of elements into a ring that has space for all. */
static inline void chan_ring_copy_in(struct chan_ring *r, const void *slots, unsigned int n)
{
	const size_t end = (size_t)min(n, r->dataqsiz - r->sendx) * r->slotsize;

	memcpy(chan_ring_space(r), slots, end);
	memcpy(r->buf, slots + end, (size_t)n * r->slotsize - end);
}

/* Copy the first @n elements, of which there are so many. */
static inline void chan_ring_copy_out(const struct chan_ring *r, void *slots, unsigned int n)
{
	const size_t end = (size_t)min(n, r->dataqsiz - r->recvx) * r->slotsize;

	memcpy(slots, chan_ring_first(r), end);
	memcpy(slots + end, r->buf, (size_t)n * r->slotsize - end);
}

#endif /* _CHAN_RING_H */
