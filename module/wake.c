// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred wakeups. See wake.h.
 */
#include <linux/bug.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "wake.h"

/**
 * chan_wake_task() - defer the wakeup of a task
 * @wake: has space for one more task: see CHAN_WAKE_TASKS
 * @task: the task; a reference is taken
 *
 * Context: Any context.
 */
void chan_wake_task(struct chan_wake *wake, struct task_struct *task)
{
	if (WARN_ON_ONCE(wake->ntasks == CHAN_WAKE_TASKS))
		return;
	get_task_struct(task);
	wake->tasks[wake->ntasks++] = task;
}

/**
 * chan_wake_run_any() - slow path of chan_wake_run(): there are wakeups
 * @wake: the wakeups; empty afterwards
 * @pollwq: pollers of the channel
 *
 * Context: Any context, but no lock of a channel held.
 */
void chan_wake_run_any(struct chan_wake *wake, wait_queue_head_t *pollwq)
{
	unsigned int i;

	for (i = 0; i < wake->ntasks; i++) {
		/* CHAN_BARRIER_PARK, the waking side */
		wake_up_process(wake->tasks[i]);
		put_task_struct(wake->tasks[i]);
	}
	if (wake->recv)
		chan_wake_pollers_recv(pollwq, wake->recv);
	if (wake->send)
		chan_wake_pollers_send(pollwq, wake->send);
	if (wake->closed)
		chan_wake_pollers_all(pollwq);
	chan_wake_init(wake);
}

/**
 * chan_wake_pollers_all() - wake all pollers of a channel that was made or closed
 * @pollwq: pollers of the channel
 *
 * Context: Any context, but no lock of a channel held.
 */
void chan_wake_pollers_all(wait_queue_head_t *pollwq)
{
	__wake_up(pollwq, TASK_NORMAL, 0,
		  poll_to_key(EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP |
			      EPOLLOUT | EPOLLWRNORM | EPOLLERR));
}
