// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals pending during a transfer of many elements must not end it early. A non-blocking caller
 * takes a short count to mean that there are no more elements or no more free slots. An event loop
 * then waits for an event, which with EPOLLET never comes.
 *
 * The memory of the first elements is slow, so that the signal arrives between two passes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/stuck.h"

/* A page of elements, in many passes. */
#define COUNT	512

static int run_read(struct operation *op)
{
	const ssize_t ret = result_of(read(op->ch, op->elems, COUNT * sizeof(uint64_t)));

	return ret < 0 ? ret : ret / sizeof(uint64_t);
}

static int run_write(struct operation *op)
{
	const ssize_t ret = result_of(write(op->ch, op->elems, COUNT * sizeof(uint64_t)));

	return ret < 0 ? ret : ret / sizeof(uint64_t);
}

static int run_many(struct operation *op, unsigned long command)
{
	const struct chan_xfer xfer = {
		.elems = (uintptr_t)op->elems, .count = COUNT, .min = 1, .elemsize = sizeof(uint64_t),
		.flags = CHAN_XFER_NONBLOCK, .deadline = CHAN_DEADLINE_NONE,
	};

	return channel_ioctl(op->ch, command, &xfer);
}

static int run_recv(struct operation *op)
{
	return run_many(op, CHAN_IOC_RECVV);
}

static int run_send(struct operation *op)
{
	return run_many(op, CHAN_IOC_SENDV);
}

/* A signal with a handler; otherwise one that stops it, followed by SIGCONT. */
static void disturb(struct operation *op, bool handled)
{
	if (handled) {
		operation_signal(op, SIGUSR1);
	} else {
		kill(op->pid, SIGSTOP);
		kill(op->pid, SIGCONT);
	}
}

FIXTURE(pending) {};

/**
 * struct pending - variants
 * @run: the transfer
 * @send: it sends
 * @handled: see disturb()
 */
FIXTURE_VARIANT(pending)
{
	int (*run)(struct operation *op);
	bool send;
	bool handled;
};

FIXTURE_SETUP(pending) {}
FIXTURE_TEARDOWN(pending) {}

#define PENDING(name, sends) \
	FIXTURE_VARIANT_ADD(pending, name##_handler) { run_##name, sends, true }; \
	FIXTURE_VARIANT_ADD(pending, name##_stop) { run_##name, sends, false }

PENDING(read, false);
PENDING(recv, false);
PENDING(write, true);
PENDING(send, true);

TEST_F(pending, transfer_that_does_not_wait_moves_all_that_it_can)
{
	int ch = channel_make(COUNT);
	struct operation *op;

	if (!variant->send)
		channel_fill(ch);
	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	catch_signal(SA_RESTART);
	op = stuck_start(variant->run, ch);
	stuck_wait(op);
	disturb(op, variant->handled);
	stuck_release(op);
	EXPECT_EQ(COUNT, operation_join(op));
	EXPECT_EQ(variant->send ? COUNT : 0, chan_len(ch));
}

/* A task that is being killed moves no more than necessary. */
TEST_F(pending, G12_transfer_that_does_not_wait_can_be_killed)
{
	int ch = channel_make(COUNT);
	struct operation *op;

	if (!variant->send)
		channel_fill(ch);
	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	op = stuck_start(variant->run, ch);
	stuck_wait(op);
	operation_kill(op);
	EXPECT_EQ(OPERATION_KILLED, operation_join(op));
	if (variant->send) {
		EXPECT_EQ(0, chan_len(ch));
		return;
	}
	for (int i = 1; i <= COUNT; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST_HARNESS_MAIN
