/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tasks of a script have seen, and whether channels explain it: is there an order
 * of all that was done, in which nothing comes before what had ended when it began, and in
 * which a simple channel, where everything happens at once, would have done the same? And
 * are those served first who slept first?
 *
 * So this is where elements that are lost, doubled or invented show (G3), those out of order
 * (G1), errors after which something happened (G4), wrong defaults (G5), tasks passed over
 * (G2), and closes that were not final (G6).
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
	REQUEUED,	/* and that went back */
};

/**
 * struct event - one element, or what was done instead
 * @outcome: what came of it
 * @n: how many @cases there were; one, if it was carried out
 * @cases: what was to be done
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
 * struct history - all that was done
 * @cap: capacity of the channels
 * @ticks: a clock feeds the channel TICKER
 * @now: that clock, at the beginning
 * @events: of each task
 * @n: how many of these
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
