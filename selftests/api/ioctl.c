// SPDX-License-Identifier: GPL-2.0-only
/*
 * The structures of the ioctls: their addresses and their lengths. Every command is tried; one that
 * fails has changed nothing, as command_try() checks.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/command.h"
#include "common/memory.h"
#include "common/state.h"

/* SENDV and RECVV return a count, all others 0. */
static int success(const struct command *command)
{
	return command->number == CHAN_IOC_SENDV || command->number == CHAN_IOC_RECVV;
}

static bool all_bytes_are(const unsigned char *bytes, size_t n, unsigned char value)
{
	while (n--) {
		if (*bytes++ != value)
			return false;
	}
	return true;
}

TEST(commands_succeed_as_they_are_filled)
{
	unsigned char structure[256];

	for_each_structured(command) {
		command_fill(command, structure);
		EXPECT_EQ(success(command), command_try(command->number, structure)) {
			TH_LOG("%s", command->name);
		}
	}
}

TEST(structures_at_bad_addresses_fail)
{
	void *const addresses[] = { NULL, MEMORY_BAD, memory_border(), (void *)-4096, (void *)-1 };

	for_each_structured(command) {
		for (int i = 0; i < ARRAY_LENGTH(addresses); i++) {
			EXPECT_EQ(-EFAULT, command_try(command->number, addresses[i])) {
				TH_LOG("%s at %p", command->name, addresses[i]);
			}
		}
	}
}

TEST(structures_that_reach_into_bad_memory_fail)
{
	unsigned char *border = memory_border();

	for_each_structured(command) {
		for (size_t inside = 1; inside < command_size(command); inside++) {
			EXPECT_EQ(-EFAULT, command_try(command->number, border - inside)) {
				TH_LOG("%s, %zu bytes inside", command->name, inside);
			}
		}
	}
}

TEST(structures_may_end_where_memory_ends)
{
	unsigned char *border = memory_border();

	for_each_structured(command) {
		command_fill(command, border - command_size(command));
		EXPECT_EQ(success(command),
			  command_try(command->number, border - command_size(command))) {
			TH_LOG("%s", command->name);
		}
	}
}

TEST(structures_that_are_only_taken_may_be_read_only)
{
	for_each_taking(command) {
		void *page = (char *)memory_border() - sysconf(_SC_PAGESIZE);
		const bool filled = _IOC_DIR(command->number) & _IOC_READ;

		command_fill(command, page);
		memory_protect(page);
		EXPECT_EQ(filled ? -EFAULT : success(command),
			  command_try(command->number, page)) {
			TH_LOG("%s", command->name);
		}
	}
}

TEST(results_into_read_only_memory_fail)
{
	void *page = memory_read_only();

	for_each_filling(command) {
		EXPECT_EQ(-EFAULT, command_try(command->number, page)) {
			TH_LOG("%s", command->name);
		}
	}
}

TEST(structures_need_no_alignment)
{
	unsigned char bytes[256 + 8];

	for_each_structured(command) {
		for (int i = 1; i < 8; i++) {
			command_fill(command, bytes + i);
			EXPECT_EQ(success(command), command_try(command->number, bytes + i)) {
				TH_LOG("%s at an offset of %d", command->name, i);
			}
		}
	}
}

TEST(shorter_structures_than_the_first_fail)
{
	unsigned char structure[256];

	for_each_structured(command) {
		command_fill(command, structure);
		for (size_t size = 0; size < command_first_size(command); size++) {
			EXPECT_EQ(-EINVAL, command_try(command_sized(command, size), structure)) {
				TH_LOG("%s of %zu bytes", command->name, size);
			}
		}
	}
}

TEST(shorter_structures_since_the_first_are_taken)
{
	unsigned char structure[256];

	for_each_structured(command) {
		command_fill(command, structure);
		for (size_t size = command_first_size(command); size < command_size(command); size++) {
			EXPECT_EQ(success(command),
				  command_try(command_sized(command, size), structure)) {
				TH_LOG("%s of %zu bytes", command->name, size);
			}
		}
	}
}

TEST(longer_structures_with_zeros_are_taken)
{
	static unsigned char structure[COMMAND_SIZE_MAX];

	for_each_taking(command) {
		const size_t known = command_size(command);
		const size_t sizes[] = { known + 1, known + 8, 2 * known, 4096, 4097,
					 COMMAND_SIZE_MAX };

		memset(structure, 0, sizeof(structure));
		command_fill(command, structure);
		for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
			EXPECT_EQ(success(command),
				  command_try(command_sized(command, sizes[i]), structure)) {
				TH_LOG("%s of %zu bytes", command->name, sizes[i]);
			}
		}
	}
}

TEST(longer_structures_with_other_bytes_are_too_big)
{
	static unsigned char structure[COMMAND_SIZE_MAX];

	for_each_taking(command) {
		const size_t known = command_size(command);

		memset(structure, 0, sizeof(structure));
		command_fill(command, structure);
		for (size_t i = known; i < sizeof(structure); i = i < known + 16 ? i + 1 : 2 * i) {
			structure[i] = 1;
			EXPECT_EQ(-E2BIG, command_try(command_sized(command, sizeof(structure)),
						      structure)) {
				TH_LOG("%s, byte %zu", command->name, i);
			}
			/* First on the last byte, then one byte behind the structure. */
			EXPECT_EQ(-E2BIG, command_try(command_sized(command, i + 1), structure));
			EXPECT_EQ(success(command),
				  command_try(command_sized(command, i), structure));
			structure[i] = 0;
		}
	}
}

TEST(longer_structures_that_reach_into_bad_memory_fail)
{
	unsigned char *border = memory_border();

	for_each_structured(command) {
		const size_t known = command_size(command);

		command_fill(command, border - known - 1);
		EXPECT_EQ(-EFAULT, command_try(command_sized(command, known + 2),
					       border - known - 1)) {
			TH_LOG("%s", command->name);
		}
	}
}

TEST(longer_results_are_filled_up_with_zeros)
{
	static unsigned char result[COMMAND_SIZE_MAX + 64];

	for_each_filling(command) {
		const size_t known = command_size(command);
		const size_t sizes[] = { known, known + 1, 2 * known, 5000, COMMAND_SIZE_MAX };

		for (int i = 0; i < ARRAY_LENGTH(sizes); i++) {
			memset(result, 0xa5, sizeof(result));
			ASSERT_EQ(0, command_try(command_sized(command, sizes[i]), result));
			EXPECT_FALSE(all_bytes_are(result, known, 0xa5));
			EXPECT_TRUE(all_bytes_are(result + known, sizes[i] - known, 0));
			EXPECT_TRUE(all_bytes_are(result + sizes[i], sizeof(result) - sizes[i],
						  0xa5)) {
				TH_LOG("%s of %zu bytes", command->name, sizes[i]);
			}
		}
	}
}

TEST(results_are_wholly_written)
{
	const int made = channel_make(4), nil = channel_open();
	unsigned char result[2][256];

	for_each_filling(command) {
		for (int i = 0; i < 2; i++) {
			memset(result[i], i ? 0x5a : 0xa5, sizeof(result[i]));
			ASSERT_EQ(0, channel_ioctl(made, command->number, result[i]));
		}
		EXPECT_EQ(0, memcmp(result[0], result[1], command_size(command))) {
			TH_LOG("%s", command->name);
		}
	}
	memset(result, 0xa5, sizeof(result));
	EXPECT_EQ(-EBADFD, channel_ioctl(nil, CHAN_IOC_INFO, result));
	EXPECT_TRUE(all_bytes_are(result[0], sizeof(result), 0xa5));
}

TEST(elements_in_bad_memory_are_not_sent)
{
	const int ch = channel_make(4);
	unsigned char *border = memory_border();
	void *const addresses[] = { NULL, MEMORY_BAD, border, border - 7, (void *)-8 };
	struct chan_xfer xfer = {
		.count = 1,
		.min = 1,
		.elemsize = sizeof(uint64_t),
		.deadline = CHAN_DEADLINE_NONE,
	};
	struct state before;

	channel_send_range(ch, 1, 2);
	before = state_of(ch);
	for (int i = 0; i < ARRAY_LENGTH(addresses); i++) {
		EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_SEND(8), addresses[i]));
		xfer.elems = (uintptr_t)addresses[i];
		EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_SENDV, &xfer));
	}
	EXPECT_TRUE(state_is(ch, &before));
}

TEST(G4_elements_for_bad_memory_are_requeued)
{
	const int ch = channel_make(4);
	unsigned char *border = memory_border();
	void *const addresses[] = { NULL, MEMORY_BAD, border, border - 7, (void *)-8,
				    memory_read_only() };
	struct chan_xfer xfer = {
		.count = 1,
		.min = 1,
		.elemsize = sizeof(uint64_t),
		.deadline = CHAN_DEADLINE_NONE,
	};

	channel_send_range(ch, 1, 2);
	for (int i = 0; i < ARRAY_LENGTH(addresses); i++) {
		EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_RECV(8), addresses[i]));
		xfer.elems = (uintptr_t)addresses[i];
		EXPECT_EQ(-EFAULT, channel_ioctl(ch, CHAN_IOC_RECVV, &xfer));
		EXPECT_EQ(2 * (i + 1), channel_info(ch).requeues);
		EXPECT_EQ(1, channel_info(ch).requeued);
		EXPECT_EQ(1, channel_info(ch).len);
	}
	EXPECT_EQ(1, channel_recv(ch));
	EXPECT_EQ(2, channel_recv(ch));
}

TEST_HARNESS_MAIN
