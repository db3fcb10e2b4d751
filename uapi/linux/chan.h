/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Channels between processes: the interface of /dev/chan.
 *
 * Open /dev/chan with O_RDWR, then set the element size and capacity with
 * CHAN_IOC_MAKE, or create another channel with CHAN_IOC_NEW. Share the file
 * descriptor by fork, dup or SCM_RIGHTS. See Documentation/chan.rst and chan(4).
 *
 * Rules for every command:
 *
 * - An error means that nothing happened.
 * - Unknown flags and non-zero reserved fields fail with EINVAL, before any effect.
 * - Every operation states the element size that it expects. On a mismatch it fails
 *   with EMSGSIZE and touches neither the element's memory nor the channel.
 * - Structures grow only at the end, and the size is part of the command number.
 *   A shorter (older) structure is zero-extended. A longer (newer) one is accepted
 *   if the bytes unknown to this kernel are zero, else it fails with E2BIG. One
 *   shorter than the first version fails with EINVAL.
 * - The layout is the same for 32-bit, x32 and 64-bit callers.
 */
#ifndef _UAPI_LINUX_CHAN_H
#define _UAPI_LINUX_CHAN_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define CHAN_ABI_VERSION	1

/* Largest element, in bytes. */
#define CHAN_ELEM_MAX		(1U << 20)
/* Elements up to this size, in bytes, never need an allocation. */
#define CHAN_ELEM_INLINE	256
/* Size of a type name, including the terminating NUL. */
#define CHAN_TYPE_MAX		32
/* No deadline: wait indefinitely. */
#define CHAN_DEADLINE_NONE	(~0ULL)

/* Rights of an open file on its channel. They can only be dropped. */
#define CHAN_RIGHT_SEND		(1U << 0)
#define CHAN_RIGHT_RECV		(1U << 1)
#define CHAN_RIGHT_CLOSE	(1U << 2)
#define CHAN_RIGHTS_ALL \
	(CHAN_RIGHT_SEND | CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE)

/* chan_make.flags: do not close the channel when its last sender or receiver is gone. */
#define CHAN_F_NOHUP		(1U << 0)
#define CHAN_F_ALL		CHAN_F_NOHUP
/* chan_info.flags: the channel is a timer. */
#define CHAN_F_TIMER		(1U << 1)

/* chan_info.closed: why the channel is closed. */
#define CHAN_OPEN		0	/* not closed */
#define CHAN_CLOSED_BY_CLOSE	1	/* CHAN_IOC_CLOSE */
#define CHAN_CLOSED_NO_SENDERS	2	/* the last fd that may send is gone */
#define CHAN_CLOSED_NO_RECEIVERS 3	/* the last fd that may receive is gone */

/**
 * struct chan_make - argument of CHAN_IOC_MAKE
 * @elemsize: element size in bytes, 0 to CHAN_ELEM_MAX
 * @cap: capacity in elements; 0 is a rendezvous
 * @flags: CHAN_F_*
 * @reserved: 0
 * @type: name of the element type, NUL-terminated, may be empty; the bytes
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
 * @elems: address of an array of @count elements
 * @count: maximum number of elements to transfer, 1 to 2^31 - 1
 * @min: wait until this many are transferred, 1 to @count
 * @flags: CHAN_XFER_*; at most one clock, CLOCK_MONOTONIC if none
 * @elemsize: element size of the channel, in bytes
 * @deadline: absolute time in nanoseconds at which to stop waiting;
 *	CHAN_DEADLINE_NONE waits indefinitely. An operation that need not wait
 *	succeeds even after its deadline.
 * @lengths: 0
 * @files: 0
 * @reserved: 0
 *
 * Returns the number of elements transferred. After the first one, a signal,
 * the deadline, an error or a close ends the call with the number transferred
 * so far. If the channel is closed and drained, CHAN_IOC_RECVV returns 0 and
 * zeroes the first element.
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
 * @rights: CHAN_RIGHT_* of the new file descriptor: at least one, and only
 *	rights that this file descriptor has
 * @flags: 0
 */
struct chan_dup {
	__u32	rights;
	__u32	flags;
};

/**
 * struct chan_paths - elements of one side, by path
 * @handoff: directly to or from a task that was parked on the other side
 * @ring: into or out of the buffer
 * @park: by a task that was itself parked until a peer completed its operation
 */
struct chan_paths {
	__u64	handoff;
	__u64	ring;
	__u64	park;
};

/**
 * struct chan_info - result of CHAN_IOC_INFO, a consistent snapshot
 * @id: channel number, 1 to 2^53 - 1, unique until the module is unloaded;
 *	reveals neither the age of a channel nor the number of channels
 * @elemsize: as in struct chan_make
 * @cap: as in struct chan_make
 * @flags: as in struct chan_make; CHAN_F_TIMER for a timer
 * @len: elements in the buffer; never more than @cap
 * @closed: CHAN_OPEN or CHAN_CLOSED_*
 * @rights: CHAN_RIGHT_* of the file descriptor used for the call
 * @senders: open files that may send; for a timer, the clock
 * @receivers: open files that may receive
 * @sendq: parked sends
 * @recvq: parked receives
 * @requeued: elements that a receiver failed to store and that were requeued;
 *	they are received first
 * @maxlen: maximum of @len so far
 * @sends: elements sent, by path
 * @recvs: elements received, by path; a requeued element counts each time it
 *	is received
 * @requeues: number of requeues
 * @send_parks: number of sends that parked, completed or not
 * @recv_parks: number of receives that parked, completed or not
 * @type: as in struct chan_make
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
#define CHAN_CASE_POLL		3	/* poll any file */

/* Maximum number of cases in one select. */
#define CHAN_SELECT_MAX		64

/**
 * struct chan_case - one case of a select
 * @fd: a channel; with CHAN_CASE_POLL, any file except a channel of another case.
 *	-1 and nil channels are never ready.
 * @op: CHAN_CASE_*
 * @flags: 0
 * @elem: CHAN_CASE_SEND: address of the element; CHAN_CASE_RECV: address of the
 *	buffer for it; CHAN_CASE_POLL: 0
 * @size: element size of the channel, in bytes; CHAN_CASE_POLL: 0
 * @events: CHAN_CASE_POLL: POLL* to wait for, 16 bits; POLLERR and POLLHUP are
 *	always included. Otherwise 0.
 * @length: output: size of the received element in bytes; otherwise 0
 * @revents: output: CHAN_CASE_POLL: the events that are pending; otherwise 0
 * @result: output: 1: received; 0: sent, closed and drained, or CHAN_CASE_POLL;
 *	-EPIPE: a send found the channel closed
 * @files: 0
 * @user: for the caller; neither read nor written
 *
 * Outputs are never read. Only those of the chosen case are written. If the select
 * fails, their values are meaningless.
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

/* chan_select.flags; flags shared with chan_xfer.flags have the same values */
#define CHAN_SELECT_NONBLOCK	(1U << 0)	/* EAGAIN instead of waiting */
#define CHAN_SELECT_REALTIME	(1U << 1)	/* deadline is on CLOCK_REALTIME */
#define CHAN_SELECT_BOOTTIME	(1U << 2)	/* deadline is on CLOCK_BOOTTIME */
#define CHAN_SELECT_FIRST	(1U << 3)	/* choose the first ready case, not a random one */
#define CHAN_SELECT_ALL \
	(CHAN_SELECT_NONBLOCK | CHAN_SELECT_REALTIME | CHAN_SELECT_BOOTTIME | CHAN_SELECT_FIRST)

/* Result of CHAN_IOC_SELECT: the index, and this bit if the case found its channel closed. */
#define CHAN_SELECT_CLOSED	(1 << 16)
#define CHAN_SELECT_INDEX	(CHAN_SELECT_CLOSED - 1)

/**
 * struct chan_select - argument of CHAN_IOC_SELECT
 * @cases: address of an array of @ncases struct chan_case
 * @ncases: 0 to CHAN_SELECT_MAX
 * @casesize: the caller's sizeof(struct chan_case)
 * @flags: CHAN_SELECT_*; at most one clock, CLOCK_MONOTONIC if none
 * @reserved: 0
 * @deadline: as in struct chan_xfer
 *
 * Waits until a case is ready, then carries out one of the ready cases, each with equal
 * probability. The command may be issued on any chan file descriptor; O_NONBLOCK is
 * ignored on all of them. Returns the index of the case, with CHAN_SELECT_CLOSED if it
 * found its channel closed: a send was not sent, a receive stored zeros.
 *
 * The return value is the whole result. The outputs of a receive or a poll are written
 * before it commits: a fault fails with EFAULT, and the element is requeued at the head of
 * its channel. The outputs of a send are written after the commit: a fault is ignored.
 */
struct chan_select {
	__u64	cases;
	__u32	ncases;
	__u32	casesize;
	__u32	flags;
	__u32	reserved;
	__u64	deadline;
};

/* chan_timer.flags; same values as in chan_xfer.flags */
#define CHAN_TIMER_REALTIME	(1U << 1)	/* expires is on CLOCK_REALTIME */
#define CHAN_TIMER_BOOTTIME	(1U << 2)	/* expires is on CLOCK_BOOTTIME */
#define CHAN_TIMER_ALL \
	(CHAN_TIMER_REALTIME | CHAN_TIMER_BOOTTIME)

/**
 * struct chan_timer - argument of CHAN_IOC_TIMER
 * @expires: absolute time of the first tick in nanoseconds; CHAN_DEADLINE_NONE: no tick
 * @interval: nanoseconds between ticks; 0: a single tick
 * @flags: CHAN_TIMER_*; at most one clock, CLOCK_MONOTONIC if none
 * @reserved: 0
 *
 * Turns a nil channel into a timer, a channel fed by a clock. Its elements are ticks: each
 * is a __u64, the time at which it was due on that clock. One tick is buffered; while it is
 * unread, later ticks are dropped. A timer can be neither sent to nor closed: its file
 * descriptors may only receive. It stops when the last of them is closed.
 *
 * On a timer, sets it again and discards pending ticks. Returns 1 if a tick was still due or
 * unread, else 0. On a channel of CHAN_IOC_MAKE, fails with EBUSY.
 */
struct chan_timer {
	__u64	expires;
	__u64	interval;
	__u32	flags;
	__u32	reserved;
};

/* chan_new.flags */
#define CHAN_NEW_PAIR		(1U << 0)	/* one file descriptor per direction */
#define CHAN_NEW_TIMER		(1U << 1)	/* a timer */
#define CHAN_NEW_ALL		(CHAN_NEW_PAIR | CHAN_NEW_TIMER)

/**
 * struct chan_new - argument and result of CHAN_IOC_NEW, for any chan file descriptor
 * @flags: CHAN_NEW_*, at most one
 * @fds: output: close-on-exec, without O_NONBLOCK; -1 if unused; input values are ignored.
 *	Of a pair, the first may receive, and the second may send and close. Otherwise the
 *	first has all rights that the channel can have.
 * @reserved: 0
 * @make: the channel to create, without CHAN_NEW_TIMER
 * @timer: the timer to create, with CHAN_NEW_TIMER; the bytes after it are 0
 *
 * Creates a channel, independent of the file descriptor used for the call. fstat(2) reports
 * its files as FIFOs. Like a pipe, the channel hangs up when the last file descriptor that
 * may send, or the last one that may receive, is closed.
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
 * @make_flags: supported CHAN_F_*
 * @xfer_flags: supported CHAN_XFER_*
 * @rights: supported CHAN_RIGHT_*
 * @elem_max: maximum @elemsize, in bytes
 * @elem_inline: elements up to this many bytes never need an allocation
 * @ring_max: maximum buffer size of one channel, in bytes
 * @user_channels_max: maximum number of channels per user
 * @user_bytes_max: maximum bytes charged per user
 * @user_channels: channels of the caller's user
 * @user_bytes: bytes charged to the caller's user
 * @select_flags: supported CHAN_SELECT_*
 * @select_max: maximum number of cases in one select
 * @timer_flags: supported CHAN_TIMER_*
 * @new_flags: supported CHAN_NEW_*
 *
 * The per-user limits do not apply to a caller with CAP_SYS_RESOURCE.
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
 * Type byte 0xE8 is unassigned in the kernel's ioctl-number.rst. SEND and RECV take the
 * address of one element; its size is part of the command. RECV returns 1, or 0 if the
 * channel is closed and drained. CLOSE takes 0.
 *
 * Some architectures have only 13 bits for the size. On all of them, SEND and RECV of larger
 * elements fail with ENOTTY and are never mistaken for another size. SENDV and RECVV take
 * elements of any size.
 *
 * FIONREAD of <asm/ioctls.h> stores the bytes of elements in the channel as an int, at most
 * INT_MAX.
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
