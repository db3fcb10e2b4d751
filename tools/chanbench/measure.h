/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "bench.h"
#include "counts.h"

/**
 * struct effort - how much to measure
 * @calls: of the cheapest operations in a repetition; of others, less
 * @repetitions: of each row
 * @cpus: number of CPUs for rows of several tasks
 * @turns: repetitions of the mechanisms take turns
 * @count: count events, too
 */
struct effort {
	unsigned int calls;
	unsigned int repetitions;
	unsigned int cpus;
	bool turns;
	bool count;
};

/**
 * struct result - cost of one operation, in nanoseconds of CLOCK_MONOTONIC
 * @err: 0, or a negative errno value if there is no result; -EOPNOTSUPP if the mechanism has no
 *	such operation
 * @minimum: of all repetitions
 * @median: of the same
 * @maximum: of the same
 * @cpu: CPU time of all tasks, of all repetitions together
 * @counts: events per operation, -1 if they were not counted
 */
struct result {
	int err;
	double minimum;
	double median;
	double maximum;
	double cpu;
	double counts[COUNTS];
};

unsigned int measure_calls(const struct row *row, const struct effort *effort);
void measure_row(const struct row *row, const struct effort *effort,
		 const bool wanted[MECHANISMS], struct result results[MECHANISMS]);

#endif /* BENCH_MEASURE_H */
