// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocking and non-blocking operations, as a table: each operation, alone and in a select, on a
 * channel in each state. Documentation/go-conformance.rst lists the corresponding Go tests.
 */
#include <errno.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

/* Channels in all states. */
enum state {
	NOBODY,		/* -1: only in a select */
	NIL,		/* not made */
	CLOSED,
	EMPTY,		/* unbuffered */
	ROOM,		/* an empty buffer of capacity 1 */
	FULL,		/* a full buffer of capacity 1, holding 5 */
};

enum how {
	PLAIN,
	SELECT,
	TRY_SELECT,
};

/**
 * struct row - one operation, or the cases of a select
 * @how: form of the operation
 * @n: number of cases
 * @cases: operation (CHAN_CASE_*) and state of the channel of each
 * @result: expected result; of a select with one case, the result of the case
 * @value: expected value that a receive stores
 */
struct row {
	enum how how;
	int n;
	struct { int op; enum state state; } cases[2];
	int result;
	uint64_t value;
};

#define SEND	CHAN_CASE_SEND
#define RECV	CHAN_CASE_RECV
#define UNTOUCHED	7

static const struct row waiting[] = {
	{ PLAIN, 1, { { SEND, NIL } } },
	{ PLAIN, 1, { { RECV, NIL } } },
	{ PLAIN, 1, { { SEND, EMPTY } } },
	{ PLAIN, 1, { { RECV, EMPTY } } },
	{ PLAIN, 1, { { SEND, FULL } } },
	{ PLAIN, 1, { { RECV, ROOM } } },
	{ SELECT, 0 },
	{ SELECT, 1, { { SEND, NOBODY } } },
	{ SELECT, 1, { { RECV, NOBODY } } },
	{ SELECT, 2, { { SEND, NOBODY }, { RECV, NOBODY } } },
	{ SELECT, 1, { { SEND, NIL } } },
	{ SELECT, 1, { { RECV, NIL } } },
	{ SELECT, 2, { { SEND, NIL }, { RECV, NIL } } },
	{ SELECT, 1, { { SEND, EMPTY } } },
	{ SELECT, 1, { { RECV, EMPTY } } },
	{ SELECT, 1, { { SEND, FULL } } },
	{ SELECT, 1, { { RECV, ROOM } } },
	{ SELECT, 2, { { RECV, NIL }, { RECV, EMPTY } } },
	/* Its own other case is no peer. */
	{ SELECT, 2, { { SEND, EMPTY }, { RECV, EMPTY } } },
};

static const struct row going_on[] = {
	{ PLAIN, 1, { { SEND, ROOM } }, 0, UNTOUCHED },
	{ PLAIN, 1, { { RECV, FULL } }, 1, 5 },
	{ PLAIN, 1, { { RECV, CLOSED } }, 0, 0 },
	{ PLAIN, 1, { { SEND, CLOSED } }, -EPIPE, UNTOUCHED },
	{ SELECT, 1, { { SEND, ROOM } }, 0, UNTOUCHED },
	{ SELECT, 1, { { RECV, FULL } }, 1, 5 },
	{ SELECT, 1, { { RECV, CLOSED } }, 0, 0 },
	{ SELECT, 1, { { SEND, CLOSED } }, -EPIPE, UNTOUCHED },
	{ SELECT, 2, { { RECV, NIL }, { RECV, CLOSED } }, 1, 0 },
	{ SELECT, 2, { { SEND, NOBODY }, { RECV, FULL } }, 1, 5 },
	{ SELECT, 2, { { RECV, EMPTY }, { SEND, ROOM } }, 1, UNTOUCHED },
	{ TRY_SELECT, 0, {}, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { SEND, NOBODY } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { RECV, NOBODY } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { SEND, NIL } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { RECV, NIL } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { SEND, EMPTY } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { RECV, EMPTY } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { SEND, FULL } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { RECV, ROOM } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 2, { { SEND, EMPTY }, { RECV, EMPTY } }, -EAGAIN, UNTOUCHED },
	{ TRY_SELECT, 1, { { SEND, ROOM } }, 0, UNTOUCHED },
	{ TRY_SELECT, 1, { { RECV, FULL } }, 1, 5 },
	{ TRY_SELECT, 1, { { RECV, CLOSED } }, 0, 0 },
	{ TRY_SELECT, 1, { { SEND, CLOSED } }, -EPIPE, UNTOUCHED },
};

/**
 * struct attempt - a row under test
 * @row: the row
 * @chs: its channels
 * @value: value stored by a receive
 */
struct attempt {
	const struct row *row;
	int chs[2];
	uint64_t value;
};

static int channel_in(enum state state)
{
	int ch;

	if (state == NOBODY)
		return -1;
	if (state == NIL)
		return channel_open();
	ch = channel_make(state == ROOM || state == FULL);
	if (state == FULL)
		channel_send(ch, 5);
	if (state == CLOSED && chan_close(ch))
		give_up("the close failed");
	return ch;
}

static int run_attempt(struct operation *op)
{
	const uint64_t elem = 6;
	struct attempt *attempt = op->data;
	const struct row *row = attempt->row;
	struct chan_case cases[2];
	int i, ret;

	for (i = 0; i < row->n; i++) {
		if (row->cases[i].op == SEND)
			cases[i] = chan_case_send(attempt->chs[i], &elem, sizeof(elem));
		else
			cases[i] = chan_case_recv(attempt->chs[i], &attempt->value,
						  sizeof(attempt->value));
	}
	if (row->how == PLAIN && row->cases[0].op == SEND)
		return chan_send(attempt->chs[0], &elem, sizeof(elem));
	if (row->how == PLAIN)
		return chan_recv(attempt->chs[0], &attempt->value, sizeof(attempt->value));
	if (row->how == SELECT)
		ret = chan_select(cases, row->n);
	else
		ret = chan_try_select(cases, row->n);
	return ret == 0 && row->n == 1 ? cases[0].result : ret;
}

/* Cases with the same channel state use the same channel. */
static struct operation *attempt_new(enum task_kind kind, const struct row *row)
{
	struct attempt *attempt = shared_alloc(sizeof(*attempt));
	struct operation *op = operation_new_nil(kind, run_attempt, -1);
	int i;

	attempt->row = row;
	attempt->value = UNTOUCHED;
	for (i = 0; i < row->n; i++) {
		if (i && row->cases[i].state == row->cases[0].state)
			attempt->chs[i] = attempt->chs[0];
		else
			attempt->chs[i] = channel_in(row->cases[i].state);
	}
	op->data = attempt;
	return op;
}

TASK_FIXTURE(go_blocking);

TEST_F(go_blocking, these_wait)
{
	struct operation *ops[ARRAY_LENGTH(waiting)];
	int i;

	for (i = 0; i < ARRAY_LENGTH(waiting); i++) {
		ops[i] = attempt_new(variant->kind, &waiting[i]);
		operation_start(ops[i]);
	}
	for (i = 0; i < ARRAY_LENGTH(waiting); i++) {
		wait_until(operation_done(ops[i]) || operation_sleeps_in(ops[i], SYS_ioctl));
		EXPECT_FALSE(operation_done(ops[i])) {
			TH_LOG("row %d did not wait", i);
		}
	}
}

TEST_F(go_blocking, these_go_on)
{
	struct operation *op;
	int i;

	for (i = 0; i < ARRAY_LENGTH(going_on); i++) {
		op = attempt_new(variant->kind, &going_on[i]);
		operation_start(op);
		EXPECT_EQ(going_on[i].result, operation_wait(op)) {
			TH_LOG("row %d", i);
		}
		EXPECT_EQ(going_on[i].value, ((struct attempt *)op->data)->value) {
			TH_LOG("row %d", i);
		}
	}
}

TEST_HARNESS_MAIN
