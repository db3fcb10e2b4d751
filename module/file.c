// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open file of a channel: open, release, fdinfo; its rights.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "file.h"
#include "show.h"

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

/* Takes over the caller's reference to the channel, as does the file. */
static void chan_file_free(struct chan_file *cf)
{
	chan_hchan_detach(cf->ch, cf->rights);
	chan_hchan_put(cf->ch);
	kfree(cf);
}

static int chan_file_open(struct inode *inode, struct file *file)
{
	struct hchan *ch;

	if ((file->f_flags & O_ACCMODE) != O_RDWR)
		return -EINVAL;
	ch = chan_hchan_alloc();
	if (!ch)
		return -ENOMEM;
	file->private_data = chan_file_alloc(ch, CHAN_RIGHTS_ALL);
	if (!file->private_data) {
		chan_hchan_put(ch);
		return -ENOMEM;
	}
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

static int chan_file_release(struct inode *inode, struct file *file)
{
	chan_file_free(file->private_data);
	return 0;
}

static int chan_file_mode(u32 rights)
{
	switch (rights & (CHAN_RIGHT_SEND | CHAN_RIGHT_RECV)) {
	case CHAN_RIGHT_SEND | CHAN_RIGHT_RECV:
		return O_RDWR;
	case CHAN_RIGHT_SEND:
		return O_WRONLY;
	default:
		return O_RDONLY;
	}
}

/**
 * chan_file_dup() - a new file descriptor for the same channel
 * @cf: the file
 * @rights: rights of the new file, all of which @cf has
 *
 * Context: may sleep.
 * Return: the file descriptor, close-on-exec, or -EMFILE, -ENFILE, -ENOMEM.
 */
int chan_file_dup(struct chan_file *cf, u32 rights)
{
	struct chan_file *new;
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	new = chan_file_alloc(cf->ch, rights);
	if (!new) {
		put_unused_fd(fd);
		return -ENOMEM;
	}
	chan_hchan_get(new->ch);
	file = anon_inode_getfile("[chan]", &chan_file_fops, new, chan_file_mode(rights));
	if (IS_ERR(file)) {
		chan_file_free(new);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	file->f_mode |= FMODE_NOWAIT;
	stream_open(file_inode(file), file);
	fd_install(fd, file);
	return fd;
}

/**
 * chan_file_info() - a consistent snapshot of the channel, as this file sees it
 * @cf: the file
 * @info: result
 */
void chan_file_info(struct chan_file *cf, struct chan_info *info)
{
	chan_hchan_info(cf->ch, info);
	info->rights &= cf->rights;
}

static void chan_file_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct chan_file *cf = file->private_data;

	/* But for that of who looks. */
	seq_printf(m, "chan-refs:\t%ld\n", (long)file_count(file) - 1);
	chan_show(m, cf->ch, cf->rights);
}

const struct file_operations chan_file_fops = {
	.owner		= THIS_MODULE,
	.open		= chan_file_open,
	.release	= chan_file_release,
	.read_iter	= chan_read_iter,
	.write_iter	= chan_write_iter,
	.poll		= chan_poll,
	.unlocked_ioctl	= chan_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.show_fdinfo	= chan_file_show_fdinfo,
};
