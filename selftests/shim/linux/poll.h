/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_POLL_H
#define _SHIM_LINUX_POLL_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <sys/epoll.h>

/**
 * struct shim_poller - a task that polls one file
 * @node: in the wait queue that it is registered on
 * @wq: that wait queue, or NULL
 * @task: the task
 * @events: the wake-ups that it listens to
 * @exclusive: one wake-up is for one such task
 * @woken: how many wake-ups it got
 * @triggered: set by each wake-up, or NULL
 */
struct shim_poller {
	struct list_head	node;
	wait_queue_head_t	*wq;
	struct task_struct	*task;
	__poll_t		events;
	bool			exclusive;
	unsigned int		woken;
	int			*triggered;
};

/**
 * struct poll_table_struct - where a file finds its poller
 * @poller: of this one file; or
 * @_qproc: makes pollers, of many files
 * @_key: what these listen to
 */
typedef struct poll_table_struct {
	struct shim_poller	*poller;
	void			(*_qproc)(struct file *file, wait_queue_head_t *wq,
					  struct poll_table_struct *table);
	__poll_t		_key;
} poll_table;

/**
 * struct poll_wqueues - a task that polls many files
 * @pt: what these get
 * @triggered: one of them has woken it
 * @error: a poller could not be made
 * @entries: its pollers, struct shim_poll_entry
 * @task: the task
 */
struct poll_wqueues {
	poll_table		pt;
	int			triggered;
	int			error;
	struct list_head	entries;
	struct task_struct	*task;
};

void poll_initwait(struct poll_wqueues *pollers);
void poll_freewait(struct poll_wqueues *pollers);

static inline bool file_can_poll(struct file *file)
{
	return file->f_op->poll;
}

static inline __poll_t vfs_poll(struct file *file, poll_table *table)
{
	shim_might_sleep("vfs_poll()");
	return file->f_op->poll(file, table);
}

static inline __poll_t poll_requested_events(const poll_table *table)
{
	return table ? table->_key : ~0U;
}

static inline __poll_t demangle_poll(u16 events)
{
	return events;
}

static inline u16 mangle_poll(__poll_t events)
{
	return events;
}

static inline void *poll_to_key(__poll_t events)
{
	return (void *)(uintptr_t)events;
}

void poll_wait(struct file *file, wait_queue_head_t *wq, struct poll_table_struct *table);
void shim_poller_init(struct shim_poller *poller, __poll_t events);
void shim_poller_leave(struct shim_poller *poller);
unsigned int shim_poller_woken(struct shim_poller *poller);

/**
 * struct shim_pollable - a file that is no channel
 * @file: the file
 * @wq: its pollers
 * @ready: what it shows, of what it is asked for
 */
struct shim_pollable {
	struct file		file;
	wait_queue_head_t	wq;
	__poll_t		ready;
};

void shim_pollable_init(struct shim_pollable *pollable);
/* It shows @ready from now on, and wakes its pollers for @events. */
void shim_pollable_set(struct shim_pollable *pollable, __poll_t ready, __poll_t events);

#endif /* _SHIM_LINUX_POLL_H */
