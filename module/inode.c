// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes of channels: files made by CHAN_IOC_NEW and CHAN_IOC_DUP. Their type is S_IFIFO, as
 * programs expect of a stream. A file of /dev/chan keeps the inode of the device.
 *
 * A reopen (/proc/PID/fd/N, /dev/stdin) knows only the inode. Hence each such file has its
 * own inode, which holds the rights of the file. A reopen gets those rights that its mode
 * asks for, and never more, regardless of mode bits and capabilities.
 *
 * The inode holds the channel, but is neither a sender nor a receiver: a channel whose last
 * open file is gone is hung up, even if an O_PATH file keeps the inode.
 *
 * The filesystem is mounted while one of its files is open. A mount for the lifetime of the
 * module would pin the module, as a superblock holds a reference to the owner of its type.
 * Without an owner, the module could be removed while an O_PATH file still needs its
 * operations.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>

#include "compat.h"
#include "hchan.h"
#include "inode.h"

/* "chan" */
#define CHAN_INODE_MAGIC	0x6368616e

/**
 * struct chan_inode - private data of an inode
 * @ch: the channel, made; constant
 * @rights: CHAN_RIGHT_*: upper bound of the rights of its files; constant
 */
struct chan_inode {
	struct hchan	*ch;
	u32		rights;
};

static void chan_inode_evict(struct inode *inode)
{
	struct chan_inode *ci = inode->i_private;

	clear_inode(inode);
	/* The inode of the root directory has none. */
	if (!ci)
		return;
	chan_hchan_put(ci->ch);
	kfree(ci);
}

static const struct super_operations chan_inode_sops = {
	.statfs		= simple_statfs,
	.evict_inode	= chan_inode_evict,
};

static char *chan_inode_dname(struct dentry *dentry, char *buffer, int buflen)
{
	char name[sizeof("chan:[]") + 20];
	int size = snprintf(name, sizeof(name), "chan:[%llu]",
			    chan_inode_channel(d_inode(dentry))->id) + 1;

	if (size > buflen)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buffer + buflen - size, name, size);
}

static const struct dentry_operations chan_inode_dops = {
	.d_dname	= chan_inode_dname,
};

/*
 * Streams in user space write in multiples of the block size: so they write whole elements
 * as long as their caller does.
 */
static u32 chan_inode_blksize(const struct hchan *ch)
{
	if (!ch->elemsize)
		return PAGE_SIZE;
	return ch->elemsize * max_t(u32, PAGE_SIZE / ch->elemsize, 1);
}

/* Programs without large file support fail if the number of an inode has more than 32 bits. */
static u64 chan_inode_number(const struct hchan *ch)
{
	if (IS_ENABLED(CONFIG_64BIT) && !in_compat_syscall())
		return ch->id;
	return lower_32_bits(ch->id) ^ upper_32_bits(ch->id) ?: 1;
}

static int chan_inode_getattr(struct chan_idmap *idmap, const struct path *path,
			      struct kstat *stat, u32 mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);
	const struct hchan *ch = chan_inode_channel(inode);

	generic_fillattr(idmap, mask, inode, stat);
	stat->ino = chan_inode_number(ch);
	stat->blksize = chan_inode_blksize(ch);
	return 0;
}

static const struct inode_operations chan_inode_iops = {
	.getattr	= chan_inode_getattr,
};

static int chan_inode_init_fs_context(struct fs_context *fc)
{
	struct pseudo_fs_context *ctx = init_pseudo(fc, CHAN_INODE_MAGIC);

	if (!ctx)
		return -ENOMEM;
	ctx->ops = &chan_inode_sops;
	ctx->dops = &chan_inode_dops;
	return 0;
}

static struct file_system_type chan_inode_fs = {
	.owner			= THIS_MODULE,
	.name			= "chan",
	.init_fs_context	= chan_inode_init_fs_context,
	.kill_sb		= kill_anon_super,
};

/* Protected by simple_pin_fs() and simple_release_fs(); the mount is constant while pinned. */
static struct vfsmount *chan_inode_mnt;
static int chan_inode_pins;

static int chan_inode_pin(void)
{
	return simple_pin_fs(&chan_inode_fs, &chan_inode_mnt, &chan_inode_pins);
}

/**
 * chan_inode_unpin() - release the pin of an open file
 *
 * Context: May sleep. The caller still holds the path of the file.
 */
void chan_inode_unpin(void)
{
	simple_release_fs(&chan_inode_mnt, &chan_inode_pins);
}

static umode_t chan_inode_mode(u32 rights)
{
	return S_IFIFO | (rights & CHAN_RIGHT_RECV ? 0400 : 0) |
	       (rights & CHAN_RIGHT_SEND ? 0200 : 0);
}

static int chan_inode_open_flags(u32 rights)
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

static struct inode *chan_inode_alloc(struct hchan *ch, u32 rights,
				      const struct file_operations *fops)
{
	struct chan_inode *ci = kmalloc(sizeof(*ci), GFP_KERNEL_ACCOUNT);
	struct inode *inode;

	if (!ci)
		return NULL;
	inode = new_inode(chan_inode_mnt->mnt_sb);
	if (!inode) {
		kfree(ci);
		return NULL;
	}
	ci->ch = chan_hchan_get(ch);
	ci->rights = rights;
	inode->i_private = ci;
	inode->i_ino = ch->id;
	inode->i_mode = chan_inode_mode(rights);
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	/* Like an anonymous inode: security modules decide when the device is opened. */
	inode->i_flags |= S_PRIVATE;
	inode->i_op = &chan_inode_iops;
	inode->i_fop = fops;
	simple_inode_init_ts(inode);
	return inode;
}

/**
 * chan_inode_getfile() - create an open file with its own inode
 * @ch: the channel, made
 * @rights: CHAN_RIGHT_* that @ch can have; they set the mode of file and inode
 * @fops: of the file, and of all files that reopen it; owned by this module
 *
 * The caller sets the private data, and calls chan_inode_unpin() on release of the file.
 *
 * Context: May sleep.
 * Return: the file, or an ERR_PTR of -ENFILE or -ENOMEM.
 */
struct file *chan_inode_getfile(struct hchan *ch, u32 rights, const struct file_operations *fops)
{
	struct inode *inode;
	struct file *file;
	int err;

	err = chan_inode_pin();
	if (err)
		return ERR_PTR(err);
	inode = chan_inode_alloc(ch, rights, fops);
	if (!inode) {
		chan_inode_unpin();
		return ERR_PTR(-ENOMEM);
	}
	/* Dropped by the last fput() of the file. */
	__module_get(fops->owner);
	file = alloc_file_pseudo(inode, chan_inode_mnt, "", chan_inode_open_flags(rights), fops);
	if (IS_ERR(file)) {
		module_put(fops->owner);
		iput(inode);
		chan_inode_unpin();
	}
	return file;
}

/**
 * chan_inode_is() - check that an inode belongs to the pseudo filesystem
 * @inode: the inode
 *
 * Context: Any context.
 * Return: true if so.
 */
bool chan_inode_is(const struct inode *inode)
{
	return inode->i_sb->s_type == &chan_inode_fs;
}

/**
 * chan_inode_channel() - return the channel of an inode
 * @inode: the inode, for which chan_inode_is() is true
 *
 * Context: Any context.
 * Return: the channel, which the inode holds.
 */
struct hchan *chan_inode_channel(const struct inode *inode)
{
	const struct chan_inode *ci = inode->i_private;

	return ci->ch;
}

/**
 * chan_inode_reopen() - prepare one more open file of an inode
 * @inode: the inode, for which chan_inode_is() is true
 * @file: the file being opened; its mode selects its rights
 * @rights: result: these rights, all of which @inode has; writing implies closing
 *
 * The caller calls chan_inode_unpin() on release of the file.
 *
 * Context: May sleep.
 * Return: 0, -EINVAL if the file is opened for neither reading nor writing, -EACCES if
 * @inode lacks a right, or -ENOMEM.
 */
int chan_inode_reopen(struct inode *inode, struct file *file, u32 *rights)
{
	const struct chan_inode *ci = inode->i_private;
	u32 wanted = 0;

	if (file->f_mode & FMODE_READ)
		wanted |= CHAN_RIGHT_RECV;
	if (file->f_mode & FMODE_WRITE)
		wanted |= CHAN_RIGHT_SEND;
	if (!wanted)
		return -EINVAL;
	if (wanted & ~ci->rights)
		return -EACCES;
	if (wanted & CHAN_RIGHT_SEND)
		wanted |= CHAN_RIGHT_CLOSE;
	*rights = wanted & ci->rights;
	return chan_inode_pin();
}
