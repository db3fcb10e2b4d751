// SPDX-License-Identifier: GPL-2.0-only
/* Wait queues of pollers, and files that are not channels. */
#include <linux/errno.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <asm/barrier.h>

#include "internal.h"

void init_waitqueue_head(wait_queue_head_t *wq)
{
	pthread_mutex_init(&wq->lock, NULL);
	INIT_LIST_HEAD(&wq->head);
	wq->count = 0;
}

bool waitqueue_active(wait_queue_head_t *wq)
{
	return SHIM_LOAD(wq->count);
}

static void shim_wait_queue_add(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	pthread_mutex_lock(&wq->lock);
	if (wait->flags & WQ_FLAG_EXCLUSIVE)
		list_add_tail(&wait->entry, &wq->head);
	else
		list_add(&wait->entry, &wq->head);
	WRITE_ONCE(wq->count, wq->count + 1);
	pthread_mutex_unlock(&wq->lock);
	shim_point(SHIM_POINT_UNLOCK);
}

void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	wait->flags &= ~WQ_FLAG_EXCLUSIVE;
	shim_wait_queue_add(wq, wait);
}

void add_wait_queue_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	wait->flags |= WQ_FLAG_EXCLUSIVE;
	shim_wait_queue_add(wq, wait);
}

void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	pthread_mutex_lock(&wq->lock);
	list_del(&wait->entry);
	WRITE_ONCE(wq->count, wq->count - 1);
	pthread_mutex_unlock(&wq->lock);
}

int default_wake_function(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	(void)sync;
	(void)key;
	return shim_task_wake(wait->private, mode);
}

void __wake_up(wait_queue_head_t *wq, unsigned int states, int exclusive, void *key)
{
	wait_queue_entry_t *wait, *next;

	shim_point(SHIM_POINT_WAKE);
	if (current->locks_held)
		shim_fail("__wake_up() with a spinlock held");
	pthread_mutex_lock(&wq->lock);
	list_for_each_entry_safe(wait, next, &wq->head, entry) {
		const int woken = wait->func(wait, states, 0, key);

		if (woken && (wait->flags & WQ_FLAG_EXCLUSIVE) && !--exclusive)
			break;
	}
	pthread_mutex_unlock(&wq->lock);
}

static int shim_poller_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct shim_poller *poller = container_of(wait, struct shim_poller, wait);

	if (!(key_to_poll(key) & poller->events))
		return 0;
	WRITE_ONCE(poller->woken, poller->woken + 1);
	default_wake_function(wait, mode, sync, key);
	return 1;
}

static void shim_poller_join(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	struct shim_poller *poller = container_of(table, struct shim_poller, table);

	(void)file;
	if (poller->wq)
		return;
	poller->wq = wq;
	if (poller->exclusive)
		add_wait_queue_exclusive(wq, &poller->wait);
	else
		add_wait_queue(wq, &poller->wait);
}

void shim_poller_init(struct shim_poller *poller, __poll_t events)
{
	*poller = (struct shim_poller){ .events = events };
	init_poll_funcptr(&poller->table, shim_poller_join);
	init_waitqueue_func_entry(&poller->wait, shim_poller_wake);
	poller->wait.private = current;
}

void shim_poller_leave(struct shim_poller *poller)
{
	if (poller->wq)
		remove_wait_queue(poller->wq, &poller->wait);
	poller->wq = NULL;
}

unsigned int shim_poller_woken(struct shim_poller *poller)
{
	return SHIM_LOAD(poller->woken);
}

static __poll_t shim_pollable_poll(struct file *file, struct poll_table_struct *table)
{
	struct shim_pollable *pollable = container_of(file, struct shim_pollable, file);

	poll_wait(file, &pollable->wq, table);
	smp_mb();
	return SHIM_LOAD(pollable->ready) & poll_requested_events(table);
}

static __poll_t shim_watch_poll(struct file *file, struct poll_table_struct *table)
{
	struct shim_watch *watch = container_of(file, struct shim_watch, file);

	return vfs_poll(watch->watched, table);
}

void shim_watch_init(struct shim_watch *watch, struct file *watched)
{
	static const struct file_operations fops = { .poll = shim_watch_poll };

	*watch = (struct shim_watch){ .file = { .f_op = &fops }, .watched = watched };
}

void shim_pollable_init(struct shim_pollable *pollable)
{
	static const struct file_operations fops = { .poll = shim_pollable_poll };

	*pollable = (struct shim_pollable){ .file = { .f_op = &fops } };
	init_waitqueue_head(&pollable->wq);
}

void shim_pollable_set(struct shim_pollable *pollable, __poll_t ready, __poll_t events)
{
	WRITE_ONCE(pollable->ready, ready);
	smp_mb();
	__wake_up(&pollable->wq, TASK_NORMAL, 1, poll_to_key(events));
}
