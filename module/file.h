/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open files of a channel.
 */
#ifndef _CHAN_FILE_H
#define _CHAN_FILE_H

#include <linux/fs.h>
#include <linux/poll.h>

#include "hchan.h"

struct inode;
struct seq_file;

struct iov_iter;
struct kiocb;
struct seq_file;

/**
 * struct chan_file - an open file
 * @ch: its channel; constant
 * @rights: CHAN_RIGHT_* of the file; effective only if the channel has them too; constant
 */
struct chan_file {
	struct hchan	*ch;
	u32		rights;
};

/**
 * chan_file_check() - check whether an operation is allowed
 * @cf: the file
 * @right: one or more rights that the operation needs
 *
 * Context: Any context.
 * Return: 0, -EBADFD for a nil channel, or -EBADF if a right is missing.
 */
static inline int chan_file_check(const struct chan_file *cf, u32 right)
{
	return chan_hchan_check_rights(cf->ch, cf->rights, right);
}

/* The deadline of an operation that specifies none. */
static inline const struct chan_deadline *chan_file_deadline(const struct file *file)
{
	return file->f_flags & O_NONBLOCK ? &chan_deadline_now : &chan_deadline_never;
}

extern const struct file_operations chan_file_fops;

int chan_file_open(struct inode *inode, struct file *file);
int chan_file_release(struct inode *inode, struct file *file);
void chan_file_show_fdinfo(struct seq_file *m, struct file *file);
struct file *chan_file_new(struct hchan *ch, u32 rights);
int chan_file_dup(struct chan_file *cf, u32 rights);
void chan_file_info(struct chan_file *cf, struct chan_info *info);

ssize_t chan_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t chan_write_iter(struct kiocb *iocb, struct iov_iter *from);
long chan_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
__poll_t chan_poll(struct file *file, struct poll_table_struct *wait);

#endif /* _CHAN_FILE_H */
