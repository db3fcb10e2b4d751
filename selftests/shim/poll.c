// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait queues of pollers, and files that are no channels.
 */
#include <linux/errno.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <asm/barrier.h>

#include "internal.h"

void init_waitqueue_head(wait_queue_head_t *wq)
{
	pthread_mutex_init(&wq->lock, NULL);
	INIT_LIST_HEAD(&wq->pollers);
	wq->count = 0;
}

bool waitqueue_active(wait_queue_head_t *wq)
{
	return SHIM_LOAD(wq->count);
}

/* One of the pollers of a struct poll_wqueues. */
struct shim_poll_entry {
	struct shim_poller	poller;
	struct list_head	node;
};

static void shim_poller_join(struct shim_poller *poller, wait_queue_head_t *wq)
{
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

void poll_wait(struct file *file, wait_queue_head_t *wq, struct poll_table_struct *table)
{
	if (!table)
		return;
	if (table->_qproc)
		table->_qproc(file, wq, table);
	else if (table->poller && !table->poller->wq)
		shim_poller_join(table->poller, wq);
}

static void shim_poll_entry_add(struct file *file, wait_queue_head_t *wq,
				struct poll_table_struct *table)
{
	struct poll_wqueues *pollers = container_of(table, struct poll_wqueues, pt);
	struct shim_poll_entry *entry = kmalloc(sizeof(*entry), GFP_KERNEL);

	(void)file;
	if (!entry) {
		pollers->error = -ENOMEM;
		return;
	}
	entry->poller = (struct shim_poller){
		.task = pollers->task,
		.events = table->_key,
		.triggered = &pollers->triggered,
	};
	list_add_tail(&entry->node, &pollers->entries);
	shim_poller_join(&entry->poller, wq);
}

void poll_initwait(struct poll_wqueues *pollers)
{
	*pollers = (struct poll_wqueues){
		.pt = { ._qproc = shim_poll_entry_add, ._key = ~0U },
		.task = current,
	};
	INIT_LIST_HEAD(&pollers->entries);
}

void poll_freewait(struct poll_wqueues *pollers)
{
	struct shim_poll_entry *entry, *next;

	list_for_each_entry_safe(entry, next, &pollers->entries, node) {
		shim_poller_leave(&entry->poller);
		kfree(entry);
	}
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
	return SHIM_LOAD(poller->woken);
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
		if (poller->triggered)
			WRITE_ONCE(*poller->triggered, 1);
		shim_task_wake(poller->task, states);
		if (poller->exclusive && !--exclusive)
			break;
	}
	pthread_mutex_unlock(&wq->lock);
}

/* As FUSE does, it shows nothing but what it is asked for. */
static __poll_t shim_pollable_poll(struct file *file, struct poll_table_struct *table)
{
	struct shim_pollable *pollable = container_of(file, struct shim_pollable, file);

	poll_wait(file, &pollable->wq, table);
	smp_mb();
	return SHIM_LOAD(pollable->ready) & poll_requested_events(table);
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
