// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred wakeups. See wake.h.
 */
#include <linux/bug.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "wake.h"

/**
 * chan_wake_task() - remember to wake a task
 * @wake: has space for one more: see CHAN_WAKE_TASKS
 * @task: the task; gets a reference
 */
void chan_wake_task(struct chan_wake *wake, struct task_struct *task)
{
	if (WARN_ON_ONCE(wake->ntasks == CHAN_WAKE_TASKS))
		return;
	get_task_struct(task);
	wake->tasks[wake->ntasks++] = task;
}

/**
 * chan_wake_run_any() - the part of chan_wake_run() for wakeups that are not empty
 * @wake: empty afterwards
 * @pollwq: pollers of the channel
 *
 * Context: no lock of a channel held; any context otherwise.
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
 * chan_wake_pollers_all() - make all pollers look again: made, or closed
 * @pollwq: the pollers
 *
 * Context: no lock of a channel held.
 */
void chan_wake_pollers_all(wait_queue_head_t *pollwq)
{
	__wake_up(pollwq, TASK_NORMAL, 0,
		  poll_to_key(EPOLLIN | EPOLLRDNORM | EPOLLRDHUP | EPOLLHUP |
			      EPOLLOUT | EPOLLWRNORM | EPOLLERR));
}
