/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_POLL_H
#define _SHIM_LINUX_POLL_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/sched.h>
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
 */
struct shim_poller {
	struct list_head	node;
	wait_queue_head_t	*wq;
	struct task_struct	*task;
	__poll_t		events;
	bool			exclusive;
	unsigned int		woken;
};

struct poll_table_struct {
	struct shim_poller *poller;
};

static inline void *poll_to_key(__poll_t events)
{
	return (void *)(uintptr_t)events;
}

void poll_wait(struct file *file, wait_queue_head_t *wq, struct poll_table_struct *table);
void shim_poller_init(struct shim_poller *poller, __poll_t events);
void shim_poller_leave(struct shim_poller *poller);
unsigned int shim_poller_woken(struct shim_poller *poller);

#endif /* _SHIM_LINUX_POLL_H */
