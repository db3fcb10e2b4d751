/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHAN_TRACEFS_H
#define CHAN_TRACEFS_H

#include <stdbool.h>

/**
 * struct shifts - how many bytes later than in tracepoints.h the fields of tracepoints are
 * @chan: those of channels
 * @task: those of tasks
 */
struct shifts {
	unsigned int chan;
	unsigned int task;
};

/**
 * tracefs_ready() - are the tracepoints of channels there, and as tracepoints.h has them?
 * @shifts: what differs, for the programs
 *
 * If not, says on stderr what to do, in one line.
 */
bool tracefs_ready(struct shifts *shifts);

#endif /* CHAN_TRACEFS_H */
