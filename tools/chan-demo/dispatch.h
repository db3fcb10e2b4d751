/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A dispatcher that waits in one select for the next path, for a worker that takes it, for a
 * result, for the exit of a worker, and for a deadline.
 */
#ifndef DEMO_DISPATCH_H
#define DEMO_DISPATCH_H

#include <stdbool.h>

#include "demo.h"

/* Two cases per worker, a send to it and its exit; and two others. */
#define DISPATCHED_MAX	((CHAN_SELECT_MAX - 2) / 2)

/**
 * struct dispatched - a worker
 * @jobs: its channel, to which the dispatcher may send; -1 once it is closed
 * @pid: 0 once it has exited
 * @pidfd: -1 once it has exited
 * @path: the path sent to it last; number 0 once its result has arrived
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
 * @demo: channels; the dispatcher receives paths and results
 * @ledger: the results so far
 * @workers: number of workers started, numbered from 1
 * @worker: the workers, indexed by number
 * @path: next path to send; number 0 if there is none
 * @result: buffer for the next result
 * @drained: there are no more paths to receive
 * @open: number of paths sent that have no result yet
 * @paths: how often the select chose to receive a path
 * @results: how often the select chose to receive a result
 * @ends: how often the select chose the exit of a worker
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
