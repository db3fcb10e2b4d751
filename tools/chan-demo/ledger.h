/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The collector's results, by path number.
 */
#ifndef DEMO_LEDGER_H
#define DEMO_LEDGER_H

#include <stdbool.h>
#include <stdio.h>

#include "demo.h"

/**
 * struct ledger - results that have arrived
 * @results: the result of path N is at N - 1; its number is 0 until it arrives
 * @size: number of entries in @results
 * @count: number of results
 * @repeated: number of duplicate results
 * @by_worker: number of results by worker
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
