/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "measure.h"

/**
 * struct report - the measurements
 * @unit: of costs
 * @measured: whether a row was measured
 * @results: per row, in the order of rows[], and per mechanism
 */
struct report {
	const char *unit;
	bool *measured;
	struct result (*results)[MECHANISMS];
};

void report_table(const struct report *report);
void report_csv(const struct report *report);
void report_json(const struct report *report);
int report_check(const struct report *report);

#endif /* BENCH_REPORT_H */
