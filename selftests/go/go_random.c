// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selects of random cases with a known set of ready cases, and selects of all combinations of a few
 * cases (G5). Modelled on Go's tests of reflect.Select and on select5:
 * Documentation/go-conformance.rst has the list.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

#define ROUNDS	1500

/* The roles of a case. */
enum role {
	READY_SEND,	/* a slot is free */
	READY_RECV,	/* an element is available */
	CLOSED_SEND,
	CLOSED_RECV,
	WAITING_SEND,	/* waits, unless the helper receives */
	WAITING_RECV,	/* waits, unless the helper sends */
	NIL_SEND,	/* a channel that is not made */
	NIL_RECV,
	NO_SEND,	/* no channel */
	NO_RECV,
	ROLES
};

/* Elements alternate between the size of a number and that of a string. */
#define LARGEST	40

/**
 * struct cast - a channel for each role, and the helper
 * @chs: one for each role; restored after each round
 * @sizes: of their elements
 * @request: to the helper: the role whose peer it is to be
 * @done: reply of the helper
 * @parks: it waits until the select has parked
 */
struct cast {
	int chs[ROLES];
	size_t sizes[ROLES];
	int request;
	int done;
	bool parks;
};

/**
 * struct round - one select
 * @seed: of the random choices
 * @n: number of cases
 * @cases: the cases
 * @roles: role of each case
 * @elems: per role: the element to send, or the buffer for one
 * @ready: number of ready cases
 * @helped: the role whose peer the helper is, or ROLES
 */
struct round {
	unsigned int seed;
	int n;
	struct chan_case cases[ROLES];
	enum role roles[ROLES];
	uint8_t elems[ROLES][LARGEST];
	int ready;
	enum role helped;
};

static bool sends(enum role role)
{
	return role % 2 == 0;
}

static bool waits(enum role role)
{
	return role == WAITING_SEND || role == WAITING_RECV;
}

/* The value that this role sends. */
static uint64_t value_of(enum role role)
{
	return 100 + role;
}

static struct cast *cast_new(void)
{
	struct cast *cast = shared_alloc(sizeof(*cast));
	enum role role;

	for (role = 0; role < ROLES; role++) {
		cast->sizes[role] = role % 4 < 2 ? sizeof(uint64_t) : LARGEST;
		if (role >= NO_SEND)
			cast->chs[role] = -1;
		else if (role >= NIL_SEND)
			cast->chs[role] = channel_open();
		else
			cast->chs[role] = channel_make_elems(cast->sizes[role], role < CLOSED_SEND);
	}
	chan_close(cast->chs[CLOSED_SEND]);
	chan_close(cast->chs[CLOSED_RECV]);
	element_send(cast->chs[READY_RECV], value_of(READY_RECV));
	cast->request = channel_make(0);
	cast->done = channel_make(0);
	return cast;
}

static int help(const struct cast *cast, enum role role)
{
	const int ch = cast->chs[role];

	if (cast->parks)
		wait_until(channel_info(ch).sendq + channel_info(ch).recvq);
	if (sends(role))
		return element_recv(ch, value_of(role));
	return element_send(ch, value_of(role));
}

static int run_helper(struct operation *op)
{
	const struct cast *cast = op->data;
	uint64_t value;
	int ret;

	chan_foreach_result(cast->request, &value, ret) {
		value = help(cast, value);
		if (chan_send(cast->done, &value, sizeof(value)))
			return -1;
	}
	return ret;
}

static unsigned int random_below(struct round *r, unsigned int limit)
{
	return rand_r(&r->seed) % limit;
}

static void add_case(struct round *r, const struct cast *cast, enum role role)
{
	uint8_t *elem = r->elems[role];

	r->roles[r->n] = role;
	if (sends(role)) {
		element_fill(elem, cast->sizes[role], value_of(role));
		r->cases[r->n++] = chan_case_send(cast->chs[role], elem, cast->sizes[role]);
	} else {
		memset(elem, 0xa5, LARGEST);
		r->cases[r->n++] = chan_case_recv(cast->chs[role], elem, cast->sizes[role]);
	}
	r->ready += role <= CLOSED_RECV;
}

static void shuffle(struct round *r)
{
	int i, j;

	for (i = r->n - 1; i > 0; i--) {
		const struct chan_case c = r->cases[i];
		const enum role role = r->roles[i];

		j = random_below(r, i + 1);
		r->cases[i] = r->cases[j];
		r->roles[i] = r->roles[j];
		r->cases[j] = c;
		r->roles[j] = role;
	}
}

/* Each role has a case or not; if none is ready, a helper may be the peer of one. */
static void round_fill(struct round *r, struct cast *cast)
{
	enum role role, candidates[2];
	int count = 0;

	r->n = 0;
	r->ready = 0;
	r->helped = ROLES;
	/* With equal probabilities, few rounds would have to wait. */
	for (role = random_below(r, 2) ? 0 : WAITING_SEND; role < ROLES; role++) {
		if (random_below(r, 2))
			continue;
		add_case(r, cast, role);
		if (waits(role))
			candidates[count++] = role;
	}
	if (!r->ready && count && random_below(r, 4))
		r->helped = candidates[random_below(r, count)];
	cast->parks = random_below(r, 2);
	shuffle(r);
}

static int round_run(struct round *r, const struct cast *cast)
{
	uint64_t helped = r->helped;
	int chosen;

	if (r->helped == ROLES)
		return r->ready && random_below(r, 2) ? chan_select(r->cases, r->n) :
							chan_try_select(r->cases, r->n);
	if (chan_send(cast->request, &helped, sizeof(helped)))
		give_up("the helper is gone");
	chosen = chan_select(r->cases, r->n);
	if (chan_recv(cast->done, &helped, sizeof(helped)) != 1 || helped != sends(r->helped))
		give_up("the helper failed");
	return chosen;
}

/* The expected effects of this case, depending on whether it was carried out. */
static bool case_is_right(const struct round *r, const struct cast *cast, int i, bool chosen)
{
	const enum role role = r->roles[i];
	const uint8_t *elem = r->elems[role];

	if (sends(role))
		return !chosen || r->cases[i].result == (role == CLOSED_SEND ? -EPIPE : 0);
	if (!chosen)
		return memory_is(elem, LARGEST, 0xa5);
	if (role == CLOSED_RECV)
		return r->cases[i].result == 0 && memory_is(elem, cast->sizes[role], 0);
	return r->cases[i].result == 1 && element_is(elem, cast->sizes[role], value_of(role));
}

static bool round_is_right(const struct round *r, const struct cast *cast, int chosen)
{
	int i;

	if (r->ready ? chosen < 0 || r->roles[chosen] > CLOSED_RECV :
	    r->helped < ROLES ? chosen < 0 || r->roles[chosen] != r->helped : chosen != -EAGAIN)
		return false;
	for (i = 0; i < r->n; i++) {
		if (!case_is_right(r, cast, i, i == chosen))
			return false;
	}
	return true;
}

/* Undo the effects of the round. Returns whether there were no others. */
static bool channels_are_right(const struct round *r, const struct cast *cast, int chosen)
{
	const enum role role = chosen < 0 ? ROLES : r->roles[chosen];
	int i;

	if (role == READY_SEND)
		element_recv(cast->chs[role], value_of(role));
	if (role == READY_RECV)
		element_send(cast->chs[role], value_of(role));
	for (i = 0; i < NIL_SEND; i++) {
		const struct chan_info info = channel_info(cast->chs[i]);

		if (info.sendq || info.recvq || info.len != (i == READY_RECV))
			return false;
	}
	return true;
}

static unsigned int seed_of_run(void)
{
	const char *seed = getenv("SEED");

	return seed ? strtoul(seed, NULL, 0) : time(NULL);
}

TASK_FIXTURE(go_random);

/* SEED in the environment reproduces a run. */
TEST_F(go_random, G5_a_case_that_may_be_carried_out_is)
{
	struct cast *cast = cast_new();
	struct operation *helper = operation_start_new(variant->kind, run_helper, cast->request, cast);
	struct round *r = shared_alloc(sizeof(*r));
	int i, chosen, waited = 0;

	r->seed = seed_of_run();
	TH_LOG("SEED=%u", r->seed);
	for (i = 0; i < ROUNDS; i++) {
		round_fill(r, cast);
		chosen = round_run(r, cast);
		waited += r->helped < ROLES;
		ASSERT_TRUE(round_is_right(r, cast, chosen) &&
			    channels_are_right(r, cast, chosen)) {
			TH_LOG("round %d: %d of %d cases, %d ready, role %d helped", i, chosen,
			       r->n, r->ready, r->helped);
		}
	}
	/* More than a quarter is expected; fewer occur less than once in 10^9 runs. */
	EXPECT_GT(waited, ROUNDS / 10);
	ASSERT_EQ(0, chan_close(cast->request));
	EXPECT_EQ(0, operation_join(helper));
}

/* All combinations of cases that are never ready, around the one that is. */
#define NEVER	4

static int never_cases(struct chan_case *cases, int combination, int idle, int nil, uint64_t *elem)
{
	const struct chan_case all[NEVER] = {
		chan_case_send(idle, elem, sizeof(*elem)),
		chan_case_recv(idle, elem, sizeof(*elem)),
		chan_case_send(nil, elem, sizeof(*elem)),
		chan_case_recv(nil, elem, sizeof(*elem)),
	};
	int i, n = 0;

	for (i = 0; i < NEVER; i++) {
		if (combination & 1 << i)
			cases[n++] = all[i];
	}
	return n;
}

/* Whether the ready case is chosen at each position, in blocking and non-blocking selects. */
static bool chosen_everywhere(struct chan_case c, int ch, int combination, bool may_wait)
{
	static int idle = -1, nil;
	struct chan_case others[NEVER], cases[NEVER + 1];
	uint64_t never = 77;
	int n, place, i;

	if (idle < 0) {
		idle = channel_make(0);
		nil = channel_open();
	}
	n = never_cases(others, combination, idle, combination & 1 ? -1 : nil, &never);
	for (place = 0; place <= n; place++) {
		for (i = 0; i < n; i++)
			cases[i < place ? i : i + 1] = others[i];
		cases[place] = c;
		i = may_wait ? chan_select(cases, n + 1) : chan_try_select(cases, n + 1);
		if (i != place || cases[i].result != (c.op == CHAN_CASE_RECV) || never != 77)
			return false;
		if (c.op == CHAN_CASE_SEND)
			channel_recv(ch);
		else
			channel_send(ch, 1);
	}
	return true;
}

TEST(G5_the_ready_case_is_carried_out_among_any_others)
{
	uint64_t elem = 1;
	int room = channel_make(1), full = channel_make(1);
	int combination, may_wait;

	channel_send(full, 1);
	for (combination = 0; combination < 1 << NEVER; combination++) {
		for (may_wait = 0; may_wait <= 1; may_wait++) {
			EXPECT_TRUE(chosen_everywhere(chan_case_send(room, &elem, sizeof(elem)),
						      room,
						      combination, may_wait));
			EXPECT_TRUE(chosen_everywhere(chan_case_recv(full, &elem, sizeof(elem)),
						      full,
						      combination, may_wait));
			EXPECT_EQ(1, elem);
		}
	}
}

TEST(G5_none_of_the_others_is_carried_out)
{
	int idle = channel_make(0), nil = channel_open(), combination, n;
	struct chan_case cases[NEVER];
	uint64_t elem = 1;

	for (combination = 0; combination < 1 << NEVER; combination++) {
		n = never_cases(cases, combination, idle, nil, &elem);
		EXPECT_EQ(-EAGAIN, chan_try_select(cases, n));
		EXPECT_EQ(1, elem);
	}
	channel_wait_parked(idle, 0, 0);
}

TEST_HARNESS_MAIN
