/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who would be parked for ever. See deadlock.c.
 */
#ifndef _CHAN_DEADLOCK_H
#define _CHAN_DEADLOCK_H

#include "hchan.h"

int chan_deadlock_wait(struct hchan *ch, struct chan_parker *p, bool send);

#endif /* _CHAN_DEADLOCK_H */
