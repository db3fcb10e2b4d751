/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Channels between processes: the interface of /dev/chan.
 *
 * Open /dev/chan for reading and writing, give the new channel its element
 * size and capacity with CHAN_IOC_MAKE, or let CHAN_IOC_NEW make another one,
 * and share the file descriptor: by fork, dup or SCM_RIGHTS. See
 * Documentation/chan.rst and chan(4).
 *
 * Rules that hold for every command:
 *
 * - An error means that nothing happened.
 * - Unknown flags and non-zero reserved fields are EINVAL, before any effect.
 * - Every operation states the size of the element that it expects. If the channel's
 *   elements have another size, it is EMSGSIZE, and neither the element's memory nor
 *   the channel is touched.
 * - Structures grow at their end only, and the size is part of the command
 *   number. A shorter (older) structure is filled up with zeros; a longer one
 *   is accepted if what this kernel does not know is zero, else it is E2BIG;
 *   one shorter than the first version is EINVAL.
 * - The layout is the same for 32-bit, x32 and 64-bit callers.
 */
#ifndef _UAPI_LINUX_CHAN_H
#define _UAPI_LINUX_CHAN_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define CHAN_ABI_VERSION	1

/* Largest element, in bytes. */
#define CHAN_ELEM_MAX		(1U << 20)
/* Elements up to this size, in bytes, never cost an allocation. */
#define CHAN_ELEM_INLINE	256
/* Bytes of a type name, its terminating NUL included. */
#define CHAN_TYPE_MAX		32
/* A deadline that never comes. */
#define CHAN_DEADLINE_NONE	(~0ULL)

/* What a file descriptor may do with its channel. Rights only shrink. */
#define CHAN_RIGHT_SEND		(1U << 0)
#define CHAN_RIGHT_RECV		(1U << 1)
#define CHAN_RIGHT_CLOSE	(1U << 2)
#define CHAN_RIGHTS_ALL \
	(CHAN_RIGHT_SEND | CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE)

/* chan_make.flags: the channel outlives its last sender and last receiver. */
#define CHAN_F_NOHUP		(1U << 0)
#define CHAN_F_ALL		CHAN_F_NOHUP
/* chan_info.flags: a channel of CHAN_IOC_TIMER. */
#define CHAN_F_TIMER		(1U << 1)

/* chan_info.closed: why a channel is closed. */
#define CHAN_OPEN		0	/* it is not */
#define CHAN_CLOSED_BY_CLOSE	1	/* CHAN_IOC_CLOSE */
#define CHAN_CLOSED_NO_SENDERS	2	/* the last fd that may send is gone */
#define CHAN_CLOSED_NO_RECEIVERS 3	/* the last fd that may receive is gone */

/**
 * struct chan_make - argument of CHAN_IOC_MAKE
 * @elemsize: bytes of one element, 0 to CHAN_ELEM_MAX
 * @cap: how many elements the channel buffers; 0 is a rendezvous
 * @flags: CHAN_F_*
 * @reserved: 0
 * @type: name of the element's type, NUL-terminated, may be empty; the bytes
 *	after the NUL are 0
 */
struct chan_make {
	__u32	elemsize;
	__u32	cap;
	__u32	flags;
	__u32	reserved;
	char	type[CHAN_TYPE_MAX];
};

/* chan_xfer.flags */
#define CHAN_XFER_NONBLOCK	(1U << 0)	/* EAGAIN instead of waiting */
#define CHAN_XFER_REALTIME	(1U << 1)	/* deadline is on CLOCK_REALTIME */
#define CHAN_XFER_BOOTTIME	(1U << 2)	/* deadline is on CLOCK_BOOTTIME */
#define CHAN_XFER_ALL \
	(CHAN_XFER_NONBLOCK | CHAN_XFER_REALTIME | CHAN_XFER_BOOTTIME)

/**
 * struct chan_xfer - argument of CHAN_IOC_SENDV and CHAN_IOC_RECVV
 * @elems: address of @count elements, one after the other
 * @count: how many to move at the most, 1 to 2^31 - 1
 * @min: wait until this many have been moved, 1 to @count
 * @flags: CHAN_XFER_*; at most one clock, CLOCK_MONOTONIC if none
 * @elemsize: bytes of one element, as the channel was made
 * @deadline: absolute time in nanoseconds to stop waiting at;
 *	CHAN_DEADLINE_NONE waits for ever. What can be done at once is done,
 *	even if the deadline has passed.
 * @lengths: 0
 * @files: 0
 * @reserved: 0
 *
 * Returns how many elements were moved. A signal, a deadline, an error or a
 * close that comes after the first element ends the call with what was moved so
 * far. CHAN_IOC_RECVV returns 0, and zeroes the first element, when the channel
 * is closed and drained.
 */
struct chan_xfer {
	__u64	elems;
	__u32	count;
	__u32	min;
	__u32	flags;
	__u32	elemsize;
	__u64	deadline;
	__u64	lengths;
	__u32	files;
	__u32	reserved;
};

/**
 * struct chan_dup - argument of CHAN_IOC_DUP
 * @rights: CHAN_RIGHT_* of the new file descriptor, one or more, and none that
 *	this file descriptor lacks
 * @flags: 0
 */
struct chan_dup {
	__u32	rights;
	__u32	flags;
};

/**
 * struct chan_paths - how many elements took which path, on one side
 * @handoff: straight to, or from, a task that was parked on the other side
 * @ring: into, or out of, the buffer
 * @park: by a task that was parked itself until a peer completed it
 */
struct chan_paths {
	__u64	handoff;
	__u64	ring;
	__u64	park;
};

/**
 * struct chan_info - result of CHAN_IOC_INFO, one consistent snapshot
 * @id: number of the channel, from 1 to 2^53 - 1, unique until the module is unloaded; of
 *	two numbers, neither which channel is older nor how many there are can be told
 * @elemsize: as made
 * @cap: as made
 * @flags: as made; CHAN_F_TIMER
 * @len: elements in the buffer; never more than @cap
 * @closed: CHAN_OPEN or CHAN_CLOSED_*
 * @rights: CHAN_RIGHT_* of the file descriptor that was asked
 * @senders: open files that may send; of a timer, the clock
 * @receivers: open files that may receive
 * @sendq: operations parked to send
 * @recvq: operations parked to receive
 * @requeued: elements requeued by receivers that could not take them; they
 *	are received first
 * @maxlen: the largest @len there ever was
 * @sends: elements sent, by path
 * @recvs: elements received, by path; one that was requeued and received
 *	again counts each time
 * @requeues: how often an element was requeued
 * @send_parks: how often a send was parked, completed or not
 * @recv_parks: how often a receive was parked, completed or not
 * @type: as made
 */
struct chan_info {
	__u64			id;
	__u32			elemsize;
	__u32			cap;
	__u32			flags;
	__u32			len;
	__u32			closed;
	__u32			rights;
	__u32			senders;
	__u32			receivers;
	__u32			sendq;
	__u32			recvq;
	__u32			requeued;
	__u32			maxlen;
	struct chan_paths	sends;
	struct chan_paths	recvs;
	__u64			requeues;
	__u64			send_parks;
	__u64			recv_parks;
	char			type[CHAN_TYPE_MAX];
};

/* chan_case.op */
#define CHAN_CASE_SEND		1
#define CHAN_CASE_RECV		2
#define CHAN_CASE_POLL		3	/* any file that can be polled */

/* Most cases of one select. */
#define CHAN_SELECT_MAX		64

/**
 * struct chan_case - one case of a select
 * @fd: a channel, or with CHAN_CASE_POLL any file but a channel of another case; -1 is
 *	never ready, nor is a channel that is not made
 * @op: CHAN_CASE_*
 * @flags: 0
 * @elem: CHAN_CASE_SEND: address of the element; CHAN_CASE_RECV: of room for it;
 *	CHAN_CASE_POLL: 0
 * @size: bytes of the element, as the channel was made; CHAN_CASE_POLL: 0
 * @events: CHAN_CASE_POLL: POLL* to wait for, of 16 bits; POLLERR and POLLHUP always
 *	count. Else 0.
 * @length: output: bytes of the element that was received; else 0
 * @revents: output: of CHAN_CASE_POLL, which of the events are there; else 0
 * @result: output: 1 received; 0 sent, closed and drained, or CHAN_CASE_POLL; -EPIPE
 *	a send found the channel closed
 * @files: 0
 * @user: the caller's own; neither read nor written
 *
 * The outputs are never read. Those of the chosen case are written, no others; if the
 * select fails, they mean nothing.
 */
struct chan_case {
	__s32	fd;
	__u16	op;
	__u16	flags;
	__u64	elem;
	__u32	size;
	__u32	events;
	__u32	length;
	__u32	revents;
	__s32	result;
	__u32	files;
	__u64	user;
};

/* chan_select.flags; those that chan_xfer.flags has too have the same values */
#define CHAN_SELECT_NONBLOCK	(1U << 0)	/* EAGAIN instead of waiting */
#define CHAN_SELECT_REALTIME	(1U << 1)	/* deadline is on CLOCK_REALTIME */
#define CHAN_SELECT_BOOTTIME	(1U << 2)	/* deadline is on CLOCK_BOOTTIME */
#define CHAN_SELECT_FIRST	(1U << 3)	/* of those ready the first, not any */
#define CHAN_SELECT_ALL \
	(CHAN_SELECT_NONBLOCK | CHAN_SELECT_REALTIME | CHAN_SELECT_BOOTTIME | CHAN_SELECT_FIRST)

/* In the result of CHAN_IOC_SELECT, beside the index: the case found its channel closed. */
#define CHAN_SELECT_CLOSED	(1 << 16)
#define CHAN_SELECT_INDEX	(CHAN_SELECT_CLOSED - 1)

/**
 * struct chan_select - argument of CHAN_IOC_SELECT
 * @cases: address of @ncases struct chan_case, one after the other
 * @ncases: 0 to CHAN_SELECT_MAX
 * @casesize: bytes of one, as the caller knows it
 * @flags: CHAN_SELECT_*; at most one clock, CLOCK_MONOTONIC if none
 * @reserved: 0
 * @deadline: as in struct chan_xfer
 *
 * Carries out one of the cases that are ready, each with the same chance; waits until one
 * is. Which file descriptor of a channel the command is given does not matter, nor does
 * O_NONBLOCK of any. Returns the index of the case, with CHAN_SELECT_CLOSED if it found its
 * channel closed: a send was not sent, a receive stored zeros.
 *
 * The return value is the whole result. The outputs of a receive or a poll are written
 * before it counts, and a fault there is EFAULT: an element goes back to the head of its
 * channel. Those of a send are written after it was sent, and a fault there is ignored.
 */
struct chan_select {
	__u64	cases;
	__u32	ncases;
	__u32	casesize;
	__u32	flags;
	__u32	reserved;
	__u64	deadline;
};

/* chan_timer.flags; they have the same values in chan_xfer.flags */
#define CHAN_TIMER_REALTIME	(1U << 1)	/* expires is on CLOCK_REALTIME */
#define CHAN_TIMER_BOOTTIME	(1U << 2)	/* expires is on CLOCK_BOOTTIME */
#define CHAN_TIMER_ALL \
	(CHAN_TIMER_REALTIME | CHAN_TIMER_BOOTTIME)

/**
 * struct chan_timer - argument of CHAN_IOC_TIMER
 * @expires: absolute time in nanoseconds of the first tick; CHAN_DEADLINE_NONE: none
 * @interval: nanoseconds from each tick to the next; 0: there is only one
 * @flags: CHAN_TIMER_*; at most one clock, CLOCK_MONOTONIC if none
 * @reserved: 0
 *
 * Makes a nil channel one that a clock feeds: its elements are ticks, each a __u64, the time
 * at which it was due, on that clock. It buffers one; ticks that find it full are dropped.
 * Nobody can send to it or close it, all that its file descriptors may do is receive. Its
 * last file descriptor ends it.
 *
 * On such a channel, sets the clock anew: ticks of before are received no more. Returns 1 if
 * there was one to come, or one that was not received; else 0. EBUSY is a channel of
 * CHAN_IOC_MAKE.
 */
struct chan_timer {
	__u64	expires;
	__u64	interval;
	__u32	flags;
	__u32	reserved;
};

/* chan_new.flags */
#define CHAN_NEW_PAIR		(1U << 0)	/* an end for each direction */
#define CHAN_NEW_TIMER		(1U << 1)	/* a timer */
#define CHAN_NEW_ALL		(CHAN_NEW_PAIR | CHAN_NEW_TIMER)

/**
 * struct chan_new - argument and result of CHAN_IOC_NEW, for any chan file descriptor
 * @flags: CHAN_NEW_*, at most one
 * @fds: results, close-on-exec, without O_NONBLOCK; -1: unused; what the caller sets does
 *	not matter. Of a pair, the first may receive, and the second may send and close; else
 *	the first has all rights that the channel can have.
 * @reserved: 0
 * @make: the form of the channel, without CHAN_NEW_TIMER
 * @timer: the setting of the timer, with CHAN_NEW_TIMER; the bytes after it are 0
 *
 * Makes a channel, whatever the file descriptor is that the command is given. A file of it is
 * a FIFO to fstat(2). The channel hangs up as a pipe does: with the last file descriptor that
 * may send, or that may receive.
 */
struct chan_new {
	__u32	flags;
	__s32	fds[2];
	__u32	reserved;
	union {
		struct chan_make	make;
		struct chan_timer	timer;
	};
};

/**
 * struct chan_query - result of CHAN_IOC_QUERY, for any chan file descriptor
 * @version: CHAN_ABI_VERSION of the module
 * @make_flags: CHAN_F_* it knows
 * @xfer_flags: CHAN_XFER_* it knows
 * @rights: CHAN_RIGHT_* it knows
 * @elem_max: largest @elemsize, in bytes
 * @elem_inline: elements up to this many bytes never cost an allocation
 * @ring_max: largest buffer of one channel, in bytes
 * @user_channels_max: channels that one user may have
 * @user_bytes_max: bytes that one user may hold in channels
 * @user_channels: channels that the caller's user has now
 * @user_bytes: bytes that the caller's user holds now
 * @select_flags: CHAN_SELECT_* it knows
 * @select_max: most cases of one select
 * @timer_flags: CHAN_TIMER_* it knows
 * @new_flags: CHAN_NEW_* it knows
 *
 * CAP_SYS_RESOURCE lifts the limits of a user.
 */
struct chan_query {
	__u32	version;
	__u32	make_flags;
	__u32	xfer_flags;
	__u32	rights;
	__u32	elem_max;
	__u32	elem_inline;
	__u64	ring_max;
	__u64	user_channels_max;
	__u64	user_bytes_max;
	__u64	user_channels;
	__u64	user_bytes;
	__u32	select_flags;
	__u32	select_max;
	__u32	timer_flags;
	__u32	new_flags;
};

/*
 * Type byte 0xE8 is free in the kernel's ioctl-number.rst. The argument of SEND and RECV
 * is the address of one element, and its size is a part of the command: RECV returns 1, or
 * 0 if the channel is closed and drained. CLOSE takes 0.
 *
 * Some architectures have 13 bits for the size: SEND and RECV of more are ENOTTY on all,
 * and never a command for another size. SENDV and RECVV take elements of any size.
 *
 * FIONREAD of <asm/ioctls.h> stores an int: how many bytes of elements the channel holds, at
 * most INT_MAX.
 */
#define CHAN_IOC_SIZE_MAX	8191
#define CHAN_IOC_SIZE(size) \
	((size) > CHAN_IOC_SIZE_MAX ? CHAN_IOC_SIZE_MAX + 1 : (size))

#define CHAN_IOC_TYPE	0xE8
#define CHAN_IOC_QUERY	_IOR(CHAN_IOC_TYPE, 0x00, struct chan_query)
#define CHAN_IOC_MAKE	_IOW(CHAN_IOC_TYPE, 0x01, struct chan_make)
#define CHAN_IOC_DUP	_IOW(CHAN_IOC_TYPE, 0x02, struct chan_dup)
#define CHAN_IOC_CLOSE	_IO(CHAN_IOC_TYPE, 0x03)
#define CHAN_IOC_INFO	_IOR(CHAN_IOC_TYPE, 0x04, struct chan_info)
#define CHAN_IOC_TIMER	_IOW(CHAN_IOC_TYPE, 0x05, struct chan_timer)
#define CHAN_IOC_NEW	_IOWR(CHAN_IOC_TYPE, 0x06, struct chan_new)
#define CHAN_IOC_SEND(size) \
	_IOC(_IOC_WRITE, CHAN_IOC_TYPE, 0x10, CHAN_IOC_SIZE(size))
#define CHAN_IOC_RECV(size) \
	_IOC(_IOC_READ, CHAN_IOC_TYPE, 0x11, CHAN_IOC_SIZE(size))
#define CHAN_IOC_SENDV	_IOW(CHAN_IOC_TYPE, 0x12, struct chan_xfer)
#define CHAN_IOC_RECVV	_IOW(CHAN_IOC_TYPE, 0x13, struct chan_xfer)
#define CHAN_IOC_SELECT	_IOW(CHAN_IOC_TYPE, 0x14, struct chan_select)

#endif /* _UAPI_LINUX_CHAN_H */
