// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are no channels, polled by a select: sockets, pipes, timers, processes, any file
 * with a poll function.
 *
 * The task registers as a poller of each file, once, as poll(2) does: the wait queues of a
 * file belong to it, or to the task itself (signalfd), so that none can die before
 * chan_pollset_free(). A file that wakes the task sets kicked first (CHAN_BARRIER_PARK):
 * the task scans the files again.
 *
 * A select whose own parked operations wake pollers may be such a poller itself, through an epoll
 * that watches the same channel. While it issues these wakeups, it is quiet: a kick by its own
 * task says nothing that it does not know.
 */
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"
#include "pollset.h"

/* Most files have one wait queue, some have two. */
#define CHAN_POLLSET_INLINE	8

/**
 * struct chan_polled_file - one file
 * @file: the file; a reference is the caller's to hold
 * @index: its place in the selection
 * @events: EPOLL* to wait for
 * @revents: those of them that the last scan has found
 */
struct chan_polled_file {
	struct file	*file;
	unsigned int	index;
	__poll_t	events;
	__poll_t	revents;
};

/**
 * struct chan_poller - the task as a poller of one wait queue
 * @wait: in the wait queue
 * @head: the wait queue
 * @events: EPOLL* that wake it
 * @set: whose poller
 * @next: in chan_pollset.more
 */
struct chan_poller {
	wait_queue_entry_t	wait;
	wait_queue_head_t	*head;
	__poll_t		events;
	struct chan_pollset	*set;
	struct chan_poller	*next;
};

/**
 * struct chan_pollset - the files of a select, and their poller
 * @table: registers the task
 * @task: the task
 * @kicked: a file has woken the task
 * @quiet: the task wakes pollers of its own operations; its own
 * @fresh: the next scan takes the events that registering has found
 * @error: a poller could not be allocated
 * @npollers: how many of @pollers are in use
 * @pollers: the first of them
 * @more: the others
 * @n: length of @files
 * @files: the files
 */
struct chan_pollset {
	poll_table		table;
	struct task_struct	*task;
	int			kicked;
	bool			quiet;
	bool			fresh;
	int			error;
	unsigned int		npollers;
	struct chan_poller	pollers[CHAN_POLLSET_INLINE];
	struct chan_poller	*more;
	unsigned int		n;
	struct chan_polled_file	files[];
};

static int chan_poller_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct chan_poller *poller = container_of(wait, struct chan_poller, wait);
	struct chan_pollset *set = poller->set;

	if (key && !(key_to_poll(key) & poller->events))
		return 0;
	if (in_task() && current == set->task && set->quiet)
		return 0;
	/* CHAN_BARRIER_PARK: the file is ready before the task is kicked */
	smp_wmb();
	WRITE_ONCE(set->kicked, 1);
	return default_wake_function(wait, mode, sync, key);
}

static struct chan_poller *chan_poller_alloc(struct chan_pollset *set)
{
	struct chan_poller *poller;

	if (set->npollers < CHAN_POLLSET_INLINE)
		return &set->pollers[set->npollers++];
	poller = kmalloc(sizeof(*poller), GFP_KERNEL_ACCOUNT);
	if (poller) {
		poller->next = set->more;
		set->more = poller;
	}
	return poller;
}

/* A file names one of its wait queues. */
static void chan_poller_register(struct file *file, wait_queue_head_t *head, poll_table *table)
{
	struct chan_pollset *set = container_of(table, struct chan_pollset, table);
	struct chan_poller *poller = chan_poller_alloc(set);

	if (!poller) {
		set->error = -ENOMEM;
		return;
	}
	poller->head = head;
	poller->events = table->_key;
	poller->set = set;
	init_waitqueue_func_entry(&poller->wait, chan_poller_wake);
	poller->wait.private = set->task;
	add_wait_queue(head, &poller->wait);
}

/**
 * chan_pollset_alloc() - an empty set of files
 * @n: how many files it has space for
 *
 * Context: may sleep.
 * Return: NULL if there is no memory.
 */
struct chan_pollset *chan_pollset_alloc(unsigned int n)
{
	struct chan_pollset *set = kmalloc(struct_size(set, files, n), GFP_KERNEL_ACCOUNT);

	if (!set)
		return NULL;
	init_poll_funcptr(&set->table, chan_poller_register);
	set->task = current;
	set->kicked = 0;
	set->quiet = false;
	set->fresh = true;
	set->error = 0;
	set->npollers = 0;
	set->more = NULL;
	set->n = 0;
	return set;
}

/**
 * chan_pollset_free() - leave the wait queues of all files
 * @set: may be NULL
 *
 * Context: may sleep.
 */
void chan_pollset_free(struct chan_pollset *set)
{
	struct chan_poller *poller;
	unsigned int i;

	if (!set)
		return;
	for (i = 0; i < set->npollers; i++)
		remove_wait_queue(set->pollers[i].head, &set->pollers[i].wait);
	while ((poller = set->more)) {
		set->more = poller->next;
		remove_wait_queue(poller->head, &poller->wait);
		kfree(poller);
	}
	kfree(set);
}

/* With its own events as the key: a poll function may look at requested events only. */
static void chan_polled_file_check(struct chan_pollset *set, struct chan_polled_file *pf)
{
	set->table._key = pf->events;
	pf->revents = vfs_poll(pf->file, &set->table) & pf->events;
}

/**
 * chan_pollset_add() - add a file
 * @set: has space for it
 * @index: its place in the selection
 * @file: the file, which the caller holds until chan_pollset_free()
 * @events: POLL* to wait for; POLLERR and POLLHUP always count
 *
 * Context: may sleep.
 * Return: 0, -EPERM if it cannot be polled, or -ENOMEM.
 */
int chan_pollset_add(struct chan_pollset *set, unsigned int index, struct file *file, u16 events)
{
	struct chan_polled_file *pf = &set->files[set->n];

	if (!file_can_poll(file))
		return -EPERM;
	pf->file = file;
	pf->index = index;
	pf->events = demangle_poll(events) | EPOLLERR | EPOLLHUP;
	set->n++;
	chan_polled_file_check(set, pf);
	return set->error;
}

/**
 * chan_pollset_scan() - check which files are ready
 * @set: the files
 *
 * A kick that comes after this began is seen in chan_pollset_kicked().
 *
 * Context: may sleep.
 * Return: a bit for each file that is ready, at its place in the selection.
 */
u64 chan_pollset_scan(struct chan_pollset *set)
{
	struct chan_polled_file *pf;
	u64 ready = 0;

	if (!set->fresh) {
		/* CHAN_BARRIER_PARK: first forget, then look */
		smp_store_mb(set->kicked, 0);
		set->table._qproc = NULL;
	}
	for (pf = set->files; pf < set->files + set->n; pf++) {
		if (!set->fresh)
			chan_polled_file_check(set, pf);
		if (pf->revents)
			ready |= BIT_ULL(pf->index);
	}
	set->fresh = false;
	return ready;
}

/**
 * chan_pollset_kicked() - the word that says whether to scan again
 * @set: may be NULL
 *
 * Return: a word that is not 0 once a file may have become ready; or NULL.
 */
const int *chan_pollset_kicked(struct chan_pollset *set)
{
	return set ? &set->kicked : NULL;
}

/**
 * chan_pollset_quiet() - ignore kicks by the task itself, or heed them again
 * @set: may be NULL
 * @quiet: ignore them
 */
void chan_pollset_quiet(struct chan_pollset *set, bool quiet)
{
	if (set)
		set->quiet = quiet;
}

/**
 * chan_pollset_revents() - the events that the last scan has found
 * @set: the files
 * @index: of one of them, its place in the selection
 *
 * Return: POLL* of those waited for.
 */
u16 chan_pollset_revents(struct chan_pollset *set, unsigned int index)
{
	struct chan_polled_file *pf = set->files;

	while (pf->index != index)
		pf++;
	return mangle_poll(pf->revents);
}
