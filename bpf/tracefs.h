/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHAN_TRACEFS_H
#define CHAN_TRACEFS_H

#include <stdbool.h>

/**
 * struct shifts - offset of tracepoint fields relative to tracepoints.h, in bytes
 * @chan: for the system chan
 * @task: for the system task
 */
struct shifts {
	unsigned int chan;
	unsigned int task;
};

/**
 * tracefs_ready() - do the channel tracepoints exist, and match tracepoints.h?
 * @shifts: output, for the programs
 *
 * If not, prints advice to stderr, in one line.
 */
bool tracefs_ready(struct shifts *shifts);

#endif /* CHAN_TRACEFS_H */
