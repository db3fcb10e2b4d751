// SPDX-License-Identifier: GPL-2.0-only
/*
 * The numbers and fields of the ioctls: unknown commands, files that are not channels, unknown
 * flags, reserved bytes, ranges, and the order of the checks.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/command.h"
#include "common/memory.h"
#include "common/state.h"

/* A flags or reserved field in which no bit is defined. */
static const struct field {
	unsigned int number;
	size_t offset;
	uint32_t known;
} fields[] = {
	{ CHAN_IOC_MAKE, offsetof(struct chan_make, flags), CHAN_F_ALL },
	{ CHAN_IOC_MAKE, offsetof(struct chan_make, reserved), 0 },
	{ CHAN_IOC_TIMER, offsetof(struct chan_timer, flags), CHAN_TIMER_ALL },
	{ CHAN_IOC_TIMER, offsetof(struct chan_timer, reserved), 0 },
	{ CHAN_IOC_DUP, offsetof(struct chan_dup, rights), CHAN_RIGHTS_ALL },
	{ CHAN_IOC_DUP, offsetof(struct chan_dup, flags), 0 },
	{ CHAN_IOC_SENDV, offsetof(struct chan_xfer, flags), CHAN_XFER_ALL },
	{ CHAN_IOC_SENDV, offsetof(struct chan_xfer, lengths), 0 },
	{ CHAN_IOC_SENDV, offsetof(struct chan_xfer, lengths) + 4, 0 },
	{ CHAN_IOC_SENDV, offsetof(struct chan_xfer, files), 0 },
	{ CHAN_IOC_SENDV, offsetof(struct chan_xfer, reserved), 0 },
	{ CHAN_IOC_RECVV, offsetof(struct chan_xfer, flags), CHAN_XFER_ALL },
	{ CHAN_IOC_RECVV, offsetof(struct chan_xfer, lengths), 0 },
	{ CHAN_IOC_RECVV, offsetof(struct chan_xfer, lengths) + 4, 0 },
	{ CHAN_IOC_RECVV, offsetof(struct chan_xfer, files), 0 },
	{ CHAN_IOC_RECVV, offsetof(struct chan_xfer, reserved), 0 },
	{ CHAN_IOC_SELECT, offsetof(struct chan_select, flags), CHAN_SELECT_ALL },
	{ CHAN_IOC_SELECT, offsetof(struct chan_select, reserved), 0 },
};

/* The command with only this bit in the field, or in addition to valid ones. */
static int try_field(const struct field *field, uint32_t bits, bool besides)
{
	const struct command command = { .number = field->number };
	unsigned char structure[256] = { 0 };
	uint32_t value;

	command_fill(&command, structure);
	memcpy(&value, structure + field->offset, sizeof(value));
	value = besides ? value | bits : bits;
	memcpy(structure + field->offset, &value, sizeof(value));
	return command_try(field->number, structure);
}

TEST(unknown_flags_and_reserved_bits_fail)
{
	for (int i = 0; i < ARRAY_LENGTH(fields); i++) {
		for (int bit = 0; bit < 32; bit++) {
			if (fields[i].known & 1U << bit)
				continue;
			EXPECT_EQ(-EINVAL, try_field(&fields[i], 1U << bit, true)) {
				TH_LOG("field %d, bit %d", i, bit);
			}
			EXPECT_EQ(-EINVAL, try_field(&fields[i], 1U << bit, false));
		}
		EXPECT_EQ(-EINVAL, try_field(&fields[i], ~0U, false));
	}
}

TEST(known_flags_succeed)
{
	for (int i = 0; i < ARRAY_LENGTH(fields); i++) {
		for (int bit = 0; bit < 32; bit++) {
			if (!(fields[i].known & 1U << bit))
				continue;
			EXPECT_LE(0, try_field(&fields[i], 1U << bit, false)) {
				TH_LOG("field %d, bit %d", i, bit);
			}
		}
	}
}

TEST(two_clocks_fail)
{
	const uint32_t both = CHAN_XFER_REALTIME | CHAN_XFER_BOOTTIME;

	for (int i = 0; i < ARRAY_LENGTH(fields); i++) {
		/* Rights have no clock. */
		if (fields[i].known < both || fields[i].number == CHAN_IOC_DUP)
			continue;
		EXPECT_EQ(-EINVAL, try_field(&fields[i], both, false));
		EXPECT_EQ(-EINVAL, try_field(&fields[i], fields[i].known, false));
	}
}

TEST(no_rights_fail)
{
	struct chan_dup dup = { .rights = 0 };

	EXPECT_EQ(-EINVAL, command_try(CHAN_IOC_DUP, &dup));
}

static int try_counts(unsigned int number, uint32_t count, uint32_t min)
{
	uint64_t elems[8];
	struct chan_xfer xfer = {
		.elems = (uintptr_t)elems,
		.count = count,
		.min = min,
		.elemsize = sizeof(*elems),
		.deadline = CHAN_DEADLINE_NONE,
	};

	return command_try(number, &xfer);
}

TEST(counts_out_of_range_fail)
{
	const uint32_t huge = INT_MAX + 1U;
	const uint32_t bad[][2] = {
		{ 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 2 }, { 7, 8 }, { 7, ~0U }, { ~0U, 0 },
		{ huge, 1 }, { huge, huge }, { ~0U, 1 }, { ~0U, ~0U }, { INT_MAX, huge },
	};

	for (int i = 0; i < ARRAY_LENGTH(bad); i++) {
		EXPECT_EQ(-EINVAL, try_counts(CHAN_IOC_SENDV, bad[i][0], bad[i][1])) {
			TH_LOG("count %u, min %u", bad[i][0], bad[i][1]);
		}
		EXPECT_EQ(-EINVAL, try_counts(CHAN_IOC_RECVV, bad[i][0], bad[i][1]));
	}
	/* Two elements are stored, and two slots are free. */
	EXPECT_EQ(2, try_counts(CHAN_IOC_SENDV, 2, 2));
	EXPECT_EQ(2, try_counts(CHAN_IOC_SENDV, 8, 1));
	EXPECT_EQ(2, try_counts(CHAN_IOC_RECVV, 8, 1));
	EXPECT_EQ(2, try_counts(CHAN_IOC_RECVV, INT_MAX, 1));
	EXPECT_EQ(2, try_counts(CHAN_IOC_RECVV, INT_MAX, 2));
}

TEST(close_takes_no_argument)
{
	static char byte;
	void *const arguments[] = { (void *)1, &byte, (void *)-1, (void *)(1UL << 31) };

	for (int i = 0; i < ARRAY_LENGTH(arguments); i++) {
		EXPECT_EQ(-EINVAL, command_try(CHAN_IOC_CLOSE, arguments[i])) {
			TH_LOG("%p", arguments[i]);
		}
	}
	EXPECT_EQ(0, command_try(CHAN_IOC_CLOSE, NULL));
}

static bool is_known(unsigned int number)
{
	for_each_command(command) {
		if (number == command->number)
			return true;
		if (command_is_element(number) && _IOC_SIZE(number) > CHAN_IOC_SIZE_MAX)
			return false;
		if (_IOC_DIR(number) != _IOC_NONE && _IOC_DIR(number) == _IOC_DIR(command->number) &&
		    _IOC_NR(number) == _IOC_NR(command->number))
			return true;
	}
	return false;
}

/* How many unknown commands with this nr and type do not return -ENOTTY. */
static int known_by_mistake(int ch, unsigned int type, unsigned int nr)
{
	static const size_t sizes[] = { 0, 1, 4, 8, 32, 48, 64, 160, 4096, COMMAND_SIZE_MAX };
	static uint64_t argument[COMMAND_SIZE_MAX / 8 + 1];
	int mistakes = 0;

	for (unsigned int direction = 0; direction < 4; direction++) {
		for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
			unsigned int number = direction << _IOC_DIRSHIFT | type << _IOC_TYPESHIFT |
					      nr << _IOC_NRSHIFT | sizes[i] << _IOC_SIZESHIFT;

			if (type == CHAN_IOC_TYPE && is_known(number))
				continue;
			mistakes += channel_ioctl(ch, number, argument) != -ENOTTY;
			mistakes += channel_ioctl(ch, number, NULL) != -ENOTTY;
			mistakes += channel_ioctl(ch, number, MEMORY_BAD) != -ENOTTY;
		}
	}
	return mistakes;
}

TEST(unknown_commands_fail)
{
	const int ch = channel_make(4), nil = channel_open();
	struct state before, nil_before;

	channel_send_range(ch, 1, 2);
	before = state_of(ch);
	nil_before = state_of(nil);
	for (unsigned int nr = 0; nr < 256; nr++) {
		EXPECT_EQ(0, known_by_mistake(ch, CHAN_IOC_TYPE, nr)) {
			TH_LOG("nr 0x%02x", nr);
		}
		EXPECT_TRUE(state_is(ch, &before));
	}
	for (unsigned int nr = 0; nr < 0x20; nr++)
		EXPECT_EQ(0, known_by_mistake(nil, CHAN_IOC_TYPE, nr));
	EXPECT_TRUE(state_is(nil, &nil_before));
}

/* Type 0 has ioctls that every file supports. */
TEST(commands_of_other_types_fail)
{
	static const unsigned int types[] = { 1, 'E', CHAN_IOC_TYPE - 1, CHAN_IOC_TYPE + 1, 0xff };
	const int ch = channel_make(4);
	struct state before;

	channel_send_range(ch, 1, 2);
	before = state_of(ch);
	for (int i = 0; i < ARRAY_LENGTH(types); i++) {
		for_each_command(command) {
			EXPECT_EQ(0, known_by_mistake(ch, types[i], _IOC_NR(command->number))) {
				TH_LOG("%s of type 0x%02x", command->name, types[i]);
			}
		}
	}
	EXPECT_TRUE(state_is(ch, &before));
}

static int run_filled(int fd, const struct command *command)
{
	unsigned char structure[256] = { 0 };

	command_fill(command, structure);
	return channel_ioctl(fd, command->number,
			     command->number == CHAN_IOC_CLOSE ? NULL : structure);
}

TEST(files_that_are_no_channels_fail)
{
	int pipes[2], sockets[2];

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	const int files[] = { pipes[0], pipes[1], sockets[0], eventfd(0, 0),
			      open("/dev/null", O_RDWR), open("/proc/self/exe", O_RDONLY) };

	for_each_command(command) {
		for (int i = 0; i < ARRAY_LENGTH(files); i++) {
			ASSERT_LE(0, files[i]);
			EXPECT_EQ(-ENOTTY, run_filled(files[i], command)) {
				TH_LOG("%s on file %d", command->name, i);
			}
		}
	}
}

TEST(descriptors_that_are_not_open_fail)
{
	const int path = open("/dev/chan", O_PATH), closed = channel_make(4);

	ASSERT_LE(0, path);
	close(closed);
	for_each_command(command) {
		EXPECT_EQ(-EBADF, run_filled(closed, command));
		EXPECT_EQ(-EBADF, run_filled(-1, command));
		EXPECT_EQ(-EBADF, run_filled(INT_MAX, command));
		EXPECT_EQ(-EBADF, run_filled(path, command)) {
			TH_LOG("%s", command->name);
		}
	}
}

/* The order of the checks: each test makes two errors, and the first one is reported. */

static int run_xfer(int ch, unsigned int number, const void *elems, uint32_t min)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)elems,
		.count = 1,
		.min = min,
		.flags = CHAN_XFER_NONBLOCK,
		.elemsize = sizeof(uint64_t),
	};

	return channel_ioctl(ch, number, &xfer);
}

TEST(structure_is_checked_before_fields)
{
	struct {
		struct chan_make make;
		uint64_t unknown;
	} longer = { .make = { .elemsize = CHAN_ELEM_MAX + 1 }, .unknown = 1 };
	const struct command make = { .number = CHAN_IOC_MAKE };
	char *border = memory_border();

	EXPECT_EQ(-E2BIG, command_try(command_sized(&make, sizeof(longer)), &longer));
	/* The readable part of it is invalid. */
	memset(border - 8, 0xff, 8);
	EXPECT_EQ(-EFAULT, command_try(CHAN_IOC_MAKE, border - 8));
}

TEST(structure_is_checked_before_made)
{
	const int nil = channel_open();

	EXPECT_EQ(-EFAULT, channel_ioctl(nil, CHAN_IOC_DUP, MEMORY_BAD));
	EXPECT_EQ(-EFAULT, channel_ioctl(nil, CHAN_IOC_SENDV, MEMORY_BAD));
	EXPECT_EQ(-EFAULT, channel_ioctl(nil, CHAN_IOC_RECVV, MEMORY_BAD));
	for_each_structured(command) {
		EXPECT_EQ(-EINVAL, channel_ioctl(nil, command_sized(command, 1), MEMORY_BAD)) {
			TH_LOG("%s", command->name);
		}
	}
}

TEST(fields_are_checked_before_made)
{
	const int nil = channel_open(), ch = channel_make(1);
	const struct chan_dup no_rights = { .rights = 0 };
	const struct chan_make too_large = { .elemsize = CHAN_ELEM_MAX + 1 };
	const struct chan_make ring_too_large = { .elemsize = 256, .cap = ~0U };

	EXPECT_EQ(-EINVAL, channel_ioctl(nil, CHAN_IOC_DUP, &no_rights));
	EXPECT_EQ(-EINVAL, channel_ioctl(nil, CHAN_IOC_CLOSE, MEMORY_BAD));
	EXPECT_EQ(-EINVAL, run_xfer(nil, CHAN_IOC_SENDV, NULL, 0));
	EXPECT_EQ(-EINVAL, run_xfer(nil, CHAN_IOC_RECVV, NULL, 0));
	EXPECT_EQ(-EINVAL, channel_ioctl(ch, CHAN_IOC_MAKE, &too_large));
	EXPECT_EQ(-EINVAL, channel_ioctl(ch, CHAN_IOC_MAKE, &ring_too_large));
}

TEST(made_is_checked_before_memory)
{
	const int nil = channel_open();

	EXPECT_EQ(-EAGAIN, run_xfer(nil, CHAN_IOC_SENDV, MEMORY_BAD, 1));
	EXPECT_EQ(-EAGAIN, run_xfer(nil, CHAN_IOC_RECVV, MEMORY_BAD, 1));
	ASSERT_EQ(0, fcntl(nil, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, channel_ioctl(nil, CHAN_IOC_SEND(8), MEMORY_BAD));
	EXPECT_EQ(-EAGAIN, channel_ioctl(nil, CHAN_IOC_RECV(8), MEMORY_BAD));
}

TEST(fields_are_checked_before_the_right)
{
	const int ch = channel_make(1);
	const int send = channel_dup(ch, CHAN_RIGHT_SEND), recv = channel_dup(ch, CHAN_RIGHT_RECV);
	const struct chan_dup unknown = { .rights = CHAN_RIGHT_RECV | 1U << 31 };

	EXPECT_EQ(-EINVAL, run_xfer(recv, CHAN_IOC_SENDV, NULL, 0));
	EXPECT_EQ(-EINVAL, run_xfer(send, CHAN_IOC_RECVV, NULL, 0));
	EXPECT_EQ(-EINVAL, channel_ioctl(send, CHAN_IOC_CLOSE, MEMORY_BAD));
	EXPECT_EQ(-EINVAL, channel_ioctl(send, CHAN_IOC_DUP, &unknown));
}

TEST(the_right_is_checked_before_memory_and_state)
{
	const int ch = channel_make(1);
	const int send = channel_dup(ch, CHAN_RIGHT_SEND), recv = channel_dup(ch, CHAN_RIGHT_RECV);

	for (int closed = 0; closed < 2; closed++) {
		EXPECT_EQ(-EBADF, channel_ioctl(recv, CHAN_IOC_SEND(8), MEMORY_BAD));
		EXPECT_EQ(-EBADF, channel_ioctl(send, CHAN_IOC_RECV(8), MEMORY_BAD));
		EXPECT_EQ(-EBADF, run_xfer(recv, CHAN_IOC_SENDV, MEMORY_BAD, 1));
		EXPECT_EQ(-EBADF, run_xfer(send, CHAN_IOC_RECVV, MEMORY_BAD, 1));
		EXPECT_EQ(-EBADF, channel_ioctl(send, CHAN_IOC_CLOSE, NULL));
		if (!closed)
			ASSERT_EQ(0, chan_close(ch));
	}
}

TEST(memory_is_checked_before_state)
{
	const int ch = channel_make(1);

	/* A receive stores at the end of its memory: without an element, nothing faults. */
	EXPECT_EQ(-EAGAIN, run_xfer(ch, CHAN_IOC_RECVV, MEMORY_BAD, 1));
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, run_xfer(ch, CHAN_IOC_SENDV, MEMORY_BAD, 1));
	EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_SEND(8), MEMORY_BAD));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(-EFAULT, run_xfer(ch, CHAN_IOC_SENDV, MEMORY_BAD, 1));
	EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_SEND(8), MEMORY_BAD));
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(-EFAULT, run_xfer(ch, CHAN_IOC_RECVV, MEMORY_BAD, 1));
	EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_RECV(8), MEMORY_BAD));
}

TEST_HARNESS_MAIN
