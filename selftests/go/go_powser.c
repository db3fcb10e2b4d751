// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power series as tasks, after McIlroy's "Squinting at Power Series": each series is a task that
 * computes its next term on demand, from terms of other series. Products keep adding tasks, and an
 * exponential is defined by itself. This tests that many tasks can wait for each other in any
 * pattern without a cycle.
 */
#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

#define TERMS	10

/* In lowest terms, with a positive denominator; 0 stands for the end of a series. */
struct rational {
	int64_t num;
	int64_t den;
};

static const struct rational end, zero = { 0, 1 }, one = { 1, 1 }, minus_one = { -1, 1 };

static int64_t divisor(int64_t a, int64_t b)
{
	while (b) {
		const int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a < 0 ? -a : a;
}

static struct rational ratio(int64_t num, int64_t den)
{
	int64_t common = divisor(num, den);
	struct rational r;

	if (den < 0)
		common = -common;
	r.num = num / common;
	r.den = den / common;
	return r;
}

static struct rational sum(struct rational a, struct rational b)
{
	const int64_t common = divisor(a.den, b.den);

	return ratio(a.num * (b.den / common) + b.num * (a.den / common), a.den / common * b.den);
}

/* Zero and the end marker multiply to themselves. */
static struct rational product(struct rational a, struct rational b)
{
	struct rational left, right;

	if (!a.den || !b.den)
		return end;
	left = ratio(a.num, b.den);
	right = ratio(b.num, a.den);
	return ratio(left.num * right.num, left.den * right.den);
}

/**
 * struct series - a series as seen by its users
 * @demand: requests a term
 * @terms: the replies
 */
struct series {
	int demand;
	int terms;
};

/**
 * struct maker - state of the task of a series; shared
 * @make: its function
 * @out: the series that it makes; a split makes two
 * @in: its operands
 * @c: a constant
 */
struct maker {
	void (*make)(const struct maker *m);
	struct series out[2];
	struct series in[2];
	struct rational c;
};

/* The tasks of this test. */
static enum task_kind kind;

static struct series series_new(void)
{
	const struct series s = { channel_make_elems(0, 0), channel_make_elems(sizeof(end), 0) };

	return s;
}

static int run_maker(struct operation *op)
{
	const struct maker *m = op->data;

	m->make(m);
	return 0;
}

static void maker_start(struct maker maker)
{
	struct maker *m = shared_alloc(sizeof(*m));

	*m = maker;
	operation_start_new(kind, run_maker, m->out[0].terms, m);
}

static struct series series_start(void (*make)(const struct maker *m), struct series u,
				  struct series v, struct rational c)
{
	const struct series s = series_new();

	maker_start((struct maker){ make, { s }, { u, v }, c });
	return s;
}

static void succeed(bool success)
{
	if (!success)
		give_up("an operation of a series failed");
}

static void await_demand(struct series s)
{
	succeed(chan_recv(s.demand, NULL, 0) == 1);
}

static void deliver(struct series s, struct rational term)
{
	succeed(!chan_send(s.terms, &term, sizeof(term)));
}

static void put(struct series s, struct rational term)
{
	await_demand(s);
	deliver(s, term);
}

static struct rational get(struct series s)
{
	struct rational term = end;

	succeed(!chan_send(s.demand, NULL, 0) && chan_recv(s.terms, &term, sizeof(term)) == 1);
	return term;
}

/* One term of each, in any order. */
static void get_two(const struct series *s, struct rational *terms)
{
	struct chan_case cases[] = {
		chan_case_send(s[0].demand, NULL, 0), chan_case_send(s[1].demand, NULL, 0),
		chan_case_recv(-1, &terms[0], sizeof(terms[0])),
		chan_case_recv(-1, &terms[1], sizeof(terms[1])),
	};
	int i, chosen;

	for (i = 0; i < 4; i++) {
		chosen = chan_select(cases, 4);
		succeed(chosen >= 0);
		cases[chosen].fd = -1;
		if (chosen < 2)
			cases[2 + chosen].fd = s[chosen].terms;
	}
}

static void copy(struct series from, struct series to)
{
	for (;;) {
		await_demand(to);
		deliver(to, get(from));
	}
}

static void make_repeat(const struct maker *m)
{
	for (;;)
		put(m->out[0], m->c);
}

static void make_add(const struct maker *m)
{
	struct rational t[2];

	for (;;) {
		await_demand(m->out[0]);
		get_two(m->in, t);
		deliver(m->out[0], !t[0].den ? t[1] : !t[1].den ? t[0] : sum(t[0], t[1]));
	}
}

static void make_scale(const struct maker *m)
{
	for (;;) {
		await_demand(m->out[0]);
		deliver(m->out[0], product(m->c, get(m->in[0])));
	}
}

static void make_shift(const struct maker *m)
{
	put(m->out[0], m->c);
	copy(m->in[0], m->out[0]);
}

/* A zero after each term, and the terms multiplied by successive powers of c: U(c x^2). */
static void make_substitute(const struct maker *m)
{
	struct rational c = one;

	for (;;) {
		await_demand(m->out[0]);
		deliver(m->out[0], product(c, get(m->in[0])));
		put(m->out[0], zero);
		c = product(c, m->c);
	}
}

static void make_differentiate(const struct maker *m)
{
	int64_t i;

	await_demand(m->out[0]);
	get(m->in[0]);
	for (i = 1;; i++) {
		deliver(m->out[0], product(ratio(i, 1), get(m->in[0])));
		await_demand(m->out[0]);
	}
}

static void make_integrate(const struct maker *m)
{
	int64_t i;

	put(m->out[0], m->c);
	for (i = 1;; i++) {
		await_demand(m->out[0]);
		deliver(m->out[0], product(ratio(1, i), get(m->in[0])));
	}
}

/*
 * Splits one series in two that are read at different speeds. While one waits for a term, the other
 * is still served: that term may depend on it.
 */
static void make_split(const struct maker *m)
{
	struct rational terms[4 * TERMS];
	int count = 0, next[2] = { 0 }, chosen, i;
	bool wanted[2] = { false }, asked = false;

	for (;;) {
		struct chan_case cases[] = {
			chan_case_recv(wanted[0] ? -1 : m->out[0].demand, NULL, 0),
			chan_case_recv(wanted[1] ? -1 : m->out[1].demand, NULL, 0),
			chan_case_send(-1, NULL, 0),
			chan_case_recv(asked ? m->in[0].terms : -1, &terms[count],
				       sizeof(terms[count])),
		};

		if (!asked && (wanted[0] || wanted[1]))
			cases[2].fd = m->in[0].demand;
		chosen = chan_select(cases, 4);
		succeed(chosen >= 0 && count < 4 * TERMS - 1);
		if (chosen < 2)
			wanted[chosen] = true;
		else
			asked = chosen == 2;
		count += chosen == 3;
		for (i = 0; i < 2; i++) {
			if (!wanted[i] || next[i] == count)
				continue;
			deliver(m->out[i], terms[next[i]++]);
			wanted[i] = false;
		}
	}
}

/* Sends into @outs, which may exist and be in use before @in does. */
static void split_into(struct series in, const struct series *outs)
{
	maker_start((struct maker){ make_split, { outs[0], outs[1] }, { in }, zero });
}

static void split(struct series in, struct series *outs)
{
	outs[0] = series_new();
	outs[1] = series_new();
	split_into(in, outs);
}

static struct series repeat(struct rational c)
{
	const struct series none = { -1, -1 };

	return series_start(make_repeat, none, none, c);
}

static struct series add(struct series u, struct series v)
{
	return series_start(make_add, u, v, zero);
}

static struct series scale(struct rational c, struct series u)
{
	return series_start(make_scale, u, u, c);
}

/* (u + x U)(v + x V) = u v + x (u V + v U) + x^2 U V, where U V is a task of the same kind. */
static void make_multiply(const struct maker *m)
{
	struct series u[2], v[2], cross;
	struct rational t[2];

	await_demand(m->out[0]);
	get_two(m->in, t);
	deliver(m->out[0], product(t[0], t[1]));
	split(m->in[0], u);
	split(m->in[1], v);
	cross = add(scale(t[0], v[0]), scale(t[1], u[0]));
	await_demand(m->out[0]);
	deliver(m->out[0], get(cross));
	copy(add(cross, series_start(make_multiply, u[1], v[1], zero)), m->out[0]);
}

static struct series multiply(struct series u, struct series v)
{
	return series_start(make_multiply, u, v, zero);
}

static struct series integrate(struct rational c, struct series u)
{
	return series_start(make_integrate, u, u, c);
}

static struct series differentiate(struct series u)
{
	return series_start(make_differentiate, u, u, zero);
}

/* Z = 1 + the integral of Z U', ignoring the constant term of U. */
static struct series exponential(struct series u)
{
	const struct series z[2] = { series_new(), series_new() };

	split_into(integrate(one, multiply(z[0], differentiate(u))), z);
	return z[1];
}

/* With u + x U given and z = 1 / u, z + x Z is the reciprocal if Z = -z U (z + x Z). */
static void make_invert(const struct maker *m)
{
	const struct series z[2] = { series_new(), series_new() };
	struct rational u, first;

	await_demand(m->out[0]);
	u = get(m->in[0]);
	first = ratio(u.den, u.num);
	deliver(m->out[0], first);
	split_into(multiply(scale(product(minus_one, first), m->in[0]),
			    series_start(make_shift, z[0], z[0], first)), z);
	copy(z[1], m->out[0]);
}

FIXTURE(go_powser)
{
	struct series ones;
	struct series twos;
};

FIXTURE_VARIANT(go_powser) { enum task_kind kind; };
FIXTURE_VARIANT_ADD(go_powser, threads) { .kind = TASK_THREAD, };
FIXTURE_VARIANT_ADD(go_powser, processes) { .kind = TASK_PROCESS, };

FIXTURE_SETUP(go_powser)
{
	kind = variant->kind;
	self->ones = repeat(one);
	self->twos = repeat(ratio(2, 1));
}

FIXTURE_TEARDOWN(go_powser) {}

static void expect_term(struct __test_metadata *_metadata, struct series s, int64_t num,
			int64_t den)
{
	const struct rational term = get(s);

	EXPECT_EQ(num, term.num);
	EXPECT_EQ(den, term.den);
}

static void expect_all(struct __test_metadata *_metadata, struct series s, int64_t num)
{
	int i;

	for (i = 0; i < TERMS; i++)
		expect_term(_metadata, s, num, 1);
}

/* 1 2 3 4 */
static void expect_count(struct __test_metadata *_metadata, struct series s)
{
	int i;

	for (i = 1; i <= TERMS; i++)
		expect_term(_metadata, s, i, 1);
}

TEST_F(go_powser, sum)
{
	expect_all(_metadata, add(self->ones, self->twos), 3);
}

TEST_F(go_powser, difference)
{
	expect_all(_metadata, add(self->ones, scale(minus_one, self->twos)), -1);
}

TEST_F(go_powser, derivative)
{
	expect_count(_metadata, differentiate(self->ones));
}

TEST_F(go_powser, integral)
{
	struct series s = integrate(zero, self->ones);
	int i;

	expect_term(_metadata, s, 0, 1);
	for (i = 1; i < TERMS; i++)
		expect_term(_metadata, s, 1, i);
}

TEST_F(go_powser, product)
{
	expect_count(_metadata, multiply(self->ones, self->ones));
}

TEST_F(go_powser, product_with_a_series_that_ends)
{
	const struct series ends = repeat(end);

	expect_term(_metadata, multiply(ends, self->ones), 0, 0);
	expect_term(_metadata, add(ends, self->ones), 1, 1);
	expect_term(_metadata, add(ends, ends), 0, 0);
}

/* For Z' = Z U' with all terms of U being 1: n z(n) = 1 z(n - 1) + ... + n z(0). */
TEST_F(go_powser, exponential)
{
	struct series s = exponential(self->ones);
	struct rational z[TERMS] = { one };
	int64_t n, i;

	expect_term(_metadata, s, 1, 1);
	for (n = 1; n < TERMS; n++) {
		z[n] = zero;
		for (i = 1; i <= n; i++)
			z[n] = sum(z[n], product(ratio(i, n), z[n - i]));
		expect_term(_metadata, s, z[n].num, z[n].den);
	}
}

/* The integral of 1 / (1 + x^2). */
TEST_F(go_powser, arctangent)
{
	struct series s = series_start(make_substitute, self->ones, self->ones, minus_one);
	int i;

	s = integrate(zero, s);
	for (i = 0; i < TERMS; i++)
		expect_term(_metadata, s, i % 2 ? 2 - i % 4 : 0, i % 2 ? i : 1);
}

/* 1 / (1 + 2 x + 3 x^2 + ...) = (1 - x)^2 */
TEST_F(go_powser, reciprocal)
{
	struct series s = multiply(self->ones, self->ones);
	int i;

	s = series_start(make_invert, s, s, zero);
	expect_term(_metadata, s, 1, 1);
	expect_term(_metadata, s, -2, 1);
	expect_term(_metadata, s, 1, 1);
	for (i = 3; i < TERMS; i++)
		expect_term(_metadata, s, 0, 1);
}

TEST_HARNESS_MAIN
