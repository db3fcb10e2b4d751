// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small Go programs: task chains and two prime sieves, which terminate because a close propagates
 * through them. Documentation/go-conformance.rst lists the corresponding Go tests.
 */
#include <errno.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

static const int primes_to_100[] = {
	2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89,
	97,
};

#define PRIMES	ARRAY_LENGTH(primes_to_100)

/**
 * struct stage - state of one task of a chain; shared
 * @in: channel to receive from
 * @out: channel to send to
 * @number: its own number
 */
struct stage {
	int in;
	int out;
	uint64_t number;
};

static struct operation *stage_start(enum task_kind kind, int (*run)(struct operation *op),
				     int in, int out, uint64_t number)
{
	struct stage *stage = shared_alloc(sizeof(*stage));

	*stage = (struct stage){ in, out, number };
	return operation_start_new(kind, run, out, stage);
}

/* A stage that finds one side closed closes the other: a second close is harmless. */
static int stage_end(const struct stage *stage)
{
	const int ret = stage->in < 0 ? 0 : chan_close(stage->in);
	const int err = chan_close(stage->out);

	return (!ret || ret == -EPIPE) && (!err || err == -EPIPE) ? 0 : -1;
}

#define LINKS	300

static int run_pass_one_more(struct operation *op)
{
	const struct stage *stage = op->data;
	uint64_t value;

	if (chan_recv(stage->in, &value, sizeof(value)) != 1)
		return -1;
	value++;
	return chan_send(stage->out, &value, sizeof(value));
}

TASK_FIXTURE(go_patterns);

TEST_F(go_patterns, a_long_chain_passes_a_value)
{
	struct operation *ops[LINKS];
	int first = channel_make(0), in, out = first, i;
	uint64_t value = 0;

	for (i = 0; i < LINKS; i++) {
		in = channel_make(0);
		ops[i] = stage_start(variant->kind, run_pass_one_more, in, out, 0);
		out = in;
	}
	ASSERT_EQ(0, chan_send(in, &value, sizeof(value)));
	EXPECT_EQ(1, chan_recv(first, &value, sizeof(value)));
	EXPECT_EQ(LINKS, value);
	EXPECT_TRUE(operations_succeed(ops, LINKS));
}

static int run_count_up(struct operation *op)
{
	const struct stage *stage = op->data;
	uint64_t i = stage->number;

	while (!chan_send(stage->out, &i, sizeof(i)))
		i++;
	return stage_end(stage);
}

static int run_filter(struct operation *op)
{
	const struct stage *stage = op->data;
	uint64_t i;

	chan_foreach(stage->in, &i) {
		if (i % stage->number && chan_send(stage->out, &i, sizeof(i)))
			break;
	}
	return stage_end(stage);
}

GO_CAPACITY_FIXTURE(go_sieve);

/* One filter per prime passes the numbers that its prime does not divide. */
TEST_F(go_sieve, filters)
{
	struct operation *ops[PRIMES + 1];
	int in = channel_make(variant->cap), out, i;
	uint64_t prime;

	ops[0] = stage_start(variant->kind, run_count_up, -1, in, 2);
	for (i = 0; i < PRIMES; i++) {
		ASSERT_EQ(1, chan_recv(in, &prime, sizeof(prime)));
		EXPECT_EQ(primes_to_100[i], prime);
		out = channel_make(variant->cap);
		ops[i + 1] = stage_start(variant->kind, run_filter, in, out, prime);
		in = out;
	}
	EXPECT_EQ(0, chan_close(in));
	EXPECT_TRUE(operations_succeed(ops, PRIMES + 1));
}

static int run_odds(struct operation *op)
{
	const struct stage *stage = op->data;
	uint64_t i;

	for (i = stage->number; !chan_send(stage->out, &i, sizeof(i));)
		i += 2;
	return 0;
}

/* The odd multiples of a prime, from its square on. */
static int run_multiples(struct operation *op)
{
	const struct stage *stage = op->data;
	uint64_t i = stage->number * stage->number;

	while (!chan_send(stage->out, &i, sizeof(i)))
		i += 2 * stage->number;
	return 0;
}

/**
 * struct streams - the multiples of several primes, to be merged
 * @count: number of primes
 * @heads: the next multiple of each
 * @chs: source of the further multiples
 * @ops: their senders
 */
struct streams {
	int count;
	uint64_t heads[PRIMES + 2];
	int chs[PRIMES + 2];
	struct operation *ops[PRIMES + 2];
};

static int streams_add(struct streams *s, enum task_kind kind, uint64_t prime)
{
	const int i = s->count++;

	if (s->count > ARRAY_LENGTH(s->chs))
		return -1;
	s->chs[i] = channel_make(10);
	s->ops[i] = stage_start(kind, run_multiples, -1, s->chs[i], prime);
	return chan_recv(s->chs[i], &s->heads[i], sizeof(s->heads[i])) == 1 ? 0 : -1;
}

static uint64_t streams_least(const struct streams *s)
{
	uint64_t least = s->heads[0];
	int i;

	for (i = 1; i < s->count; i++)
		least = s->heads[i] < least ? s->heads[i] : least;
	return least;
}

static int streams_skip(struct streams *s, uint64_t value)
{
	int i;

	for (i = 0; i < s->count; i++) {
		if (s->heads[i] == value && chan_recv(s->chs[i], &s->heads[i],
						      sizeof(s->heads[i])) != 1)
			return -1;
	}
	return 0;
}

static int streams_end(struct streams *s)
{
	int i;

	for (i = 0; i < s->count; i++)
		chan_close(s->chs[i]);
	return operations_succeed(s->ops, s->count) ? 0 : -1;
}

/*
 * Composites in increasing order: first those below the square of the last prime, then that square,
 * then the next prime is added.
 */
static int run_merge(struct operation *op)
{
	const struct stage *stage = op->data;
	struct streams s = { 0 };
	uint64_t prime, least;

	while (chan_recv(stage->in, &prime, sizeof(prime)) == 1) {
		if (streams_add(&s, op->kind, prime))
			return -1;
		do {
			least = streams_least(&s);
			if (chan_send(stage->out, &least, sizeof(least)))
				return streams_end(&s);
			if (streams_skip(&s, least))
				return -1;
		} while (least < prime * prime);
	}
	return streams_end(&s);
}

/* An unbounded buffer: always receives, and sends if it holds an element. */
static int run_buffer(struct operation *op)
{
	const struct stage *stage = op->data;
	uint64_t values[PRIMES + 2];
	unsigned int count = 0, sent = 0;
	int chosen;

	for (;;) {
		struct chan_case cases[] = {
			chan_case_recv(stage->in, &values[count], sizeof(values[count])),
			chan_case_send(sent < count ? stage->out : -1, &values[sent],
				       sizeof(values[sent])),
		};

		chosen = chan_select(cases, 2);
		if (chosen < 0 || count == PRIMES + 1)
			return -1;
		if (chosen ? cases[1].result : !cases[0].result)
			return 0;
		if (chosen)
			sent++;
		else
			count++;
	}
}

/*
 * Candidates that are not composite are prime, and each prime adds composites. This circle cannot
 * deadlock because one of its tasks has an unbounded buffer.
 */
TEST_F(go_sieve, composites_in_a_circle)
{
	int candidates = channel_make(variant->cap), composites = channel_make(variant->cap);
	int found = channel_make(variant->cap), primes = channel_make(variant->cap);
	struct operation *ops[] = {
		stage_start(variant->kind, run_merge, primes, composites, 0),
		stage_start(variant->kind, run_buffer, found, primes, 0),
		stage_start(variant->kind, run_odds, -1, candidates, 5),
	};
	uint64_t candidate, composite, three = 3;
	int i = 2;

	ASSERT_EQ(0, chan_send(found, &three, sizeof(three)));
	ASSERT_EQ(1, chan_recv(candidates, &candidate, sizeof(candidate)));
	while (i < PRIMES) {
		ASSERT_EQ(1, chan_recv(composites, &composite, sizeof(composite)));
		while (candidate < composite && i < PRIMES) {
			EXPECT_EQ(primes_to_100[i++], candidate);
			ASSERT_EQ(0, chan_send(found, &candidate, sizeof(candidate)));
			ASSERT_EQ(1, chan_recv(candidates, &candidate, sizeof(candidate)));
		}
		if (candidate == composite)
			ASSERT_EQ(1, chan_recv(candidates, &candidate, sizeof(candidate)));
	}
	EXPECT_EQ(0, chan_close(candidates));
	EXPECT_EQ(0, chan_close(composites));
	EXPECT_EQ(0, chan_close(found));
	EXPECT_EQ(0, chan_close(primes));
	EXPECT_TRUE(operations_succeed(ops, ARRAY_LENGTH(ops)));
}

TEST_HARNESS_MAIN
