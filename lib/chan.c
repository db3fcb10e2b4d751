// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * libchan: one system call per function, except that making a channel takes three.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Export only the declarations of chan.h. */
#pragma GCC visibility push(default)
#include "chan.h"
#pragma GCC visibility pop

#define CHAN_NS_PER_SEC	1000000000ULL

#if defined(__x86_64__) && defined(__LP64__)
/*
 * Straight into the kernel, which returns the error: the C library would only store it in errno,
 * from where it had to be taken back. Saves 80 instructions of a send and its receive.
 */
static int chan_ioctl(int ch, unsigned long command, const void *arg)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "0"((long)SYS_ioctl), "D"((long)ch), "S"(command), "d"(arg)
			 : "rcx", "r11", "memory");
	return (int)ret;
}
#else
/* The C library sets errno on failure; restore the caller's value. */
static int chan_ioctl(int ch, unsigned long command, const void *arg)
{
	int saved = errno;
	int ret = ioctl(ch, command, arg);

	if (ret < 0) {
		ret = -errno;
		errno = saved;
	}
	return ret;
}
#endif

static int chan_open(void)
{
	int saved = errno;
	int ch = open("/dev/chan", O_RDWR | O_CLOEXEC);

	if (ch < 0) {
		ch = -errno;
		errno = saved;
	}
	return ch;
}

/* CHAN_IOC_NEW works on any chan file descriptor, so open one for the call. */
static int chan_new(struct chan_new *new)
{
	int device = chan_open();
	int saved, ret;

	if (device < 0)
		return device;
	ret = chan_ioctl(device, CHAN_IOC_NEW, new);
	saved = errno;
	close(device);
	errno = saved;
	return ret;
}

static int chan_new_timer(uint64_t ns, uint64_t interval)
{
	struct chan_new new = {
		.flags = CHAN_NEW_TIMER,
		.timer = { .expires = chan_deadline(ns), .interval = interval },
	};
	int ret = chan_new(&new);

	return ret < 0 ? ret : new.fds[0];
}

/* Wait until all are sent. */
static int chan_send_many(int ch, const void *elems, size_t size, unsigned int n,
			  unsigned int flags, uint64_t deadline)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)elems,
		.count = n,
		.min = n,
		.flags = flags,
		.elemsize = chan_elem_size(size),
		.deadline = deadline,
	};

	return chan_ioctl(ch, CHAN_IOC_SENDV, &xfer);
}

/* A send of one element returns 0, not a count. */
static int chan_send_one(int ch, const void *elem, size_t size, unsigned int flags,
			 uint64_t deadline)
{
	int ret = chan_send_many(ch, elem, size, 1, flags, deadline);

	return ret < 0 ? ret : 0;
}

/* Wait for the first element only. */
static int chan_recv_many(int ch, void *elems, size_t size, unsigned int n,
			  unsigned int flags, uint64_t deadline)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)elems,
		.count = n,
		.min = 1,
		.flags = flags,
		.elemsize = chan_elem_size(size),
		.deadline = deadline,
	};

	return chan_ioctl(ch, CHAN_IOC_RECVV, &xfer);
}

int chan_make_typed(size_t elemsize, unsigned int cap, unsigned int flags, const char *type)
{
	struct chan_new new = { .make = { .cap = cap, .flags = flags } };
	size_t length = strnlen(type, CHAN_TYPE_MAX);
	int ret;

	if (elemsize > CHAN_ELEM_MAX || length == CHAN_TYPE_MAX)
		return -EINVAL;
	new.make.elemsize = elemsize;
	memcpy(new.make.type, type, length);
	ret = chan_new(&new);
	return ret < 0 ? ret : new.fds[0];
}

int chan_make(size_t elemsize, unsigned int cap, unsigned int flags)
{
	return chan_make_typed(elemsize, cap, flags, "");
}

int chan_pair(int fds[2], size_t elemsize, unsigned int cap, unsigned int flags)
{
	struct chan_new new = {
		.flags = CHAN_NEW_PAIR,
		.make = { .cap = cap, .flags = flags },
	};
	int ret;

	if (elemsize > CHAN_ELEM_MAX)
		return -EINVAL;
	new.make.elemsize = elemsize;
	ret = chan_new(&new);
	if (ret < 0)
		return ret;
	fds[0] = new.fds[0];
	fds[1] = new.fds[1];
	return 0;
}

int chan_attach(int ch, size_t elemsize, const char *type)
{
	struct chan_info info = { 0 };
	int ret = chan_get_info(ch, &info);

	if (ret < 0)
		return ret;
	if (info.elemsize != elemsize)
		return -EMSGSIZE;
	if (strncmp(info.type, type, CHAN_TYPE_MAX))
		return -EINVAL;
	return ch;
}

/* If the size fits into the command number, the element's address is the whole argument. */
int chan_send(int ch, const void *elem, size_t size)
{
	if (size > CHAN_IOC_SIZE_MAX)
		return chan_send_until(ch, elem, size, CHAN_DEADLINE_NONE);
	return chan_ioctl(ch, CHAN_IOC_SEND(size), elem);
}

int chan_recv(int ch, void *elem, size_t size)
{
	if (size > CHAN_IOC_SIZE_MAX)
		return chan_recv_until(ch, elem, size, CHAN_DEADLINE_NONE);
	return chan_ioctl(ch, CHAN_IOC_RECV(size), elem);
}

int chan_try_send(int ch, const void *elem, size_t size)
{
	return chan_send_one(ch, elem, size, CHAN_XFER_NONBLOCK, CHAN_DEADLINE_NONE);
}

int chan_try_recv(int ch, void *elem, size_t size)
{
	return chan_recv_many(ch, elem, size, 1, CHAN_XFER_NONBLOCK, CHAN_DEADLINE_NONE);
}

int chan_send_until(int ch, const void *elem, size_t size, uint64_t deadline)
{
	return chan_send_one(ch, elem, size, 0, deadline);
}

int chan_recv_until(int ch, void *elem, size_t size, uint64_t deadline)
{
	return chan_recv_many(ch, elem, size, 1, 0, deadline);
}

uint64_t chan_deadline(uint64_t ns)
{
	struct timespec now;
	uint64_t start;

	clock_gettime(CLOCK_MONOTONIC, &now);
	start = now.tv_sec * CHAN_NS_PER_SEC + now.tv_nsec;
	return ns < CHAN_DEADLINE_NONE - start ? start + ns : CHAN_DEADLINE_NONE;
}

int chan_sendv(int ch, const void *elems, size_t size, unsigned int n)
{
	return chan_send_many(ch, elems, size, n, 0, CHAN_DEADLINE_NONE);
}

int chan_recvv(int ch, void *elems, size_t size, unsigned int n)
{
	return chan_recv_many(ch, elems, size, n, 0, CHAN_DEADLINE_NONE);
}

int chan_try_sendv(int ch, const void *elems, size_t size, unsigned int n)
{
	return chan_send_many(ch, elems, size, n, CHAN_XFER_NONBLOCK, CHAN_DEADLINE_NONE);
}

int chan_try_recvv(int ch, void *elems, size_t size, unsigned int n)
{
	return chan_recv_many(ch, elems, size, n, CHAN_XFER_NONBLOCK, CHAN_DEADLINE_NONE);
}

int chan_sendv_until(int ch, const void *elems, size_t size, unsigned int n,
		     uint64_t deadline)
{
	return chan_send_many(ch, elems, size, n, 0, deadline);
}

int chan_recvv_until(int ch, void *elems, size_t size, unsigned int n, uint64_t deadline)
{
	return chan_recv_many(ch, elems, size, n, 0, deadline);
}

int chan_close(int ch)
{
	return chan_ioctl(ch, CHAN_IOC_CLOSE, NULL);
}

static int chan_clamp(uint32_t value)
{
	return value > INT_MAX ? INT_MAX : (int)value;
}

int chan_len(int ch)
{
	struct chan_info info = { 0 };
	int ret = chan_get_info(ch, &info);

	return ret < 0 ? ret : chan_clamp(info.len);
}

int chan_cap(int ch)
{
	struct chan_info info = { 0 };
	int ret = chan_get_info(ch, &info);

	return ret < 0 ? ret : chan_clamp(info.cap);
}

int chan_dup(int ch, unsigned int rights)
{
	struct chan_dup dup = { .rights = rights };

	return chan_ioctl(ch, CHAN_IOC_DUP, &dup);
}

int chan_get_info(int ch, struct chan_info *info)
{
	return chan_ioctl(ch, CHAN_IOC_INFO, info);
}

/* The file descriptor for the call: of a channel among the cases, else a new one in *@opened. */
static int chan_select_with(const struct chan_case *cases, unsigned int n, int *opened)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (cases[i].op != CHAN_CASE_POLL && cases[i].fd != -1)
			return cases[i].fd;
	}
	return *opened = chan_open();
}

static int chan_select_any(struct chan_case *cases, unsigned int n, unsigned int flags,
			   uint64_t deadline)
{
	struct chan_select select = {
		.cases = (uintptr_t)cases,
		.ncases = n,
		.casesize = sizeof(*cases),
		.flags = flags,
		.deadline = deadline,
	};
	int opened = -1, saved = errno;
	int fd, ret;

	if (n > CHAN_SELECT_MAX)
		return -E2BIG;
	fd = chan_select_with(cases, n, &opened);
	if (opened < -1)
		return opened;
	ret = chan_ioctl(fd, CHAN_IOC_SELECT, &select);
	if (opened >= 0) {
		close(opened);
		errno = saved;
	}
	return ret < 0 ? ret : ret & CHAN_SELECT_INDEX;
}

int chan_select(struct chan_case *cases, unsigned int n)
{
	return chan_select_any(cases, n, 0, CHAN_DEADLINE_NONE);
}

int chan_try_select(struct chan_case *cases, unsigned int n)
{
	return chan_select_any(cases, n, CHAN_SELECT_NONBLOCK, CHAN_DEADLINE_NONE);
}

int chan_select_until(struct chan_case *cases, unsigned int n, uint64_t deadline)
{
	return chan_select_any(cases, n, 0, deadline);
}

int chan_after(uint64_t ns)
{
	return chan_new_timer(ns, 0);
}

int chan_tick(uint64_t ns)
{
	return ns ? chan_new_timer(ns, ns) : -EINVAL;
}

int chan_timer_stop(int ch)
{
	struct chan_timer timer = { .expires = CHAN_DEADLINE_NONE };

	return chan_ioctl(ch, CHAN_IOC_TIMER, &timer);
}

int chan_timer_reset(int ch, uint64_t ns)
{
	struct chan_timer timer = { .expires = chan_deadline(ns) };

	return chan_ioctl(ch, CHAN_IOC_TIMER, &timer);
}

int chan_tick_reset(int ch, uint64_t ns)
{
	struct chan_timer timer = { .expires = chan_deadline(ns), .interval = ns };

	return ns ? chan_ioctl(ch, CHAN_IOC_TIMER, &timer) : -EINVAL;
}
