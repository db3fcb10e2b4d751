/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A collector that supervises its workers: a path whose worker died without
 * sending a result is resent to another one.
 */
#ifndef DEMO_SUPERVISE_H
#define DEMO_SUPERVISE_H

#include <stdbool.h>

#include "demo.h"

/* Including the producer, at index 0. */
#define SUPERVISED	(WORKERS_MAX + 1)

/**
 * struct supervisor - the collector and the processes that it supervises
 * @demo: channels and board; the collector may send paths and receive results
 * @ledger: the results so far
 * @pid: producer at 0, then workers; 0 if a process is gone or not started
 * @pidfd: same order; -1 if a process is gone or not started
 * @again: for each worker, whether the path that it held must be resent
 * @produced: the producer has exited
 * @sent_again: number of paths resent
 */
struct supervisor {
	struct demo *demo;
	struct ledger *ledger;
	pid_t pid[SUPERVISED];
	int pidfd[SUPERVISED];
	bool again[SUPERVISED];
	bool produced;
	uint32_t sent_again;
};

void supervisor_init(struct supervisor *s, struct demo *demo, struct ledger *ledger);
int supervisor_watch(struct supervisor *s, unsigned int i, pid_t pid);
int supervisor_kill(struct supervisor *s, unsigned int worker);
int supervisor_send_again(struct supervisor *s);
bool supervisor_lacks(const struct supervisor *s, unsigned int worker);
int supervisor_run(struct supervisor *s, uint32_t wanted);
void supervisor_deinit(struct supervisor *s);

#endif /* DEMO_SUPERVISE_H */
