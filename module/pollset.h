/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Polled files of a select. See pollset.c.
 */
#ifndef _CHAN_POLLSET_H
#define _CHAN_POLLSET_H

#include <linux/types.h>

struct chan_pollset;
struct file;

struct chan_pollset *chan_pollset_alloc(unsigned int n);
void chan_pollset_free(struct chan_pollset *set);
int chan_pollset_add(struct chan_pollset *set, unsigned int index, struct file *file, u16 events);
u64 chan_pollset_scan(struct chan_pollset *set);
const int *chan_pollset_kicked(struct chan_pollset *set);
void chan_pollset_quiet(struct chan_pollset *set, bool quiet);
u16 chan_pollset_revents(struct chan_pollset *set, unsigned int index);

#endif /* _CHAN_POLLSET_H */
