// SPDX-License-Identifier: GPL-2.0-only
/*
 * Release of a channel with very many elements (G12): they are freed one by one, and other tasks
 * run on that CPU meanwhile, even without kernel preemption.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/task.h"

/* Above CHAN_ELEM_INLINE: each element is allocated separately. */
#define SIZE		300
#define ELEMENTS	400000
#define BATCH		1000
/* Fewer elements on a debug kernel, which needs longer for each. */
#define FILL_NS		(20 * CLOCK_SECOND)

/**
 * struct watch - shared with the watching task
 * @stop: end
 * @gap: the longest time that it did not run, in nanoseconds
 */
struct watch {
	bool stop;
	int64_t gap;
};

/* It runs on the same CPU and with precedence, so only the kernel can keep it from running. */
static int run_watch(struct operation *op)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct watch *watch = op->data;
	int64_t last, now;

	task_run_first();
	op->progress = 1;
	last = clock_read(CLOCK_MONOTONIC);
	while (!__atomic_load_n(&watch->stop, __ATOMIC_ACQUIRE)) {
		nanosleep(&moment, NULL);
		now = clock_read(CLOCK_MONOTONIC);
		if (now - last > watch->gap)
			watch->gap = now - last;
		last = now;
	}
	return 0;
}

static void fill(int ch)
{
	const int64_t end = clock_read(CLOCK_MONOTONIC) + FILL_NS;
	static uint8_t elems[BATCH * SIZE];
	int i;

	for (i = 0; i < ELEMENTS / BATCH && clock_read(CLOCK_MONOTONIC) < end; i++) {
		if (chan_sendv(ch, elems, SIZE, BATCH) != BATCH)
			give_up("not all elements are sent");
	}
}

TEST(G12_others_run_while_very_many_elements_are_dropped)
{
	struct watch *watch = shared_alloc(sizeof(*watch));
	int64_t start, duration;
	struct operation *op;
	int ch;

	task_pin();
	/* Forked before the channel exists, so that only the last close drops the elements. */
	op = operation_start_new(TASK_PROCESS, run_watch, channel_make(0), watch);
	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE));
	ch = channel_make_elems(SIZE, ELEMENTS);
	fill(ch);
	__atomic_store_n(&watch->gap, 0, __ATOMIC_RELAXED);
	start = clock_read(CLOCK_MONOTONIC);
	close(ch);
	duration = clock_read(CLOCK_MONOTONIC) - start;
	__atomic_store_n(&watch->stop, true, __ATOMIC_RELEASE);
	EXPECT_EQ(0, operation_wait(op));
	printf("# %lld us to drop them, %lld us without the other task\n",
	       (long long)duration / 1000, (long long)watch->gap / 1000);
	EXPECT_LT(watch->gap, duration / 2);
}

TEST_HARNESS_MAIN
