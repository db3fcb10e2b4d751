// SPDX-License-Identifier: GPL-2.0-only
/*
 * Non-blocking operations (G5): an operation completes if it can complete at a single instant,
 * regardless of concurrent operations. Otherwise it changes nothing.
 */
#include <errno.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/variants.h"

TASK_FIXTURE(at_once);

#define SENDS	20000

static int run_send_at_once(struct operation *op)
{
	uint64_t value = 1;
	int i, failed = 0;

	for (i = 0; i < SENDS; i++)
		failed += chan_try_send(op->ch, &value, sizeof(value)) < 0;
	return failed;
}

TEST_F(at_once, others_who_send_do_not_fill_what_has_room)
{
	struct operation *ops[4];
	int i, ch = channel_make(ARRAY_LENGTH(ops) * SENDS);

	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = operation_start_new(variant->kind, run_send_at_once, ch, NULL);
	EXPECT_TRUE(operations_succeed(ops, ARRAY_LENGTH(ops)));
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, &(uint64_t){ 1 }, sizeof(uint64_t)));
}

#define TRIES	20000

/**
 * struct move - an element that moves between two channels
 * @ends: the channels: the element enters one before it leaves the other
 * @stop: stop moving it
 */
struct move {
	int ends[2];
	bool stop;
};

static int run_move(struct operation *op)
{
	struct move *move = op->data;
	uint64_t value = 1;
	int i;

	for (i = 0; !__atomic_load_n(&move->stop, __ATOMIC_ACQUIRE); i = !i) {
		chan_try_send(move->ends[!i], &value, sizeof(value));
		chan_try_recv(move->ends[i], &value, sizeof(value));
	}
	return 0;
}

/*
 * Between the check of the first case and of the last, the element moves there and back. The
 * element received by the select is returned before the next round.
 */
TEST_F(at_once, G5_select_of_many_finds_one_that_is_ready_at_each_instant)
{
	struct chan_case cases[CHAN_SELECT_MAX];
	struct move *move = shared_alloc(sizeof(*move));
	int i, chosen, failed = 0;
	struct operation *op;
	uint64_t value;

	for (i = 0; i < CHAN_SELECT_MAX; i++)
		cases[i] = chan_case_recv(channel_make(1), &value, sizeof(value));
	move->ends[0] = cases[0].fd;
	move->ends[1] = cases[CHAN_SELECT_MAX - 1].fd;
	channel_send(move->ends[0], 1);
	op = operation_start_new(variant->kind, run_move, move->ends[0], move);
	for (i = 0; i < TRIES; i++) {
		chosen = chan_try_select(cases, CHAN_SELECT_MAX);
		if (chosen < 0)
			failed++;
		else
			chan_try_send(cases[chosen].fd, &value, sizeof(value));
	}
	__atomic_store_n(&move->stop, true, __ATOMIC_RELEASE);
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(0, failed);
}

/* Completed on another channel, but still queued here until its task runs. */
TEST_F(at_once, G5_select_does_not_meet_a_peer_that_another_has_claimed)
{
	int a = channel_make(0), b = channel_make(0), chosen;
	uint64_t *room = shared_alloc(2 * sizeof(*room)), value = 7;
	struct chan_case parked[] = {
		chan_case_recv(a, room, sizeof(*room)),
		chan_case_recv(b, room + 1, sizeof(*room)),
	};
	struct chan_case cases[] = { chan_case_send(b, &value, sizeof(value)) };
	struct operation *op;

	task_pin();
	op = operation_park_select(variant->kind, b, parked, ARRAY_LENGTH(parked));
	task_run_first();
	channel_send(a, 6);
	chosen = chan_try_select(cases, ARRAY_LENGTH(cases));
	task_run_as_others();
	EXPECT_EQ(-EAGAIN, chosen);
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(6, room[0]);
	EXPECT_EQ(0, room[1]);
}

TEST_HARNESS_MAIN
