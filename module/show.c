// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels as text: one channel in fdinfo, for a holder of a file; all of them in the file
 * "channels" of debugfs, for root. Each channel is shown as a consistent snapshot, taken
 * under its lock and printed after unlock. Snapshots are bounded, so readers stall no one.
 */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "hchan.h"
#include "show.h"

/* Maximum number of parked operations shown. */
#define CHAN_SHOW_PARKED	64

/* Print the names of the bits that are set. */
static void chan_show_bits(struct seq_file *m, const char *name, u32 bits,
			   const char * const names[], unsigned int n)
{
	const char *separator = "";
	unsigned int i;

	seq_printf(m, "chan-%s:\t", name);
	for (i = 0; i < n; i++) {
		if (!(bits & (1U << i)))
			continue;
		seq_printf(m, "%s%s", separator, names[i]);
		separator = ",";
	}
	seq_putc(m, '\n');
}

static void chan_show_flags(struct seq_file *m, u32 flags)
{
	static const char * const names[] = { "nohup", "timer" };

	chan_show_bits(m, "flags", flags, names, ARRAY_SIZE(names));
}

static void chan_show_rights(struct seq_file *m, u32 rights)
{
	static const char * const names[] = { "send", "recv", "close" };

	chan_show_bits(m, "rights", rights, names, ARRAY_SIZE(names));
}

static void chan_show_paths(struct seq_file *m, const char *name, const struct chan_paths *paths)
{
	seq_printf(m, "chan-%s:\thandoff=%llu ring=%llu park=%llu\n", name, paths->handoff,
		   paths->ring, paths->park);
}

static void chan_show_info(struct seq_file *m, const struct chan_info *info, u32 closers,
			   const char *closed)
{
	seq_printf(m, "chan-id:\t%llu\n", info->id);
	seq_printf(m, "chan-type:\t%*pE\n", (int)strlen(info->type), info->type);
	chan_show_flags(m, info->flags);
	seq_printf(m, "chan-elemsize:\t%u\n", info->elemsize);
	seq_printf(m, "chan-cap:\t%u\n", info->cap);
	seq_printf(m, "chan-len:\t%u\n", info->len);
	seq_printf(m, "chan-closed:\t%s\n", closed);
	chan_show_rights(m, info->rights);
	seq_printf(m, "chan-senders:\t%u\n", info->senders);
	seq_printf(m, "chan-receivers:\t%u\n", info->receivers);
	seq_printf(m, "chan-closers:\t%u\n", closers);
	seq_printf(m, "chan-sendq:\t%u\n", info->sendq);
	seq_printf(m, "chan-recvq:\t%u\n", info->recvq);
	seq_printf(m, "chan-requeued:\t%u\n", info->requeued);
	chan_show_paths(m, "sends", &info->sends);
	chan_show_paths(m, "recvs", &info->recvs);
}

static void chan_show_parked(struct seq_file *m, const struct chan_parked *parked, unsigned int n,
			     unsigned int all)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		seq_printf(m, "chan-parked:\t%d %s %llu%s%s%s%s\n", parked[i].pid,
			   parked[i].send ? "send" : "recv", parked[i].age,
			   parked[i].select ? " select" : "",
			   parked[i].deadline ? " deadline" : "",
			   parked[i].file ? " file" : "",
			   parked[i].ref ? " ref" : "");
	}
	if (n < all)
		seq_printf(m, "chan-parked-more:\t%u\n", all - n);
}

static void chan_show_channel(struct seq_file *m, struct hchan *ch, u32 rights,
			      struct pid_namespace *ns)
{
	static const char * const causes[] = {
		[CHAN_OPEN]			= "no",
		[CHAN_CLOSED_BY_CLOSE]		= "close",
		[CHAN_CLOSED_NO_SENDERS]	= "no-senders",
		[CHAN_CLOSED_NO_RECEIVERS]	= "no-receivers",
	};
	struct chan_parked *parked = kmalloc_array(CHAN_SHOW_PARKED, sizeof(*parked), GFP_KERNEL);
	struct chan_info info;
	unsigned int n;
	u32 closers;

	n = chan_hchan_look(ch, &info, &closers, ns, parked, parked ? CHAN_SHOW_PARKED : 0);
	info.rights &= rights;
	chan_show_info(m, &info, closers, chan_hchan_made(ch) ? causes[info.closed] : "nil");
	chan_show_parked(m, parked, n, info.sendq + info.recvq);
	kfree(parked);
}

/**
 * chan_show() - print a channel in fdinfo
 * @m: the fdinfo file
 * @ch: the channel
 * @rights: CHAN_RIGHT_* of the file that is shown
 *
 * Pids are those of the procfs instance; its reader may be in another pid namespace. A task
 * that is not visible there is shown as 0.
 *
 * Context: May sleep.
 */
void chan_show(struct seq_file *m, struct hchan *ch, u32 rights)
{
	chan_show_channel(m, ch, rights, proc_pid_ns(file_inode(m->file)->i_sb));
}

/**
 * struct chan_show_cursor - position of the next read of the list
 * @ch: reference to the next channel to show; NULL at the end
 */
struct chan_show_cursor {
	struct hchan	*ch;
};

/* A read starts at 0 or where the last one stopped: after a seek, seq_file reads up to there. */
static void *chan_show_start(struct seq_file *m, loff_t *pos)
{
	struct chan_show_cursor *cursor = m->private;
	struct hchan *ch = cursor->ch;

	cursor->ch = NULL;
	if (*pos)
		return ch;
	chan_hchan_put(ch);
	return chan_hchan_next(NULL);
}

static void *chan_show_next(struct seq_file *m, void *ch, loff_t *pos)
{
	++*pos;
	return chan_hchan_next(ch);
}

static void chan_show_stop(struct seq_file *m, void *ch)
{
	struct chan_show_cursor *cursor = m->private;

	cursor->ch = ch;
}

static int chan_show_one(struct seq_file *m, void *ch)
{
	/* debugfs is global, so pids are those of the initial namespace. */
	chan_show_channel(m, ch, CHAN_RIGHTS_ALL, &init_pid_ns);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations chan_show_sops = {
	.start	= chan_show_start,
	.next	= chan_show_next,
	.stop	= chan_show_stop,
	.show	= chan_show_one,
};

static int chan_show_open(struct inode *inode, struct file *file)
{
	return seq_open_private(file, &chan_show_sops, sizeof(struct chan_show_cursor));
}

static int chan_show_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;
	struct chan_show_cursor *cursor = m->private;

	chan_hchan_put(cursor->ch);
	return seq_release_private(inode, file);
}

static const struct file_operations chan_show_fops = {
	.owner		= THIS_MODULE,
	.open		= chan_show_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= chan_show_release,
};

static struct dentry *chan_show_directory;

/**
 * chan_show_init() - list all channels in debugfs, for root
 *
 * Errors are ignored: nothing else depends on debugfs.
 *
 * Context: May sleep.
 */
void chan_show_init(void)
{
	chan_show_directory = debugfs_create_dir("chan", NULL);
	debugfs_create_file("channels", 0400, chan_show_directory, NULL, &chan_show_fops);
}

/**
 * chan_show_exit() - remove the list from debugfs
 *
 * Context: May sleep. No file of it is open any more.
 */
void chan_show_exit(void)
{
	debugfs_remove_recursive(chan_show_directory);
}
