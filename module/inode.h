/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inodes of channels, in a pseudo filesystem. See inode.c.
 */
#ifndef _CHAN_INODE_H
#define _CHAN_INODE_H

#include <linux/fs.h>
#include <linux/types.h>

struct hchan;

struct file *chan_inode_getfile(struct hchan *ch, u32 rights, const struct file_operations *fops);
bool chan_inode_is(const struct inode *inode);
int chan_inode_reopen(struct inode *inode, struct file *file, u32 *rights);
struct hchan *chan_inode_channel(const struct inode *inode);
void chan_inode_unpin(void);

#endif /* _CHAN_INODE_H */
