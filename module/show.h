/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels as text. See show.c.
 */
#ifndef _CHAN_SHOW_H
#define _CHAN_SHOW_H

#include <linux/types.h>

struct hchan;
struct seq_file;

void chan_show(struct seq_file *m, struct hchan *ch, u32 rights);
void chan_show_init(void);
void chan_show_exit(void);

#endif /* _CHAN_SHOW_H */
