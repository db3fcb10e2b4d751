/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The locks of all channels of a select. See select_lock.c.
 */
#ifndef _CHAN_SELECT_LOCK_H
#define _CHAN_SELECT_LOCK_H

#include "select.h"

/* The channel of an entry of @s->order. */
static inline struct hchan *chan_select_channel(const struct chan_selection *s, unsigned int i)
{
	return s->cases[s->order[i]].ch;
}

void chan_select_sort(struct chan_selection *s);
void chan_select_lock(struct chan_selection *s);
void chan_select_unlock(struct chan_selection *s);

#endif /* _CHAN_SELECT_LOCK_H */
