/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels that are fed by a clock. See ticker.c.
 */
#ifndef _CHAN_TICKER_H
#define _CHAN_TICKER_H

#include <linux/ktime.h>

#include "waiter.h"

struct chan_ticker;
struct hchan;

/**
 * struct chan_ticks - when a channel is fed
 * @first: the clock, and the first tick; KTIME_MAX: none
 * @interval: between two ticks; 0: there is only one
 * @ahead: how far the clock that receivers know is ahead of that clock
 */
struct chan_ticks {
	struct chan_deadline	first;
	ktime_t			interval;
	ktime_t			ahead;
};

int chan_ticker_make(struct hchan *ch);
int chan_ticker_set(struct chan_ticker *t, const struct chan_ticks *ticks);
void chan_ticker_free(struct chan_ticker *t);

#endif /* _CHAN_TICKER_H */
