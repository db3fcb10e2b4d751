/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A task that parks: owner of a parker. See waiter.h and wake.h for the rules.
 */
#ifndef _CHAN_SLEEPER_H
#define _CHAN_SLEEPER_H

#include <linux/ktime.h>

#include "waiter.h"

struct task_struct;

/**
 * struct chan_deadline - how long an operation may wait
 * @now: do not wait: fail with EAGAIN
 * @clock: CLOCK_MONOTONIC, CLOCK_REALTIME or CLOCK_BOOTTIME
 * @expires: time on @clock in the initial time namespace, or KTIME_MAX for no deadline
 */
struct chan_deadline {
	bool		now;
	clockid_t	clock;
	ktime_t		expires;
};

extern const struct chan_deadline chan_deadline_never;
extern const struct chan_deadline chan_deadline_now;

/**
 * struct chan_sleeper - a task that parks
 * @parker: its waiters, and how its wait ends
 * @task: the task; constant
 * @kicked: NULL, or a word that a kick sets to make the task scan its polled files again;
 *	constant
 * @begun: the call has already moved elements: task work alone does not interrupt it;
 *	constant
 */
struct chan_sleeper {
	struct chan_parker	parker;
	struct task_struct	*task;
	const int		*kicked;
	bool			begun;
};

void chan_sleeper_init(struct chan_sleeper *s, const struct chan_deadline *deadline);
int chan_sleeper_wait(struct chan_sleeper *s, const struct chan_deadline *deadline);

#endif /* _CHAN_SLEEPER_H */
