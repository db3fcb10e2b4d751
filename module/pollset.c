// SPDX-License-Identifier: GPL-2.0-only
/*
 * Polled files of a select: sockets, pipes, timers, pidfds, any file with a poll function
 * that is not a channel.
 *
 * The task registers with each file once, like poll(2). The wait queues of a file
 * belong to the file, or to the task itself (signalfd), so all of them outlive
 * chan_pollset_free(). A file that wakes the task sets kicked first (CHAN_BARRIER_PARK), and
 * the task scans its files again.
 *
 * Parking the operations of a select wakes pollers. Through an epoll that watches the same
 * channel, the select may be such a poller itself. While it issues these wakeups it is quiet,
 * and ignores kicks by its own task.
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
 * @file: the file; the caller holds a reference
 * @index: its position in the selection
 * @events: EPOLL* to wait for
 * @revents: events found by the last scan
 */
struct chan_polled_file {
	struct file	*file;
	unsigned int	index;
	__poll_t	events;
	__poll_t	revents;
};

/**
 * struct chan_poller - entry of the task in one wait queue
 * @wait: in the wait queue
 * @head: the wait queue
 * @events: EPOLL* that wake it
 * @set: its set
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
 * @quiet: the task is waking pollers of its own operations; private to the task
 * @fresh: the next scan uses the events found when registering
 * @error: -ENOMEM if a poller could not be allocated, else 0
 * @npollers: number of @pollers in use
 * @pollers: the first pollers
 * @more: all other pollers
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

/* Callback of poll_wait(). */
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
 * chan_pollset_alloc() - allocate an empty set of files
 * @n: maximum number of files
 *
 * Context: May sleep.
 * Return: the set, or NULL.
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
 * chan_pollset_free() - leave the wait queues of all files, and free the set
 * @set: may be NULL
 *
 * Context: May sleep.
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

/* Each file gets its own key: a poll function may check only the requested events. */
static void chan_polled_file_check(struct chan_pollset *set, struct chan_polled_file *pf)
{
	set->table._key = pf->events;
	pf->revents = vfs_poll(pf->file, &set->table) & pf->events;
}

/**
 * chan_pollset_add() - add a file
 * @set: has space for it
 * @index: its position in the selection
 * @file: the file, which the caller holds until chan_pollset_free()
 * @events: POLL* to wait for; POLLERR and POLLHUP are always included
 *
 * Context: May sleep.
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
 * A kick after the start of the scan is seen in chan_pollset_kicked().
 *
 * Context: May sleep.
 * Return: a bit for each file that is ready, at its position in the selection.
 */
u64 chan_pollset_scan(struct chan_pollset *set)
{
	struct chan_polled_file *pf;
	u64 ready = 0;

	if (!set->fresh) {
		/* CHAN_BARRIER_PARK: clear, then check */
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
 * chan_pollset_kicked() - return the word that a kick sets
 * @set: may be NULL
 *
 * Context: Any context.
 * Return: a word that becomes non-zero when a file may be ready, or NULL.
 */
const int *chan_pollset_kicked(struct chan_pollset *set)
{
	return set ? &set->kicked : NULL;
}

/**
 * chan_pollset_quiet() - ignore kicks by the task itself, or stop ignoring them
 * @set: may be NULL
 * @quiet: true to ignore them
 *
 * Context: Process context, in the task of @set.
 */
void chan_pollset_quiet(struct chan_pollset *set, bool quiet)
{
	if (set)
		set->quiet = quiet;
}

/**
 * chan_pollset_revents() - return the events found by the last scan
 * @set: the files
 * @index: position of a file in the selection
 *
 * Context: Process context, in the task of @set.
 * Return: POLL*, limited to the requested events.
 */
u16 chan_pollset_revents(struct chan_pollset *set, unsigned int index)
{
	struct chan_polled_file *pf = set->files;

	while (pf->index != index)
		pf++;
	return mangle_poll(pf->revents);
}
