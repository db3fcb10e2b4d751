/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_CREW_H
#define BENCH_CREW_H

#include "bench.h"

/* What a task of the crew does in a run; @calls is for the whole crew. */
typedef int (*crew_part)(struct trial *trial, unsigned int task, unsigned int calls);

int crew_open(struct trial *trial, unsigned int tasks, crew_part part);
int crew_run(struct trial *trial, unsigned int calls);
void crew_close(struct trial *trial);
unsigned int crew_tasks(const struct trial *trial);
pid_t crew_process(const struct trial *trial, unsigned int task);
pid_t crew_fork(void);
unsigned int crew_share(unsigned int calls, unsigned int tasks, unsigned int task);

#endif /* BENCH_CREW_H */
