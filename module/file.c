// SPDX-License-Identifier: GPL-2.0-only
/*
 * The open file of a channel: open, release, read, write, fdinfo; its rights.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "elem.h"
#include "file.h"
#include "show.h"
#include "xfer.h"

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
	stream_open(file_inode(file), file);
	fd_install(fd, file);
	return fd;
}

static ssize_t chan_file_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct chan_file *cf = file->private_data;
	u32 elemsize;
	long n;

	if (!chan_hchan_made(cf->ch))
		return chan_xfer_nil(chan_file_deadline(file));
	if (!len)
		return 0;
	elemsize = cf->ch->elemsize;
	if (!elemsize || len < elemsize)
		return -EMSGSIZE;
	len /= elemsize;
	n = chan_xfer_recv(cf, buf, elemsize, len, 1, chan_file_deadline(file));
	return n > 0 ? n * elemsize : n;
}

/*
 * Does the task have more rights than who opened the file, and so perhaps does not know what
 * it writes to? An ioctl it would not do by mistake.
 */
static bool chan_file_lends_capability(const struct file *file)
{
	return cap_raised(current_cap(), CAP_SYS_RESOURCE) &&
	       !file_ns_capable(file, &init_user_ns, CAP_SYS_RESOURCE);
}

/* Without the capability, then, to exceed the limit of its user. */
static long chan_file_send_limited(struct file *file, const void __user *from, size_t n)
{
	struct chan_file *cf = file->private_data;
	struct cred *limited = prepare_creds();
	const struct cred *own;
	long sent;

	if (!limited)
		return -ENOMEM;
	cap_lower(limited->cap_effective, CAP_SYS_RESOURCE);
	own = override_creds(limited);
	sent = chan_xfer_send(cf, from, cf->ch->elemsize, n, n, chan_file_deadline(file));
	revert_creds(own);
	put_cred(limited);
	return sent;
}

static long chan_file_send(struct file *file, const void __user *from, size_t n)
{
	struct chan_file *cf = file->private_data;

	/* Only elements by reference are charged. */
	if (unlikely(chan_elem_is_ref(cf->ch->elemsize)) && chan_file_lends_capability(file))
		return chan_file_send_limited(file, from, n);
	return chan_xfer_send(cf, from, cf->ch->elemsize, n, n, chan_file_deadline(file));
}

static ssize_t chan_file_write(struct file *file, const char __user *buf, size_t len,
			       loff_t *pos)
{
	struct chan_file *cf = file->private_data;
	u32 elemsize;
	long n;

	if (!chan_hchan_made(cf->ch))
		return chan_xfer_nil(chan_file_deadline(file));
	if (!len)
		return 0;
	elemsize = cf->ch->elemsize;
	if (!elemsize)
		return -EMSGSIZE;
	/* The VFS cuts a longer write to this, whatever the size of an element. */
	if (len % elemsize && len != MAX_RW_COUNT)
		return -EMSGSIZE;
	len /= elemsize;
	n = chan_file_send(file, buf, len);
	return n > 0 ? n * elemsize : n;
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
	.read		= chan_file_read,
	.write		= chan_file_write,
	.poll		= chan_poll,
	.unlocked_ioctl	= chan_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.show_fdinfo	= chan_file_show_fdinfo,
};
