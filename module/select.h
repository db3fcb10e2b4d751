/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations on many channels, of which one is carried out. See select.c.
 */
#ifndef _CHAN_SELECT_H
#define _CHAN_SELECT_H

#include <linux/bitops.h>
#include <linux/types.h>
#include <linux/chan.h>

#include "hchan.h"

struct chan_pollset;

/**
 * struct chan_alternative - one of the operations that a selection has to choose from
 * @w: parked, if all are
 * @ch: the channel, made; NULL is never ready
 * @slot: the element to send, or an empty slot, which alternatives that receive may share
 * @send: to send, not to receive
 * @queued: @w was enqueued
 * @tell: pollers of @ch are to be woken, as the operation is parked
 */
struct chan_alternative {
	struct chan_waiter	w;
	struct hchan		*ch;
	void			*slot;
	bool			send;
	bool			queued;
	bool			tell;
};

/**
 * struct chan_selection - a task that wants one of several operations
 * @alternatives: @n of them, in the caller's order
 * @n: 0 to CHAN_SELECT_MAX
 * @seem_ready: a bit for each that chan_select_add() has found ready
 * @first: of those that are ready take the first, not any
 * @polled: what else can be ready, each at the place of an alternative without a
 *	channel; or NULL
 * @winner: result: which one was carried out, or is ready if it is polled
 * @result: of that: 1 received, 0 sent or found closed, -EPIPE
 * @seq: sequence number of the element that was received, for which a record is reserved
 * @sleeper: the task, if it parks
 * @channels: how many alternatives have a channel
 * @order: these alternatives, by the addresses of their channels, those that receive first
 */
struct chan_selection {
	struct chan_alternative	*alternatives;
	unsigned int		n;
	u64			seem_ready;
	bool			first;
	struct chan_pollset	*polled;
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
 * chan_select_add() - say what an alternative is, and look whether it seems to be ready
 * @s: the selection
 * @a: the alternative, one of @s
 * @ch: its channel, made
 * @send: to send, not to receive
 */
static inline void chan_select_add(struct chan_selection *s, struct chan_alternative *a,
				   struct hchan *ch, bool send)
{
	a->ch = ch;
	a->send = send;
	if (unlikely(chan_select_seems_ready(ch, send)))
		s->seem_ready |= BIT_ULL(a - s->alternatives);
}

int chan_select_run(struct chan_selection *s, const struct chan_deadline *deadline);

#endif /* _CHAN_SELECT_H */
