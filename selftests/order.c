// SPDX-License-Identifier: GPL-2.0-only
/*
 * Order: of elements (G1), and of the tasks that wait (G2).
 */
#include <errno.h>
#include <signal.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

#define WAITERS	5

CAPACITY_FIXTURE(order);

TEST_F(order, G1_elements_are_received_as_they_were_sent)
{
	int ch = channel_make(variant->cap);
	struct operation *sender = operation_new(variant->kind, operation_send, ch, 200);
	uint64_t *elems = sender->elems;
	uint64_t i, value;

	for (i = 0; i < 200; i++)
		elems[i] = i;
	operation_start(sender);
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(1, chan_recv(ch, &value));
		ASSERT_EQ(i, value);
	}
	EXPECT_EQ(200, operation_join(sender));
}

TEST_F(order, G2_parked_receivers_are_served_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *receivers[WAITERS];
	int i;

	for (i = 0; i < WAITERS; i++)
		receivers[i] = operation_park_recv(variant->kind, ch);
	for (i = 0; i < WAITERS; i++)
		channel_send(ch, i + 1);
	for (i = 0; i < WAITERS; i++) {
		EXPECT_EQ(1, operation_wait(receivers[i]));
		EXPECT_EQ(i + 1, operation_value(receivers[i]));
		operation_join(receivers[i]);
	}
	EXPECT_EQ(WAITERS, channel_info(ch).sends.handoff);
}

TEST_F(order, G2_parked_senders_are_served_in_order)
{
	int ch = channel_make(variant->cap);
	struct operation *senders[WAITERS];
	uint64_t i;

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	for (i = 0; i < WAITERS; i++)
		senders[i] = operation_park_send(variant->kind, ch, variant->cap + i + 1);
	for (i = 1; i <= variant->cap + WAITERS; i++)
		EXPECT_EQ(i, channel_recv(ch));
	for (i = 0; i < WAITERS; i++)
		EXPECT_EQ(0, operation_join(senders[i]));
}

TEST_F(order, G2_restart_after_a_signal_goes_to_the_back)
{
	int ch = channel_make(variant->cap);
	struct operation *first, *second;

	catch_signal(SA_RESTART);
	first = operation_park_recv(variant->kind, ch);
	second = operation_park_recv(variant->kind, ch);
	operation_signal(first, SIGUSR1);
	wait_until(channel_info(ch).recv_parks == 3 && channel_info(ch).recvq == 2);
	channel_send(ch, 1);
	channel_send(ch, 2);
	EXPECT_EQ(1, operation_wait(first));
	EXPECT_EQ(1, operation_wait(second));
	EXPECT_EQ(2, operation_value(first));
	EXPECT_EQ(1, operation_value(second));
}

TEST_HARNESS_MAIN
