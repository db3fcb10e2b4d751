/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waking the pollers of a channel. See poll.c.
 */
#ifndef _CHAN_POLL_H
#define _CHAN_POLL_H

struct hchan;

void chan_poll_wake_recv(struct hchan *ch, int n);
void chan_poll_wake_send(struct hchan *ch, int n);
void chan_poll_wake_all(struct hchan *ch);

#endif /* _CHAN_POLL_H */
