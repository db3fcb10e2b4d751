// SPDX-License-Identifier: GPL-2.0-only
/*
 * Open files of a channel and their rights: open, reopen, release, fdinfo.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "compat.h"
#include "file.h"
#include "inode.h"
#include "show.h"

/* Takes over a reference to the channel. */
static struct chan_file *chan_file_alloc(struct hchan *ch, u32 rights)
{
	struct chan_file *cf = kmalloc(sizeof(*cf), GFP_KERNEL_ACCOUNT);

	if (!cf)
		return NULL;
	cf->ch = ch;
	cf->rights = rights;
	chan_hchan_attach(ch, rights);
	return cf;
}

static void chan_file_free(struct chan_file *cf)
{
	chan_hchan_detach(cf->ch, cf->rights);
	chan_hchan_put(cf->ch);
	kfree(cf);
}

/* Take a reference to the channel for a new file. */
static struct chan_file *chan_file_get(struct hchan *ch, u32 rights)
{
	struct chan_file *cf = chan_file_alloc(ch, rights);

	if (cf)
		chan_hchan_get(ch);
	return cf;
}

/* Setup common to all files. */
static int chan_file_set(struct inode *inode, struct file *file, struct chan_file *cf)
{
	file->private_data = cf;
	/* Permission to watch the inode is not permission to see traffic: report no event. */
	file->f_mode = (file->f_mode & ~FMODE_FSNOTIFY_MASK) | FMODE_NONOTIFY | FMODE_NOWAIT;
	return stream_open(inode, file);
}

/* Open /dev/chan: create a nil channel. */
static int chan_file_open_device(struct inode *inode, struct file *file)
{
	struct chan_file *cf;
	struct hchan *ch;

	if ((file->f_flags & O_ACCMODE) != O_RDWR)
		return -EINVAL;
	ch = chan_hchan_alloc();
	if (!ch)
		return -ENOMEM;
	cf = chan_file_alloc(ch, CHAN_RIGHTS_ALL);
	if (!cf) {
		chan_hchan_put(ch);
		return -ENOMEM;
	}
	return chan_file_set(inode, file, cf);
}

static int chan_file_reopen(struct inode *inode, struct file *file)
{
	struct chan_file *cf;
	u32 rights;
	int err;

	err = chan_inode_reopen(inode, file, &rights);
	if (err)
		return err;
	cf = chan_file_get(chan_inode_channel(inode), rights);
	if (!cf) {
		chan_inode_unpin();
		return -ENOMEM;
	}
	return chan_file_set(inode, file, cf);
}

/**
 * chan_file_open() - open /dev/chan, or reopen a channel through /proc
 * @inode: inode of the device or of the channel
 * @file: the new file
 *
 * Context: May sleep.
 * Return: 0, or a negative errno.
 */
int chan_file_open(struct inode *inode, struct file *file)
{
	if (chan_inode_is(inode))
		return chan_file_reopen(inode, file);
	return chan_file_open_device(inode, file);
}

/**
 * chan_file_release() - release an open file
 * @inode: its inode
 * @file: the file
 *
 * Context: May sleep.
 * Return: 0.
 */
int chan_file_release(struct inode *inode, struct file *file)
{
	chan_file_free(file->private_data);
	if (chan_inode_is(inode))
		chan_inode_unpin();
	return 0;
}

/**
 * chan_file_new() - create an open file of a channel, without a descriptor
 * @ch: the channel, made
 * @rights: CHAN_RIGHT_* of the file; those that the channel cannot have are ignored
 *
 * Context: May sleep.
 * Return: the file, or an ERR_PTR of -ENFILE or -ENOMEM.
 */
struct file *chan_file_new(struct hchan *ch, u32 rights)
{
	struct chan_file *cf = chan_file_get(ch, rights);
	struct file *file;

	if (!cf)
		return ERR_PTR(-ENOMEM);
	file = chan_inode_getfile(ch, rights & ch->rights, &chan_file_fops);
	if (IS_ERR(file))
		chan_file_free(cf);
	else
		chan_file_set(file_inode(file), file, cf);
	return file;
}

/**
 * chan_file_dup() - create another file of the same channel, with a descriptor
 * @cf: the file
 * @rights: rights of the new file, a subset of those of @cf
 *
 * Context: May sleep.
 * Return: the file descriptor, close-on-exec, or -EMFILE, -ENFILE, -ENOMEM.
 */
int chan_file_dup(struct chan_file *cf, u32 rights)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = chan_file_new(cf->ch, rights);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

/**
 * chan_file_info() - take a consistent snapshot of the channel, as seen by this file
 * @cf: the file
 * @info: result
 *
 * Context: Process context. Takes and releases the lock of the channel.
 */
void chan_file_info(struct chan_file *cf, struct chan_info *info)
{
	chan_hchan_info(cf->ch, info);
	info->rights &= cf->rights;
}

/**
 * chan_file_show_fdinfo() - show a channel in /proc/PID/fdinfo
 * @m: the fdinfo file
 * @file: the file
 *
 * Context: May sleep.
 */
void chan_file_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct chan_file *cf = file->private_data;

	/* Minus the reader's own reference. */
	seq_printf(m, "chan-refs:\t%ld\n", (long)file_count(file) - 1);
	chan_show(m, cf->ch, cf->rights);
}
