/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A collector that looks after its workers: a path whose worker died before it
 * sent a result is sent again, to another.
 */
#ifndef DEMO_SUPERVISE_H
#define DEMO_SUPERVISE_H

#include <stdbool.h>

#include "demo.h"

/* With the producer, at 0. */
#define SUPERVISED	(WORKERS_MAX + 1)

/**
 * struct supervisor - the collector and those it looks after
 * @demo: channels and board; the collector may send paths and receive results
 * @ledger: the results so far
 * @pid: the producer at 0, and the workers; 0 if it is gone, or not there yet
 * @pidfd: of each; -1 if it is gone, or not there yet
 * @again: for each worker, whether the path that it held is yet to be sent again
 * @produced: the producer has ended
 * @sent_again: how many paths were sent again
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
