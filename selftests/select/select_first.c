// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHAN_SELECT_FIRST: of the cases that are ready at one instant, the first is chosen. So a case
 * that always becomes ready after an earlier case, which stays ready, is never chosen.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

#define ROUNDS_OF_2	4000
#define ROUNDS_OF_64	1000

/**
 * struct fill - shared by two tasks: in each round, one makes cases ready, the other selects
 * @first: the channel or file of the first case
 * @last: the channel of the last one
 * @is_file: the first is a file, an eventfd
 * @rounds: number of rounds
 * @round: the round that may begin
 * @filled: rounds that the filler has ended
 */
struct fill {
	int first;
	int last;
	bool is_file;
	unsigned int rounds;
	unsigned int round;
	unsigned int filled;
};

static unsigned int load(const unsigned int *count)
{
	return __atomic_load_n(count, __ATOMIC_ACQUIRE);
}

/* The first case, then the last one. */
static int run_fill(struct operation *op)
{
	struct fill *fill = op->data;
	volatile unsigned int delay;
	unsigned int i;

	for (i = 1; i <= fill->rounds; i++) {
		while (load(&fill->round) < i)
			sched_yield();
		for (delay = i % 100 * 10; delay; delay--)
			;
		if (fill->is_file)
			eventfd_write(fill->first, 1);
		else
			channel_send(fill->first, i);
		channel_send(fill->last, i);
		__atomic_store_n(&fill->filled, i, __ATOMIC_RELEASE);
	}
	return 0;
}

static int select_first(struct chan_case *cases, unsigned int n, unsigned int flags)
{
	const struct chan_select select = {
		.cases = (uintptr_t)cases,
		.ncases = n,
		.casesize = sizeof(*cases),
		.flags = CHAN_SELECT_FIRST | flags,
		.deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(cases[n - 1].fd, CHAN_IOC_SELECT, &select);
}

static void drain(const struct fill *fill)
{
	uint64_t value;

	if (fill->is_file)
		eventfd_read(fill->first, &value);
	else
		chan_try_recv(fill->first, &value, sizeof(value));
	chan_try_recv(fill->last, &value, sizeof(value));
}

FIXTURE(first)
{
	struct fill *fill;
	struct chan_case cases[CHAN_SELECT_MAX];
	uint64_t value;
};

/**
 * struct first - variants
 * @n: number of cases
 * @is_file: the first is a file
 * @flags: of the select
 */
FIXTURE_VARIANT(first)
{
	unsigned int n;
	bool is_file;
	unsigned int flags;
};

#define FIRST(name, count, file, how) \
	FIXTURE_VARIANT_ADD(first, name##_of_##count) { count, file, how }

FIRST(channel_parked, 2, false, 0);
FIRST(channel_parked, 64, false, 0);
FIRST(channel, 2, false, CHAN_SELECT_NONBLOCK);
FIRST(channel, 64, false, CHAN_SELECT_NONBLOCK);
/* A parked select is completed by a sender, which does not know about its files. */
FIRST(file, 2, true, CHAN_SELECT_NONBLOCK);
FIRST(file, 64, true, CHAN_SELECT_NONBLOCK);

FIXTURE_SETUP(first)
{
	struct fill *fill = shared_alloc(sizeof(*fill));
	unsigned int i;

	self->fill = fill;
	fill->is_file = variant->is_file;
	fill->rounds = variant->n == 2 ? ROUNDS_OF_2 : ROUNDS_OF_64;
	for (i = 0; i < variant->n; i++)
		self->cases[i] = chan_case_recv(channel_make(1), &self->value, sizeof(self->value));
	if (fill->is_file)
		self->cases[0] = chan_case_poll(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), POLLIN);
	fill->first = self->cases[0].fd;
	fill->last = self->cases[variant->n - 1].fd;
}

FIXTURE_TEARDOWN(first) {}

TEST_F(first, G5_later_case_is_never_chosen_while_the_first_is_ready)
{
	struct fill *fill = self->fill;
	struct operation *op = operation_start_new(TASK_THREAD, run_fill, fill->last, fill);
	unsigned int i, wrong = 0, failed = 0;
	int chosen;

	for (i = 1; i <= fill->rounds; i++) {
		__atomic_store_n(&fill->round, i, __ATOMIC_RELEASE);
		do {
			chosen = select_first(self->cases, variant->n, variant->flags);
		} while (chosen == -EAGAIN);
		wrong += chosen > 0;
		failed += chosen < 0;
		while (load(&fill->filled) < i)
			sched_yield();
		drain(fill);
	}
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(0, failed);
}

TEST_HARNESS_MAIN
