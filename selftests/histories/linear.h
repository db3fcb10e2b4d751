/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Do channels explain a history? They do if there is an order of all that was done, in which
 * nothing comes before what had ended when it began, and in which simple channels, where
 * everything happens at one instant, would have done the same.
 *
 * All orders are searched (Wing and Gong, 1993), but none twice from where the same operations
 * have led to the same state (Lowe, 2017). All channels are searched together, because a select
 * couples them. What the simple channels know beyond a queue:
 *
 * - Without a buffer, a send and a receive take place at the same instant.
 * - An element that a task had received when its memory faulted, or when it was killed, goes back
 *   to the head, at any instant before its operation has ended (G4).
 * - Of a task that was killed nobody knows whether its operation took place.
 * - Who is known to be asleep is served before who began later, and is ready to be met (G2).
 */
#ifndef _HISTORIES_LINEAR_H
#define _HISTORIES_LINEAR_H

#include "history.h"

enum linear_verdict {
	LINEAR_EXPLAINED,
	LINEAR_WRONG,
	LINEAR_TOO_LARGE,
};

/* @history must be sorted. */
enum linear_verdict linear_check(const struct history *history);
/* How many states all searches have visited. */
uint64_t linear_states(void);

#endif /* _HISTORIES_LINEAR_H */
