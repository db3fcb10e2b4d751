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
	/* CHAN_BARRIER_COMPLETE; last touch of the parker and its waiters */
	atomic_set_release(&p->state, CHAN_COMPLETED);
}

/**
 * chan_sleeper_init() - the calling task is about to park
 * @s: the calling task's
 * @deadline: when it will give up
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
 * Is the wait to be interrupted? Task work alone (TIF_NOTIFY_SIGNAL) lets a call start over, but
 * cuts none short that has moved elements: it runs when the call returns.
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

/* Sleep once; has the deadline passed? Timer slack is not for real-time tasks. */
static bool chan_sleeper_sleep_until(const struct chan_deadline *deadline)
{
	ktime_t expires = deadline->expires;
	u64 slack = rt_task(current) ? 0 : current->timer_slack_ns;

	return !schedule_hrtimeout_range_clock(&expires, slack, HRTIMER_MODE_ABS,
					       deadline->clock);
}

/* Sleep until one of these. Returns with the task's state still as if it slept. */
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
 * chan_sleeper_wait() - sleep until something has happened; the only sleep
 * @s: the calling task, its waiters enqueued; without any, it waits in vain
 * @deadline: when to stop
 *
 * The first of these counts: completion, a signal, @s->kicked, the deadline.
 *
 * Context: no lock held; sleeps.
 * Return: 0: completed, see the parker's winner; or, and still parked unless a peer completes
 * it now, -ERESTARTSYS, -EAGAIN: kicked, or -ETIMEDOUT. To end the wait then, the
 * task claims its parker and removes its waiters from their queues.
 */
int chan_sleeper_wait(struct chan_sleeper *s, const struct chan_deadline *deadline)
{
	int err = chan_sleeper_sleep(s, deadline);

	__set_current_state(TASK_RUNNING);
	return err;
}
