// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work under one hold of a lock (G12): counted in instructions, it does not grow with the number
 * of parked operations, of channels, or of elements. The processor traps after each instruction
 * of the measured call; the handler counts those that the task executes while it holds a lock.
 */
#include <signal.h>

#include "choice.h"

/* More than any bound, and ten times as many. */
#define MANY	40
#define MORE	400

/* Trap flag of the processor. */
#define STEP	0x100UL

static volatile sig_atomic_t hold, longest;

static void count_instruction(int signal)
{
	(void)signal;
	if (!current->locks_held) {
		hold = 0;
		return;
	}
	if (++hold > longest)
		longest = hold;
}

static void set_step(bool on)
{
#ifdef __x86_64__
	const unsigned long flags = __builtin_ia32_readeflags_u64();

	__builtin_ia32_writeeflags_u64(on ? flags | STEP : flags & ~STEP);
#else
	const unsigned long flags = __builtin_ia32_readeflags_u32();

	__builtin_ia32_writeeflags_u32(on ? flags | STEP : flags & ~STEP);
#endif
}

static void begin(void)
{
	const struct sigaction action = { .sa_handler = count_instruction };

	assert_int_equal(sigaction(SIGTRAP, &action, NULL), 0);
	hold = 0;
	longest = 0;
	set_step(true);
}

/* Returns the instructions of the longest hold since begin(). */
static int end(void)
{
	set_step(false);
	assert_true(longest > 0);
	return longest;
}

/* Ten times as much makes no hold longer, except for a branch or two. */
#define assert_bounded(measure) \
	do { \
		const int many_ = measure(MANY), more_ = measure(MORE); \
		\
		print_message("# %s: %d, %d instructions\n", #measure, many_, more_); \
		assert_true(more_ <= many_ + many_ / 10); \
	} while (0)

static struct operation **park(struct chan_file *cf, unsigned int n, bool send)
{
	struct operation **ops = test_malloc(n * sizeof(struct operation *));
	unsigned int i;

	for (i = 0; i < n; i++)
		ops[i] = send ? operation_park_send(cf, i) : operation_park_recv(cf);
	return ops;
}

static void join(struct operation **ops, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		operation_join(ops[i]);
	test_free(ops);
}

static int close_with_parked(unsigned int n)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation **ops = park(cf, n, n % 2);
	int instructions;

	begin();
	chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE);
	instructions = end();
	join(ops, n);
	return instructions;
}

static void G12_hold_of_a_close_does_not_grow_with_parked_tasks(void **state)
{
	(void)state;
	assert_bounded(close_with_parked);
}

/* Receive elements into memory that is not there. */
static int requeue_elements(unsigned int n)
{
	struct chan_file *cf = channel_make(8, n);
	u64 value;
	int instructions;

	channel_send_range(cf, 1, n);
	begin();
	chan_xfer_recv(cf, UNIT_BAD_ADDRESS, 8, n, n, &chan_deadline_now);
	instructions = end();
	while (channel_try_recv(cf, &value) == 1)
		;
	return instructions;
}

static void G12_hold_of_a_requeue_does_not_grow_with_elements(void **state)
{
	(void)state;
	assert_bounded(requeue_elements);
}

static int send_batch(unsigned int n)
{
	struct chan_file *cf = channel_make(8, n);
	u64 *values = test_calloc(n, sizeof(*values));
	int instructions;

	begin();
	chan_xfer_send(cf, (void __user *)values, 8, n, n, &chan_deadline_now);
	instructions = end();
	test_free(values);
	return instructions;
}

static void G12_hold_of_a_batch_does_not_grow_with_its_elements(void **state)
{
	(void)state;
	assert_bounded(send_batch);
}

static int send_to_parked(unsigned int n)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation **ops = park(cf, n, false);
	int instructions;

	begin();
	channel_try_send(cf, 1);
	instructions = end();
	chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE);
	join(ops, n);
	return instructions;
}

static void G12_hold_of_a_send_does_not_grow_with_parked_receivers(void **state)
{
	(void)state;
	assert_bounded(send_to_parked);
}

static int count_channels(unsigned int n)
{
	struct hchan **chs = test_malloc(n * sizeof(struct hchan *));
	unsigned int channels, waiters, i;
	int instructions;

	for (i = 0; i < n; i++) {
		chs[i] = chan_hchan_alloc();
		assert_non_null(chs[i]);
	}
	begin();
	chan_hchan_live(&channels, &waiters);
	instructions = end();
	assert_int_equal(channels, n);
	for (i = 0; i < n; i++)
		chan_hchan_put(chs[i]);
	test_free(chs);
	return instructions;
}

static void G12_hold_of_the_list_does_not_grow_with_channels(void **state)
{
	(void)state;
	assert_bounded(count_channels);
}

static int snapshot_of_parked(unsigned int n)
{
	struct chan_file *cf = channel_make(8, 0);
	struct operation **ops = park(cf, n, false);
	struct chan_info info;
	int instructions;

	begin();
	chan_hchan_info(cf->ch, &info);
	instructions = end();
	chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE);
	join(ops, n);
	return instructions;
}

static void G12_hold_of_a_snapshot_does_not_grow_with_parked_tasks(void **state)
{
	(void)state;
	assert_bounded(snapshot_of_parked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(G12_hold_of_a_close_does_not_grow_with_parked_tasks),
		UNIT_TEST(G12_hold_of_a_requeue_does_not_grow_with_elements),
		UNIT_TEST(G12_hold_of_a_batch_does_not_grow_with_its_elements),
		UNIT_TEST(G12_hold_of_a_send_does_not_grow_with_parked_receivers),
		UNIT_TEST(G12_hold_of_the_list_does_not_grow_with_channels),
		UNIT_TEST(G12_hold_of_a_snapshot_does_not_grow_with_parked_tasks),
	};

	return UNIT_RUN(tests);
}
