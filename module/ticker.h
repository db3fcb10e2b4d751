/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tickers: clocks that feed channels. See ticker.c.
 */
#ifndef _CHAN_TICKER_H
#define _CHAN_TICKER_H

#include <linux/ktime.h>

#include "sleeper.h"

struct chan_ticker;
struct hchan;

/**
 * struct chan_ticks - setting of a ticker
 * @first: clock and time of the first tick; KTIME_MAX: no tick
 * @interval: time between two ticks; 0: only one tick
 * @ahead: offset from that clock to the clock that receivers see
 */
struct chan_ticks {
	struct chan_deadline	first;
	ktime_t			interval;
	ktime_t			ahead;
};

struct chan_ticker *chan_ticker_alloc(struct hchan *ch);
void chan_ticker_free(struct chan_ticker *t);
bool chan_ticker_set_locked(struct chan_ticker *t, const struct chan_ticks *ticks);

unsigned long chan_ticker_lock(struct chan_ticker *t);
void chan_ticker_unlock(struct chan_ticker *t, unsigned long flags);

bool chan_ticker_ready(struct chan_ticker *t);
bool chan_ticker_seems_ready(const struct chan_ticker *t);
int chan_ticker_recv(struct chan_ticker *t, void *slot, u64 *seq);
bool chan_ticker_is_past(const struct chan_ticker *t, u64 seq);

#endif /* _CHAN_TICKER_H */
