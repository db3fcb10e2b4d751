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
 * struct poll_table_struct - how a file registers its poller
 * @_qproc: registers a poller, or NULL
 * @_key: the events polled for
 */
typedef struct poll_table_struct {
	void		(*_qproc)(struct file *file, wait_queue_head_t *wq,
				  struct poll_table_struct *table);
	__poll_t	_key;
} poll_table;

static inline void init_poll_funcptr(poll_table *table,
				     void (*qproc)(struct file *file, wait_queue_head_t *wq,
						   poll_table *table))
{
	table->_qproc = qproc;
	table->_key = ~0U;
}

static inline void poll_wait(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	if (table && table->_qproc)
		table->_qproc(file, wq, table);
}

/**
 * struct shim_poller - a task that polls one file
 * @table: registers it
 * @wait: in the wait queue that it is registered on
 * @wq: that wait queue, or NULL
 * @events: the wakeups that it listens to
 * @exclusive: one wakeup is for one such task
 * @woken: number of wakeups
 */
struct shim_poller {
	poll_table		table;
	wait_queue_entry_t	wait;
	wait_queue_head_t	*wq;
	__poll_t		events;
	bool			exclusive;
	unsigned int		woken;
};

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

static inline __poll_t key_to_poll(void *key)
{
	return (uintptr_t)key;
}

void shim_poller_init(struct shim_poller *poller, __poll_t events);
void shim_poller_leave(struct shim_poller *poller);
unsigned int shim_poller_woken(struct shim_poller *poller);

/**
 * struct shim_pollable - a file that is not a channel
 * @file: the file
 * @wq: its pollers
 * @ready: its events, masked by the requested ones
 */
struct shim_pollable {
	struct file		file;
	wait_queue_head_t	wq;
	__poll_t		ready;
};

/**
 * struct shim_watch - a file that reports the events of another, like an epoll that watches it
 * @file: the file
 * @watched: the other
 */
struct shim_watch {
	struct file	file;
	struct file	*watched;
};

void shim_watch_init(struct shim_watch *watch, struct file *watched);

void shim_pollable_init(struct shim_pollable *pollable);
/* It reports @ready from now on, and wakes its pollers for @events. */
void shim_pollable_set(struct shim_pollable *pollable, __poll_t ready, __poll_t events);

#endif /* _SHIM_LINUX_POLL_H */
