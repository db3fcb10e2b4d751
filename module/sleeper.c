// SPDX-License-Identifier: GPL-2.0-only
/*
 * A task that parks: sleep and completion. See sleeper.h.
 */
#include <linux/errno.h>
#include <linux/fdtable.h>
#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "sleeper.h"
#include "wake.h"

const struct chan_deadline chan_deadline_never = {
	.clock = CLOCK_MONOTONIC,
	.expires = KTIME_MAX,
};

const struct chan_deadline chan_deadline_now = {
	.now = true,
	.clock = CLOCK_MONOTONIC,
};

static void chan_sleeper_complete(struct chan_parker *p, struct chan_wake *wake)
{
	chan_wake_task(wake, container_of(p, struct chan_sleeper, parker)->task);
	/* CHAN_BARRIER_COMPLETE; last access to the parker and its waiters */
	atomic_set_release(&p->state, CHAN_COMPLETED);
}

/**
 * chan_sleeper_init() - prepare current to park
 * @s: the sleeper
 * @deadline: how long it may wait
 *
 * Context: Process context.
 */
void chan_sleeper_init(struct chan_sleeper *s, const struct chan_deadline *deadline)
{
	chan_parker_init(&s->parker, chan_sleeper_complete);
	s->parker.forever = deadline->expires == KTIME_MAX;
	/* Mirrors fdget(): a shared file table means a reference was taken. */
	s->parker.holds = atomic_read(&current->files->count) > 1;
	s->task = current;
	s->kicked = NULL;
	s->begun = false;
}

/*
 * Does a signal interrupt the wait? Task work alone (TIF_NOTIFY_SIGNAL) interrupts a call
 * only before its first element, so that the call restarts; later, the work runs when the
 * call returns.
 */
static bool chan_sleeper_interrupted(const struct chan_sleeper *s)
{
	if (likely(!signal_pending(current)))
		return false;
	if (!s->begun || task_sigpending(current))
		return true;
	chan_defer_task_work();
	return false;
}

/* Sleep once. Returns true if the deadline has passed. Real-time tasks get no timer slack. */
static bool chan_sleeper_sleep_until(const struct chan_deadline *deadline)
{
	ktime_t expires = deadline->expires;
	u64 slack = rt_task(current) ? 0 : current->timer_slack_ns;

	return !schedule_hrtimeout_range_clock(&expires, slack, HRTIMER_MODE_ABS,
					       deadline->clock);
}

/* Returns as chan_sleeper_wait(), with the state of the task still TASK_INTERRUPTIBLE. */
static int chan_sleeper_sleep(struct chan_sleeper *s, const struct chan_deadline *deadline)
{
	bool expired = false;

	for (;;) {
		/* CHAN_BARRIER_PARK, the sleeping side */
		set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
		if (chan_parker_completed(&s->parker))
			return 0;
		if (chan_sleeper_interrupted(s))
			return -ERESTARTSYS;
		if (s->kicked && READ_ONCE(*s->kicked))
			return -EAGAIN;
		if (expired)
			return -ETIMEDOUT;
		if (deadline->expires == KTIME_MAX)
			schedule();
		else
			expired = chan_sleeper_sleep_until(deadline);
	}
}

/**
 * chan_sleeper_wait() - park current: the only function that sleeps
 * @s: the sleeper, its waiters enqueued; with no waiter, no peer ends the wait
 * @deadline: when to give up
 *
 * The first of these that applies ends the wait: completion, a signal, @s->kicked, the
 * deadline.
 *
 * Context: No lock held. Sleeps.
 * Return: 0 if completed: see chan_parker.winner. Otherwise -ERESTARTSYS, -EAGAIN (kicked)
 * or -ETIMEDOUT, and a peer may still complete it: the caller must end the wait by claiming
 * the parker and dequeueing its waiters.
 */
int chan_sleeper_wait(struct chan_sleeper *s, const struct chan_deadline *deadline)
{
	int err = chan_sleeper_sleep(s, deadline);

	__set_current_state(TASK_RUNNING);
	return err;
}
