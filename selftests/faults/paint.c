// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes of the kernel to user memory, byte by byte (G12): memory is painted before each call. Each
 * byte of the result has its specified value, regardless of stale kernel memory and stack, and all
 * bytes around it stay painted.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/command.h"
#include "common/operation.h"

#define PAINT	0xa5
#define ROOM	8192
/* How much is allocated and freed of each size. */
#define MESSAGES	16

/* Two patterns: a stale byte cannot match both by chance. */
static const uint8_t patterns[] = { 0x5c, 0xc3 };

#define for_each_pattern(pattern) \
	for (const uint8_t *pattern = patterns; pattern < patterns + ARRAY_LENGTH(patterns); \
	     pattern++)

/* Leave the pattern in freed kernel memory of many sizes. */
static void spray_heap(uint8_t pattern)
{
	static const size_t sizes[] = { 16, 48, 80, 144, 208, 400, 464, 976, 2000, 4000, 8000 };
	struct {
		long type;
		uint8_t bytes[8000];
	} message = { .type = 1 };
	int queue, i, j;

	memset(message.bytes, pattern, sizeof(message.bytes));
	for (i = 0; i < ARRAY_LENGTH(sizes); i++) {
		queue = msgget(IPC_PRIVATE, 0600);
		if (queue < 0)
			give_up("msgget: %s", strerror(errno));
		for (j = 0; j < MESSAGES; j++) {
			if (msgsnd(queue, &message, sizes[i], IPC_NOWAIT))
				break;
		}
		msgctl(queue, IPC_RMID, NULL);
	}
}

/* And deep on the kernel stack of this task: poll(2) copies its array there. */
static void spray_stack(uint8_t pattern)
{
	struct pollfd files[30];
	fd_set sets[3];
	struct timeval none = { 0 };
	uint8_t value[2048];

	memset(files, pattern, sizeof(files));
	for (int i = 0; i < ARRAY_LENGTH(files); i++)
		files[i].fd = -1 - (pattern & 1);
	poll(files, ARRAY_LENGTH(files), 0);
	memset(sets, pattern, sizeof(sets));
	select(64, &sets[0], &sets[1], &sets[2], &none);
	memset(value, pattern, sizeof(value));
	fcntl(-1, F_SETLK, value);
}

static void spray(uint8_t pattern)
{
	spray_heap(pattern);
	spray_stack(pattern);
}

/* Painted buffer, with guard areas before and after. */
static uint8_t *painted(void)
{
	static uint8_t memory[3 * ROOM] __attribute__((aligned(8)));

	memset(memory, PAINT, sizeof(memory));
	return memory + ROOM;
}

static bool is_painted_around(const uint8_t *room, size_t size)
{
	return memory_is(room - ROOM, ROOM, PAINT) && memory_is(room + size, 2 * ROOM - size, PAINT);
}

/* A channel whose INFO counters are all 0 or known. */
static int made_after(uint8_t pattern, size_t elemsize, unsigned int cap)
{
	int ch = channel_open();
	const struct chan_make make = { .elemsize = elemsize, .cap = cap, .type = "T" };

	spray(pattern);
	if (channel_ioctl(ch, CHAN_IOC_MAKE, &make))
		give_up("CHAN_IOC_MAKE failed");
	spray_stack(pattern);
	return ch;
}

TEST(G12_info_has_no_byte_of_the_kernel)
{
	for_each_pattern(pattern) {
		const struct chan_info expected = {
			.elemsize = 24, .cap = 5, .rights = CHAN_RIGHTS_ALL, .senders = 1,
			.receivers = 1, .type = "T",
		};
		int ch = made_after(*pattern, 24, 5);
		uint8_t *room = painted();
		struct chan_info info;

		ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_INFO, room));
		EXPECT_TRUE(is_painted_around(room, sizeof(info)));
		memcpy(&info, room, sizeof(info));
		EXPECT_LT(0, info.id);
		info.id = 0;
		EXPECT_EQ(0, memcmp(&expected, &info, sizeof(info)));
		close(ch);
	}
}

TEST(G12_query_has_no_byte_of_the_kernel)
{
	const struct chan_query expected = {
		.version = CHAN_ABI_VERSION, .make_flags = CHAN_F_ALL,
		.xfer_flags = CHAN_XFER_ALL, .rights = CHAN_RIGHTS_ALL,
		.elem_max = CHAN_ELEM_MAX, .elem_inline = CHAN_ELEM_INLINE, .ring_max = 1 << 30,
		.user_channels_max = module_parameter("user_channels"),
		.user_bytes_max = module_parameter("user_bytes"),
		.user_channels = 1, .user_bytes = 5 * 24, .select_flags = CHAN_SELECT_ALL,
		.select_max = CHAN_SELECT_MAX, .timer_flags = CHAN_TIMER_ALL,
		.new_flags = CHAN_NEW_ALL,
	};

	for_each_pattern(pattern) {
		int ch = made_after(*pattern, 24, 5);
		uint8_t *room = painted();

		ASSERT_EQ(0, channel_ioctl(ch, CHAN_IOC_QUERY, room));
		EXPECT_TRUE(is_painted_around(room, sizeof(expected)));
		EXPECT_EQ(0, memcmp(&expected, room, sizeof(expected)));
		close(ch);
	}
}

/* For each size that a command number can encode: the rest is zeroed, and no byte beyond it. */
TEST(G12_results_of_every_size_are_defined)
{
	int ch = channel_make(4);
	uint8_t known[256];

	for_each_filling(command) {
		const size_t size = command_size(command), first = command_first_size(command);

		ASSERT_EQ(0, channel_ioctl(ch, command->number, known));
		for (size_t asked = 0; asked < ROOM; asked += asked < 512 ? 1 : 509) {
			const size_t filled = asked < size ? asked : size;
			uint8_t *room = painted();
			int ret;

			spray_stack(patterns[asked % 2]);
			ret = channel_ioctl(ch, command_sized(command, asked), room);
			EXPECT_EQ(asked < first ? -EINVAL : 0, ret);
			if (ret) {
				EXPECT_TRUE(is_painted_around(room, 0));
				continue;
			}
			EXPECT_EQ(0, memcmp(known, room, filled));
			EXPECT_TRUE(memory_is(room + filled, asked - filled, 0));
			EXPECT_TRUE(is_painted_around(room, asked)) {
				TH_LOG("%s of %zu bytes", command->name, asked);
			}
		}
	}
}

TEST(G12_structures_that_are_taken_are_not_written)
{
	for_each_taking(command) {
		const size_t size = command_size(command);
		uint8_t *room = painted(), before[256];

		command_fill(command, room);
		memcpy(before, room, size);
		EXPECT_LE(0, command_try(command->number, room));
		/* Only these are outputs. */
		if (command->number == CHAN_IOC_NEW)
			memcpy(before + offsetof(struct chan_new, fds),
			       room + offsetof(struct chan_new, fds), 2 * sizeof(int));
		EXPECT_EQ(0, memcmp(before, room, size));
		EXPECT_TRUE(is_painted_around(room, size)) {
			TH_LOG("%s", command->name);
		}
	}
}

/* Sizes that take each path and do not fill their slot. */
static const size_t elemsizes[] = { 0, 1, 3, 7, 8, 9, 31, 255, 256, 257, 1000, 4095 };

TEST(G12_elements_have_no_byte_around_them)
{
	static uint8_t elem[4095];

	for (int i = 0; i < 2 * ARRAY_LENGTH(elemsizes); i++) {
		const size_t size = elemsizes[i / 2];
		int ch = made_after(patterns[i % 2], size, 2);
		uint8_t *room;

		element_fill(elem, size, i);
		for (int way = 0; way < 4; way++) {
			struct chan_case receive;

			room = painted();
			receive = chan_case_recv(ch, room, size);
			ASSERT_EQ(0, chan_send(ch, elem, size));
			spray(patterns[i % 2]);
			switch (way) {
			case 0:
				EXPECT_EQ(1, chan_recv(ch, room, size));
				break;
			case 1:
				EXPECT_EQ(1, chan_recvv(ch, room, size, ROOM / (size ?: 1)));
				break;
			case 2:
				EXPECT_EQ(0, chan_select(&receive, 1));
				break;
			default:
				EXPECT_EQ(size ? size : -EMSGSIZE,
					  result_of(read(ch, room, ROOM)));
			}
			EXPECT_TRUE(element_is(room, size, i));
			EXPECT_TRUE(is_painted_around(room, size)) {
				TH_LOG("%zu bytes, way %d", size, way);
			}
		}
		close(ch);
	}
}

TEST(G12_elements_that_are_handed_off_have_no_byte_around_them)
{
	for (int i = 0; i < 2 * ARRAY_LENGTH(elemsizes); i++) {
		const size_t size = elemsizes[i / 2];
		int ch = made_after(patterns[i % 2], size, 0);
		struct operation *op = operation_new(TASK_THREAD, operation_send_one, ch, 1);
		uint8_t *room = painted();

		element_fill(op->elems, size, i);
		operation_park(op);
		spray(patterns[i % 2]);
		EXPECT_EQ(1, chan_recv(ch, room, size));
		EXPECT_EQ(0, operation_join(op));
		EXPECT_TRUE(element_is(room, size, i));
		EXPECT_TRUE(is_painted_around(room, size));
		close(ch);
	}
}

/* A closed channel returns zeros for a single element, however large the buffer. */
TEST(G12_what_a_closed_channel_gives_is_zeros)
{
	for (int i = 0; i < 2 * ARRAY_LENGTH(elemsizes); i++) {
		const size_t size = elemsizes[i / 2];
		int ch = made_after(patterns[i % 2], size, 2);
		uint8_t *room = painted();
		struct chan_case receive = chan_case_recv(ch, room, size);

		ASSERT_EQ(0, chan_close(ch));
		spray_stack(patterns[i % 2]);
		EXPECT_EQ(0, chan_recv(ch, room, size));
		EXPECT_TRUE(memory_is(room, size, 0));
		EXPECT_TRUE(is_painted_around(room, size));
		painted();
		EXPECT_EQ(0, chan_recvv(ch, room, size, 2));
		EXPECT_TRUE(memory_is(room, size, 0));
		EXPECT_TRUE(is_painted_around(room, size));
		painted();
		EXPECT_EQ(0, chan_select(&receive, 1));
		EXPECT_TRUE(memory_is(room, size, 0));
		EXPECT_TRUE(is_painted_around(room, size));
		close(ch);
	}
}

/* Fewer elements than fit the buffer, and a requeued element. */
TEST(G12_batches_write_what_they_return)
{
	for (int i = 0; i < 2 * ARRAY_LENGTH(elemsizes); i++) {
		const size_t size = elemsizes[i / 2];
		int ch = made_after(patterns[i % 2], size, 40);
		const unsigned int n = size > 1000 ? 1 : 3;
		uint8_t *room = painted();

		for (int j = 0; j < n; j++)
			ASSERT_EQ(0, element_send(ch, j));
		if (size)
			EXPECT_EQ(-EFAULT, chan_recv(ch, (void *)8, size));
		spray(patterns[i % 2]);
		EXPECT_EQ(n, chan_recvv(ch, room, size, size ? ROOM / size : 40));
		for (int j = 0; j < n; j++)
			EXPECT_TRUE(element_is(room + j * size, size, j));
		EXPECT_TRUE(is_painted_around(room, n * size));
		close(ch);
	}
}

/* A failed operation has written nothing. */
TEST(G4_G12_what_fails_leaves_the_paint)
{
	int ch = channel_make(2), send = channel_dup(ch, CHAN_RIGHT_SEND), nil = channel_open();
	uint8_t *room = painted();
	struct chan_case cases[] = { chan_case_recv(ch, room, sizeof(uint64_t)),
				     chan_case_recv(-1, room, 0) };
	const uint64_t soon = chan_deadline(1000000);

	spray_stack(patterns[0]);
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, room, sizeof(uint64_t)));
	EXPECT_EQ(-ETIMEDOUT, chan_recv_until(ch, room, sizeof(uint64_t), soon));
	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 2));
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(cases, 2, soon));
	EXPECT_EQ(-EBADF, chan_recv(send, room, sizeof(uint64_t)));
	EXPECT_EQ(-EAGAIN, chan_try_recv(nil, room, sizeof(uint64_t)));
	EXPECT_EQ(-EBADFD, channel_ioctl(nil, CHAN_IOC_INFO, room));
	EXPECT_EQ(-ENOTTY, channel_ioctl(ch, CHAN_IOC_INFO ^ (1 << _IOC_TYPESHIFT), room));
	EXPECT_EQ(-EBUSY, channel_ioctl(ch, CHAN_IOC_MAKE, &(struct chan_make){}));
	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, result_of(read(ch, room, ROOM)));
	channel_send(ch, 1);
	EXPECT_EQ(-EMSGSIZE, result_of(read(ch, room, sizeof(uint64_t) - 1)));
	EXPECT_TRUE(is_painted_around(room, 0));
}

/* Only the outputs of the chosen case are written. */
TEST(G12_a_select_writes_the_outputs_of_one_case)
{
	int ready = eventfd(1, EFD_CLOEXEC), other = eventfd(0, EFD_CLOEXEC);
	struct chan_case cases[20], before[20];
	uint8_t *room = painted();
	int i;

	for (i = 0; i < 20; i++) {
		cases[i] = i % 2 ? chan_case_poll(other, POLLIN) :
				   chan_case_recv(channel_make(1), room, sizeof(uint64_t));
		memset(&cases[i].revents, PAINT, sizeof(cases[i].revents));
		memset(&cases[i].result, PAINT, sizeof(cases[i].result));
		memset(&cases[i].length, PAINT, sizeof(cases[i].length));
		memset(&cases[i].user, PAINT, sizeof(cases[i].user));
	}
	cases[7].fd = ready;
	for_each_pattern(pattern) {
		struct chan_select select = {
			.cases = (uintptr_t)cases, .ncases = 20, .casesize = sizeof(cases[0]),
			.deadline = CHAN_DEADLINE_NONE,
		};

		memcpy(before, cases, sizeof(cases));
		before[7].length = 0;
		before[7].revents = POLLIN;
		before[7].result = 0;
		spray(*pattern);
		EXPECT_EQ(7, channel_ioctl(channel_make(0), CHAN_IOC_SELECT, &select));
		EXPECT_EQ(0, memcmp(before, cases, sizeof(cases)));
	}
	EXPECT_TRUE(is_painted_around(room, 0));
}

static size_t fdinfo_of(int ch, char *text, size_t size)
{
	char path[64];
	FILE *stream;
	size_t n;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ch);
	stream = fopen(path, "re");
	if (!stream)
		give_up("%s: %s", path, strerror(errno));
	n = fread(text, 1, size, stream);
	fclose(stream);
	return n;
}

/* Plain text, independent of stale memory, without addresses. */
TEST(G12_fdinfo_has_no_byte_of_the_kernel)
{
	static char first[4096], second[4096];
	int ch = channel_make_elems(24, 5);
	size_t n, again;

	spray(patterns[0]);
	n = fdinfo_of(ch, first, sizeof(first));
	spray(patterns[1]);
	again = fdinfo_of(ch, second, sizeof(second));
	EXPECT_EQ(n, again);
	EXPECT_EQ(0, memcmp(first, second, n));
	for (size_t i = 0; i < n; i++)
		EXPECT_TRUE(first[i] == '\n' || first[i] == '\t' || (first[i] >= ' ' && first[i] < 0x7f));
	EXPECT_EQ(NULL, memmem(first, n, "ffff", 4));
	EXPECT_EQ(NULL, memmem(first, n, "0x", 2));
}

TEST_HARNESS_MAIN
