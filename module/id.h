/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channel numbers. See id.c.
 */
#ifndef _CHAN_ID_H
#define _CHAN_ID_H

#include <linux/types.h>

u64 chan_id_new(void);

#endif /* _CHAN_ID_H */
