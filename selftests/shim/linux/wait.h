/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _SHIM_LINUX_WAIT_H
#define _SHIM_LINUX_WAIT_H

#include <linux/spinlock.h>
#include <linux/types.h>

/**
 * struct wait_queue_head - who polls one object
 * @lock: protects @pollers
 * @pollers: of struct shim_poller, exclusive ones last
 * @count: length of @pollers
 */
typedef struct wait_queue_head {
	pthread_mutex_t		lock;
	struct list_head	pollers;
	unsigned int		count;
} wait_queue_head_t;

void init_waitqueue_head(wait_queue_head_t *wq);
bool waitqueue_active(wait_queue_head_t *wq);
void __wake_up(wait_queue_head_t *wq, unsigned int states, int exclusive, void *key);

#endif /* _SHIM_LINUX_WAIT_H */
