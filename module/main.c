// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device /dev/chan, the operations of its files, and the module's parameters.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "file.h"
#include "user.h"
#include "show.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

module_param_named(user_channels, chan_user_channels_max, ulong, 0644);
MODULE_PARM_DESC(user_channels, "maximum number of channels per user");
module_param_named(user_bytes, chan_user_bytes_max, ulong, 0644);
MODULE_PARM_DESC(user_bytes, "maximum number of bytes that a user may hold in channels");

static int chan_param_live_channels(char *buffer, const struct kernel_param *param)
{
	unsigned int channels, waiters;

	chan_hchan_live(&channels, &waiters);
	return sysfs_emit(buffer, "%u\n", channels);
}

static int chan_param_live_waiters(char *buffer, const struct kernel_param *param)
{
	unsigned int channels, waiters;

	chan_hchan_live(&channels, &waiters);
	return sysfs_emit(buffer, "%u\n", waiters);
}

static int chan_param_live_bytes(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%lld\n", chan_user_live_bytes());
}

static const struct kernel_param_ops chan_param_live_channels_ops = {
	.get = chan_param_live_channels,
};

static const struct kernel_param_ops chan_param_live_waiters_ops = {
	.get = chan_param_live_waiters,
};

static const struct kernel_param_ops chan_param_live_bytes_ops = {
	.get = chan_param_live_bytes,
};

/* Root only: the walk over all channels may be long, but stalls no other task. */
module_param_cb(live_channels, &chan_param_live_channels_ops, NULL, 0400);
MODULE_PARM_DESC(live_channels, "live channels, including nil channels (read-only)");
module_param_cb(live_waiters, &chan_param_live_waiters_ops, NULL, 0400);
MODULE_PARM_DESC(live_waiters, "parked operations (read-only)");
module_param_cb(live_bytes, &chan_param_live_bytes_ops, NULL, 0400);
MODULE_PARM_DESC(live_bytes, "bytes charged to users (read-only)");

/* Defined here, as it refers to functions of several files. */
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

static struct miscdevice chan_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "chan",
	.fops	= &chan_file_fops,
	.mode	= 0666,
};

static int __init chan_init(void)
{
	int err = misc_register(&chan_device);

	if (!err)
		chan_show_init();
	return err;
}

static void __exit chan_exit(void)
{
	chan_show_exit();
	misc_deregister(&chan_device);
}

module_init(chan_init);
module_exit(chan_exit);

MODULE_DESCRIPTION("Channels between processes");
MODULE_AUTHOR("The chan authors");
MODULE_LICENSE("GPL");
