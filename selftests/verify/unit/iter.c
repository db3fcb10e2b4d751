// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers from and to segments of memory: elements straddle them, and after each transfer
 * the iterator is at the end of the last element that was moved.
 */
#include <linux/uio.h>

#include "unit.h"

#define COUNT	5

/**
 * struct memory - user memory in segments that are shorter than elements, or longer
 * @bytes: all of it
 * @segments: of @bytes, none of them empty except the second
 * @iter: over @segments
 */
struct memory {
	u8		bytes[COUNT * UNIT_ELEMSIZE_MAX];
	struct iovec	segments[6];
	struct iov_iter	iter;
};

static struct iov_iter *memory_start(struct memory *memory, size_t size)
{
	const size_t lengths[] = { 1, 0, size / 7, size / 3, size / 2, size };
	size_t from = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_LENGTH(lengths); i++) {
		size_t length = lengths[i] < size - from ? lengths[i] : size - from;

		memory->segments[i] = (struct iovec){ memory->bytes + from, length };
		from += length;
	}
	memory->iter = (struct iov_iter){ memory->segments, ARRAY_LENGTH(lengths), 0 };
	return &memory->iter;
}

static void memory_fill(struct memory *memory, u32 size)
{
	unsigned int i;

	for (i = 0; i < COUNT; i++)
		element_fill(memory->bytes + i * size, size, i);
}

static bool memory_has(const struct memory *memory, u32 size, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!element_is(memory->bytes + i * size, size, i))
			return false;
	}
	return true;
}

/* Element sizes above 0. */
static const u32 sizes[] = { 1, 8, 9, 64, 256, 257, 300 };

static void elements_straddle_segments(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], COUNT);
		const size_t size = COUNT * sizes[i];
		struct memory memory;

		memory_fill(&memory, sizes[i]);
		assert_int_equal(chan_xfer_send_iter(cf, memory_start(&memory, size), COUNT, COUNT,
						  &chan_deadline_now), COUNT);
		assert_int_equal(memory.iter.position, size);
		memset(&memory, 0, sizeof(memory));
		assert_int_equal(chan_xfer_recv_iter(cf, memory_start(&memory, size), COUNT, COUNT,
						  &chan_deadline_now), COUNT);
		assert_int_equal(memory.iter.position, size);
		assert_true(memory_has(&memory, sizes[i], COUNT));
	}
}

static void G4_what_is_not_sent_is_not_passed(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], 2);
		struct memory memory;

		memory_fill(&memory, sizes[i]);
		assert_int_equal(chan_xfer_send_iter(cf, memory_start(&memory, COUNT * sizes[i]),
						  COUNT, COUNT, &chan_deadline_now), 2);
		assert_int_equal(memory.iter.position, 2 * sizes[i]);
		assert_int_equal(chan_xfer_send_iter(cf, &memory.iter,
						  1, 1, &chan_deadline_now), -EAGAIN);
		assert_int_equal(memory.iter.position, 2 * sizes[i]);
	}
}

static void G4_send_that_faults_at_each_byte(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], COUNT);
		struct memory memory;
		size_t reach;

		for (reach = 0; reach < COUNT * sizes[i]; reach++) {
			long whole = reach / sizes[i];
			long sent;

			memory_fill(&memory, sizes[i]);
			current->user_end = (uintptr_t)memory.bytes + reach;
			sent = chan_xfer_send_iter(cf, memory_start(&memory, COUNT * sizes[i]),
						COUNT, COUNT, &chan_deadline_now);
			current->user_end = UINTPTR_MAX;
			assert_int_equal(sent, whole ? whole : -EFAULT);
			assert_int_equal(memory.iter.position, whole * sizes[i]);
			assert_int_equal(channel_info(cf).len, whole);
			if (whole)
				assert_int_equal(chan_xfer_recv(cf, memory.bytes, cf->ch->elemsize,
								COUNT, 1,
								&chan_deadline_now), whole);
		}
	}
}

static void G3_G4_receive_that_faults_at_each_byte(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], COUNT);
		struct memory memory;
		size_t reach;

		for (reach = 0; reach < COUNT * sizes[i]; reach++) {
			long whole = reach / sizes[i];
			long received;

			memory_fill(&memory, sizes[i]);
			assert_int_equal(chan_xfer_send(cf, memory.bytes, cf->ch->elemsize, COUNT,
							COUNT,
							&chan_deadline_now), COUNT);
			memset(&memory, 0, sizeof(memory));
			current->user_end = (uintptr_t)memory.bytes + reach;
			received = chan_xfer_recv_iter(cf, memory_start(&memory, COUNT * sizes[i]),
						    COUNT, COUNT, &chan_deadline_now);
			current->user_end = UINTPTR_MAX;
			assert_int_equal(received, whole ? whole : -EFAULT);
			assert_int_equal(memory.iter.position, whole * sizes[i]);
			assert_true(memory_has(&memory, sizes[i], whole));
			/* The rest continues where it ended. */
			assert_int_equal(chan_xfer_recv_iter(cf,
							  &memory.iter,
							  COUNT - whole, 1, &chan_deadline_now),
					 COUNT - whole);
			assert_true(memory_has(&memory, sizes[i], COUNT));
		}
	}
}

static void a_closed_channel_clears_the_first_element_and_passes_nothing(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct chan_file *cf = channel_make(sizes[i], COUNT);
		struct memory memory;
		size_t byte;

		assert_int_equal(chan_hchan_close(cf->ch, CHAN_CLOSED_BY_CLOSE), 0);
		memset(memory.bytes, 0xa5, sizeof(memory.bytes));
		assert_int_equal(chan_xfer_recv_iter(cf, memory_start(&memory, COUNT * sizes[i]),
						  COUNT, 1, &chan_deadline_now), 0);
		assert_int_equal(memory.iter.position, 0);
		for (byte = 0; byte < COUNT * sizes[i]; byte++)
			assert_int_equal(memory.bytes[byte], byte < sizes[i] ? 0 : 0xa5);
		current->user_end = (uintptr_t)memory.bytes + sizes[i] - 1;
		assert_int_equal(chan_xfer_recv_iter(cf, memory_start(&memory, COUNT * sizes[i]),
						  COUNT, 1, &chan_deadline_now), -EFAULT);
		current->user_end = UINTPTR_MAX;
		assert_int_equal(memory.iter.position, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(elements_straddle_segments),
		UNIT_TEST(G4_what_is_not_sent_is_not_passed),
		UNIT_TEST(G4_send_that_faults_at_each_byte),
		UNIT_TEST(G3_G4_receive_that_faults_at_each_byte),
		UNIT_TEST(a_closed_channel_clears_the_first_element_and_passes_nothing),
	};

	return UNIT_RUN(tests);
}
