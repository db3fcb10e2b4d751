// SPDX-License-Identifier: GPL-2.0-only
/*
 * Elements that pass between concurrent tasks while all events are traced. tracepoints.c tests each
 * event separately.
 */
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/events.h"
#include "common/operation.h"
#include "common/variants.h"

#define SENDERS		2
#define RECEIVERS	2
#define ELEMENTS	1000
/* Passing, parking and waking, on both sides. */
#define EVENTS_MAX	(SENDERS * ELEMENTS * 6)

static struct event events[EVENTS_MAX];

/* Returns how many elements came before the channel was closed. */
static int receive_all(struct operation *op)
{
	uint64_t value;
	int n = 0;

	while (chan_recv(op->ch, &value, sizeof(value)) == 1)
		n++;
	return n;
}

static int events_named(const char *name, size_t n)
{
	int count = 0;

	while (n--)
		count += !strcmp(events[n].name, name);
	return count;
}

CAPACITY_FIXTURE(traced);

TEST_F(traced, G3_each_element_is_told_as_sent_and_as_received)
{
	struct operation *senders[SENDERS], *receivers[RECEIVERS];
	int i, received = 0;
	uint64_t id;
	size_t n;
	int ch;

	events_start();
	ch = channel_make(variant->cap);
	id = channel_info(ch).id;
	for (i = 0; i < RECEIVERS; i++) {
		receivers[i] = operation_new(variant->kind, receive_all, ch, 0);
		operation_start(receivers[i]);
	}
	for (i = 0; i < SENDERS; i++) {
		senders[i] = operation_new(variant->kind, operation_send_numbers, ch, 0);
		senders[i]->data = (void *)(uintptr_t)ELEMENTS;
		operation_start(senders[i]);
	}
	EXPECT_TRUE(operations_succeed(senders, SENDERS));
	EXPECT_EQ(0, chan_close(ch));
	for (i = 0; i < RECEIVERS; i++)
		received += operation_join(receivers[i]);
	EXPECT_EQ(SENDERS * ELEMENTS, received);
	n = events_stop(id, events, EVENTS_MAX);
	EXPECT_EQ(SENDERS * ELEMENTS, events_named("send", n));
	EXPECT_EQ(SENDERS * ELEMENTS, events_named("recv", n));
}

TEST_HARNESS_MAIN
