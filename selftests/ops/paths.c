// SPDX-License-Identifier: GPL-2.0-only
/*
 * The three paths of an element, in Go's order: direct handoff to a parked peer, the ring, or a
 * wait; for elements that take different paths through the module.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/variants.h"

ELEMENT_FIXTURE(paths);

static int try_send(int ch, size_t elemsize, uint64_t value)
{
	void *elem = malloc(elemsize + 1);
	int ret;

	element_fill(elem, elemsize, value);
	ret = chan_try_send(ch, elem, elemsize);
	free(elem);
	return ret;
}

/* Whether it receives exactly the element of try_send(), and not a byte more. */
static bool try_recv_is(int ch, size_t elemsize, uint64_t value)
{
	uint8_t *elem = malloc(elemsize + 1);
	bool is;

	memset(elem, 0xa5, elemsize + 1);
	is = chan_try_recv(ch, elem, elemsize) == 1 && element_is(elem, elemsize, value) &&
	     elem[elemsize] == 0xa5;
	free(elem);
	return is;
}

static struct operation *park_send(int ch, size_t elemsize, uint64_t value)
{
	struct operation *op = operation_new(TASK_THREAD, operation_send_one, ch, 1);

	element_fill(op->elems, elemsize, value);
	operation_park(op);
	return op;
}

TEST_F(paths, send_hands_to_a_parked_receiver_before_the_ring)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	struct operation *receiver = operation_park_recv(TASK_THREAD, ch);
	struct chan_info info;

	ASSERT_EQ(0, try_send(ch, variant->elemsize, 1));
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_TRUE(element_is(receiver->elems, variant->elemsize, 1));
	info = channel_info(ch);
	EXPECT_TRUE(channel_paths_are(info.sends, 1, 0, 0));
	EXPECT_TRUE(channel_paths_are(info.recvs, 0, 0, 1));
	EXPECT_EQ(1, info.recv_parks);
	EXPECT_EQ(0, info.send_parks);
	EXPECT_EQ(0, info.maxlen);
}

TEST_F(paths, G8_ring_takes_as_many_as_the_capacity)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const unsigned int cap = variant->cap;
	struct chan_info info;
	uint64_t i;

	for (i = 1; i <= cap; i++) {
		EXPECT_EQ(0, try_send(ch, variant->elemsize, i));
		EXPECT_EQ(i, channel_info(ch).len);
	}
	info = channel_info(ch);
	EXPECT_EQ(-EAGAIN, try_send(ch, variant->elemsize, i));
	EXPECT_TRUE(channel_unchanged(ch, info));
	EXPECT_TRUE(channel_paths_are(info.sends, 0, cap, 0));

	for (i = 1; i <= cap; i++) {
		EXPECT_TRUE(try_recv_is(ch, variant->elemsize, i));
		EXPECT_EQ(cap - i, channel_info(ch).len);
	}
	info = channel_info(ch);
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, NULL, variant->elemsize));
	EXPECT_TRUE(channel_unchanged(ch, info));
	EXPECT_TRUE(channel_paths_are(info.recvs, 0, cap, 0));
	EXPECT_EQ(cap, info.maxlen);
	EXPECT_EQ(0, info.send_parks + info.recv_parks);
}

/* With a ring: the head is received, and the first sender's element moves to the tail. */
TEST_F(paths, receive_takes_the_head_and_lets_the_first_sender_in)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const unsigned int cap = variant->cap;
	struct operation *senders[2];
	struct chan_info info;
	uint64_t i;

	for (i = 1; i <= cap; i++)
		ASSERT_EQ(0, try_send(ch, variant->elemsize, i));
	for (i = 0; i < 2; i++)
		senders[i] = park_send(ch, variant->elemsize, cap + 1 + i);

	EXPECT_TRUE(try_recv_is(ch, variant->elemsize, 1));
	EXPECT_EQ(0, operation_join(senders[0]));
	info = channel_info(ch);
	EXPECT_EQ(1, info.sendq);
	EXPECT_EQ(cap, info.len);
	EXPECT_TRUE(channel_paths_are(info.sends, 0, cap, 1));
	EXPECT_TRUE(channel_paths_are(info.recvs, cap ? 0 : 1, cap ? 1 : 0, 0));

	for (i = 2; i <= cap + 2; i++)
		EXPECT_TRUE(try_recv_is(ch, variant->elemsize, i));
	EXPECT_EQ(0, operation_join(senders[1]));
	info = channel_info(ch);
	EXPECT_TRUE(channel_paths_are(info.sends, 0, cap, 2));
	EXPECT_TRUE(channel_paths_are(info.recvs, cap ? 0 : 2, cap ? cap + 2 : 0, 0));
	EXPECT_EQ(2, info.send_parks);
	EXPECT_EQ(cap, info.maxlen);
}

/* Every fill level at every position of the ring. */
TEST_F(paths, ring_wraps_around)
{
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const unsigned int rounds = 2 * variant->cap + 1;
	uint64_t sent = 0, received = 0;
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		while (!try_send(ch, variant->elemsize, sent))
			sent++;
		EXPECT_EQ(sent - received, channel_info(ch).len);
		for (; received < sent && channel_info(ch).len > i % variant->cap; received++)
			EXPECT_TRUE(try_recv_is(ch, variant->elemsize, received));
	}
	for (; received < sent; received++)
		EXPECT_TRUE(try_recv_is(ch, variant->elemsize, received));
	EXPECT_EQ(0, channel_info(ch).len);
	EXPECT_EQ(variant->cap, channel_info(ch).maxlen);
	/* The ring wrapped more than once. */
	EXPECT_TRUE(variant->cap ? sent > 2 * variant->cap : !sent);
	EXPECT_TRUE(channel_paths_are(channel_info(ch).sends, 0, sent, 0));
}

static uint64_t user_bytes(void)
{
	return channel_query().user_bytes;
}

/* Charge of an element to its sender: elements above the inline size are allocated. */
static uint64_t element_bytes(size_t elemsize)
{
	return elemsize > CHAN_ELEM_INLINE ? elemsize : 0;
}

static uint64_t ring_bytes(size_t elemsize, unsigned int cap)
{
	return (uint64_t)cap * (elemsize > CHAN_ELEM_INLINE ? 16 : elemsize);
}

TEST_F(paths, bytes_are_charged_exactly_until_received)
{
	const uint64_t before = user_bytes();
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const uint64_t empty = before + ring_bytes(variant->elemsize, variant->cap);
	const uint64_t each = element_bytes(variant->elemsize);
	struct operation *sender;
	uint64_t i, n = variant->cap + 1;

	EXPECT_EQ(empty, user_bytes());
	for (i = 1; i < n; i++) {
		ASSERT_EQ(0, try_send(ch, variant->elemsize, i));
		EXPECT_EQ(empty + i * each, user_bytes());
	}
	EXPECT_EQ(-EAGAIN, try_send(ch, variant->elemsize, 0));
	EXPECT_EQ(empty + (n - 1) * each, user_bytes());
	sender = park_send(ch, variant->elemsize, n);
	EXPECT_EQ(empty + n * each, user_bytes());

	for (i = 1; i <= n; i++) {
		EXPECT_TRUE(try_recv_is(ch, variant->elemsize, i));
		EXPECT_EQ(empty + (n - i) * each, user_bytes());
	}
	EXPECT_EQ(0, operation_join(sender));
	close(ch);
	EXPECT_EQ(before, user_bytes());
}

TEST_F(paths, bytes_of_what_nobody_receives_are_returned)
{
	const uint64_t before = user_bytes();
	int ch = channel_make_elems(variant->elemsize, variant->cap);
	const uint64_t empty = before + ring_bytes(variant->elemsize, variant->cap);
	const uint64_t full = empty + variant->cap * element_bytes(variant->elemsize);
	struct operation *sender;
	uint64_t i;

	for (i = 1; i <= variant->cap; i++)
		ASSERT_EQ(0, try_send(ch, variant->elemsize, i));
	sender = park_send(ch, variant->elemsize, i);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(-EPIPE, operation_join(sender));
	EXPECT_EQ(full, user_bytes());
	EXPECT_EQ(-EPIPE, try_send(ch, variant->elemsize, i));
	EXPECT_EQ(full, user_bytes());
	close(ch);
	EXPECT_EQ(before, user_bytes());
}

CAPACITY_FIXTURE(traffic);

#define TASKS	3
#define ELEMS	300

/* Whether the values of one INFO are consistent. */
static bool snapshot_is_sound(const struct chan_info *info)
{
	const uint64_t sent = channel_paths_sum(info->sends);
	const uint64_t received = channel_paths_sum(info->recvs);

	return info->len <= info->cap && info->maxlen <= info->cap && info->len <= info->maxlen &&
	       sent == received + info->len &&
	       (!info->sendq || info->len == info->cap) &&
	       (!info->recvq || (!info->len && !info->sendq));
}

static bool all_done(struct operation *const ops[], unsigned int n)
{
	while (n && operation_done(ops[n - 1]))
		n--;
	return !n;
}

static int send_one_by_one(struct operation *op)
{
	uint64_t i;
	int ret = 0;

	for (i = 0; i < ELEMS && !ret; i++)
		ret = chan_send(op->ch, &i, sizeof(i));
	return ret;
}

static int recv_one_by_one(struct operation *op)
{
	uint64_t i, value;
	int ret = 1;

	for (i = 0; i < ELEMS && ret == 1; i++)
		ret = chan_recv(op->ch, &value, sizeof(value));
	return ret;
}

TEST_F(traffic, G8_len_never_exceeds_the_capacity)
{
	int ch = channel_make(variant->cap);
	struct operation *ops[2 * TASKS];
	struct chan_info info;
	unsigned int i, unsound = 0;

	for (i = 0; i < 2 * TASKS; i++) {
		ops[i] = operation_new(variant->kind, i % 2 ? recv_one_by_one : send_one_by_one,
				       ch, 1);
		operation_start(ops[i]);
	}
	do {
		info = channel_info(ch);
		unsound += !snapshot_is_sound(&info);
	} while (!all_done(ops, 2 * TASKS));
	EXPECT_EQ(0, unsound);
	for (i = 0; i < 2 * TASKS; i++)
		EXPECT_EQ(i % 2, operation_join(ops[i]));
	info = channel_info(ch);
	EXPECT_EQ(TASKS * ELEMS, channel_paths_sum(info.sends));
	EXPECT_EQ(TASKS * ELEMS, channel_paths_sum(info.recvs));
	EXPECT_EQ(0, info.len);
}

TEST_HARNESS_MAIN
