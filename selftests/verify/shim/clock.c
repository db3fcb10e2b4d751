// SPDX-License-Identifier: GPL-2.0-only
/* Clocks set by tests, sleeps until a time, and timers whose functions are interrupts. */
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
/* The function of a timer has returned. */
static pthread_cond_t shim_clock_returned = PTHREAD_COND_INITIALIZER;
/* Read without the lock, which would be an ordering for the thread sanitizer. */
static s64 shim_clocks[CLOCK_BOOTTIME + 1] = {
	[CLOCK_REALTIME]	= 1,
	[CLOCK_MONOTONIC]	= 1,
	[CLOCK_BOOTTIME]	= 1,
};
static LIST_HEAD(shim_timers);
static LIST_HEAD(shim_hrtimers);

static void shim_timer_expire_locked(struct shim_timer *timer)
{
	list_del_init(&timer->node);
	timer->expired = true;
	shim_task_wake(timer->task, TASK_NORMAL);
}

static bool shim_clock_has_reached(clockid_t clock, ktime_t expires)
{
	return expires <= shim_clock_now(clock);
}

s64 shim_clock_now(clockid_t clock)
{
	return SHIM_LOAD(shim_clocks[clock]);
}

void shim_clock_advance(clockid_t clock, s64 ns)
{
	struct shim_timer *timer, *next;

	pthread_mutex_lock(&shim_clock_lock);
	WRITE_ONCE(shim_clocks[clock], shim_clocks[clock] + ns);
	list_for_each_entry_safe(timer, next, &shim_timers, node) {
		if (shim_clock_has_reached(timer->clock, timer->expires))
			shim_timer_expire_locked(timer);
	}
	pthread_mutex_unlock(&shim_clock_lock);
	shim_clock_interrupt();
}

unsigned int shim_hrtimers_started(void)
{
	struct hrtimer *timer;
	unsigned int started = 0;

	pthread_mutex_lock(&shim_clock_lock);
	list_for_each_entry(timer, &shim_hrtimers, node)
		started++;
	pthread_mutex_unlock(&shim_clock_lock);
	return started;
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
	if (shim_clock_has_reached(clock, timer.expires))
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

void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer),
		   clockid_t clock, enum hrtimer_mode mode)
{
	(void)mode;
	*timer = (struct hrtimer){ .function = function, .clock = clock };
	INIT_LIST_HEAD(&timer->node);
}

void hrtimer_start(struct hrtimer *timer, ktime_t expires, enum hrtimer_mode mode)
{
	(void)mode;
	pthread_mutex_lock(&shim_clock_lock);
	if (list_empty(&timer->node))
		list_add_tail(&timer->node, &shim_hrtimers);
	timer->expires = expires;
	if (shim_clock_has_reached(timer->clock, expires))
		current->alarmed = true;
	pthread_mutex_unlock(&shim_clock_lock);
}

int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	int active;

	pthread_mutex_lock(&shim_clock_lock);
	active = timer->running ? -1 : !list_empty(&timer->node);
	if (active > 0)
		list_del_init(&timer->node);
	pthread_mutex_unlock(&shim_clock_lock);
	return active;
}

/* On a real-time kernel it sleeps if the function is running. */
int hrtimer_cancel(struct hrtimer *timer)
{
	int active;

	shim_might_sleep("hrtimer_cancel()");
	current->awaited = timer;
	while (shim_controller && !shim_task_may_run(current))
		shim_controller->wait();
	current->awaited = NULL;
	pthread_mutex_lock(&shim_clock_lock);
	while (timer->running)
		pthread_cond_wait(&shim_clock_returned, &shim_clock_lock);
	active = !list_empty(&timer->node);
	if (active)
		list_del_init(&timer->node);
	pthread_mutex_unlock(&shim_clock_lock);
	return active;
}

/* A due timer whose function is not running already. */
static struct hrtimer *shim_hrtimer_due_locked(void)
{
	struct hrtimer *timer, *first = NULL;

	list_for_each_entry(timer, &shim_hrtimers, node) {
		if (timer->running || !shim_clock_has_reached(timer->clock, timer->expires))
			continue;
		if (!first || timer->expires < first->expires)
			first = timer;
	}
	return first;
}

/* The interrupted task may hold locks, which do not count for the interrupt. */
static void shim_interrupt(struct hrtimer *timer)
{
	struct task_struct *task = current;
	const int locks_held = task->locks_held;
	struct lockdep_map *order = task->order;

	task->interrupt = true;
	task->locks_held = 0;
	task->order = NULL;
	timer->function(timer);
	if (task->locks_held)
		shim_fail("an interrupt has ended with a lock held");
	task->locks_held = locks_held;
	task->order = order;
	task->interrupt = false;
}

void shim_clock_interrupt(void)
{
	struct hrtimer *timer;

	if (current->interrupt || current->raw_locks_held)
		shim_fail("an interrupt while they are off");
	pthread_mutex_lock(&shim_clock_lock);
	current->alarmed = false;
	while ((timer = shim_hrtimer_due_locked())) {
		list_del_init(&timer->node);
		WRITE_ONCE(timer->running, true);
		pthread_mutex_unlock(&shim_clock_lock);
		shim_interrupt(timer);
		pthread_mutex_lock(&shim_clock_lock);
		WRITE_ONCE(timer->running, false);
		pthread_cond_broadcast(&shim_clock_returned);
	}
	current->alarmed = false;
	pthread_mutex_unlock(&shim_clock_lock);
}
