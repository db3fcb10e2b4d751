// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a hostile user makes slow, in every place where a system call accesses it (G12):
 * other users of the channel are not delayed, and the hostile task can be killed.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/stuck.h"

#define ELEMENT	99

/* The structure is in slow memory. */
static int call_make(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_MAKE, op->elems);
}

static int call_dup(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_DUP, op->elems);
}

static int call_timer(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_TIMER, op->elems);
}

static int call_sendv(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_SENDV, op->elems);
}

static int call_recvv(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_RECVV, op->elems);
}

static int call_select(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_SELECT, op->elems);
}

/* The result is in slow memory. */
static int call_info(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_INFO, op->elems);
}

static int call_query(struct operation *op)
{
	return channel_ioctl(op->ch, CHAN_IOC_QUERY, op->elems);
}

/* The cases are in slow memory, or the element of one. */
static int select_cases(int ch, const void *cases, unsigned int n)
{
	const struct chan_select select = {
		.cases = (uintptr_t)cases,
		.ncases = n,
		.casesize = sizeof(struct chan_case),
		.deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(ch, CHAN_IOC_SELECT, &select);
}

static int call_cases(struct operation *op)
{
	return select_cases(op->ch, op->elems, 2);
}

static int call_select_send(struct operation *op)
{
	const struct chan_case send = chan_case_send(op->ch, op->elems, op->elemsize);

	return select_cases(op->ch, &send, 1);
}

static int call_select_recv(struct operation *op)
{
	const struct chan_case recv = chan_case_recv(op->ch, op->elems, op->elemsize);

	return select_cases(op->ch, &recv, 1);
}

/* Many cases, which need an allocation. */
static int call_select_many(struct operation *op)
{
	struct chan_case cases[CHAN_SELECT_MAX];
	int i;

	for (i = 0; i < CHAN_SELECT_MAX; i++)
		cases[i] = chan_case_recv(op->ch, op->elems, op->elemsize);
	return select_cases(op->ch, cases, CHAN_SELECT_MAX);
}

FIXTURE(hostile_memory)
{
	int ch;
};

/**
 * struct hostile_memory - variants
 * @call: the call that gets stuck
 * @takes: it gets stuck while holding a received element
 */
FIXTURE_VARIANT(hostile_memory)
{
	int (*call)(struct operation *op);
	bool takes;
};

#define CALL(name, takes_element) \
	FIXTURE_VARIANT_ADD(hostile_memory, name) { .call = call_##name, .takes = takes_element }
#define OPERATION(name, takes_element) \
	FIXTURE_VARIANT_ADD(hostile_memory, name) { \
		.call = operation_##name, .takes = takes_element \
	}

CALL(make, false);
CALL(dup, false);
CALL(timer, false);
CALL(sendv, false);
CALL(recvv, false);
CALL(select, false);
CALL(info, false);
CALL(query, false);
CALL(cases, false);
CALL(select_send, false);
CALL(select_recv, true);
CALL(select_many, true);
OPERATION(send, false);
OPERATION(send_one, false);
OPERATION(write, false);
OPERATION(recv, true);
OPERATION(recv_one, true);
OPERATION(read, true);

FIXTURE_SETUP(hostile_memory)
{
	self->ch = channel_make(1);
}

FIXTURE_TEARDOWN(hostile_memory)
{
}

static struct operation *get_stuck(int ch, int (*call)(struct operation *op), bool takes)
{
	struct operation *op;

	if (takes)
		channel_send(ch, ELEMENT);
	op = stuck_start(call, ch);
	stuck_wait(op);
	return op;
}

/* All operations of others on the channel succeed. */
static bool others_go_on(int ch)
{
	struct operation *receiver;
	struct chan_info info;
	int copy, i;

	for (i = 1; i <= 3; i++) {
		receiver = operation_park_recv(TASK_PROCESS, ch);
		channel_send(ch, i);
		if (operation_wait(receiver) != 1 || operation_value(receiver) != i)
			return false;
		operation_join(receiver);
		channel_send(ch, 10 + i);
		if (channel_recv(ch) != 10 + i)
			return false;
	}
	copy = channel_dup(ch, CHAN_RIGHT_RECV);
	close(copy);
	close(channel_make(1));
	info = channel_info(ch);
	return info.receivers == 1 && !info.len && !info.sendq && !info.recvq &&
	       (channel_events(ch) & (POLLIN | POLLOUT)) == POLLOUT;
}

TEST_F(hostile_memory, G12_others_go_on)
{
	struct operation *op = get_stuck(self->ch, variant->call, variant->takes);

	EXPECT_TRUE(others_go_on(self->ch));
	EXPECT_FALSE(operation_done(op));
	stuck_release(op);
	operation_wait(op);
	EXPECT_TRUE(operation_done(op));
}

TEST_F(hostile_memory, G12_others_can_close)
{
	struct operation *op = get_stuck(self->ch, variant->call, variant->takes);
	uint64_t element = ELEMENT;

	EXPECT_EQ(0, chan_close(self->ch));
	EXPECT_EQ(0, chan_recv(self->ch, &element, sizeof(element)));
	EXPECT_EQ(0, element);
	EXPECT_FALSE(operation_done(op));
	stuck_release(op);
	operation_wait(op);
	EXPECT_TRUE(operation_done(op));
}

/* The next receiver gets the element that it held. */
TEST_F(hostile_memory, G11_G12_it_can_be_killed)
{
	const unsigned long long bytes = module_parameter("live_bytes");
	struct operation *op = get_stuck(self->ch, variant->call, variant->takes);

	operation_kill(op);
	EXPECT_EQ(OPERATION_KILLED, operation_join(op));
	EXPECT_EQ(variant->takes, channel_info(self->ch).requeued);
	if (variant->takes)
		EXPECT_EQ(ELEMENT, channel_recv(self->ch));
	EXPECT_TRUE(others_go_on(self->ch));
	EXPECT_EQ(bytes, module_parameter("live_bytes"));
	EXPECT_EQ(0, module_parameter("live_waiters"));
}

/* Many tasks are stuck on one channel, and it still works for others. */
TEST(G12_many_that_are_stuck_hold_up_nobody)
{
	static int (*const calls[])(struct operation *op) = {
		call_info, call_sendv, operation_send_one, operation_write, call_select_send,
		call_cases,
	};
	struct operation *ops[2 * ARRAY_LENGTH(calls)];
	int ch = channel_make(1), i;

	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = get_stuck(ch, calls[i % ARRAY_LENGTH(calls)], false);
	EXPECT_TRUE(others_go_on(ch));
	for (i = 0; i < ARRAY_LENGTH(ops); i++)
		operation_kill(ops[i]);
	EXPECT_TRUE(others_go_on(ch));
}

TEST_HARNESS_MAIN
