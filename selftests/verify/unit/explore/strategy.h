/* SPDX-License-Identifier: GPL-2.0-only */
/* Strategies: they generate the schedules to be played. */
#ifndef _STRATEGY_H
#define _STRATEGY_H

#include "schedule.h"

/**
 * struct strategy - a source of schedules
 * @begin: another schedule; false: there is none
 * @choose: returns one of the options of a decision
 */
struct strategy {
	bool		(*begin)(struct strategy *strategy);
	unsigned int	(*choose)(struct strategy *strategy, const struct decision *decision);
};

/* All schedules with at most @preemptions, depth first. */
struct strategy *strategy_depth_first(unsigned int preemptions);
/*
 * @count schedules with random priorities: always the task with the highest runs, and at a few
 * random points the running task gets the lowest. The same @seed gives the same schedules.
 */
struct strategy *strategy_priorities(unsigned int count, u64 seed);
/* Just this one. */
struct strategy *strategy_replay(const struct schedule *schedule);

#endif /* _STRATEGY_H */
