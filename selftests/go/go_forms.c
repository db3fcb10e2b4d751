// SPDX-License-Identifier: GPL-2.0-only
/*
 * Equivalent forms of an operation: plain, as a select of one case, and as a select with a second
 * case that is never ready. All behave alike, on both sides and on closed channels.
 * Documentation/go-conformance.rst lists the corresponding Go tests.
 */
#include <errno.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

enum form {
	FORM_PLAIN,
	FORM_SELECT,
	FORM_SELECT_OF_TWO,
	FORMS
};

/* The operation as a case; @other is never ready. */
static int select_one(enum form form, struct chan_case c, bool waits)
{
	static int other = -1;
	struct chan_case cases[2] = { c };
	int n = 1, ret;

	if (form == FORM_SELECT_OF_TWO) {
		if (other < 0)
			other = channel_make(0);
		cases[n++] = chan_case_recv(other, (void *)(uintptr_t)c.elem, c.size);
	}
	ret = waits ? chan_select(cases, n) : chan_try_select(cases, n);
	if (ret > 0)
		give_up("a case that is never ready was carried out");
	return ret ?: cases[0].result;
}

static int form_send(enum form form, int ch, uint64_t value)
{
	if (form == FORM_PLAIN)
		return chan_send(ch, &value, sizeof(value));
	return select_one(form, chan_case_send(ch, &value, sizeof(value)), true);
}

static int form_try_send(enum form form, int ch, uint64_t value)
{
	if (form == FORM_PLAIN)
		return chan_try_send(ch, &value, sizeof(value));
	return select_one(form, chan_case_send(ch, &value, sizeof(value)), false);
}

static int form_recv(enum form form, int ch, uint64_t *value)
{
	if (form == FORM_PLAIN)
		return chan_recv(ch, value, sizeof(*value));
	return select_one(form, chan_case_recv(ch, value, sizeof(*value)), true);
}

static int form_try_recv(enum form form, int ch, uint64_t *value)
{
	if (form == FORM_PLAIN)
		return chan_try_recv(ch, value, sizeof(*value));
	return select_one(form, chan_case_recv(ch, value, sizeof(*value)), false);
}

FIXTURE(go_closed) {};
FIXTURE_VARIANT(go_closed)
{
	enum form form;
	unsigned int cap;
	enum task_kind kind;
};
FIXTURE_SETUP(go_closed) {}
FIXTURE_TEARDOWN(go_closed) {}

#define CLOSED_VARIANT(name, how, capacity) \
	FIXTURE_VARIANT_ADD(go_closed, name##_cap_##capacity##_threads) { \
		.form = how, .cap = capacity, .kind = TASK_THREAD, \
	}; \
	FIXTURE_VARIANT_ADD(go_closed, name##_cap_##capacity##_processes) { \
		.form = how, .cap = capacity, .kind = TASK_PROCESS, \
	}

#define CLOSED_VARIANTS(name, how) \
	CLOSED_VARIANT(name, how, 0); \
	CLOSED_VARIANT(name, how, 1); \
	CLOSED_VARIANT(name, how, 10); \
	CLOSED_VARIANT(name, how, 100)

CLOSED_VARIANTS(plain, FORM_PLAIN);
CLOSED_VARIANTS(select, FORM_SELECT);
CLOSED_VARIANTS(select_of_two, FORM_SELECT_OF_TWO);

/* A full channel that another task has closed. */
static int closed_by(enum task_kind kind, unsigned int cap)
{
	int ch = channel_make(cap);

	channel_send_range(ch, 1, cap);
	if (operation_join(operation_start_new(kind, operation_close, ch, NULL)))
		give_up("the close failed");
	return ch;
}

/* Each receive returns zeros and consumes nothing. */
static void expect_closed_and_drained(struct __test_metadata *_metadata, enum form form, int ch)
{
	uint64_t value;
	int i;

	for (i = 0; i < 3; i++) {
		value = 5;
		EXPECT_EQ(0, form_recv(form, ch, &value));
		EXPECT_EQ(0, value);
		value = 5;
		EXPECT_EQ(0, form_try_recv(form, ch, &value));
		EXPECT_EQ(0, value);
		EXPECT_EQ(-EPIPE, form_send(form, ch, 2));
		EXPECT_EQ(-EPIPE, form_try_send(form, ch, 1));
	}
}

TEST_F(go_closed, G6_receives_drain_it_and_then_give_zeros)
{
	int ch = closed_by(variant->kind, variant->cap);
	uint64_t i, value;

	for (i = 1; i <= variant->cap; i++) {
		EXPECT_EQ(1, form_recv(variant->form, ch, &value));
		EXPECT_EQ(i, value);
	}
	expect_closed_and_drained(_metadata, variant->form, ch);
}

TEST_F(go_closed, G6_receives_that_do_not_wait_drain_it_and_then_give_zeros)
{
	int ch = closed_by(variant->kind, variant->cap);
	uint64_t i, value;

	for (i = 1; i <= variant->cap; i++) {
		EXPECT_EQ(1, form_try_recv(variant->form, ch, &value));
		EXPECT_EQ(i, value);
	}
	expect_closed_and_drained(_metadata, variant->form, ch);
}

TEST_F(go_closed, G6_sends_fail_while_there_is_something_to_receive)
{
	int ch = closed_by(variant->kind, variant->cap);

	EXPECT_EQ(-EPIPE, form_send(variant->form, ch, 7));
	EXPECT_EQ(-EPIPE, form_try_send(variant->form, ch, 7));
	EXPECT_EQ(variant->cap, chan_len(ch));
}

static int run_form_send(struct operation *op)
{
	return form_send((uintptr_t)op->data, op->ch, 2);
}

static int run_form_recv(struct operation *op)
{
	return form_recv((uintptr_t)op->data, op->ch, op->elems);
}

static struct operation *park_form(enum task_kind kind, int (*run)(struct operation *op), int ch,
				   enum form form)
{
	struct operation *op = operation_new(kind, run, ch, 1);

	op->data = (void *)(uintptr_t)form;
	operation_park(op);
	return op;
}

TEST_F(go_closed, G6_close_ends_a_parked_receive)
{
	int ch = channel_make(variant->cap);
	struct operation *op = park_form(variant->kind, run_form_recv, ch, variant->form);

	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, operation_wait(op));
	EXPECT_EQ(0, operation_value(op));
}

TEST_F(go_closed, G6_close_ends_a_parked_send)
{
	int ch = channel_make(variant->cap);
	struct operation *op;

	channel_send_range(ch, 1, variant->cap);
	op = park_form(variant->kind, run_form_send, ch, variant->form);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(-EPIPE, operation_join(op));
	EXPECT_EQ(variant->cap, chan_len(ch));
}

/* Each form meets each other form. */
FIXTURE(go_forms) {};
FIXTURE_VARIANT(go_forms)
{
	enum form sender;
	enum form receiver;
};
FIXTURE_SETUP(go_forms) {}
FIXTURE_TEARDOWN(go_forms) {}

#define FORMS_VARIANT(name, send, recv) \
	FIXTURE_VARIANT_ADD(go_forms, name) { .sender = send, .receiver = recv, }

FORMS_VARIANT(plain_to_plain, FORM_PLAIN, FORM_PLAIN);
FORMS_VARIANT(plain_to_select, FORM_PLAIN, FORM_SELECT);
FORMS_VARIANT(plain_to_select_of_two, FORM_PLAIN, FORM_SELECT_OF_TWO);
FORMS_VARIANT(select_to_plain, FORM_SELECT, FORM_PLAIN);
FORMS_VARIANT(select_to_select, FORM_SELECT, FORM_SELECT);
FORMS_VARIANT(select_to_select_of_two, FORM_SELECT, FORM_SELECT_OF_TWO);
FORMS_VARIANT(select_of_two_to_plain, FORM_SELECT_OF_TWO, FORM_PLAIN);
FORMS_VARIANT(select_of_two_to_select, FORM_SELECT_OF_TWO, FORM_SELECT);
FORMS_VARIANT(select_of_two_to_select_of_two, FORM_SELECT_OF_TWO, FORM_SELECT_OF_TWO);

TEST_F(go_forms, sends_meet_a_parked_receive)
{
	enum task_kind kind;
	struct operation *op;
	int ch;

	for (kind = TASK_THREAD; kind <= TASK_PROCESS; kind++) {
		ch = channel_make(0);
		op = park_form(kind, run_form_recv, ch, variant->receiver);
		EXPECT_EQ(0, form_send(variant->sender, ch, 3));
		EXPECT_EQ(1, operation_wait(op));
		EXPECT_EQ(3, operation_value(op));
	}
}

TEST_F(go_forms, receives_meet_a_parked_send)
{
	enum task_kind kind;
	struct operation *op;
	uint64_t value = 0;
	int ch;

	for (kind = TASK_THREAD; kind <= TASK_PROCESS; kind++) {
		ch = channel_make(0);
		op = park_form(kind, run_form_send, ch, variant->sender);
		EXPECT_EQ(1, form_recv(variant->receiver, ch, &value));
		EXPECT_EQ(2, value);
		EXPECT_EQ(0, operation_join(op));
	}
}

TEST_F(go_forms, what_one_form_buffers_the_other_receives)
{
	int ch = channel_make(1);
	uint64_t value = 9;

	EXPECT_EQ(0, form_send(variant->sender, ch, 4));
	EXPECT_EQ(-EAGAIN, form_try_send(variant->sender, ch, 5));
	EXPECT_EQ(1, form_recv(variant->receiver, ch, &value));
	EXPECT_EQ(4, value);
	EXPECT_EQ(-EAGAIN, form_try_recv(variant->receiver, ch, &value));
	EXPECT_EQ(4, value);
	EXPECT_EQ(0, form_try_send(variant->sender, ch, 6));
	EXPECT_EQ(1, form_try_recv(variant->receiver, ch, &value));
	EXPECT_EQ(6, value);
}

TEST_F(go_forms, nobody_is_there_to_meet)
{
	int ch = channel_make(0);
	uint64_t value = 9;

	EXPECT_EQ(-EAGAIN, form_try_send(variant->sender, ch, 7));
	EXPECT_EQ(-EAGAIN, form_try_recv(variant->receiver, ch, &value));
	EXPECT_EQ(9, value);
	channel_wait_parked(ch, 0, 0);
}

TEST_HARNESS_MAIN
