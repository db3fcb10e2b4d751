/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels that the module supports, 6.1 to 7.3.
 */
#ifndef _CHAN_COMPAT_H
#define _CHAN_COMPAT_H

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/resume_user_mode.h>
#include <linux/sched/signal.h>
#include <linux/version.h>

/* Since 6.12, a struct fd is one word. */
#ifndef fd_file
#define fd_file(f)	((f).file)
#define fd_flags(f)	((f).flags)
#endif
#ifndef fd_flags
#define fd_flags(f)	((f).word)
#endif

/* Since 6.13, an hrtimer and its function are set up together. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Let pending task work run when the current system call returns. */
static inline void chan_defer_task_work(void)
{
	clear_notify_signal();
	set_notify_resume(current);
}

/* Since 6.3, mounts map owners by an idmap instead of a user namespace. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define chan_idmap user_namespace
#else
#define chan_idmap mnt_idmap
#endif

/* Since 6.6, generic_fillattr() knows which attributes are wanted. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define generic_fillattr(idmap, mask, inode, stat) \
	((void)(mask), generic_fillattr(idmap, inode, stat))
#endif

/* Since 6.6, inode timestamps have accessors. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
static inline void simple_inode_init_ts(struct inode *inode)
{
	inode->i_mtime = current_time(inode);
	inode->i_atime = inode->i_mtime;
	inode->i_ctime = inode->i_mtime;
}
#endif

/* Since 6.14, FMODE_NONOTIFY suppresses events only if no other bit of this mask is set. */
#ifndef FMODE_FSNOTIFY_MASK
#define FMODE_FSNOTIFY_MASK	FMODE_NONOTIFY
#endif

#endif /* _CHAN_COMPAT_H */
