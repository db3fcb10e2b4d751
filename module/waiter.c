// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parked operations: claim, sleep, wake. See waiter.h for the rules.
 */
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>

#include "trace.h"
#include "waiter.h"

const struct chan_deadline chan_deadline_never = {
	.clock = CLOCK_MONOTONIC,
	.expires = KTIME_MAX,
};

const struct chan_deadline chan_deadline_now = {
	.now = true,
	.clock = CLOCK_MONOTONIC,
};

/**
 * chan_parker_init() - the calling task is about to park
 * @p: the calling task's
 * @deadline: when it will give up
 */
void chan_parker_init(struct chan_parker *p, const struct chan_deadline *deadline)
{
	atomic_set(&p->state, CHAN_PARKED);
	p->task = current;
	p->winner = NULL;
	p->kicked = NULL;
	/* Who looks at it is content with the last tick of the clock; tracing is not. */
	p->since = get_jiffies_64();
	p->traced = trace_chan_wake_enabled() ? ktime_get_ns() : 0;
	p->select = false;
	p->forever = deadline->expires == KTIME_MAX;
	/* As fdget() has decided when the call began. */
	p->holds = atomic_read(&current->files->count) > 1;
}

/**
 * chan_waiter_init() - an operation that is about to be parked
 * @w: the calling task's
 * @p: the calling task
 * @slot: the element to send, or an empty slot
 */
void chan_waiter_init(struct chan_waiter *w, struct chan_parker *p, void *slot)
{
	w->parker = p;
	w->slot = slot;
	w->seq = 0;
}

/* Whoever does so is the winner: see waiter.h. */
bool chan_parker_claim(struct chan_parker *p)
{
	return atomic_cmpxchg(&p->state, CHAN_PARKED, CHAN_CLAIMED) == CHAN_PARKED;
}

static bool chan_parker_completed(struct chan_parker *p)
{
	/* CHAN_BARRIER_COMPLETE, the reading side */
	return atomic_read_acquire(&p->state) == CHAN_COMPLETED;
}

/*
 * Waiters whose parker somebody else has claimed are taken out on the way: they can
 * never be completed from here, and their task does not miss them
 * (chan_waitq_remove()). So each waiter is looked at once.
 */
struct chan_waiter *chan_waitq_claim_first(struct chan_waitq *q, struct chan_claimed *claimed)
{
	struct chan_waiter *w;

	while (!list_empty(&q->list)) {
		w = list_first_entry(&q->list, struct chan_waiter, node);
		list_del_init(&w->node);
		q->count--;
		if (!chan_parker_claim(w->parker))
			continue;
		w->parker->winner = w;
		w->next = NULL;
		if (claimed->first)
			claimed->last->next = w;
		else
			claimed->first = w;
		claimed->last = w;
		return w;
	}
	return NULL;
}

/* As chan_waitq_claim_first(), but nobody is claimed. */
bool chan_waitq_parked_first(struct chan_waitq *q)
{
	struct chan_waiter *w;

	while (!list_empty(&q->list)) {
		w = list_first_entry(&q->list, struct chan_waiter, node);
		if (atomic_read(&w->parker->state) == CHAN_PARKED)
			return true;
		chan_waitq_remove(q, w);
	}
	return false;
}

/**
 * chan_waitq_remove() - take an operation out of a queue
 * @q: the queue
 * @w: not the winner of its parker, which is claimed; may be out already
 *
 * Context: under the lock of the channel that @q belongs to.
 */
void chan_waitq_remove(struct chan_waitq *q, struct chan_waiter *w)
{
	if (list_empty(&w->node))
		return;
	list_del_init(&w->node);
	q->count--;
}

/* Sleep once; has the deadline passed? Timer slack is not for real-time tasks. */
static bool chan_parker_sleep_until(const struct chan_deadline *deadline)
{
	ktime_t expires = deadline->expires;
	u64 slack = rt_task(current) ? 0 : current->timer_slack_ns;

	return !schedule_hrtimeout_range_clock(&expires, slack, HRTIMER_MODE_ABS,
					       deadline->clock);
}

/* Sleep until one of these. Returns with the task's state still as if it slept. */
static int chan_parker_asleep(struct chan_parker *p, const struct chan_deadline *deadline)
{
	bool expired = false;

	for (;;) {
		/* CHAN_BARRIER_PARK, the sleeping side */
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		if (chan_parker_completed(p))
			return 0;
		if (signal_pending(current))
			return -ERESTARTSYS;
		if (p->kicked && READ_ONCE(*p->kicked))
			return -EAGAIN;
		if (expired)
			return -ETIMEDOUT;
		if (deadline->expires == KTIME_MAX)
			schedule();
		else
			expired = chan_parker_sleep_until(deadline);
	}
}

/**
 * chan_parker_sleep() - sleep until something has happened; the only sleep
 * @p: the calling task
 * @deadline: when to stop
 *
 * Context: no lock held; sleeps.
 * Return: 0: completed; or, and still parked unless a peer completes it now, -ERESTARTSYS,
 * -EAGAIN: kicked, or -ETIMEDOUT.
 */
int chan_parker_sleep(struct chan_parker *p, const struct chan_deadline *deadline)
{
	int err = chan_parker_asleep(p, deadline);

	__set_current_state(TASK_RUNNING);
	return err;
}

/**
 * chan_parker_retire() - end the calling task's wait without an operation
 * @p: the calling task
 *
 * Once a peer has claimed @p, its completion is certain and near: the peer only has to
 * release its locks and set CHAN_COMPLETED. So this is waited for even when the task is
 * being killed; success wins.
 *
 * Context: no lock held; may sleep.
 * Return: true: @p is now claimed by its own task, no operation was nor will be
 * completed; false: one was, see @p->winner.
 */
bool chan_parker_retire(struct chan_parker *p)
{
	if (chan_parker_claim(p))
		return true;

	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (chan_parker_completed(p))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return false;
}

/**
 * chan_parker_wait() - sleep until an operation is completed
 * @p: the calling task, its waiters queued; without any, it waits in vain
 * @deadline: when to give up
 *
 * What has happened counts in this order: completion, then a signal, then @p->kicked,
 * then the deadline.
 *
 * Context: no lock held; sleeps.
 * Return: 0: completed, see @p->winner; -ERESTARTSYS or -ETIMEDOUT: retired, see
 * chan_parker_retire(); -EAGAIN: kicked, and @p still parked. Unless it is still parked,
 * the waiters that did not win must be removed from their queues.
 */
int chan_parker_wait(struct chan_parker *p, const struct chan_deadline *deadline)
{
	int err = chan_parker_sleep(p, deadline);

	if (!err || err == -EAGAIN)
		return err;
	return chan_parker_retire(p) ? err : 0;
}

/**
 * chan_claimed_complete() - let claimed operations return to their tasks
 * @claimed: from chan_waitq_claim(), results filled in; empty afterwards
 *
 * Context: no lock of a channel held. May sleep between two wake-ups, as a close
 * may have claimed very many.
 */
void chan_claimed_complete(struct chan_claimed *claimed)
{
	struct chan_waiter *w = claimed->first;
	struct task_struct *task;

	claimed->first = NULL;
	while (w) {
		struct chan_waiter *next = w->next;

		rcu_read_lock();
		task = w->parker->task;
		/* CHAN_BARRIER_COMPLETE; last touch of @w and its parker */
		atomic_set_release(&w->parker->state, CHAN_COMPLETED);
		/* CHAN_BARRIER_PARK, the waking side */
		wake_up_process(task);
		rcu_read_unlock();

		w = next;
		if (w)
			cond_resched();
	}
}
