/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A script played on the module's core, by one schedule.
 */
#ifndef _PLAY_H
#define _PLAY_H

#include "script.h"
#include "strategy.h"

/* Rare situations, counted so that a test can check that they occurred. */
enum reached {
	REACHED_LOOKED_AGAIN,	/* a select: its ready peer was claimed elsewhere */
	REACHED_BEFORE_SIGNAL,	/* completed, when the task wanted to leave for a signal */
	REACHED_BEFORE_DEADLINE,/* ... for its deadline */
	REACHED_BEFORE_FILE,	/* ... for a file that was ready */
	REACHED_REQUEUED,	/* an element */
	REACHED_MAX,
};

/* Returns the broken rule, or NULL. */
const char *play(const struct script *script, struct strategy *strategy);
/* How often, in all plays; resets the counts to 0. */
unsigned int play_reached(enum reached what);

#endif /* _PLAY_H */
