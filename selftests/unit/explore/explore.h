/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The explorer: plays a script by many schedules, and fails the test with one that breaks
 * something, in the form that the program replay understands.
 *
 * CHAN_SCHEDULES in the environment says how many times as many random schedules there are to
 * be, CHAN_SEED that they are others, and CHAN_PREEMPTIONS how many preemptions the systematic
 * ones may have.
 */
#ifndef _EXPLORE_H
#define _EXPLORE_H

#include "play.h"

/* One script, "*" in which stands for a capacity: one after the other 0, 0 of 1, 1 of 1, 2. */
void explore(const char *text);
void explore_all(const char *const *texts, unsigned int n);
/* The same with each of @others, of which @n there are, as another task. */
void explore_with(const char *text, const char *const *others, unsigned int n);
/* Each pair of @acts, which may be twice the same. */
void explore_pairs(const char *const *acts, unsigned int n);

#endif /* _EXPLORE_H */
