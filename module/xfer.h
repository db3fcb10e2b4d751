/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transfers between the caller's memory and a channel. See xfer.c.
 */
#ifndef _CHAN_XFER_H
#define _CHAN_XFER_H

#include <linux/types.h>

struct chan_deadline;
struct chan_elem;
struct chan_file;
struct hchan;
struct iov_iter;

long chan_xfer_send(struct chan_file *cf, const void __user *from, u32 elemsize, size_t count,
		    size_t min, const struct chan_deadline *deadline);
long chan_xfer_send_iter(struct chan_file *cf, struct iov_iter *from, size_t count, size_t min,
			 const struct chan_deadline *deadline);
long chan_xfer_recv(struct chan_file *cf, void __user *to, u32 elemsize, size_t count,
		    size_t min, const struct chan_deadline *deadline);
long chan_xfer_recv_iter(struct chan_file *cf, struct iov_iter *to, size_t count, size_t min,
			 const struct chan_deadline *deadline);
int chan_xfer_take(struct hchan *ch, void __user *to, struct chan_elem *elem,
		   const u64 *seqs, int got);

#endif /* _CHAN_XFER_H */
