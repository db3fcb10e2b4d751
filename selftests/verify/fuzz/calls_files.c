// SPDX-License-Identifier: GPL-2.0-only
/* File descriptor calls of programs. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "calls.h"

/* Passed descriptors go in at the first, and come out at the second. */
static int passing[2];

void fuzz_calls_init(const int sockets[2])
{
	memcpy(passing, sockets, sizeof(passing));
}

int64_t fuzz_call_close(struct fuzz_task *task)
{
	unsigned int slot = fuzz_task_slot(task, 0);
	int fd = __atomic_exchange_n(&task->shared->slots[task->process][slot], -1,
				     __ATOMIC_ACQ_REL);

	return fd < 0 ? fd : fuzz_task_syscall(task, SYS_close, fd, 0, 0, 0, 0);
}

int64_t fuzz_call_copy(struct fuzz_task *task)
{
	return fuzz_slot_set(task, fuzz_task_slot(task, 1),
			     fuzz_task_syscall(task, SYS_dup, fuzz_task_fd(task, 0), 0, 0, 0, 0));
}

/* Other calls may be about to use the descriptor that becomes another file. */
int64_t fuzz_call_over(struct fuzz_task *task)
{
	int from = fuzz_task_fd(task, 0), to = fuzz_task_fd(task, 1);

	task->shared->values.unsure = 1;
	if (from < 0 || to < 0)
		return -1;
	return fuzz_task_syscall(task, SYS_dup2, from, to, 0, 0, 0);
}

int64_t fuzz_call_nonblock(struct fuzz_task *task)
{
	int flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0) & 1 ? O_NONBLOCK : 0;

	return fuzz_task_syscall(task, SYS_fcntl, fuzz_task_fd(task, 0), F_SETFL, flags, 0, 0);
}

/* The other ends stay open until the process ends. */
static int new_file(enum fuzz_file kind)
{
	int fds[2] = { -1, -1 };

	switch (kind) {
	case FUZZ_FILE_EPOLL:
		return epoll_create1(0);
	case FUZZ_FILE_EVENTFD:
		return eventfd(1, EFD_NONBLOCK);
	case FUZZ_FILE_PIPE:
		return pipe(fds) ? -1 : fds[0];
	case FUZZ_FILE_SOCKET:
		return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) ? -1 : fds[0];
	case FUZZ_FILE_TIMERFD:
		return timerfd_create(CLOCK_MONOTONIC, 0);
	case FUZZ_FILE_MEMFD:
		return memfd_create("file", 0);
	case FUZZ_FILE_PATH:
		return open("/dev/chan", O_PATH);
	default:
		return -1;
	}
}

int64_t fuzz_call_file(struct fuzz_task *task)
{
	return fuzz_slot_set(task, fuzz_task_slot(task, 0),
			     new_file(fuzz_task_value(task, FUZZ_SET_FILE, 0)));
}

int64_t fuzz_call_poll(struct fuzz_task *task)
{
	short events = fuzz_task_value(task, FUZZ_SET_EVENTS, 0);
	struct pollfd fds[2] = {
		{ .fd = fuzz_task_fd(task, 0), .events = events },
		{ .fd = fuzz_task_fd(task, 1), .events = events },
	};

	return fuzz_task_syscall(task, SYS_poll, (uintptr_t)fds, 2, fuzz_task_timeout(task), 0, 0);
}

int64_t fuzz_call_watch(struct fuzz_task *task)
{
	static const int changes[] = { EPOLL_CTL_MOD, EPOLL_CTL_ADD, EPOLL_CTL_DEL };
	int fd = fuzz_task_fd(task, 1);
	struct epoll_event event = {
		.events = fuzz_task_value(task, FUZZ_SET_EVENTS, 0), .data.fd = fd,
	};
	uint64_t change = fuzz_task_value(task, FUZZ_SET_SMALL, 0);

	return fuzz_task_syscall(task, SYS_epoll_ctl, fuzz_task_fd(task, 0), changes[change % 3],
				 fd, (uintptr_t)&event, 0);
}

int64_t fuzz_call_wait(struct fuzz_task *task)
{
	struct epoll_event events[4];

	return fuzz_task_syscall(task, SYS_epoll_wait, fuzz_task_fd(task, 0), (uintptr_t)events, 4,
				 fuzz_task_timeout(task), 0);
}

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int64_t fuzz_call_pass(struct fuzz_task *task)
{
	union control control = {
		.header = {
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		},
	};
	struct iovec byte = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd = fuzz_task_fd(task, 0);

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	return fuzz_task_syscall(task, SYS_sendmsg, passing[0], (uintptr_t)&message, MSG_DONTWAIT,
				 0, 0);
}

int64_t fuzz_call_take(struct fuzz_task *task)
{
	union control control = {};
	char data;
	struct iovec byte = { .iov_base = &data, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	long result = fuzz_task_syscall(task, SYS_recvmsg, passing[1], (uintptr_t)&message,
					MSG_DONTWAIT, 0, 0);
	int fd;

	if (result < 0 || !CMSG_FIRSTHDR(&message))
		return result;
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fuzz_slot_set(task, fuzz_task_slot(task, 0), fd);
}

int64_t fuzz_call_map(struct fuzz_task *task)
{
	uint64_t bytes = fuzz_task_value(task, FUZZ_SET_SIZE, 0);
	int flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0) & 1 ? MAP_PRIVATE : MAP_SHARED;
	void *map = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE, flags,
			 fuzz_task_fd(task, 0), 0);

	if (map == MAP_FAILED)
		return -1;
	munmap(map, bytes ? bytes : 1);
	return 0;
}

int64_t fuzz_call_show(struct fuzz_task *task)
{
	char path[64] = "/sys/kernel/debug/chan/channels", text[4096];
	int64_t result;
	int fd;

	if (fuzz_task_value(task, FUZZ_SET_SHOW, 0) == FUZZ_SHOW_FDINFO)
		snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", fuzz_task_fd(task, 0));
	fd = open(path, O_RDONLY);
	result = fuzz_task_syscall(task, SYS_read, fd, (uintptr_t)text, sizeof(text), 0, 0);
	if (fd >= 0)
		close(fd);
	return result;
}
