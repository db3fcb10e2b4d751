// SPDX-License-Identifier: GPL-2.0-only
/*
 * io_uring(7) calls of programs. Each task has a ring whose submissions proceed asynchronously;
 * completions are ignored, and everything ends with the task.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"
#include "transfer.h"

#define ENTRIES	8

/* Bits of the call's flags argument. */
#define FLAG_BY_WORKER	1
#define FLAG_MULTISHOT	2

/**
 * struct uring - a ring of a task
 * @fd: 0 is none yet, -1 is unsupported
 * @submit: head, tail and array of the submission queue
 * @sqes: submission queue entries
 */
struct uring {
	int fd;
	char *submit;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

static _Thread_local struct uring uring;

static void *map(size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, uring.fd, offset);
}

static bool uring_init(void)
{
	struct io_uring_params *params = &uring.params;

	if (uring.fd)
		return uring.fd > 0;
	uring.fd = syscall(SYS_io_uring_setup, ENTRIES, params);
	if (uring.fd < 0)
		return false;
	uring.submit = map(params->sq_off.array + ENTRIES * sizeof(uint32_t), IORING_OFF_SQ_RING);
	uring.sqes = map(ENTRIES * sizeof(*uring.sqes), IORING_OFF_SQES);
	if (uring.submit != MAP_FAILED && uring.sqes != MAP_FAILED)
		return true;
	close(uring.fd);
	uring.fd = -1;
	return false;
}

static int64_t submit(struct fuzz_task *task, const struct io_uring_sqe *sqe)
{
	uint32_t *tail = (uint32_t *)(uring.submit + uring.params.sq_off.tail);
	uint32_t *array = (uint32_t *)(uring.submit + uring.params.sq_off.array);
	const unsigned int index = *tail % ENTRIES;

	uring.sqes[index] = *sqe;
	array[index] = index;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	return fuzz_task_syscall(task, SYS_io_uring_enter, uring.fd, 1, 0, 0, 0);
}

/* Whether elements are sent or received is not tracked. */
static int64_t submit_transfer(struct fuzz_task *task, int operation)
{
	uint64_t bytes, size;
	struct fuzz_transfer transfer = fuzz_transfer_bytes(task, &bytes, &size);
	struct io_uring_sqe sqe = {
		.opcode = operation,
		.fd = transfer.fd,
		.off = -1,
		.addr = transfer.memory.address,
		.len = bytes,
	};

	if (fuzz_task_value(task, FUZZ_SET_FLAGS, 0) & FLAG_BY_WORKER)
		sqe.flags = IOSQE_ASYNC;
	if (operation == IORING_OP_WRITE)
		fuzz_transfer_offer(task, &transfer);
	else
		task->shared->values.killed = 1;
	return submit(task, &sqe);
}

static int64_t submit_poll(struct fuzz_task *task)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_POLL_ADD,
		.fd = fuzz_task_fd(task, 0),
		.poll32_events = fuzz_task_value(task, FUZZ_SET_EVENTS, 0),
	};

	if (fuzz_task_value(task, FUZZ_SET_FLAGS, 0) & FLAG_MULTISHOT)
		sqe.len = IORING_POLL_ADD_MULTI;
	return submit(task, &sqe);
}

/* All requests that the ring has not completed. */
static int64_t submit_cancel(struct fuzz_task *task)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_ASYNC_CANCEL,
		.fd = -1,
		.cancel_flags = IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL,
	};

	return submit(task, &sqe);
}

int64_t fuzz_call_uring(struct fuzz_task *task)
{
	if (!uring_init())
		return -ENOSYS;
	switch (fuzz_task_value(task, FUZZ_SET_URING, 0)) {
	case FUZZ_URING_WRITE:
		return submit_transfer(task, IORING_OP_WRITE);
	case FUZZ_URING_POLL:
		return submit_poll(task);
	case FUZZ_URING_CANCEL:
		return submit_cancel(task);
	default:
		return submit_transfer(task, IORING_OP_READ);
	}
}
