/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_COUNTS_H
#define BENCH_COUNTS_H

#include <stdint.h>

enum {
	COUNT_SWITCHES,
	COUNT_WAKEUPS,
	COUNT_CALLS,
	COUNTS,
};

extern const char *const count_names[COUNTS];

/**
 * struct counters - events of this process and of those that it forks
 * @events: descriptors, -1 where the kernel cannot count
 */
struct counters {
	int events[COUNTS];
};

void counters_open(struct counters *counters);
void counters_start(struct counters *counters);
void counters_stop(struct counters *counters, unsigned int operations, double counts[COUNTS]);
void counters_close(struct counters *counters);

#endif /* BENCH_COUNTS_H */
