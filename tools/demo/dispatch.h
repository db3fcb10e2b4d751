/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dispatcher that waits for everything at once, with one select: for the next path, for a
 * worker that takes it, for a result, for the end of a worker, and for a deadline.
 */
#ifndef DEMO_DISPATCH_H
#define DEMO_DISPATCH_H

#include <stdbool.h>

#include "demo.h"

/* Each worker has two cases, a send to it and its end; and there are two more. */
#define DISPATCHED_MAX	((CHAN_SELECT_MAX - 2) / 2)

/**
 * struct dispatched - a worker
 * @jobs: its channel, to which the dispatcher may send; -1 once it is closed
 * @pid: 0 once it has ended
 * @pidfd: -1 once it has ended
 * @path: what it was sent last; number 0 once the result is there
 * @sends: how often the select chose to send to it
 */
struct dispatched {
	struct path_channel jobs;
	pid_t pid;
	int pidfd;
	struct path path;
	uint32_t sends;
};

/**
 * struct dispatch - the dispatcher
 * @demo: the dispatcher receives paths, and results
 * @ledger: the results so far
 * @workers: how many were started, numbered from 1 on
 * @worker: at their numbers
 * @path: to be sent next; number 0 if there is none
 * @result: room for the next one
 * @drained: there are no more paths to receive
 * @open: so many paths were sent and have no result yet
 * @paths: how often the select chose to receive a path
 * @results: to receive a result
 * @ends: to tell of the end of a worker
 */
struct dispatch {
	struct demo *demo;
	struct ledger *ledger;
	uint32_t workers;
	struct dispatched worker[DISPATCHED_MAX + 1];
	struct path path;
	struct result result;
	bool drained;
	uint32_t open;
	uint32_t paths;
	uint32_t results;
	uint32_t ends;
};

int dispatch_start(struct dispatch *d, enum worker_fate fate);
int dispatch_step(struct dispatch *d, uint64_t deadline);
bool dispatch_sent_all(const struct dispatch *d);
void dispatch_end(struct dispatch *d);

#endif /* DEMO_DISPATCH_H */
