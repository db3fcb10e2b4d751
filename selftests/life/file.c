// SPDX-License-Identifier: GPL-2.0-only
/*
 * A channel as a file: generic system calls, O_NONBLOCK, shell tools, and close(2) during an
 * operation.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/state.h"

/* A file of the device, and one of CHAN_IOC_DUP; CHAN_IOC_NEW makes the same kind. */
FIXTURE(file)
{
	int ch;
	int file;
};

FIXTURE_VARIANT(file)
{
	bool copy;
};

FIXTURE_VARIANT_ADD(file, device) { .copy = false };
FIXTURE_VARIANT_ADD(file, copy) { .copy = true };

FIXTURE_SETUP(file)
{
	self->ch = channel_make_device(7);
	channel_send_range(self->ch, 1, 3);
	self->file = variant->copy ? channel_dup(self->ch, CHAN_RIGHTS_ALL) : self->ch;
}

FIXTURE_TEARDOWN(file)
{
}

TEST_F(file, it_cannot_be_mapped)
{
	const int protections[] = { PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE };

	for (int i = 0; i < ARRAY_LENGTH(protections); i++) {
		EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, protections[i], MAP_SHARED, self->file, 0));
		EXPECT_EQ(ENODEV, errno);
		EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, protections[i], MAP_PRIVATE, self->file, 0));
		EXPECT_EQ(ENODEV, errno);
	}
}

TEST_F(file, what_is_spliced_out_of_it_is_not_lost)
{
	const struct state before = state_of(self->ch);
	int pipes[2];
	loff_t position = 0;

	ASSERT_EQ(0, pipe2(pipes, O_NONBLOCK));
	EXPECT_EQ(-EINVAL, result_of(splice(self->file, NULL, pipes[1], NULL, 24, 0)));
	EXPECT_EQ(-EINVAL, result_of(splice(self->file, &position, pipes[1], NULL, 24, 0)));
	EXPECT_EQ(-EINVAL, result_of(sendfile(pipes[1], self->file, NULL, 24)));
	EXPECT_EQ(-EINVAL, result_of(tee(self->file, pipes[1], 24, 0)));
	EXPECT_EQ(-EAGAIN, result_of(read(pipes[0], &position, 8)));
	close(pipes[0]);
	close(pipes[1]);
	EXPECT_TRUE(state_is(self->ch, &before));
}

TEST_F(file, what_is_spliced_into_it_is_not_lost)
{
	const struct state before = state_of(self->ch);
	const uint64_t values[2] = { 8, 9 };
	int pipes[2], regular = memfd_create("elements", 0);
	uint64_t value;

	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(16, write(pipes[1], values, 16));
	ASSERT_EQ(16, write(regular, values, 16));
	ASSERT_EQ(0, lseek(regular, 0, SEEK_SET));
	EXPECT_EQ(-EINVAL, result_of(splice(pipes[0], NULL, self->file, NULL, 16, 0)));
	EXPECT_EQ(-EINVAL, result_of(sendfile(self->file, regular, NULL, 16)));
	EXPECT_EQ(-EINVAL, result_of(copy_file_range(regular, NULL, self->file, NULL, 16, 0)));
	ASSERT_EQ(8, read(pipes[0], &value, 8));
	EXPECT_EQ(8, value);
	EXPECT_EQ(0, lseek(regular, 0, SEEK_CUR));
	close(pipes[0]);
	close(pipes[1]);
	close(regular);
	EXPECT_TRUE(state_is(self->ch, &before));
}

TEST_F(file, what_is_for_regular_files_fails)
{
	const struct state before = state_of(self->ch);
	const int size = ftruncate(self->file, 0) ? errno : 0;
	const int room = posix_fallocate(self->file, 0, 4096);

	EXPECT_EQ(EINVAL, size);
	EXPECT_TRUE(room == ENODEV || room == ESPIPE);
	EXPECT_EQ(-EINVAL, result_of(fsync(self->file)));
	EXPECT_TRUE(state_is(self->ch, &before));
}

TEST_F(file, fionbio_is_o_nonblock)
{
	int on = 1, off = 0;
	uint64_t values[4];

	ASSERT_EQ(0, ioctl(self->file, FIONBIO, &on));
	EXPECT_EQ(O_NONBLOCK, fcntl(self->file, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(24, result_of(read(self->file, values, sizeof(values))));
	EXPECT_EQ(-EAGAIN, result_of(read(self->file, values, sizeof(values))));
	ASSERT_EQ(0, ioctl(self->file, FIONBIO, &off));
	EXPECT_EQ(0, fcntl(self->file, F_GETFL) & O_NONBLOCK);
}

/* Every operation that would wait, on an empty and on a full channel. */
static void expect_no_wait(struct __test_metadata *_metadata, int empty, int full)
{
	uint64_t value = 0;
	struct chan_xfer xfer = {
		.elems = (uintptr_t)&value,
		.count = 1,
		.min = 1,
		.elemsize = sizeof(value),
		.deadline = CHAN_DEADLINE_NONE,
	};

	EXPECT_EQ(-EAGAIN, chan_send(full, &value, sizeof(value)));
	EXPECT_EQ(-EAGAIN, chan_recv(empty, &value, sizeof(value)));
	EXPECT_EQ(-EAGAIN, channel_ioctl(full, CHAN_IOC_SENDV, &xfer));
	EXPECT_EQ(-EAGAIN, channel_ioctl(empty, CHAN_IOC_RECVV, &xfer));
	EXPECT_EQ(-EAGAIN, result_of(write(full, &value, sizeof(value))));
	EXPECT_EQ(-EAGAIN, result_of(read(empty, &value, sizeof(value))));
}

static const struct chan_make one = { .elemsize = 8, .cap = 1 };

TEST(nonblock_of_open_is_honoured)
{
	const int empty = open("/dev/chan", O_RDWR | O_NONBLOCK);
	const int full = open("/dev/chan", O_RDWR | O_NONBLOCK);

	ASSERT_EQ(0, channel_ioctl(empty, CHAN_IOC_MAKE, &one));
	ASSERT_EQ(0, channel_ioctl(full, CHAN_IOC_MAKE, &one));
	channel_send(full, 1);
	expect_no_wait(_metadata, empty, full);
}

TEST(nonblock_of_fcntl_is_honoured)
{
	const int empty = channel_make(1), full = channel_make(1);

	channel_send(full, 1);
	ASSERT_EQ(0, fcntl(empty, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, fcntl(full, F_SETFL, O_NONBLOCK));
	expect_no_wait(_metadata, empty, full);
	EXPECT_EQ(0, channel_info(full).send_parks);
	EXPECT_EQ(0, channel_info(empty).recv_parks);
}

TEST(nonblock_belongs_to_the_file)
{
	const int ch = channel_make(1);
	const int same = dup(ch), other = channel_dup(ch, CHAN_RIGHTS_ALL);
	struct operation *receiver;
	uint64_t value;

	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, chan_recv(same, &value, sizeof(value)));
	receiver = operation_park_recv(TASK_THREAD, other);
	channel_send(ch, 5);
	EXPECT_EQ(1, operation_join(receiver));
	/* With O_NONBLOCK cleared, the file waits again. */
	ASSERT_EQ(0, fcntl(same, F_SETFL, 0));
	receiver = operation_park_recv(TASK_THREAD, ch);
	channel_send(ch, 6);
	EXPECT_EQ(1, operation_join(receiver));
}

FIXTURE(parked)
{
};

FIXTURE_VARIANT(parked)
{
	unsigned int cap;
};

FIXTURE_VARIANT_ADD(parked, cap_0) { .cap = 0 };
FIXTURE_VARIANT_ADD(parked, cap_1) { .cap = 1 };
FIXTURE_VARIANT_ADD(parked, cap_7) { .cap = 7 };

FIXTURE_SETUP(parked)
{
}

FIXTURE_TEARDOWN(parked)
{
}

/* A call in progress holds its own reference to the open file. */
TEST_F(parked, closing_the_descriptor_does_not_end_an_operation)
{
	const int ch = channel_make(variant->cap);
	const int recv = channel_dup(ch, CHAN_RIGHT_RECV);
	struct operation *receiver;
	uint64_t value;

	receiver = operation_new(TASK_THREAD, operation_recv_one, recv, 1);
	operation_park(receiver);
	close(recv);
	EXPECT_EQ(-EBADF, chan_recv(recv, &value, sizeof(value)));
	EXPECT_EQ(1, channel_info(ch).recvq);
	EXPECT_EQ(2, channel_info(ch).receivers);
	channel_send(ch, 7);
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_EQ(7, operation_value(receiver));
	wait_until(channel_info(ch).receivers == 1);
}

TEST_F(parked, closing_the_last_descriptor_that_may_receive_comes_after_the_receive)
{
	const int ch = channel_make(variant->cap);
	const int send = channel_dup(ch, CHAN_RIGHT_SEND);
	struct operation *receiver = operation_park_recv(TASK_THREAD, ch);

	close(ch);
	EXPECT_EQ(CHAN_OPEN, channel_info(send).closed);
	EXPECT_EQ(1, channel_info(send).recvq);
	channel_send(send, 7);
	EXPECT_EQ(1, operation_wait(receiver));
	EXPECT_EQ(7, operation_value(receiver));
	wait_until(channel_info(send).closed == CHAN_CLOSED_NO_RECEIVERS);
}

TEST_F(parked, replacing_the_descriptor_does_not_end_an_operation)
{
	const int ch = channel_make(variant->cap);
	const int send = channel_dup(ch, CHAN_RIGHT_SEND);
	struct operation *sender;

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	sender = operation_park_send(TASK_THREAD, send, variant->cap + 1);
	ASSERT_EQ(send, dup2(channel_make(0), send));
	EXPECT_EQ(1, channel_info(ch).sendq);
	for (int i = 1; i <= variant->cap + 1; i++)
		EXPECT_EQ(i, channel_recv(ch));
	EXPECT_EQ(0, operation_wait(sender));
}

/* Run it with the channel as descriptor 9. */
static int shell(int ch, const char *command)
{
	if (dup2(ch, 9) != 9)
		give_up("dup2: %s", strerror(errno));
	return system(command);
}

TEST(dd_moves_elements)
{
	const int ch = channel_make(4);

	EXPECT_EQ(0, shell(ch, "printf 'element1element2element3' | dd bs=8 status=none >&9"));
	EXPECT_EQ(3, channel_info(ch).len);
	EXPECT_EQ(0, shell(ch, "test \"$(dd bs=8 count=2 status=none <&9)\" = element1element2"));
	EXPECT_EQ(1, channel_info(ch).len);
}

/* cat ends when the channel is closed and drained, as with a pipe. */
TEST(cat_reads_until_the_channel_is_closed)
{
	const int ch = channel_make(4);

	EXPECT_EQ(0, shell(ch, "printf 'element1element2' >&9"));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(0, shell(ch, "test \"$(cat <&9)\" = element1element2"));
	EXPECT_NE(0, shell(ch, "printf 'element3' >&9 2>/dev/null"));
}

/* The channel closes when the last task that may write exits. */
TEST(a_pipeline_ends_with_its_writers)
{
	const int ch = channel_make_elems(1, 4);
	FILE *writer;

	ASSERT_EQ(9, dup2(channel_dup(ch, CHAN_RIGHT_RECV), 9));
	ASSERT_EQ(8, dup2(ch, 8));
	writer = popen("yes | head -c 5000 >&8", "w");
	ASSERT_NE(NULL, writer);
	close(8);
	close(ch);
	EXPECT_EQ(0, system("test $(wc -c <&9) = 5000"));
	EXPECT_EQ(0, pclose(writer));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(9).closed);
	EXPECT_EQ(5000, channel_info(9).recvs.handoff + channel_info(9).recvs.ring +
			channel_info(9).recvs.park);
}

TEST_HARNESS_MAIN
