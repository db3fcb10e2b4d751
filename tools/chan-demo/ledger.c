// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

static int ledger_grow(struct ledger *ledger, uint32_t number)
{
	size_t size = ledger->size ? ledger->size : 1024;
	struct result *results;

	while (size < number)
		size *= 2;
	results = reallocarray(ledger->results, size, sizeof(*results));
	if (!results)
		return -ENOMEM;
	memset(results + ledger->size, 0, (size - ledger->size) * sizeof(*results));
	ledger->results = results;
	ledger->size = size;
	return 0;
}

/**
 * ledger_add() - add a result
 * @ledger: the ledger
 * @result: the result; a duplicate is counted and dropped
 *
 * Return: 0, -EINVAL if its path or worker is invalid, or -ENOMEM.
 */
int ledger_add(struct ledger *ledger, const struct result *result)
{
	int err;

	if (!result->number || !result->worker || result->worker > WORKERS_MAX)
		return -EINVAL;
	if (result->number > ledger->size) {
		err = ledger_grow(ledger, result->number);
		if (err)
			return err;
	}
	if (ledger_has(ledger, result->number)) {
		ledger->repeated++;
		return 0;
	}
	ledger->results[result->number - 1] = *result;
	ledger->by_worker[result->worker]++;
	ledger->count++;
	return 0;
}

bool ledger_has(const struct ledger *ledger, uint32_t number)
{
	return number && number <= ledger->size && ledger->results[number - 1].number;
}

static void ledger_write_result(const struct result *result, FILE *stream)
{
	int i;

	for (i = 0; i < HASH_BYTES; i++)
		fprintf(stream, "%02x", result->hash[i]);
	fprintf(stream, "  %s\n", result->name);
}

/**
 * ledger_write() - write the results, in the order of their paths
 * @ledger: the ledger
 * @file: output file, in the format of sha256sum(1)
 *
 * Return: 0, or a negative errno value.
 */
int ledger_write(const struct ledger *ledger, const char *file)
{
	FILE *stream = fopen(file, "w");
	bool failed;
	size_t i;

	if (!stream)
		return -errno;
	for (i = 0; i < ledger->size; i++) {
		if (ledger->results[i].number)
			ledger_write_result(&ledger->results[i], stream);
	}
	failed = ferror(stream);
	if (fclose(stream) || failed)
		return errno ? -errno : -EIO;
	return 0;
}

void ledger_free(struct ledger *ledger)
{
	free(ledger->results);
	memset(ledger, 0, sizeof(*ledger));
}
