// SPDX-License-Identifier: GPL-2.0-only
/* io_uring(7): a channel can be read, written and polled like other files. */
#include <errno.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"
#include "common/operation.h"

#define ENTRIES	8

/**
 * struct uring - queues shared with the kernel
 * @fd: of io_uring_setup(2)
 * @submit: head, tail and array of the submission queue
 * @complete: the completion queue
 * @sqes: submission queue entries
 * @params: the offsets of all of them
 */
struct uring {
	int fd;
	char *submit;
	char *complete;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

static void *uring_map(int fd, size_t size, off_t offset)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);

	if (map == MAP_FAILED)
		give_up("mmap: %s", strerror(errno));
	return map;
}

FIXTURE(uring)
{
	struct uring ring;
	int ch;
};

FIXTURE_SETUP(uring)
{
	struct uring *ring = &self->ring;
	struct io_uring_params *params = &ring->params;

	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, ENTRIES, params);
	if (ring->fd < 0)
		SKIP(return, "no io_uring: %s", strerror(errno));
	ring->submit = uring_map(ring->fd, params->sq_off.array + ENTRIES * sizeof(uint32_t),
				 IORING_OFF_SQ_RING);
	ring->complete = uring_map(ring->fd, params->cq_off.cqes +
				   params->cq_entries * sizeof(struct io_uring_cqe),
				   IORING_OFF_CQ_RING);
	ring->sqes = uring_map(ring->fd, ENTRIES * sizeof(*ring->sqes), IORING_OFF_SQES);
	self->ch = channel_make(1);
}

FIXTURE_TEARDOWN(uring)
{
}

/* Submit one command, identified by a number. */
static void uring_submit(struct uring *ring, unsigned int number, const struct io_uring_sqe *sqe)
{
	uint32_t *tail = (uint32_t *)(ring->submit + ring->params.sq_off.tail);
	uint32_t *array = (uint32_t *)(ring->submit + ring->params.sq_off.array);
	const unsigned int index = *tail % ENTRIES;

	ring->sqes[index] = *sqe;
	ring->sqes[index].user_data = number;
	array[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) != 1)
		give_up("io_uring_enter: %s", strerror(errno));
}

/* Wait for the next completion. Returns its result. */
static int uring_wait(struct uring *ring, unsigned int *number)
{
	uint32_t *head = (uint32_t *)(ring->complete + ring->params.cq_off.head);
	struct io_uring_cqe *cqes = (void *)(ring->complete + ring->params.cq_off.cqes);
	const struct io_uring_cqe *cqe = &cqes[*head % ring->params.cq_entries];
	int result;

	if (syscall(SYS_io_uring_enter, ring->fd, 0, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		give_up("io_uring_enter: %s", strerror(errno));
	*number = cqe->user_data;
	result = cqe->res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

/* The completion of the only submitted command. */
static int uring_result(struct uring *ring)
{
	unsigned int number;

	return uring_wait(ring, &number);
}

static bool uring_has_result(const struct uring *ring)
{
	return *(uint32_t *)(ring->complete + ring->params.cq_off.head) !=
	       __atomic_load_n((uint32_t *)(ring->complete + ring->params.cq_off.tail),
			       __ATOMIC_ACQUIRE);
}

static struct io_uring_sqe transfer(int operation, int ch, uint64_t *elem)
{
	return (struct io_uring_sqe){
		.opcode = operation,
		.fd = ch,
		.addr = (uintptr_t)elem,
		.len = sizeof(*elem),
		.off = -1,
	};
}

TEST_F(uring, poll_is_told_of_an_element)
{
	const struct io_uring_sqe poller = {
		.opcode = IORING_OP_POLL_ADD, .fd = self->ch, .poll32_events = POLLIN,
	};

	uring_submit(&self->ring, 1, &poller);
	EXPECT_FALSE(uring_has_result(&self->ring));
	channel_send(self->ch, 1);
	EXPECT_EQ(POLLIN, uring_result(&self->ring));
	EXPECT_EQ(1, channel_recv(self->ch));
}

TEST_F(uring, what_is_written_is_read)
{
	uint64_t in = 7, out = 0;
	const struct io_uring_sqe write = transfer(IORING_OP_WRITE, self->ch, &in);
	const struct io_uring_sqe read = transfer(IORING_OP_READ, self->ch, &out);

	uring_submit(&self->ring, 1, &write);
	EXPECT_EQ(8, uring_result(&self->ring));
	EXPECT_EQ(1, channel_info(self->ch).len);
	uring_submit(&self->ring, 2, &read);
	EXPECT_EQ(8, uring_result(&self->ring));
	EXPECT_EQ(7, out);
}

TEST_F(uring, read_waits_for_an_element)
{
	uint64_t out = 0;
	const struct io_uring_sqe read = transfer(IORING_OP_READ, self->ch, &out);

	uring_submit(&self->ring, 1, &read);
	EXPECT_FALSE(uring_has_result(&self->ring));
	channel_send(self->ch, 7);
	EXPECT_EQ(8, uring_result(&self->ring));
	EXPECT_EQ(7, out);
	EXPECT_EQ(0, channel_info(self->ch).len);
}

TEST_F(uring, write_waits_for_room)
{
	uint64_t in = 7;
	const struct io_uring_sqe write = transfer(IORING_OP_WRITE, self->ch, &in);

	channel_send(self->ch, 1);
	uring_submit(&self->ring, 1, &write);
	EXPECT_FALSE(uring_has_result(&self->ring));
	EXPECT_EQ(1, channel_recv(self->ch));
	EXPECT_EQ(8, uring_result(&self->ring));
	EXPECT_EQ(7, channel_recv(self->ch));
}

TEST_F(uring, G3_G4_read_that_is_cancelled_takes_nothing)
{
	uint64_t out = 3;
	const struct io_uring_sqe read = transfer(IORING_OP_READ, self->ch, &out);
	const struct io_uring_sqe cancel = {
		.opcode = IORING_OP_ASYNC_CANCEL, .fd = -1, .addr = 1,
	};
	unsigned int number, i;
	int result;

	uring_submit(&self->ring, 1, &read);
	uring_submit(&self->ring, 2, &cancel);
	for (i = 0; i < 2; i++) {
		result = uring_wait(&self->ring, &number);
		EXPECT_TRUE(number == 1 ? result == -ECANCELED || result == -EINTR :
					  result == 0 || result == -EALREADY) {
			TH_LOG("%u: %d", number, result);
		}
	}
	channel_send(self->ch, 1);
	EXPECT_EQ(3, out);
	EXPECT_EQ(1, channel_recv(self->ch));
	EXPECT_EQ(0, channel_info(self->ch).recvq);
}

/**
 * struct disturbed - a task that gets work from io_uring during another system call
 * @ring: of the task
 * @file: an eventfd, which the task polls by the ring
 * @memory: for elements
 */
struct disturbed {
	struct uring *ring;
	int file;
	void *memory;
};

static void disturbed_start(struct operation *op)
{
	const struct disturbed *d = op->data;
	const struct io_uring_sqe poller = {
		.opcode = IORING_OP_POLL_ADD, .fd = d->file, .poll32_events = POLLIN,
	};

	uring_submit(d->ring, 1, &poller);
}

static int run_disturbed_recv(struct operation *op)
{
	disturbed_start(op);
	return operation_recv(op);
}

static int run_disturbed_recv_at_once(struct operation *op)
{
	const struct disturbed *d = op->data;

	disturbed_start(op);
	op->elems = d->memory;
	op->flags = CHAN_XFER_NONBLOCK;
	op->min = 1;
	return operation_recv(op);
}

/* Task work is not a signal: the receive still waits for its minimum. */
TEST_F(uring, work_does_not_end_a_receive_that_has_less_than_its_minimum)
{
	struct disturbed d = { &self->ring, eventfd(0, EFD_CLOEXEC) };
	struct operation *op;
	int i, ch = channel_make(0);

	op = operation_new(TASK_THREAD, run_disturbed_recv, ch, 4);
	op->data = &d;
	operation_park(op);
	channel_send(ch, 1);
	wait_until(channel_info(ch).recv_parks == 2 && operation_asleep(op));
	ASSERT_EQ(0, eventfd_write(d.file, 1));
	/* If it ends wrongly, it does so soon. */
	for (i = 0; i < 100 && !operation_done(op); i++)
		wait_a_moment();
	ASSERT_FALSE(operation_done(op)) {
		TH_LOG("it returned %d", op->result);
	}
	for (i = 2; i <= 4; i++)
		ASSERT_EQ(0, chan_send(ch, &(uint64_t){ i }, sizeof(uint64_t)));
	EXPECT_EQ(4, operation_wait(op));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(i + 1, ((uint64_t *)op->elems)[i]);
}

TEST_F(uring, work_does_not_end_a_receive_before_all_that_is_there)
{
	const struct memory_slow slow = memory_slow_new();
	struct disturbed d = { &self->ring, eventfd(0, EFD_CLOEXEC), slow.page };
	const unsigned int n = 512;
	int ch = channel_make(n);
	struct operation *op = operation_new(TASK_THREAD, run_disturbed_recv_at_once, ch, n);

	channel_send_range(ch, 1, n);
	op->data = &d;
	operation_start(op);
	memory_slow_wait(&slow);
	ASSERT_EQ(0, eventfd_write(d.file, 1));
	memory_slow_release(&slow);
	EXPECT_EQ(n, operation_wait(op));
	EXPECT_EQ(0, chan_len(ch));
}

/* A command that waits for its own completion, and its result. */
static int uring_run(struct uring *ring, const struct io_uring_sqe *sqe)
{
	uring_submit(ring, 1, sqe);
	return uring_result(ring);
}

static void uring_register_buffer(struct uring *ring, void *buffer, size_t size)
{
	const struct iovec vector = { buffer, size };

	if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_BUFFERS, &vector, 1))
		give_up("IORING_REGISTER_BUFFERS: %s", strerror(errno));
}

TEST_F(uring, fixed_buffers_are_written_and_read)
{
	const int ch = channel_make(7);
	static uint64_t buffer[1024] __attribute__((aligned(4096)));
	struct io_uring_sqe write = transfer(IORING_OP_WRITE_FIXED, ch, buffer);
	struct io_uring_sqe read = transfer(IORING_OP_READ_FIXED, ch, buffer + 511);

	/* Elements straddle the pages of the buffer. */
	for (int i = 0; i < 7; i++)
		buffer[i] = i + 1;
	uring_register_buffer(&self->ring, buffer, sizeof(buffer));
	write.len = 7 * sizeof(*buffer);
	EXPECT_EQ(56, uring_run(&self->ring, &write));
	EXPECT_EQ(7, channel_info(ch).len);
	read.len = 3 * sizeof(*buffer) + 4;
	EXPECT_EQ(24, uring_run(&self->ring, &read));
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(i + 1, buffer[511 + i]);
	EXPECT_EQ(0, buffer[514]);
	read.len = 7;
	EXPECT_EQ(-EMSGSIZE, uring_run(&self->ring, &read));
	EXPECT_EQ(4, channel_info(ch).len);
}

TEST_F(uring, fixed_buffers_take_elements_by_reference)
{
	const int ch = channel_make_elems(5000, 2);
	static unsigned char buffer[4 * 5000] __attribute__((aligned(4096)));
	struct io_uring_sqe write = transfer(IORING_OP_WRITE_FIXED, ch, (void *)buffer);
	struct io_uring_sqe read = transfer(IORING_OP_READ_FIXED, ch, (void *)(buffer + 10000));

	element_fill(buffer, 5000, 1);
	element_fill(buffer + 5000, 5000, 2);
	uring_register_buffer(&self->ring, buffer, sizeof(buffer));
	write.len = 10000;
	read.len = 10000;
	EXPECT_EQ(10000, uring_run(&self->ring, &write));
	EXPECT_EQ(10000, uring_run(&self->ring, &read));
	EXPECT_EQ(0, memcmp(buffer, buffer + 10000, 10000));
}

TEST_F(uring, vectors_are_one_transfer)
{
	const int ch = channel_make(7);
	uint64_t in[3] = { 1, 2, 3 }, out[3] = { 0 };
	const struct iovec from[] = { { in, 4 }, { (char *)in + 4, 20 } };
	const struct iovec to[] = { { out, 9 }, { (char *)out + 9, 15 } };
	const struct io_uring_sqe write = {
		.opcode = IORING_OP_WRITEV, .fd = ch, .addr = (uintptr_t)from, .len = 2, .off = -1,
	};
	const struct io_uring_sqe read = {
		.opcode = IORING_OP_READV, .fd = ch, .addr = (uintptr_t)to, .len = 2, .off = -1,
	};

	EXPECT_EQ(24, uring_run(&self->ring, &write));
	EXPECT_EQ(24, uring_run(&self->ring, &read));
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
}

/* It waits as a poller, and occupies no thread. */
TEST_F(uring, read_that_waits_is_not_parked)
{
	uint64_t out = 0;
	const struct io_uring_sqe read = transfer(IORING_OP_READ, self->ch, &out);

	uring_submit(&self->ring, 1, &read);
	EXPECT_FALSE(uring_has_result(&self->ring));
	EXPECT_EQ(0, channel_info(self->ch).recvq);
	channel_send(self->ch, 7);
	EXPECT_EQ(8, uring_result(&self->ring));
	EXPECT_EQ(0, channel_info(self->ch).recv_parks);
}

/* Since 6.7; defined here for older headers. */
#define OP_READ_MULTISHOT	49

TEST_F(uring, multishot_read_completes_for_each_element)
{
	static uint64_t buffers[4];
	const struct io_uring_sqe provide = {
		.opcode = IORING_OP_PROVIDE_BUFFERS, .fd = 4, .addr = (uintptr_t)buffers,
		.len = sizeof(*buffers), .off = 0, .buf_group = 1,
	};
	const struct io_uring_sqe read = {
		.opcode = OP_READ_MULTISHOT, .fd = self->ch, .off = -1,
		.flags = IOSQE_BUFFER_SELECT, .buf_group = 1,
	};
	const int sender = channel_dup(self->ch, CHAN_RIGHT_SEND);
	unsigned int number;
	int result;

	EXPECT_EQ(0, uring_run(&self->ring, &provide));
	uring_submit(&self->ring, 2, &read);
	if (uring_has_result(&self->ring)) {
		result = uring_result(&self->ring);
		if (result == -EINVAL)
			SKIP(return, "no multishot reads");
		ASSERT_EQ(0, result);
	}
	for (uint64_t i = 1; i <= 3; i++) {
		channel_send(sender, i);
		result = uring_wait(&self->ring, &number);
		ASSERT_EQ(8, result);
		EXPECT_EQ(2, number);
		EXPECT_EQ(0, channel_info(self->ch).len);
	}
	EXPECT_EQ(6, buffers[0] + buffers[1] + buffers[2] + buffers[3]);
	ASSERT_EQ(0, chan_close(self->ch));
	EXPECT_EQ(0, uring_wait(&self->ring, &number));
}

TEST_HARNESS_MAIN
