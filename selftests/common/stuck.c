// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "channel.h"
#include "memory.h"
#include "stuck.h"

/**
 * struct stuck - shared by the test and the process of the operation
 * @run: the operation
 * @slow: the memory, in that process
 * @waits: the operation waits for it
 * @faults: when it is released, its memory is gone
 * @released: end the wait
 */
struct stuck {
	int (*run)(struct operation *op);
	struct memory_slow slow;
	bool waits;
	bool faults;
	bool released;
};

/* Runs in a thread of the process, as only that process can provide the memory. */
static void *stuck_serve(void *arg)
{
	struct stuck *stuck = arg;

	memory_slow_wait(&stuck->slow);
	__atomic_store_n(&stuck->waits, true, __ATOMIC_RELEASE);
	wait_until(__atomic_load_n(&stuck->released, __ATOMIC_ACQUIRE));
	if (stuck->faults)
		memory_slow_lose(&stuck->slow);
	else
		memory_slow_release(&stuck->slow);
	return NULL;
}

static int stuck_run(struct operation *op)
{
	struct stuck *stuck = op->data;
	struct operation own = *op;
	pthread_t thread;
	int result;

	stuck->slow = memory_slow_new();
	if (pthread_create(&thread, NULL, stuck_serve, stuck))
		give_up("pthread_create failed");
	own.elems = stuck->slow.page;
	result = stuck->run(&own);
	if (__atomic_load_n(&stuck->waits, __ATOMIC_ACQUIRE) && !stuck->faults)
		memcpy(op->elems, own.elems, op->elemsize);
	return result;
}

struct operation *stuck_start(int (*run)(struct operation *op), int ch)
{
	struct operation *op = operation_new(TASK_PROCESS, stuck_run, ch, 1);
	struct stuck *stuck = shared_alloc(sizeof(*stuck));

	stuck->run = run;
	op->data = stuck;
	operation_start(op);
	return op;
}

void stuck_wait(const struct operation *op)
{
	const struct stuck *stuck = op->data;

	wait_until(__atomic_load_n(&stuck->waits, __ATOMIC_ACQUIRE));
}

void stuck_release(struct operation *op)
{
	struct stuck *stuck = op->data;

	__atomic_store_n(&stuck->released, true, __ATOMIC_RELEASE);
}

void stuck_fault(struct operation *op)
{
	struct stuck *stuck = op->data;

	stuck->faults = true;
	stuck_release(op);
}
