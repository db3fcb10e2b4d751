/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The explorer: plays a script by many schedules, and fails the test with one that breaks
 * something, in the form that the program replay understands.
 *
 * In the environment, CHAN_SCHEDULES multiplies the number of random schedules, CHAN_SEED selects
 * other ones, and CHAN_PREEMPTIONS limits the preemptions of the systematic ones.
 */
#ifndef _EXPLORE_H
#define _EXPLORE_H

#include "play.h"

/* One script, "*" in which stands for a capacity: in turn 0, 0 of 1, 1 of 1, 2. */
void explore(const char *text);
/* With two preemptions at least, for what no schedule with fewer reaches. */
void explore_deeply(const char *text);
void explore_all(const char *const *texts, unsigned int n);
/* The same with each of the @n @others as another task. */
void explore_with(const char *text, const char *const *others, unsigned int n);
/* Each pair of @acts, including twice the same. */
void explore_pairs(const char *const *acts, unsigned int n);

#endif /* _EXPLORE_H */
