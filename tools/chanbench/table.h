/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "bench.h"

#define SIZES	3

extern const size_t sizes[SIZES];

/**
 * struct table - the measurements
 * @null_call: cost of an empty system call
 * @pairs: cost of a send and a receive in one task
 * @trips: cost of a round trip between two processes, under SCHED_BATCH
 * @normal_trips: the same under SCHED_OTHER
 * @eights: cost of a send, and of a receive from the last of eight
 */
struct table {
	struct cost null_call;
	struct cost pairs[MECHANISMS][SIZES];
	struct cost trips[MECHANISMS][SIZES];
	struct cost normal_trips[MECHANISMS][SIZES];
	struct cost eights[EIGHTS];
};

void table_print(struct table *table, const char *unit);
void table_print_csv(struct table *table, const char *unit);
int table_check(const struct table *table);

#endif /* BENCH_TABLE_H */
