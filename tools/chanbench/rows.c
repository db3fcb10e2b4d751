// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "bench.h"

#define KIB	1024
#define MIB	(1024 * 1024)

const struct row rows[] = {
	{ "Null", "empty system call", &null_call, 8, 0, 1, 1, 0, false },

	{ "Pair/0", "a send, its receive", &pair, 0, 1, 1, 1, 0, false },
	{ "Pair/8", "a send, its receive", &pair, 8, 1, 1, 1, 0, false },
	{ "Pair/64", "a send, its receive", &pair, 64, 1, 1, 1, 0, false },
	{ "Pair/256", "a send, its receive", &pair, 256, 1, 1, 1, 0, false },
	{ "Pair/512", "a send, its receive", &pair, 512, 1, 1, 1, 0, false },
	{ "Pair/1K", "a send, its receive", &pair, KIB, 1, 1, 1, 0, false },
	{ "Pair/4K", "a send, its receive", &pair, 4 * KIB, 1, 1, 1, 0, false },
	{ "Pair/64K", "a send, its receive", &pair, 64 * KIB, 1, 1, 8, 0, false },
	{ "Pair/1M", "a send, its receive", &pair, MIB, 1, 1, 64, 0, false },

	{ "Flight4/8", "a pair, 4 in flight", &flight, 8, 4, 4, 4, 0, false },
	{ "Flight4/4K", "a pair, 4 in flight", &flight, 4 * KIB, 4, 4, 4, 0, false },
	{ "Uncontended", "a pair, 100 in flight", &flight, 8, 100, 100, 50, 0, false },
	{ "Batch64", "a pair, 64 in a call", &batch, 8, BATCH, BATCH, 16, 0, false },

	{ "Nonblock", "a try, no message", &nonblock, 8, 1, 1, 1, 0, false },
	{ "Closed", "a receive at the end", &closed, 8, 1, 1, 1, 0, false },
	{ "Make", "open, release", &make, 8, 1, 1, 4, 0, false },
	{ "Close", "open, end, release", &make_and_end, 8, 1, 1, 4, 0, false },

	{ "Select8", "a send, a wait for 8", &select_last, 8, 1, 8, 1, 0, false },
	{ "Select8None", "a try of 8, no message", &select_none, 8, 1, 8, 1, 0, false },
	{ "Select64", "a send, a wait for 64", &select_last, 8, 1, 64, 4, 0, false },
	{ "Select64None", "a try of 64, no message", &select_none, 8, 1, 64, 4, 0, false },
	{ "SelectUncontended", "a select, a send", &select_uncontended, 8, 1, 2, 1, 0, false },
	{ "SelectSyncContended", "a message, 3 channels", &select_contended, 8, 0, 3, 1, 0, false },

	{ "PingPong", "a round trip", &ping_pong, 8, 0, 1, 1, 20000, false },
	{ "PingPong/buffered", "a round trip", &ping_pong, 8, 1, 1, 1, 20000, false },
	{ "RoundTrip/8", "the same, SCHED_BATCH", &ping_pong, 8, 0, 1, 1, 0, true },
	{ "RoundTrip/64", "the same, SCHED_BATCH", &ping_pong, 64, 0, 1, 1, 0, true },
	{ "RoundTrip/64K", "the same, SCHED_BATCH", &ping_pong, 64 * KIB, 0, 1, 8, 0, true },

	{ "Sync", "a message each way", &synchronous, 8, 0, 2, 1, 0, false },
	{ "Contended", "a pair, 2 tasks", &contended, 8, 200, 2, 1, 0, false },
	{ "ProdCons0", "a message, 1 to 1", &producers, 8, 0, 1, 1, 0, false },
	{ "ProdCons10", "a message, 1 to 1", &producers, 8, 10, 1, 1, 0, false },
	{ "ProdCons100", "a message, 1 to 1", &producers, 8, 100, 1, 1, 0, false },
	{ "ProdCons0/2", "a message, 2 to 2", &producers, 8, 0, 2, 1, 0, false },
	{ "ProdCons0/4", "a message, 4 to 4", &producers, 8, 0, 4, 1, 0, false },
	{ "ProdCons0/16", "a message, 16 to 16", &producers, 8, 0, 16, 1, 0, false },
	{ "ProdCons0/64", "a message, 64 to 64", &producers, 8, 0, 64, 1, 0, false },
	{ "Pipeline", "a job, 4 workers", &pipeline, 256, 16, 4, 1, 0, false },
};

const size_t rows_count = sizeof(rows) / sizeof(rows[0]);

/* Returns NULL if there is none. */
const struct row *row_find(const char *name)
{
	size_t i;

	for (i = 0; i < rows_count; i++) {
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	}
	return NULL;
}

/* Operations in a call. */
unsigned int row_operations(const struct row *row)
{
	return row->kind == &flight || row->kind == &batch ? row->count : 1;
}
