/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The collector's book of results, by the number of their path.
 */
#ifndef DEMO_LEDGER_H
#define DEMO_LEDGER_H

#include <stdbool.h>
#include <stdio.h>

#include "demo.h"

/**
 * struct ledger - results that have arrived
 * @results: that of path N is at N - 1; its number is 0 until it has arrived
 * @size: entries in @results
 * @count: results in it
 * @repeated: results that arrived although they were in it already
 * @by_worker: how many of the results each worker sent
 */
struct ledger {
	struct result *results;
	size_t size;
	uint32_t count;
	uint32_t repeated;
	uint32_t by_worker[WORKERS_MAX + 1];
};

int ledger_add(struct ledger *ledger, const struct result *result);
bool ledger_has(const struct ledger *ledger, uint32_t number);
int ledger_write(const struct ledger *ledger, const char *file);
void ledger_free(struct ledger *ledger);

#endif /* DEMO_LEDGER_H */
