// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channel calls of programs. Preparations come first, so that the measured part is a single system
 * call.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/chan.h>

#include "buffer.h"
#include "calls.h"
#include "transfer.h"

#define SECOND	1000000000ULL
/* A deadline that passes while a program runs. */
#define SOON	2000000ULL
#define LATE	(3600 * SECOND)

uint64_t fuzz_task_value(const struct fuzz_task *task, enum fuzz_set set, unsigned int nth)
{
	return fuzz_call_value(&task->shared->program.calls[task->call], set, nth);
}

unsigned int fuzz_task_slot(const struct fuzz_task *task, unsigned int nth)
{
	return fuzz_task_value(task, FUZZ_SET_SLOT, nth);
}

int fuzz_slot_fd(const struct fuzz_task *task, unsigned int slot)
{
	return __atomic_load_n(&task->shared->slots[task->process][slot], __ATOMIC_ACQUIRE);
}

int fuzz_task_fd(const struct fuzz_task *task, unsigned int nth)
{
	return fuzz_slot_fd(task, fuzz_task_value(task, FUZZ_SET_SLOT, nth));
}

int64_t fuzz_slot_set(struct fuzz_task *task, unsigned int slot, int64_t fd)
{
	int before;

	if (fd < 0)
		return fd;
	before = __atomic_exchange_n(&task->shared->slots[task->process][slot], fd,
				     __ATOMIC_ACQ_REL);
	if (before >= 0)
		close(before);
	return fd;
}

struct chan_info fuzz_fd_info(int fd)
{
	struct chan_info info = {};

	if (ioctl(fd, CHAN_IOC_INFO, &info))
		memset(&info, 0, sizeof(info));
	return info;
}

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * SECOND + time.tv_nsec;
}

uint64_t fuzz_task_deadline(const struct fuzz_task *task)
{
	uint64_t flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0);
	clockid_t clock = flags & CHAN_XFER_REALTIME ? CLOCK_REALTIME :
			  flags & CHAN_XFER_BOOTTIME ? CLOCK_BOOTTIME : CLOCK_MONOTONIC;

	switch (fuzz_task_value(task, FUZZ_SET_DEADLINE, 0)) {
	case FUZZ_DEADLINE_ZERO:
		return 0;
	case FUZZ_DEADLINE_PAST:
		return now(clock) - SOON;
	case FUZZ_DEADLINE_SOON:
		return now(clock) + SOON;
	case FUZZ_DEADLINE_LATE:
		return now(clock) + LATE;
	case FUZZ_DEADLINE_LAST:
		return INT64_MAX;
	default:
		return CHAN_DEADLINE_NONE;
	}
}

uint32_t fuzz_task_size(const struct fuzz_task *task, uint32_t size)
{
	switch (fuzz_task_value(task, FUZZ_SET_EXPECT, 0)) {
	case FUZZ_EXPECT_LESS:
		return size - 1;
	case FUZZ_EXPECT_MORE:
		return size + 1;
	case FUZZ_EXPECT_FAR:
		return size ^ CHAN_IOC_SIZE_MAX;
	default:
		return size;
	}
}

int fuzz_task_timeout(const struct fuzz_task *task)
{
	switch (fuzz_task_value(task, FUZZ_SET_DEADLINE, 0)) {
	case FUZZ_DEADLINE_ZERO:
	case FUZZ_DEADLINE_PAST:
		return 0;
	case FUZZ_DEADLINE_SOON:
		return SOON / 1000000;
	case FUZZ_DEADLINE_LATE:
		return LATE / 1000000;
	default:
		return -1;
	}
}

static long task_ioctl(struct fuzz_task *task, int fd, unsigned long command, uint64_t argument)
{
	return fuzz_task_syscall(task, SYS_ioctl, fd, command, argument, 0, 0);
}

static int64_t call_open(struct fuzz_task *task)
{
	uint64_t flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0);
	int mode = (flags & 4 ? O_RDONLY : O_RDWR) | (flags & 1 ? O_NONBLOCK : 0) |
		   (flags & 2 ? O_CLOEXEC : 0);

	return fuzz_slot_set(task, fuzz_task_slot(task, 0),
			     fuzz_task_syscall(task, SYS_openat, AT_FDCWD, (long)"/dev/chan", mode,
					       0, 0));
}

/* The channel of the first slot, which is opened if it has none. */
static int any_channel(struct fuzz_task *task)
{
	const int fd = fuzz_task_fd(task, 0);

	return fd >= 0 ? fd : fuzz_slot_set(task, fuzz_task_slot(task, 0),
					    open("/dev/chan", O_RDWR));
}

static int64_t call_make(struct fuzz_task *task)
{
	struct chan_make make = {
		.elemsize = fuzz_task_value(task, FUZZ_SET_SIZE, 0),
		.cap = fuzz_task_value(task, FUZZ_SET_CAP, 0),
		.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0),
	};
	uint64_t letters = fuzz_task_value(task, FUZZ_SET_SMALL, 0);

	memset(make.type, 'a', letters < sizeof(make.type) ? letters : sizeof(make.type));
	return task_ioctl(task, any_channel(task), CHAN_IOC_MAKE, (uintptr_t)&make);
}

/* The values of ticks are not known in advance. */
static int64_t call_new(struct fuzz_task *task)
{
	struct chan_new new = {
		.flags = fuzz_task_value(task, FUZZ_SET_SMALL, 0),
		.fds = { -1, -1 },
		.make = {
			.elemsize = fuzz_task_value(task, FUZZ_SET_SIZE, 0),
			.cap = fuzz_task_value(task, FUZZ_SET_CAP, 0),
			.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0),
		},
	};
	int64_t result;

	if (new.flags & CHAN_NEW_TIMER) {
		memset(&new.make, 0, sizeof(new.make));
		new.timer.expires = fuzz_task_deadline(task);
		new.timer.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0);
		task->shared->values.unknown = 1;
	}
	result = task_ioctl(task, any_channel(task), CHAN_IOC_NEW, (uintptr_t)&new);
	if (!result) {
		fuzz_slot_set(task, fuzz_task_slot(task, 1), new.fds[0]);
		fuzz_slot_set(task, fuzz_task_slot(task, 2), new.fds[1]);
	}
	return result;
}

static int64_t call_send(struct fuzz_task *task)
{
	struct fuzz_transfer transfer = fuzz_transfer_new(task, 1);
	long result;

	fuzz_transfer_offer(task, &transfer);
	result = task_ioctl(task, transfer.fd, CHAN_IOC_SEND(transfer.size),
			    transfer.memory.address);
	fuzz_transfer_settle(task, &transfer, result ? result : 1);
	return result;
}

static int64_t call_recv(struct fuzz_task *task)
{
	struct fuzz_transfer transfer = fuzz_transfer_new(task, 1);
	long result = task_ioctl(task, transfer.fd, CHAN_IOC_RECV(transfer.size),
				 transfer.memory.address);

	fuzz_transfer_receive(task, &transfer, result);
	return result;
}

static struct chan_xfer xfer_of(struct fuzz_task *task, const struct fuzz_transfer *transfer)
{
	return (struct chan_xfer){
		.elems = transfer->memory.address,
		.count = transfer->count,
		.min = fuzz_task_value(task, FUZZ_SET_COUNT, 1),
		.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0),
		.elemsize = transfer->size,
		.deadline = fuzz_task_deadline(task),
	};
}

static uint32_t count_of(const struct fuzz_task *task)
{
	return fuzz_task_value(task, FUZZ_SET_COUNT, 0);
}

static int64_t call_sendv(struct fuzz_task *task)
{
	struct fuzz_transfer transfer = fuzz_transfer_new(task, count_of(task));
	struct chan_xfer xfer = xfer_of(task, &transfer);
	long result;

	fuzz_transfer_offer(task, &transfer);
	result = task_ioctl(task, transfer.fd, CHAN_IOC_SENDV, (uintptr_t)&xfer);
	fuzz_transfer_settle(task, &transfer, result);
	return result;
}

static int64_t call_recvv(struct fuzz_task *task)
{
	struct fuzz_transfer transfer = fuzz_transfer_new(task, count_of(task));
	struct chan_xfer xfer = xfer_of(task, &transfer);
	long result = task_ioctl(task, transfer.fd, CHAN_IOC_RECVV, (uintptr_t)&xfer);

	fuzz_transfer_receive(task, &transfer, result);
	return result;
}

static int64_t call_write(struct fuzz_task *task)
{
	uint64_t bytes, size;
	struct fuzz_transfer transfer = fuzz_transfer_bytes(task, &bytes, &size);
	long result;

	fuzz_transfer_offer(task, &transfer);
	result = fuzz_task_syscall(task, SYS_write, transfer.fd, transfer.memory.address, bytes,
				   0, 0);
	fuzz_transfer_settle(task, &transfer, result > 0 ? result / size : result);
	return result;
}

static int64_t call_read(struct fuzz_task *task)
{
	uint64_t bytes, size;
	struct fuzz_transfer transfer = fuzz_transfer_bytes(task, &bytes, &size);
	long result = fuzz_task_syscall(task, SYS_read, transfer.fd, transfer.memory.address, bytes,
					0, 0);

	fuzz_transfer_receive(task, &transfer, result > 0 ? result / size : result);
	return result;
}

static int64_t call_shut(struct fuzz_task *task)
{
	return task_ioctl(task, fuzz_task_fd(task, 0), CHAN_IOC_CLOSE, 0);
}

static int64_t call_dup(struct fuzz_task *task)
{
	struct chan_dup dup = {
		.rights = fuzz_task_value(task, FUZZ_SET_RIGHTS, 0),
		.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0),
	};

	return fuzz_slot_set(task, fuzz_task_slot(task, 1),
			     task_ioctl(task, fuzz_task_fd(task, 0), CHAN_IOC_DUP,
					(uintptr_t)&dup));
}

/* The values of ticks are not known in advance. */
static int64_t call_timer(struct fuzz_task *task)
{
	struct chan_timer timer = {
		.expires = fuzz_task_deadline(task),
		.interval = fuzz_task_value(task, FUZZ_SET_NUMBER, 0),
		.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0),
	};

	task->shared->values.unknown = 1;
	return task_ioctl(task, fuzz_task_fd(task, 0), CHAN_IOC_TIMER, (uintptr_t)&timer);
}

static int64_t call_info(struct fuzz_task *task)
{
	struct fuzz_memory memory = fuzz_buffer_new(task, sizeof(struct chan_info));

	return task_ioctl(task, fuzz_task_fd(task, 0), CHAN_IOC_INFO, memory.address);
}

static int64_t call_query(struct fuzz_task *task)
{
	struct fuzz_memory memory = fuzz_buffer_new(task, sizeof(struct chan_query));

	return task_ioctl(task, fuzz_task_fd(task, 0), CHAN_IOC_QUERY, memory.address);
}

/* Any command with any argument: small numbers, addresses, and others. */
static int64_t call_ioctl(struct fuzz_task *task)
{
	struct fuzz_memory memory = fuzz_buffer_new(task, 4096);
	uint64_t seed = fuzz_task_value(task, FUZZ_SET_NUMBER, 0), word;
	size_t place;

	task->shared->values.unknown = 1;
	task->shared->values.unsure = 1;
	for (place = 0; seed && place < 128; place += sizeof(word)) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		word = seed >> 62 == 0 ? seed >> 33 : seed >> 62 == 1 ? memory.address + 256 :
		       seed >> 60 & 3;
		memcpy(memory.content + place, &word, sizeof(word));
	}
	return task_ioctl(task, fuzz_task_fd(task, 0), fuzz_task_value(task, FUZZ_SET_COMMAND, 0),
			  memory.address);
}

static int64_t (*const runs[FUZZ_OPERATIONS])(struct fuzz_task *task) = {
	[FUZZ_OPEN] = call_open,
	[FUZZ_MAKE] = call_make,
	[FUZZ_NEW] = call_new,
	[FUZZ_SEND] = call_send,
	[FUZZ_RECV] = call_recv,
	[FUZZ_SENDV] = call_sendv,
	[FUZZ_RECVV] = call_recvv,
	[FUZZ_WRITE] = call_write,
	[FUZZ_READ] = call_read,
	[FUZZ_SELECT] = fuzz_call_select,
	[FUZZ_SHUT] = call_shut,
	[FUZZ_DUP] = call_dup,
	[FUZZ_TIMER] = call_timer,
	[FUZZ_INFO] = call_info,
	[FUZZ_QUERY] = call_query,
	[FUZZ_IOCTL] = call_ioctl,
	[FUZZ_CLOSE] = fuzz_call_close,
	[FUZZ_COPY] = fuzz_call_copy,
	[FUZZ_OVER] = fuzz_call_over,
	[FUZZ_NONBLOCK] = fuzz_call_nonblock,
	[FUZZ_FILE] = fuzz_call_file,
	[FUZZ_POLL] = fuzz_call_poll,
	[FUZZ_WATCH] = fuzz_call_watch,
	[FUZZ_WAIT] = fuzz_call_wait,
	[FUZZ_PASS] = fuzz_call_pass,
	[FUZZ_TAKE] = fuzz_call_take,
	[FUZZ_FORK] = fuzz_call_fork,
	[FUZZ_SIGNAL] = fuzz_call_signal,
	[FUZZ_UNMAP] = fuzz_call_unmap,
	[FUZZ_PROTECT] = fuzz_call_protect,
	[FUZZ_RELEASE] = fuzz_call_release,
	[FUZZ_MAP] = fuzz_call_map,
	[FUZZ_SHOW] = fuzz_call_show,
	[FUZZ_URING] = fuzz_call_uring,
};

int64_t fuzz_call_run(struct fuzz_task *task)
{
	return runs[task->shared->program.calls[task->call].operation](task);
}
