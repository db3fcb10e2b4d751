/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that are no channels, in a selection. See foreign.c.
 */
#ifndef _CHAN_FOREIGN_H
#define _CHAN_FOREIGN_H

#include <linux/types.h>

struct chan_foreign;
struct file;

struct chan_foreign *chan_foreign_alloc(unsigned int n);
void chan_foreign_free(struct chan_foreign *f);
int chan_foreign_add(struct chan_foreign *f, unsigned int index, struct file *file, u32 events);
u64 chan_foreign_scan(struct chan_foreign *f);
const int *chan_foreign_poked(struct chan_foreign *f);
u32 chan_foreign_revents(struct chan_foreign *f, unsigned int index);

#endif /* _CHAN_FOREIGN_H */
