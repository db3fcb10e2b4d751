// SPDX-License-Identifier: GPL-2.0-only
/* read(2) and write(2): whole elements, as many as possible or all. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/state.h"
#include "common/variants.h"

static struct operation *new_write(enum task_kind kind, int ch, unsigned int count)
{
	struct operation *op = operation_new(kind, operation_write, ch, count);

	for (unsigned int i = 0; i < count; i++)
		((uint64_t *)op->elems)[i] = i + 1;
	return op;
}

static void set_nonblocking(int ch)
{
	if (fcntl(ch, F_SETFL, O_NONBLOCK))
		give_up("F_SETFL");
}

CAPACITY_FIXTURE(rw);

TEST_F(rw, write_returns_when_all_are_sent)
{
	const int ch = channel_make(variant->cap);
	struct operation *writer = new_write(variant->kind, ch, 20);
	uint64_t value;

	operation_park(writer);
	for (int i = 1; i <= 20; i++) {
		/* It waits until the last element has found a slot. */
		if (i < 20 - variant->cap)
			EXPECT_FALSE(operation_done(writer));
		ASSERT_EQ(1, chan_recv(ch, &value, sizeof(value)));
		EXPECT_EQ(i, value);
	}
	EXPECT_EQ(160, operation_join(writer));
	EXPECT_LE(1, channel_info(ch).sends.park);
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &value, sizeof(value)));
}

TEST_F(rw, read_returns_when_there_is_one)
{
	const int ch = channel_make(variant->cap);
	struct operation *reader = operation_new(variant->kind, operation_read, ch, 20);

	operation_park(reader);
	channel_send(ch, 9);
	EXPECT_EQ(8, operation_wait(reader));
	EXPECT_EQ(9, operation_value(reader));
	EXPECT_EQ(1, channel_info(ch).sends.handoff);
}

TEST_F(rw, a_close_ends_a_write_with_what_was_sent)
{
	const int ch = channel_make(variant->cap);
	struct operation *writer = new_write(variant->kind, ch, 20);
	const uint64_t value = 9;

	operation_park(writer);
	ASSERT_EQ(1, channel_recv(ch));
	channel_wait_parked(ch, 1, 0);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(8 * (variant->cap + 1), operation_join(writer));
	/* And no signal: SIGPIPE would have killed the test. */
	EXPECT_EQ(-EPIPE, result_of(write(ch, &value, sizeof(value))));
	EXPECT_EQ(variant->cap, channel_info(ch).len);
}

TEST_F(rw, a_signal_ends_a_write_with_what_was_sent)
{
	const int ch = channel_make(variant->cap);
	struct operation *writer = new_write(variant->kind, ch, 20);

	catch_signal(0);
	operation_park(writer);
	ASSERT_EQ(1, channel_recv(ch));
	channel_wait_parked(ch, 1, 0);
	operation_signal(writer, SIGUSR1);
	EXPECT_EQ(8 * (variant->cap + 1), operation_join(writer));
	EXPECT_EQ(variant->cap, channel_info(ch).len);
	EXPECT_EQ(0, channel_info(ch).sendq);
}

TEST_F(rw, a_signal_before_the_first_element_interrupts)
{
	const int full = channel_make(variant->cap), empty = channel_make(variant->cap);
	struct operation *writer, *reader;

	catch_signal(0);
	if (variant->cap)
		channel_send_range(full, 1, variant->cap);
	writer = new_write(variant->kind, full, 2);
	reader = operation_new(variant->kind, operation_read, empty, 2);
	operation_park(writer);
	operation_park(reader);
	operation_signal(writer, SIGUSR1);
	operation_signal(reader, SIGUSR1);
	EXPECT_EQ(-EINTR, operation_join(writer));
	EXPECT_EQ(-EINTR, operation_join(reader));
	EXPECT_EQ(variant->cap, channel_info(full).len);
}

TEST_F(rw, a_write_that_may_not_wait_sends_what_it_can)
{
	const uint64_t values[20] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	const int ch = channel_make(variant->cap);
	struct state before;

	set_nonblocking(ch);
	if (variant->cap)
		EXPECT_EQ(8 * variant->cap, result_of(write(ch, values, sizeof(values))));
	before = state_of(ch);
	EXPECT_EQ(-EAGAIN, result_of(write(ch, values, sizeof(values))));
	EXPECT_EQ(-EAGAIN, result_of(write(ch, values, 8)));
	EXPECT_TRUE(state_is(ch, &before));
	for (int i = 1; i <= variant->cap; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST(read_takes_what_is_there)
{
	const int ch = channel_make(7);
	uint64_t values[10];

	channel_send_range(ch, 1, 5);
	memset(values, 0xa5, sizeof(values));
	EXPECT_EQ(40, result_of(read(ch, values, sizeof(values))));
	for (int i = 0; i < 5; i++)
		EXPECT_EQ(i + 1, values[i]);
	EXPECT_EQ(0xa5a5a5a5a5a5a5a5, values[5]);
	set_nonblocking(ch);
	EXPECT_EQ(-EAGAIN, result_of(read(ch, values, sizeof(values))));
	EXPECT_EQ(5, channel_info(ch).recvs.ring);
}

TEST(read_takes_whole_elements_only)
{
	const int ch = channel_make(7);
	uint64_t values[10];

	channel_send_range(ch, 1, 5);
	memset(values, 0xa5, sizeof(values));
	EXPECT_EQ(16, result_of(read(ch, values, 23)));
	EXPECT_EQ(2, values[1]);
	EXPECT_EQ(0xa5a5a5a5a5a5a5a5, values[2]);
	EXPECT_EQ(3, channel_info(ch).len);
}

TEST(lengths_that_do_not_fit_fail)
{
	const size_t sizes[] = { 2, 8, 9, 256, 4096 };
	static char buffer[3 * 4096];

	for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
		const int ch = channel_make_elems(sizes[i], 4);
		struct state before;

		ASSERT_EQ(0, chan_send(ch, buffer, sizes[i]));
		before = state_of(ch);
		EXPECT_EQ(-EMSGSIZE, result_of(read(ch, buffer, sizes[i] - 1)));
		EXPECT_EQ(-EMSGSIZE, result_of(read(ch, buffer, 1)));
		EXPECT_EQ(-EMSGSIZE, result_of(write(ch, buffer, 1)));
		EXPECT_EQ(-EMSGSIZE, result_of(write(ch, buffer, sizes[i] - 1)));
		EXPECT_EQ(-EMSGSIZE, result_of(write(ch, buffer, sizes[i] + 1)));
		EXPECT_EQ(-EMSGSIZE, result_of(write(ch, buffer, 3 * sizes[i] - 1)));
		EXPECT_TRUE(state_is(ch, &before)) {
			TH_LOG("%zu bytes", sizes[i]);
		}
		EXPECT_EQ(2 * sizes[i], result_of(write(ch, buffer, 2 * sizes[i])));
		EXPECT_EQ(3, channel_info(ch).len);
	}
}

TEST(a_length_of_0_does_nothing)
{
	const int ch = channel_make(4), semaphore = channel_make_elems(0, 4);
	struct state before;

	channel_send(ch, 1);
	before = state_of(ch);
	EXPECT_EQ(0, result_of(read(ch, NULL, 0)));
	EXPECT_EQ(0, result_of(write(ch, NULL, 0)));
	EXPECT_TRUE(state_is(ch, &before));
	EXPECT_EQ(0, result_of(read(semaphore, NULL, 0)));
	EXPECT_EQ(0, result_of(write(semaphore, NULL, 0)));
	EXPECT_EQ(0, channel_info(semaphore).sends.ring);
}

TEST(elements_without_bytes_fail)
{
	const int ch = channel_make_elems(0, 4);
	struct state before;
	char byte;

	ASSERT_EQ(0, chan_send(ch, NULL, 0));
	before = state_of(ch);
	EXPECT_EQ(-EMSGSIZE, result_of(read(ch, &byte, 1)));
	EXPECT_EQ(-EMSGSIZE, result_of(write(ch, "", 1)));
	EXPECT_TRUE(state_is(ch, &before));
}

TEST(G6_read_of_a_closed_channel_returns_0_when_it_is_drained)
{
	const int ch = channel_make(4);
	uint64_t values[2];

	channel_send_range(ch, 1, 3);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(16, result_of(read(ch, values, sizeof(values))));
	EXPECT_EQ(8, result_of(read(ch, values, sizeof(values))));
	EXPECT_EQ(3, values[0]);
	memset(values, 0xa5, sizeof(values));
	EXPECT_EQ(0, result_of(read(ch, values, sizeof(values))));
	EXPECT_EQ(0, values[0]);
	EXPECT_EQ(0xa5a5a5a5a5a5a5a5, values[1]);
}

TEST(G4_read_into_memory_that_ends_gives_back_the_rest)
{
	const int ch = channel_make(7);
	uint64_t *border = memory_border();

	channel_send_range(ch, 1, 5);
	EXPECT_EQ(16, result_of(read(ch, border - 2, 40)));
	EXPECT_EQ(1, border[-2]);
	EXPECT_EQ(2, border[-1]);
	EXPECT_EQ(-EFAULT, result_of(read(ch, border, 40)));
	EXPECT_LE(1, channel_info(ch).requeues);
	for (int i = 3; i <= 5; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST(write_from_memory_that_ends_sends_what_it_can)
{
	const int ch = channel_make(7);
	uint64_t *border = memory_border();
	struct state before;

	border[-2] = 1;
	border[-1] = 2;
	EXPECT_EQ(16, result_of(write(ch, border - 2, 40)));
	before = state_of(ch);
	EXPECT_EQ(-EFAULT, result_of(write(ch, border, 40)));
	EXPECT_TRUE(state_is(ch, &before));
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(2, channel_recv(ch));
}

TEST(elements_of_all_sizes_pass)
{
	const size_t sizes[] = ELEMENT_SIZES;
	unsigned char *in = malloc(3 * 65536), *out = malloc(3 * 65536);

	for (int i = 1; i < ARRAY_LENGTH(sizes); i++) {
		const int ch = channel_make_elems(sizes[i], 3);

		for (int n = 0; n < 3; n++)
			element_fill(in + n * sizes[i], sizes[i], 100 + n);
		EXPECT_EQ(3 * sizes[i], result_of(write(ch, in, 3 * sizes[i])));
		memset(out, 0xa5, 3 * sizes[i]);
		EXPECT_EQ(3 * sizes[i], result_of(read(ch, out, 3 * sizes[i])));
		EXPECT_EQ(0, memcmp(in, out, 3 * sizes[i])) {
			TH_LOG("%zu bytes", sizes[i]);
		}
	}
}

TEST(vectors_are_written_and_read_one_after_the_other)
{
	const int ch = channel_make(7);
	uint64_t in[4] = { 1, 2, 3, 4 }, out[4] = { 0 };
	const struct iovec from[] = { { in, 16 }, { in + 2, 0 }, { in + 2, 16 } };
	const struct iovec to[] = { { out, 8 }, { out + 1, 24 } };

	EXPECT_EQ(32, writev(ch, from, 3));
	EXPECT_EQ(4, channel_info(ch).len);
	EXPECT_EQ(32, readv(ch, to, 2));
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
}

TEST(vectors_are_one_transfer_whose_elements_may_straddle_buffers)
{
	const int ch = channel_make(7);
	uint64_t in[3] = { 1, 2, 3 }, out[3] = { 0 };
	char *bytes = (char *)in, *room = (char *)out;
	const struct iovec from[] = { { bytes, 4 }, { bytes + 4, 0 }, { bytes + 4, 20 } };
	const struct iovec to[] = {
		{ room, 1 }, { room + 1, 2 }, { room + 3, 10 }, { room + 13, 11 },
	};

	EXPECT_EQ(24, result_of(writev(ch, from, 3)));
	EXPECT_EQ(3, channel_info(ch).len);
	EXPECT_EQ(24, result_of(readv(ch, to, 4)));
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
	EXPECT_EQ(0, channel_info(ch).len);
}

TEST(vectors_whose_sum_does_not_fit_fail)
{
	const int ch = channel_make(7);
	char bytes[24] = { 0 };
	const struct iovec odd[] = { { bytes, 8 }, { bytes + 8, 4 } };
	const struct iovec few[] = { { bytes, 4 }, { bytes + 4, 3 } };
	const struct iovec none[] = { { bytes, 0 }, { NULL, 0 } };
	struct state before;

	channel_send(ch, 1);
	before = state_of(ch);
	EXPECT_EQ(-EMSGSIZE, result_of(writev(ch, odd, 2)));
	EXPECT_EQ(-EMSGSIZE, result_of(writev(ch, few, 2)));
	EXPECT_EQ(-EMSGSIZE, result_of(readv(ch, few, 2)));
	EXPECT_EQ(0, result_of(readv(ch, none, 2)));
	EXPECT_EQ(0, result_of(writev(ch, none, 2)));
	EXPECT_TRUE(state_is(ch, &before));
	/* A buffer with space for more than whole elements is valid. */
	EXPECT_EQ(8, result_of(readv(ch, odd, 2)));
}

/* readv(2) of two buffers, an element each. */
static int operation_readv(struct operation *op)
{
	const struct iovec to[] = { { op->elems, 8 }, { (char *)op->elems + 8, 8 } };

	return result_of(readv(op->ch, to, 2));
}

TEST_F(rw, readv_returns_with_what_is_there)
{
	const int ch = channel_make(variant->cap);
	struct operation *reader = operation_new(variant->kind, operation_readv, ch, 2);

	operation_park(reader);
	channel_send(ch, 9);
	EXPECT_EQ(8, operation_wait(reader));
	EXPECT_EQ(9, operation_value(reader));
	EXPECT_EQ(0, channel_info(ch).recvq);
}

/* Either its first buffer has the element or the channel does: it never parks with one. */
TEST_F(rw, G3_kill_of_a_parked_readv_loses_nothing)
{
	const int ch = channel_make(variant->cap);
	struct operation *reader = operation_new(TASK_PROCESS, operation_readv, ch, 2);
	int result;

	operation_offer(variant->kind, ch, 9);
	operation_start(reader);
	wait_until(operation_done(reader) || channel_info(ch).recvq);
	if (!operation_done(reader))
		operation_kill(reader);
	result = operation_wait(reader);
	EXPECT_EQ(1, (result == 8) + channel_info(ch).len + channel_info(ch).requeued);
}

/* The second element ends at the end of memory; the third does not fit. */
TEST(G4_readv_into_memory_that_ends_gives_back_whole_elements)
{
	const int ch = channel_make(7);
	char *border = memory_border();
	char first[12];
	const struct iovec to[] = { { first, 12 }, { border - 8, 20 } };

	channel_send_range(ch, 1, 4);
	EXPECT_EQ(16, result_of(readv(ch, to, 2)));
	EXPECT_EQ(2, channel_info(ch).requeued + channel_info(ch).len);
	for (int i = 3; i <= 4; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST(writev_from_memory_that_ends_sends_whole_elements)
{
	const int ch = channel_make(7);
	char *border = memory_border();
	uint64_t value = 1;
	const struct iovec from[] = { { &value, 8 }, { border - 4, 16 } };
	struct state before;

	EXPECT_EQ(8, result_of(writev(ch, from, 2)));
	EXPECT_EQ(1, channel_recv(ch));
	before = state_of(ch);
	EXPECT_EQ(-EFAULT, result_of(writev(ch, from + 1, 1)));
	EXPECT_TRUE(state_is(ch, &before));
}

TEST(vectors_of_elements_of_all_sizes_pass)
{
	const size_t sizes[] = ELEMENT_SIZES;
	unsigned char *in = malloc(3 * 65536), *out = malloc(3 * 65536);

	for (int i = 1; i < ARRAY_LENGTH(sizes); i++) {
		const size_t size = sizes[i], third = size / 3;
		const int ch = channel_make_elems(size, 3);
		const struct iovec from[] = {
			{ in, size + third }, { in + size + third, 2 * size - third },
		};
		const struct iovec to[] = {
			{ out, third }, { out + third, size }, { out + size + third, 2 * size - third },
		};

		for (int n = 0; n < 3; n++)
			element_fill(in + n * size, size, 100 + n);
		EXPECT_EQ(3 * size, result_of(writev(ch, from, 2)));
		memset(out, 0xa5, 3 * size);
		EXPECT_EQ(3 * size, result_of(readv(ch, to, 3)));
		EXPECT_EQ(0, memcmp(in, out, 3 * size)) {
			TH_LOG("%zu bytes", size);
		}
	}
}

TEST(G6_readv_of_a_closed_channel_returns_0_when_it_is_drained)
{
	const int ch = channel_make(4);
	char bytes[16];
	const struct iovec to[] = { { bytes, 4 }, { bytes + 4, 12 } };

	channel_send(ch, 3);
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(8, result_of(readv(ch, to, 2)));
	memset(bytes, 0xa5, sizeof(bytes));
	EXPECT_EQ(0, result_of(readv(ch, to, 2)));
	EXPECT_TRUE(memory_is(bytes, 8, 0));
	EXPECT_TRUE(memory_is(bytes + 8, 8, 0xa5));
}

TEST(nowait_of_one_call_is_honoured)
{
	const int ch = channel_make(1);
	uint64_t value = 1;
	const struct iovec vector = { &value, 8 };

	EXPECT_EQ(-EAGAIN, result_of(preadv2(ch, &vector, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(8, result_of(pwritev2(ch, &vector, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(-EAGAIN, result_of(pwritev2(ch, &vector, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(8, result_of(preadv2(ch, &vector, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(0, channel_info(ch).send_parks + channel_info(ch).recv_parks);
}

TEST(there_are_no_positions)
{
	const int ch = channel_make(4);
	const int files[] = { ch, channel_dup(ch, CHAN_RIGHTS_ALL) };
	uint64_t value = 1;
	struct state before;

	channel_send(ch, 1);
	before = state_of(ch);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(-1, pread(files[i], &value, 8, 0));
		EXPECT_EQ(ESPIPE, errno);
		EXPECT_EQ(-1, pwrite(files[i], &value, 8, 0));
		EXPECT_EQ(ESPIPE, errno);
		EXPECT_EQ(-1, lseek(files[i], 0, SEEK_CUR));
		EXPECT_EQ(ESPIPE, errno);
		EXPECT_EQ(-1, lseek(files[i], 0, SEEK_END));
		EXPECT_EQ(ESPIPE, errno);
	}
	EXPECT_TRUE(state_is(ch, &before));
}

#if __SIZEOF_POINTER__ == 8
/* The kernel limits it to a length that is not a multiple of 3. */
TEST(a_write_of_more_than_2_gigabytes_is_cut)
{
	const size_t length = 3UL << 30;
	const int ch = channel_make_elems(3, 7);
	const char *zeros = mmap(NULL, length, PROT_READ,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ASSERT_NE(MAP_FAILED, zeros);
	set_nonblocking(ch);
	EXPECT_EQ(21, result_of(write(ch, zeros, length)));
	EXPECT_EQ(7, channel_info(ch).len);
}
#endif

TEST_HARNESS_MAIN
