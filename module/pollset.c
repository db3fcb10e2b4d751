// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are no channels, in a selection: sockets, pipes, timers, processes, whatever
 * can be polled.
 *
 * The task registers as a poller of each file, once, with the same means as poll(2): the
 * wait queues of a file belong to it, or to the task itself (signalfd), so that none can
 * die before chan_pollset_free(). A file that wakes the task sets kicked first
 * (CHAN_BARRIER_PARK), which tells it to look at the files again.
 */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "pollset.h"

/**
 * struct chan_polled_file - one file
 * @file: the file; a reference is the caller's to hold
 * @index: its place in the selection
 * @events: what is waited for, EPOLL*
 * @revents: what it has shown last, of that
 */
struct chan_polled_file {
	struct file	*file;
	unsigned int	index;
	__poll_t	events;
	__poll_t	revents;
};

/**
 * struct chan_pollset - the files of a selection, and their poller
 * @pollers: entries in their wait queues; its triggered is set by who wakes the task
 * @fresh: the next scan takes what the files have shown when they were added
 * @n: how many files there are
 * @files: the files
 */
struct chan_pollset {
	struct poll_wqueues		pollers;
	bool				fresh;
	unsigned int			n;
	struct chan_polled_file	files[];
};

/**
 * chan_pollset_alloc() - room for files
 * @n: how many there will be at the most
 *
 * Context: may sleep.
 * Return: NULL if there is no memory.
 */
struct chan_pollset *chan_pollset_alloc(unsigned int n)
{
	struct chan_pollset *f = kmalloc(struct_size(f, files, n), GFP_KERNEL_ACCOUNT);

	if (!f)
		return NULL;
	poll_initwait(&f->pollers);
	f->fresh = true;
	f->n = 0;
	return f;
}

/**
 * chan_pollset_free() - leave the wait queues of all files
 * @f: may be NULL
 *
 * Context: may sleep.
 */
void chan_pollset_free(struct chan_pollset *f)
{
	if (!f)
		return;
	poll_freewait(&f->pollers);
	kfree(f);
}

static void chan_polled_file_check(struct chan_polled_file *ff, poll_table *table)
{
	ff->revents = vfs_poll(ff->file, table) & ff->events;
}

/**
 * chan_pollset_add() - one more file
 * @f: room for it
 * @index: its place in the selection
 * @file: the file, which the caller holds until chan_pollset_free()
 * @events: POLL* to wait for; POLLERR and POLLHUP always count
 *
 * Context: may sleep.
 * Return: 0, -EPERM if it cannot be polled, or -ENOMEM.
 */
int chan_pollset_add(struct chan_pollset *f, unsigned int index, struct file *file, u16 events)
{
	struct chan_polled_file *ff = &f->files[f->n];

	if (!file_can_poll(file))
		return -EPERM;
	ff->file = file;
	ff->index = index;
	ff->events = demangle_poll(events) | EPOLLERR | EPOLLHUP;
	f->n++;
	f->pollers.pt._key = ff->events;
	chan_polled_file_check(ff, &f->pollers.pt);
	return f->pollers.error;
}

/**
 * chan_pollset_scan() - look at all files
 * @f: the files
 *
 * Whatever kicks the task after this began is seen in chan_pollset_kicked().
 *
 * Context: may sleep.
 * Return: a bit for each that is ready, at its place in the selection.
 */
u64 chan_pollset_scan(struct chan_pollset *f)
{
	struct chan_polled_file *ff;
	u64 ready = 0;

	if (!f->fresh) {
		/* CHAN_BARRIER_PARK: first forget, then look */
		smp_store_mb(f->pollers.triggered, 0);
		f->pollers.pt._qproc = NULL;
	}
	for (ff = f->files; ff < f->files + f->n; ff++) {
		if (!f->fresh)
			chan_polled_file_check(ff, &f->pollers.pt);
		if (ff->revents)
			ready |= BIT_ULL(ff->index);
	}
	f->fresh = false;
	return ready;
}

/**
 * chan_pollset_kicked() - where to see that a file may have become ready
 * @f: may be NULL
 *
 * Return: a word that is not 0 then; or NULL.
 */
const int *chan_pollset_kicked(struct chan_pollset *f)
{
	return f ? &f->pollers.triggered : NULL;
}

/**
 * chan_pollset_revents() - what a file has shown
 * @f: the files
 * @index: its place in the selection
 *
 * Return: POLL* of those waited for.
 */
u16 chan_pollset_revents(struct chan_pollset *f, unsigned int index)
{
	struct chan_polled_file *ff = f->files;

	while (ff->index != index)
		ff++;
	return mangle_poll(ff->revents);
}
