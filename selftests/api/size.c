// SPDX-License-Identifier: GPL-2.0-only
/*
 * Element size (G19): every operation states the size that it expects. A mismatch fails with
 * EMSGSIZE, and neither its memory nor the channel is touched.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/state.h"
#include "common/variants.h"

#define PAINT	0xa5

static int select_one(struct chan_case c)
{
	const int ret = chan_select(&c, 1);

	return ret ?: c.result;
}

static int try_select_one(struct chan_case c)
{
	const int ret = chan_try_select(&c, 1);

	return ret ?: c.result;
}

static int select_one_until(struct chan_case c)
{
	const int ret = chan_select_until(&c, 1, chan_deadline(1000000000));

	return ret ?: c.result;
}

/* Every operation that sends one element. SEND has its own sizes: see below. */
static int send_send(int ch, const void *elem, size_t size)
{
	return chan_send(ch, elem, size);
}

static int send_sendv(int ch, const void *elem, size_t size)
{
	return chan_sendv(ch, elem, size, 1);
}

static int send_until(int ch, const void *elem, size_t size)
{
	return chan_send_until(ch, elem, size, chan_deadline(1000000000));
}

static int send_try_sendv(int ch, const void *elem, size_t size)
{
	return chan_try_sendv(ch, elem, size, INT_MAX);
}

static int send_sendv_until(int ch, const void *elem, size_t size)
{
	return chan_sendv_until(ch, elem, size, 3, chan_deadline(1000000000));
}

static int send_select(int ch, const void *elem, size_t size)
{
	return select_one(chan_case_send(ch, elem, size));
}

static int send_try_select(int ch, const void *elem, size_t size)
{
	return try_select_one(chan_case_send(ch, elem, size));
}

static int send_select_until(int ch, const void *elem, size_t size)
{
	return select_one_until(chan_case_send(ch, elem, size));
}

static const struct send_way {
	const char *name;
	int (*run)(int ch, const void *elem, size_t size);
} send_ways[] = {
	{ "send", send_send }, { "try_send", chan_try_send }, { "send_until", send_until },
	{ "sendv", send_sendv }, { "try_sendv", send_try_sendv },
	{ "sendv_until", send_sendv_until }, { "select", send_select },
	{ "try_select", send_try_select }, { "select_until", send_select_until },
};

static int recv_recvv(int ch, void *elem, size_t size)
{
	return chan_recvv(ch, elem, size, INT_MAX);
}

static int recv_until(int ch, void *elem, size_t size)
{
	return chan_recv_until(ch, elem, size, chan_deadline(1000000000));
}

static int recv_try_recvv(int ch, void *elem, size_t size)
{
	return chan_try_recvv(ch, elem, size, 1);
}

static int recv_recvv_until(int ch, void *elem, size_t size)
{
	return chan_recvv_until(ch, elem, size, 3, chan_deadline(1000000000));
}

static int recv_select(int ch, void *elem, size_t size)
{
	return select_one(chan_case_recv(ch, elem, size));
}

static int recv_try_select(int ch, void *elem, size_t size)
{
	return try_select_one(chan_case_recv(ch, elem, size));
}

static int recv_select_until(int ch, void *elem, size_t size)
{
	return select_one_until(chan_case_recv(ch, elem, size));
}

static const struct recv_way {
	const char *name;
	int (*run)(int ch, void *elem, size_t size);
} recv_ways[] = {
	{ "recv", chan_recv }, { "try_recv", chan_try_recv }, { "recv_until", recv_until },
	{ "recvv", recv_recvv }, { "try_recvv", recv_try_recvv },
	{ "recvv_until", recv_recvv_until }, { "select", recv_select },
	{ "try_select", recv_try_select }, { "select_until", recv_select_until },
};

/* Nearby sizes, and sizes that do not fit the field. */
#define WRONG	12

static unsigned int wrong_sizes(size_t elemsize, size_t wrong[WRONG])
{
	const size_t sizes[WRONG] = {
		elemsize - 1, elemsize + 1, 0, 1, 2 * elemsize, elemsize / 2, 8191, 8192, 65536,
		CHAN_ELEM_MAX + 1, elemsize + 65536, (size_t)-1,
	};
	unsigned int i, n = 0;

	for (i = 0; i < WRONG; i++) {
		if (sizes[i] != elemsize)
			wrong[n++] = sizes[i];
	}
	return n;
}

ELEMENT_FIXTURE(size);

/* With memory that is not accessible, it would be EFAULT. */
TEST_F(size, G19_send_of_another_size_touches_nothing)
{
	const int ch = channel_make_elems(variant->elemsize, variant->cap);
	size_t wrong[WRONG];
	const unsigned int n = wrong_sizes(variant->elemsize, wrong);
	struct state before = state_of(ch);

	for (int i = 0; i < ARRAY_LENGTH(send_ways); i++) {
		for (int j = 0; j < n; j++) {
			EXPECT_EQ(-EMSGSIZE, send_ways[i].run(ch, MEMORY_BAD, wrong[j])) {
				TH_LOG("%s of %zu bytes", send_ways[i].name, wrong[j]);
			}
		}
	}
	EXPECT_TRUE(state_is(ch, &before));
}

static uint8_t room[2 * CHAN_ELEM_MAX];

/* With or without an element available: it does not wait. */
TEST_F(size, G19_receive_of_another_size_touches_nothing)
{
	const int ch = channel_make_elems(variant->elemsize, variant->cap);
	size_t wrong[WRONG];
	const unsigned int n = wrong_sizes(variant->elemsize, wrong);
	struct operation *sender = NULL;
	struct state before;

	memset(room, PAINT, sizeof(room));
	for (int there = 0; there < 2; there++) {
		if (there && variant->cap) {
			ASSERT_EQ(0, element_send(ch, 5));
		} else if (there) {
			sender = operation_new(TASK_THREAD, operation_send_one, ch, 1);
			element_fill(sender->elems, variant->elemsize, 5);
			operation_park(sender);
		}
		before = state_of(ch);
		for (int i = 0; i < ARRAY_LENGTH(recv_ways); i++) {
			for (int j = 0; j < n; j++) {
				EXPECT_EQ(-EMSGSIZE, recv_ways[i].run(ch, room, wrong[j])) {
					TH_LOG("%s of %zu bytes", recv_ways[i].name, wrong[j]);
				}
			}
		}
		EXPECT_TRUE(state_is(ch, &before));
	}
	EXPECT_TRUE(memory_is(room, sizeof(room), PAINT));
	EXPECT_EQ(1, element_recv(ch, 5));
	if (sender)
		EXPECT_EQ(0, operation_join(sender));
}

/* A send returns EMSGSIZE, not EPIPE, and a receive does not zero its memory. */
TEST_F(size, G19_closed_channel_has_elements_of_one_size_too)
{
	const int ch = channel_make_elems(variant->elemsize, variant->cap);
	size_t wrong[WRONG];
	const unsigned int n = wrong_sizes(variant->elemsize, wrong);

	ASSERT_EQ(0, chan_close(ch));
	memset(room, PAINT, sizeof(room));
	for (int j = 0; j < n; j++) {
		for (int i = 0; i < ARRAY_LENGTH(send_ways); i++)
			EXPECT_EQ(-EMSGSIZE, send_ways[i].run(ch, MEMORY_BAD, wrong[j]));
		for (int i = 0; i < ARRAY_LENGTH(recv_ways); i++)
			EXPECT_EQ(-EMSGSIZE, recv_ways[i].run(ch, room, wrong[j]));
	}
	EXPECT_TRUE(memory_is(room, sizeof(room), PAINT));
}

TEST_F(size, G19_operation_of_the_right_size_succeeds)
{
	const int ch = channel_make_elems(variant->elemsize, 3);
	static uint8_t elems[3 * CHAN_ELEM_MAX];

	for (int i = 0; i < ARRAY_LENGTH(send_ways); i++) {
		memset(elems, i + 1, 3 * variant->elemsize);
		EXPECT_LE(0, send_ways[i].run(ch, elems, variant->elemsize)) {
			TH_LOG("%s", send_ways[i].name);
		}
		while (chan_len(ch) > 1)
			ASSERT_EQ(1, chan_recv(ch, room, variant->elemsize));
		memset(room, PAINT, sizeof(room));
		EXPECT_EQ(1, recv_ways[i].run(ch, room, variant->elemsize)) {
			TH_LOG("%s", recv_ways[i].name);
		}
		EXPECT_TRUE(memory_is(room, variant->elemsize, i + 1));
		EXPECT_TRUE(memory_is(room + variant->elemsize, sizeof(room) - variant->elemsize,
				      PAINT));
		EXPECT_EQ(0, chan_len(ch));
	}
}

/* The others are not carried out, ready or not. */
TEST(G19_select_checks_the_size_of_every_case)
{
	const int ready = channel_make(4), idle = channel_make(0);
	uint64_t value = 1, other = PAINT;
	struct state before, idle_before;

	channel_send_range(ready, 1, 2);
	before = state_of(ready);
	idle_before = state_of(idle);
	for (int place = 0; place < 3; place++) {
		for (int send = 0; send < 2; send++) {
			struct chan_case cases[3] = {
				chan_case_recv(ready, &other, sizeof(other)),
				chan_case_send(ready, &value, sizeof(value)),
				chan_case_recv(idle, &other, sizeof(other)),
			};

			cases[place] = send ? chan_case_send(idle, &value, sizeof(value) - 1) :
					      chan_case_recv(idle, &other, sizeof(other) + 1);
			EXPECT_EQ(-EMSGSIZE, chan_select(cases, 3));
		}
	}
	EXPECT_EQ(PAINT, other);
	EXPECT_TRUE(state_is(ready, &before));
	EXPECT_TRUE(state_is(idle, &idle_before));
}

TEST(the_right_is_checked_before_the_size)
{
	const int ch = channel_make(1);
	const int send = channel_dup(ch, CHAN_RIGHT_SEND), recv = channel_dup(ch, CHAN_RIGHT_RECV);

	for (int i = 0; i < ARRAY_LENGTH(send_ways); i++) {
		EXPECT_EQ(-EBADF, send_ways[i].run(recv, MEMORY_BAD, 7));
		EXPECT_EQ(-EBADF, recv_ways[i].run(send, MEMORY_BAD, 9));
	}
}

/* Elements have no size yet. */
TEST(nil_channel_waits_for_any_size)
{
	const int nil = channel_open();
	const size_t sizes[] = { 0, 1, 8, 8191, 8192, (size_t)-1 };
	uint64_t value = PAINT;

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_case cases[] = {
			chan_case_send(nil, &value, sizes[i]),
			chan_case_recv(nil, &value, sizes[i]),
			chan_case_recv(-1, &value, sizes[i]),
		};

		EXPECT_EQ(-EAGAIN, chan_try_send(nil, &value, sizes[i]));
		EXPECT_EQ(-EAGAIN, chan_try_recvv(nil, &value, sizes[i], 1));
		EXPECT_EQ(-ETIMEDOUT, chan_recv_until(nil, &value, sizes[i], 0));
		EXPECT_EQ(-ETIMEDOUT, chan_sendv_until(nil, &value, sizes[i], 1, 0));
		EXPECT_EQ(-EAGAIN, chan_try_select(cases, 3));
	}
	EXPECT_EQ(PAINT, value);
}

/* A tick is a uint64_t. */
TEST(G19_ticks_have_8_bytes)
{
	const int ch = chan_after(0);
	uint64_t tick = PAINT;

	ASSERT_LE(0, ch);
	EXPECT_EQ(-EMSGSIZE, chan_recv(ch, &tick, 4));
	EXPECT_EQ(-EMSGSIZE, chan_recv(ch, &tick, 16));
	EXPECT_EQ(PAINT, tick);
	EXPECT_EQ(1, chan_recv(ch, &tick, sizeof(tick)));
}

/* SENDV and RECVV cover sizes that do not fit a command number. */
TEST(elements_of_every_size_are_sent_by_one_function)
{
	const size_t sizes[] = { 8190, 8191, 8192, 8193, 16383, 16384, 65536, CHAN_ELEM_MAX };
	static uint8_t in[CHAN_ELEM_MAX];

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const int ch = channel_make_elems(sizes[i], 1);

		element_fill(in, sizes[i], i);
		memset(room, PAINT, sizeof(room));
		EXPECT_EQ(0, chan_send(ch, in, sizes[i]));
		EXPECT_EQ(1, chan_recv(ch, room, sizes[i]));
		EXPECT_TRUE(element_is(room, sizes[i], i)) {
			TH_LOG("%zu bytes", sizes[i]);
		}
		EXPECT_TRUE(memory_is(room + sizes[i], sizeof(room) - sizes[i], PAINT));
		close(ch);
	}
}

TEST(commands_of_one_element_have_sizes_up_to_8191)
{
	static uint8_t elem[65536];
	const int largest = channel_make_elems(8191, 1), larger = channel_make_elems(8192, 1);

	EXPECT_EQ(0, channel_ioctl(largest, CHAN_IOC_SEND(8191), elem));
	EXPECT_EQ(1, channel_ioctl(largest, CHAN_IOC_RECV(8191), elem));
	EXPECT_EQ(-ENOTTY, channel_ioctl(larger, CHAN_IOC_SEND(8192), elem));
	EXPECT_EQ(-ENOTTY, channel_ioctl(larger, CHAN_IOC_RECV(8192), elem));
	EXPECT_EQ(-EMSGSIZE, channel_ioctl(larger, CHAN_IOC_SEND(8191), elem));
	EXPECT_EQ(-EMSGSIZE, channel_ioctl(larger, CHAN_IOC_RECV(0), elem));
}

/* A size that does not fit does not alias another size or command. */
TEST(commands_of_one_element_do_not_overflow)
{
	const size_t sizes[] = { 8192, 16384, 16384 + 8, 32768, 65536, 65536 + 8, CHAN_ELEM_MAX,
				 (1UL << 31) + 8, (size_t)-1 };
	const int ch = channel_make(2), none = channel_make_elems(0, 2);
	struct state before, none_before;
	uint64_t value = PAINT;

	channel_send(ch, 1);
	ASSERT_EQ(0, chan_send(none, NULL, 0));
	before = state_of(ch);
	none_before = state_of(none);
	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		EXPECT_EQ(-ENOTTY, channel_ioctl(ch, CHAN_IOC_SEND(sizes[i]), &value));
		EXPECT_EQ(-ENOTTY, channel_ioctl(ch, CHAN_IOC_RECV(sizes[i]), &value));
		EXPECT_EQ(-ENOTTY, channel_ioctl(none, CHAN_IOC_SEND(sizes[i]), &value));
		EXPECT_EQ(-ENOTTY, channel_ioctl(none, CHAN_IOC_RECV(sizes[i]), &value)) {
			TH_LOG("%zu bytes", sizes[i]);
		}
	}
	EXPECT_EQ(PAINT, value);
	EXPECT_TRUE(state_is(ch, &before));
	EXPECT_TRUE(state_is(none, &none_before));
}

/* Each bit of the number outside the size. */
TEST(commands_of_one_element_have_one_number)
{
	const int ch = channel_make(2);
	struct state before;
	uint64_t value = PAINT;

	channel_send(ch, 1);
	before = state_of(ch);
	for (int bit = 0; bit < 32; bit++) {
		const unsigned int flipped = 1U << bit;

		if (flipped & (unsigned int)CHAN_IOC_SIZE_MAX << _IOC_SIZESHIFT) {
			EXPECT_EQ(-EMSGSIZE,
				  channel_ioctl(ch, CHAN_IOC_SEND(8) ^ flipped, MEMORY_BAD));
			EXPECT_EQ(-EMSGSIZE,
				  channel_ioctl(ch, CHAN_IOC_RECV(8) ^ flipped, MEMORY_BAD));
			continue;
		}
		/*
		 * The exceptions, whose numbers differ in one bit, are SENDV and RECVV of 8 bytes.
		 */
		EXPECT_GT(0, channel_ioctl(ch, CHAN_IOC_SEND(8) ^ flipped, MEMORY_BAD));
		EXPECT_GT(0, channel_ioctl(ch, CHAN_IOC_RECV(8) ^ flipped, MEMORY_BAD)) {
			TH_LOG("bit %d", bit);
		}
	}
	EXPECT_EQ(PAINT, value);
	EXPECT_TRUE(state_is(ch, &before));
}

TEST_HARNESS_MAIN
