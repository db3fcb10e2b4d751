// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait queues of pollers.
 */
#include <linux/poll.h>

#include "internal.h"

void init_waitqueue_head(wait_queue_head_t *wq)
{
	pthread_mutex_init(&wq->lock, NULL);
	INIT_LIST_HEAD(&wq->pollers);
	wq->count = 0;
}

bool waitqueue_active(wait_queue_head_t *wq)
{
	return READ_ONCE(wq->count);
}

void poll_wait(struct file *file, wait_queue_head_t *wq, struct poll_table_struct *table)
{
	struct shim_poller *poller = table ? table->poller : NULL;

	(void)file;
	if (!poller || poller->wq)
		return;
	pthread_mutex_lock(&wq->lock);
	poller->wq = wq;
	if (poller->exclusive)
		list_add_tail(&poller->node, &wq->pollers);
	else
		list_add(&poller->node, &wq->pollers);
	WRITE_ONCE(wq->count, wq->count + 1);
	pthread_mutex_unlock(&wq->lock);
	shim_point(SHIM_POINT_UNLOCK);
}

void shim_poller_init(struct shim_poller *poller, __poll_t events)
{
	*poller = (struct shim_poller){ .task = current, .events = events };
}

void shim_poller_leave(struct shim_poller *poller)
{
	wait_queue_head_t *wq = poller->wq;

	if (!wq)
		return;
	pthread_mutex_lock(&wq->lock);
	list_del(&poller->node);
	WRITE_ONCE(wq->count, wq->count - 1);
	poller->wq = NULL;
	pthread_mutex_unlock(&wq->lock);
}

unsigned int shim_poller_woken(struct shim_poller *poller)
{
	return READ_ONCE(poller->woken);
}

void __wake_up(wait_queue_head_t *wq, unsigned int states, int exclusive, void *key)
{
	struct shim_poller *poller;

	shim_point(SHIM_POINT_WAKE);
	if (current->locks_held)
		shim_fail("__wake_up() with a spinlock held");
	pthread_mutex_lock(&wq->lock);
	list_for_each_entry(poller, &wq->pollers, node) {
		if (!((uintptr_t)key & poller->events))
			continue;
		WRITE_ONCE(poller->woken, poller->woken + 1);
		shim_task_wake(poller->task, states);
		if (poller->exclusive && !--exclusive)
			break;
	}
	pthread_mutex_unlock(&wq->lock);
}
