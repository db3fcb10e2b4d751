/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The results that the tasks of a script have seen, and whether channels explain them. They do if
 * there is an order of all operations that respects real time, in which a simple channel, where
 * everything happens at once, gives the same results; and if earlier sleepers are served first.
 *
 * This is how lost, doubled or invented elements show (G3), elements out of order (G1), errors with
 * side effects (G4), wrong defaults (G5), tasks passed over (G2), and closes that were not final
 * (G6).
 */
#ifndef _HISTORY_H
#define _HISTORY_H

#include "control.h"
#include "script.h"

/* The tasks, and the test itself. */
#define HISTORY_TASKS	(TASKS_MAX + 1)
#define EVENTS_MAX	48
/* Of the ticks. */
#define INTERVAL	10

enum outcome {
	NOTHING,	/* none of the cases was carried out */
	NOT_READY,	/* the same, because none of them was ready */
	DONE,		/* the case was carried out */
	FOUND_CLOSED,	/* the same; the channel was closed */
	TAKEN,		/* an element was received, but not stored */
	REQUEUED,	/* and was requeued */
};

/**
 * struct event - one element, or another outcome
 * @outcome: the outcome
 * @n: number of @cases; one, if it was carried out
 * @cases: the possible cases
 * @value: the element that was sent or received
 * @invoked: when it began
 * @slept: when its task first slept, waiting for @cases
 * @ended: when it ended
 */
struct event {
	enum outcome	outcome;
	unsigned int	n;
	struct act_case	cases[CASES_MAX];
	u64		value;
	control_time	invoked;
	control_time	slept;
	control_time	ended;
};

/**
 * struct history - all events
 * @cap: capacity of the channels
 * @ticks: the channel TICKER has a ticker
 * @now: its clock, at the beginning
 * @events: of each task
 * @n: number of these
 */
struct history {
	unsigned int	cap;
	bool		ticks;
	u64		now;
	struct event	events[HISTORY_TASKS][EVENTS_MAX];
	unsigned int	n[HISTORY_TASKS];
};

void history_add(struct history *history, unsigned int task, const struct event *event);
bool history_is_explained(const struct history *history);

#endif /* _HISTORY_H */
