// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks that tests move, and sleeps until them.
 */
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "internal.h"

/* A sleep until a deadline, on the stack of its task. */
struct shim_timer {
	struct list_head	node;
	clockid_t		clock;
	ktime_t			expires;
	struct task_struct	*task;
	bool			expired;
};

static pthread_mutex_t shim_clock_lock = PTHREAD_MUTEX_INITIALIZER;
static s64 shim_clocks[CLOCK_BOOTTIME + 1] = { 1 };
static LIST_HEAD(shim_timers);

static void shim_timer_expire_locked(struct shim_timer *timer)
{
	list_del_init(&timer->node);
	timer->expired = true;
	shim_task_wake(timer->task, TASK_NORMAL);
}

static bool shim_timer_is_due_locked(const struct shim_timer *timer)
{
	return timer->expires <= shim_clocks[timer->clock];
}

s64 shim_clock_now(clockid_t clock)
{
	s64 now;

	pthread_mutex_lock(&shim_clock_lock);
	now = shim_clocks[clock];
	pthread_mutex_unlock(&shim_clock_lock);
	return now;
}

void shim_clock_advance(clockid_t clock, s64 ns)
{
	struct shim_timer *timer, *next;

	pthread_mutex_lock(&shim_clock_lock);
	shim_clocks[clock] += ns;
	list_for_each_entry_safe(timer, next, &shim_timers, node) {
		if (shim_timer_is_due_locked(timer))
			shim_timer_expire_locked(timer);
	}
	pthread_mutex_unlock(&shim_clock_lock);
}

int schedule_hrtimeout_range_clock(ktime_t *expires, u64 slack, enum hrtimer_mode mode,
				   clockid_t clock)
{
	struct shim_timer timer = { .clock = clock, .expires = *expires, .task = current };

	(void)mode;
	current->slack_asked = slack;
	INIT_LIST_HEAD(&timer.node);
	pthread_mutex_lock(&shim_clock_lock);
	list_add_tail(&timer.node, &shim_timers);
	if (shim_timer_is_due_locked(&timer))
		shim_timer_expire_locked(&timer);
	pthread_mutex_unlock(&shim_clock_lock);

	schedule();

	pthread_mutex_lock(&shim_clock_lock);
	if (!timer.expired)
		list_del(&timer.node);
	pthread_mutex_unlock(&shim_clock_lock);
	__set_current_state(TASK_RUNNING);
	return timer.expired ? 0 : -EINTR;
}
