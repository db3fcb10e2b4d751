/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether channels explain a history. They do if there is an order of all operations that respects
 * real time: an operation that ended before another began precedes it. In that order, simple
 * channels, where everything happens at one instant, must give the same results.
 *
 * All orders are searched (Wing and Gong, 1993), but none twice from a state reached before by the
 * same operations (Lowe, 2017). All channels are searched together, because a select couples them.
 * Beyond a queue, the simple channels model:
 *
 * - Without a buffer, a send and a receive take place at the same instant.
 * - An element that a task had received when its memory faulted, or when it was killed, is requeued
 *   at the head, at any instant before its operation has ended (G4).
 * - The operation of a killed task may or may not have taken place.
 * - An operation known to be asleep is served before one that began later and could meet the same
 *   peer (G2).
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
/* Number of states that all searches have visited. */
uint64_t linear_states(void);

#endif /* _HISTORIES_LINEAR_H */
