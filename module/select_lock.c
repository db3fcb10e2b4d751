// SPDX-License-Identifier: GPL-2.0-only
/*
 * The locks of all channels of a select.
 *
 * Lock order
 * ----------
 * Channels are locked in the order of their addresses, each once, even if several cases have
 * it. No other task holds the locks of two channels, so this cannot deadlock. There are up to
 * CHAN_SELECT_MAX of them, far below the limit of the preemption counter. To lockdep they are
 * one lock, nested in chan_select_order.
 *
 * A select that finds a lock contended while it holds others releases them and starts again,
 * up to CHAN_SELECT_TRIES times. Otherwise tasks that spin for those others would wait for the
 * holder of each of its locks in turn.
 */
#include <linux/lockdep.h>

#include "hchan.h"
#include "select.h"
#include "select_lock.h"

/* After this many tries, a select spins for a lock while it holds others. */
#define CHAN_SELECT_TRIES	8

#ifdef CONFIG_LOCKDEP
static struct lock_class_key chan_select_key;

/* Held, for lockdep, by a task that locks several channels. */
static struct {
	struct lockdep_map	dep_map;
} chan_select_order = {
	.dep_map = STATIC_LOCKDEP_MAP_INIT("chan_select_order", &chan_select_key),
};
#else
/* PREEMPT_RT evaluates it even so. */
static const struct {} chan_select_order __maybe_unused;
#endif

static bool chan_select_before(const struct chan_scase *a, const struct chan_scase *b)
{
	return a->ch < b->ch || (a->ch == b->ch && a->send < b->send);
}

/**
 * chan_select_sort() - find the order in which to lock
 * @s: the select; @s->order and @s->channels are set
 *
 * Insertion sort, stable: there are few cases, and often they are in order.
 */
void chan_select_sort(struct chan_selection *s)
{
	unsigned int i, at;

	s->channels = 0;
	for (i = 0; i < s->n; i++) {
		const struct chan_scase *c = &s->cases[i];

		if (!c->ch)
			continue;
		for (at = s->channels++; at; at--) {
			if (!chan_select_before(c, &s->cases[s->order[at - 1]]))
				break;
			s->order[at] = s->order[at - 1];
		}
		s->order[at] = i;
	}
}

/* Is this the first entry of @s->order with its channel? */
static bool chan_select_first_of_channel(const struct chan_selection *s, unsigned int i)
{
	return !i || chan_select_channel(s, i) != chan_select_channel(s, i - 1);
}

static void chan_select_unlock_to(struct chan_selection *s, unsigned int i)
{
	while (i--) {
		if (chan_select_first_of_channel(s, i))
			chan_hchan_unlock(chan_select_channel(s, i));
	}
}

/**
 * chan_select_lock() - lock all channels of a select
 * @s: the select, sorted
 *
 * Context: no lock of a channel held.
 */
void chan_select_lock(struct chan_selection *s)
{
	unsigned int tries = 0, i;

	lock_map_acquire(&chan_select_order.dep_map);
	for (i = 0; i < s->channels; i++) {
		struct hchan *ch = chan_select_channel(s, i);

		if (!chan_select_first_of_channel(s, i))
			continue;
		if (i && tries < CHAN_SELECT_TRIES && unlikely(spin_is_locked(&ch->lock))) {
			chan_select_unlock_to(s, i);
			tries++;
			i = 0;
			ch = chan_select_channel(s, i);
		}
		spin_lock_nest_lock(&ch->lock, &chan_select_order);
	}
}

/**
 * chan_select_unlock() - release all locks of a select
 * @s: the select, locked
 */
void chan_select_unlock(struct chan_selection *s)
{
	chan_select_unlock_to(s, s->channels);
	lock_map_release(&chan_select_order.dep_map);
}
