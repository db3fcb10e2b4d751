/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_WAIT_H
#define _SHIM_LINUX_WAIT_H

#include <linux/spinlock.h>
#include <linux/types.h>

#define WQ_FLAG_EXCLUSIVE	1U

struct wait_queue_entry;

typedef int (*wait_queue_func_t)(struct wait_queue_entry *wait, unsigned int mode, int sync,
				 void *key);

/**
 * struct wait_queue_entry - a waiter
 * @flags: WQ_FLAG_*
 * @private: its task
 * @func: called by a wakeup
 * @entry: in a wait queue
 */
typedef struct wait_queue_entry {
	unsigned int		flags;
	void			*private;
	wait_queue_func_t	func;
	struct list_head	entry;
} wait_queue_entry_t;

/**
 * struct wait_queue_head - the pollers of one object
 * @lock: protects @head
 * @head: of struct wait_queue_entry, exclusive ones last
 * @count: length of @head
 */
typedef struct wait_queue_head {
	pthread_mutex_t		lock;
	struct list_head	head;
	unsigned int		count;
} wait_queue_head_t;

void init_waitqueue_head(wait_queue_head_t *wq);
bool waitqueue_active(wait_queue_head_t *wq);
void __wake_up(wait_queue_head_t *wq, unsigned int states, int exclusive, void *key);

static inline void init_waitqueue_func_entry(wait_queue_entry_t *wait, wait_queue_func_t func)
{
	*wait = (wait_queue_entry_t){ .func = func };
}

void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait);
void add_wait_queue_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *wait);
void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait);
int default_wake_function(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key);

#endif /* _SHIM_LINUX_WAIT_H */
