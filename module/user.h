/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits and accounting per user: channels, and bytes in them.
 */
#ifndef _CHAN_USER_H
#define _CHAN_USER_H

#include <linux/types.h>

struct chan_user;

extern unsigned long chan_user_channels_max;
extern unsigned long chan_user_bytes_max;

struct chan_user *chan_user_get(void);
void chan_user_put(struct chan_user *user);

int chan_user_charge_channel(struct chan_user *user);
void chan_user_uncharge_channel(struct chan_user *user);
int chan_user_charge_bytes(struct chan_user *user, u64 bytes);
void chan_user_uncharge_bytes(struct chan_user *user, u64 bytes);
void chan_user_usage(u64 *channels, u64 *bytes);

s64 chan_user_live_bytes(void);

#endif /* _CHAN_USER_H */
