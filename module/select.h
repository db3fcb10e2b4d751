/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many operations, of which one is carried out. See select.c.
 */
#ifndef _CHAN_SELECT_H
#define _CHAN_SELECT_H

#include <linux/bitops.h>
#include <linux/file.h>
#include <linux/types.h>
#include <linux/chan.h>

#include "hchan.h"
#include "pollset.h"

/**
 * struct chan_scase - one case of a select
 * @w: its waiter, while the select is parked
 * @ch: the channel, made; NULL is never ready by itself
 * @slot: the element to send
 * @elem: the element in the caller's memory; for cases.c
 * @file: the file of the case; for cases.c
 * @events: EPOLL* to wait for, if @polled; for cases.c
 * @polled: waits for @file, which is no channel; for cases.c
 * @send: to send, not to receive
 * @queued: @w is the waiter of its queue
 * @wake_pollers: @w makes the other side of @ch ready
 */
struct chan_scase {
	struct chan_waiter	w;
	struct hchan		*ch;
	void			*slot;
	void __user		*elem;
	struct fd		file;
	u16			events;
	bool			polled;
	bool			send;
	bool			queued;
	bool			wake_pollers;
};

/**
 * struct chan_selection - a select: the calling task carries out one of several cases
 * @cases: @n of them, in the caller's order
 * @n: 0 to CHAN_SELECT_MAX
 * @slot: where a received element goes
 * @seem_ready: a bit for each that chan_select_set() has found ready
 * @first: take the first ready case, not a random one
 * @pollset: the polled files, each with the index of its case; or NULL
 * @winner: result: the case that was carried out, or whose file is ready
 * @result: of that: 1 received, 0 sent or found closed, -EPIPE
 * @seq: sequence number of the element that was received, for which a record is reserved
 * @sleeper: the task, if it parks
 * @channels: number of cases that have a channel
 * @order: their indices, by the addresses of the channels, receiving cases first
 */
struct chan_selection {
	struct chan_scase	*cases;
	unsigned int		n;
	void			*slot;
	u64			seem_ready;
	bool			first;
	struct chan_pollset	*pollset;
	unsigned int		winner;
	int			result;
	u64			seq;
	struct chan_sleeper	sleeper;
	unsigned int		channels;
	u8			order[CHAN_SELECT_MAX];
};

/* A hint: what it says may not hold any more, or not yet. */
static __no_kcsan inline bool chan_select_seems_ready(const struct hchan *ch, bool send)
{
	if (send)
		return READ_ONCE(ch->ring.qcount) < ch->ring.dataqsiz ||
		       READ_ONCE(ch->recvq.count) | READ_ONCE(ch->closed);
	if (unlikely(ch->ticker))
		return READ_ONCE(ch->requeue.n) || chan_ticker_seems_ready(ch->ticker);
	return READ_ONCE(ch->ring.qcount) | READ_ONCE(ch->sendq.count) |
	       READ_ONCE(ch->requeue.n) | READ_ONCE(ch->closed);
}

/**
 * chan_select_init() - begin a select without cases
 * @s: the select; the caller sets @s->n once its cases are set
 * @cases: memory for all of its cases
 * @slot: an empty slot, for the element of any case that receives
 * @first: take the first ready case, not a random one
 *
 * A case whose @ch is NULL is never ready.
 */
static inline void chan_select_init(struct chan_selection *s, struct chan_scase *cases, void *slot,
				    bool first)
{
	s->cases = cases;
	s->n = 0;
	s->slot = slot;
	s->seem_ready = 0;
	s->first = first;
	s->pollset = NULL;
}

/**
 * chan_select_set() - let a case send or receive, and check without locks whether it seems ready
 * @s: the select
 * @c: one of its cases; to send, the caller sets @c->slot
 * @ch: the channel, made
 * @send: to send, not to receive
 */
static inline void chan_select_set(struct chan_selection *s, struct chan_scase *c,
				   struct hchan *ch, bool send)
{
	c->ch = ch;
	c->send = send;
	if (unlikely(chan_select_seems_ready(ch, send)))
		s->seem_ready |= BIT_ULL(c - s->cases);
}

int chan_select_run(struct chan_selection *s, const struct chan_deadline *deadline);

/**
 * chan_select_exit() - end a select
 * @s: the select, run or not
 *
 * Context: may sleep.
 */
static inline void chan_select_exit(struct chan_selection *s)
{
	if (unlikely(s->pollset))
		chan_pollset_free(s->pollset);
}

#endif /* _CHAN_SELECT_H */
