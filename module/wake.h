/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deferred wakeups: collected under the lock of a channel, issued after unlock.
 *
 * CHAN_BARRIER_PARK: no wakeup is lost. Each side writes its own word, then reads the
 * other's, with a full barrier in between, so they cannot both miss:
 *
 *   waker                                  sleeping task
 *   -----                                  -------------
 *   state = CHAN_COMPLETED                 task state = TASK_INTERRUPTIBLE
 *   full barrier in wake_up_process()      full barrier in set_current_state()
 *   task state asleep? wake it             state == CHAN_COMPLETED? do not sleep
 *
 * A task whose operation was completed may run, return and exit before its wakeup is
 * issued. The waker takes a reference to the task before it completes the operation. To
 * kick a parked task: set *kicked, then wake it.
 */
#ifndef _CHAN_WAKE_H
#define _CHAN_WAKE_H

#include <linux/compiler.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/wait.h>

#include "elem.h"

struct task_struct;

/* One pass completes at most as many operations as it moves elements. */
#define CHAN_WAKE_TASKS	CHAN_ELEM_BATCH

/**
 * struct chan_wake - deferred wakeups, issued after unlock
 * @any: not 0 if there are any
 * @ntasks: length of @tasks
 * @recv: number of exclusive read pollers to wake
 * @send: number of exclusive write pollers to wake
 * @closed: wake all pollers: the channel was closed, or drained after a close
 * @tasks: tasks to wake, with a reference to each; not initialized beyond @ntasks
 */
struct chan_wake {
	union {
		u64		any;
		struct {
			u16	ntasks;
			u16	recv;
			u16	send;
			bool	closed;
		};
	};
	struct task_struct	*tasks[CHAN_WAKE_TASKS];
};

static inline void chan_wake_init(struct chan_wake *wake)
{
	wake->any = 0;
}

void chan_wake_task(struct chan_wake *wake, struct task_struct *task);
void chan_wake_run_any(struct chan_wake *wake, wait_queue_head_t *pollwq);

/**
 * chan_wake_run() - issue deferred wakeups
 * @wake: the wakeups; empty afterwards
 * @pollwq: pollers of the channel
 *
 * Context: Any context, but no lock of a channel held.
 */
static inline void chan_wake_run(struct chan_wake *wake, wait_queue_head_t *pollwq)
{
	if (unlikely(wake->any))
		chan_wake_run_any(wake, pollwq);
}

/* Wake up to @n exclusive read pollers, and all others. */
static inline void chan_wake_pollers_recv(wait_queue_head_t *pollwq, int n)
{
	__wake_up(pollwq, TASK_NORMAL, n, poll_to_key(EPOLLIN | EPOLLRDNORM));
}

/* Wake up to @n exclusive write pollers, and all others. */
static inline void chan_wake_pollers_send(wait_queue_head_t *pollwq, int n)
{
	__wake_up(pollwq, TASK_NORMAL, n, poll_to_key(EPOLLOUT | EPOLLWRNORM));
}

void chan_wake_pollers_all(wait_queue_head_t *pollwq);

#endif /* _CHAN_WAKE_H */
