/* SPDX-License-Identifier: MIT OR LGPL-2.1-or-later */
/*
 * libchan: Go's channels between processes, on top of /dev/chan.
 *
 * A channel is a file descriptor. It is shared by fork(2), dup(2) and SCM_RIGHTS,
 * polled like any other, and released with close(2); chan_close() is Go's close().
 *
 * Rules for every function:
 *
 * - The result is 0 or more, or a negative errno value; errno itself is
 *   preserved. An error means that nothing happened.
 * - Every function is thread-safe and async-signal-safe. The library has no
 *   state, allocates no memory, and sleeps only in the kernel.
 * - -EBADF: @ch is not open, or lacks the right that the function needs.
 *   -ENOTTY: @ch is not a channel. Other errors are listed with each function.
 * - A function that transfers elements states their size. If it differs from the
 *   channel's element size, the function returns -EMSGSIZE and touches neither
 *   @elem nor the channel.
 * - A signal that interrupts a wait returns -EINTR if nothing has happened yet.
 *   If its handler was installed with SA_RESTART, the wait restarts at the end
 *   of the queue instead.
 *
 * See libchan(3) and chan(7).
 */
#ifndef CHAN_H
#define CHAN_H

#include <stddef.h>
#include <stdint.h>
#include <linux/chan.h>

#ifdef __cplusplus
#include <type_traits>

extern "C" {
#endif

/**
 * chan_make() - make a channel
 * @elemsize: element size in bytes, 0 to CHAN_ELEM_MAX; with 0, elements are signals
 * @cap: capacity in elements; 0 is a rendezvous
 * @flags: CHAN_F_*, or 0
 *
 * Return: a close-on-exec file descriptor with all rights, or
 * -EINVAL: @elemsize, @cap * @elemsize or @flags is out of range;
 * -EDQUOT: the user has too many channels, or too many bytes in them;
 * -ENOMEM: out of memory;
 * any error of open(2) on /dev/chan, such as -ENOENT: the module is not loaded.
 */
int chan_make(size_t elemsize, unsigned int cap, unsigned int flags);

/**
 * chan_make_typed() - make a channel that carries the name of its element type
 * @elemsize: as for chan_make()
 * @cap: as for chan_make()
 * @flags: as for chan_make()
 * @type: type name, up to CHAN_TYPE_MAX - 1 bytes
 *
 * Return: as chan_make(); -EINVAL also if @type is too long.
 */
int chan_make_typed(size_t elemsize, unsigned int cap, unsigned int flags, const char *type);

/**
 * chan_pair() - make a channel with one file descriptor per direction, like pipe(2)
 * @fds: output: close-on-exec file descriptors; fds[0] receives, fds[1] sends and closes
 * @elemsize: as for chan_make()
 * @cap: as for chan_make()
 * @flags: as for chan_make()
 *
 * Return: 0, or an error of chan_make(); then @fds is unchanged.
 */
int chan_pair(int fds[2], size_t elemsize, unsigned int cap, unsigned int flags);

/**
 * chan_attach() - check the element type of a channel received from another program
 * @ch: the channel
 * @elemsize: expected element size, in bytes
 * @type: expected type name; "" for a channel of chan_make()
 *
 * Return: @ch, or
 * -EMSGSIZE: the element size differs;
 * -EINVAL: the type name differs;
 * -EBADFD: the channel is not made yet.
 */
int chan_attach(int ch, size_t elemsize, const char *type);

/**
 * chan_send() - send one element; wait until it is received or buffered
 * @ch: the channel
 * @elem: the element
 * @size: element size in bytes
 *
 * Return: 0, or
 * -EMSGSIZE: the element size differs;
 * -EPIPE: the channel is closed (no SIGPIPE is raised);
 * -EAGAIN: @ch has O_NONBLOCK set and the send would wait;
 * -EFAULT: @elem cannot be read;
 * -EINTR: interrupted by a signal;
 * -EDQUOT, -ENOMEM: no memory for an element above CHAN_ELEM_INLINE bytes.
 */
int chan_send(int ch, const void *elem, size_t size);

/**
 * chan_recv() - receive one element; wait until there is one
 * @ch: the channel
 * @elem: buffer for one element
 * @size: element size in bytes
 *
 * Return: 1; or 0, with @elem zeroed, if the channel is closed and drained; or
 * -EMSGSIZE: the element size differs;
 * -EAGAIN: @ch has O_NONBLOCK set and the receive would wait;
 * -EFAULT: @elem cannot be written; the element is requeued at the head of the
 *	channel, for the next receive;
 * -EINTR: interrupted by a signal.
 */
int chan_recv(int ch, void *elem, size_t size);

/**
 * chan_try_send() - send one element without waiting
 * @ch: the channel
 * @elem: the element
 * @size: element size in bytes
 *
 * Return: as chan_send(), but never -EINTR; -EAGAIN: the send would wait.
 */
int chan_try_send(int ch, const void *elem, size_t size);

/**
 * chan_try_recv() - receive one element without waiting
 * @ch: the channel
 * @elem: buffer for one element
 * @size: element size in bytes
 *
 * Return: as chan_recv(), but never -EINTR; -EAGAIN: the receive would wait.
 */
int chan_try_recv(int ch, void *elem, size_t size);

/**
 * chan_send_until() - send one element, waiting until a deadline
 * @ch: the channel
 * @elem: the element
 * @size: element size in bytes
 * @deadline: absolute CLOCK_MONOTONIC time in nanoseconds, see chan_deadline();
 *	CHAN_DEADLINE_NONE waits indefinitely. An operation that need not wait
 *	succeeds even after its deadline.
 *
 * Return: as chan_send(), or -ETIMEDOUT: the deadline passed.
 */
int chan_send_until(int ch, const void *elem, size_t size, uint64_t deadline);

/**
 * chan_recv_until() - receive one element, waiting until a deadline
 * @ch: the channel
 * @elem: buffer for one element
 * @size: element size in bytes
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_recv(), or -ETIMEDOUT: the deadline passed.
 */
int chan_recv_until(int ch, void *elem, size_t size, uint64_t deadline);

/**
 * chan_deadline() - compute a deadline for the _until functions
 * @ns: nanoseconds from now
 *
 * Return: absolute CLOCK_MONOTONIC time in nanoseconds; CHAN_DEADLINE_NONE if it
 * does not fit into 64 bits. Never an error.
 */
uint64_t chan_deadline(uint64_t ns);

/**
 * chan_sendv() - send several elements, in order; wait until all are sent
 * @ch: the channel
 * @elems: array of @n elements
 * @size: element size in bytes
 * @n: number of elements, 1 to INT_MAX
 *
 * Elements of other senders may be interleaved. If the call is stopped after the
 * first element, it returns the number sent so far; the next call reports the cause.
 *
 * Return: the number of elements sent, or if none was, an error of chan_send();
 * -EINVAL: @n is out of range.
 */
int chan_sendv(int ch, const void *elems, size_t size, unsigned int n);

/**
 * chan_recvv() - receive several elements, in order; wait until there is one
 * @ch: the channel
 * @elems: buffer for @n elements
 * @size: element size in bytes
 * @n: maximum number of elements, 1 to INT_MAX
 *
 * Return: the number of elements received; or 0, with the first one of @elems
 * zeroed, if the channel is closed and drained; or if none was received, an error
 * of chan_recv(); -EINVAL: @n is out of range.
 */
int chan_recvv(int ch, void *elems, size_t size, unsigned int n);

/**
 * chan_try_sendv() - send as many of several elements as possible without waiting
 * @ch: the channel
 * @elems: array of @n elements
 * @size: element size in bytes
 * @n: number of elements, 1 to INT_MAX
 *
 * Return: as chan_sendv(), but never -EINTR; -EAGAIN: the first send would wait.
 */
int chan_try_sendv(int ch, const void *elems, size_t size, unsigned int n);

/**
 * chan_try_recvv() - receive up to several elements without waiting
 * @ch: the channel
 * @elems: buffer for @n elements
 * @size: element size in bytes
 * @n: maximum number of elements, 1 to INT_MAX
 *
 * Return: as chan_recvv(), but never -EINTR; -EAGAIN: the first receive would wait.
 */
int chan_try_recvv(int ch, void *elems, size_t size, unsigned int n);

/**
 * chan_sendv_until() - send several elements, waiting until a deadline
 * @ch: the channel
 * @elems: array of @n elements
 * @size: element size in bytes
 * @n: number of elements, 1 to INT_MAX
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_sendv(), or -ETIMEDOUT: the deadline passed before the first was sent.
 */
int chan_sendv_until(int ch, const void *elems, size_t size, unsigned int n,
		     uint64_t deadline);

/**
 * chan_recvv_until() - receive several elements, waiting until a deadline
 * @ch: the channel
 * @elems: buffer for @n elements
 * @size: element size in bytes
 * @n: maximum number of elements, 1 to INT_MAX
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_recvv(), or -ETIMEDOUT: the deadline passed before the first was received.
 */
int chan_recvv_until(int ch, void *elems, size_t size, unsigned int n, uint64_t deadline);

/**
 * chan_close() - close a channel permanently, for all its users
 * @ch: the channel; the file descriptor stays open, as it may still receive
 *
 * Buffered elements can still be received. Parked senders get -EPIPE, parked
 * receivers 0. To release the file descriptor, use close(2).
 *
 * Return: 0, or
 * -EPIPE: the channel is already closed, for any reason;
 * -EBADFD: the channel is not made yet.
 */
int chan_close(int ch);

/**
 * chan_len() - number of elements in the buffer of a channel
 * @ch: the channel
 *
 * Return: the length, at most INT_MAX, or
 * -EBADFD: the channel is not made yet.
 */
int chan_len(int ch);

/**
 * chan_cap() - capacity of a channel, in elements
 * @ch: the channel
 *
 * Return: the capacity, at most INT_MAX, or
 * -EBADFD: the channel is not made yet.
 */
int chan_cap(int ch);

/**
 * chan_dup() - another open file of a channel, with the same or fewer rights
 * @ch: the channel
 * @rights: bitwise OR of CHAN_RIGHT_SEND, CHAN_RIGHT_RECV, CHAN_RIGHT_CLOSE
 *
 * Unlike dup(2), this creates a separate open file: it counts as a sender if it
 * may send and as a receiver if it may receive, and starts without O_NONBLOCK.
 *
 * Return: a close-on-exec file descriptor, or
 * -EBADF: @rights contains a right that @ch lacks (or @ch is not open);
 * -EINVAL: @rights is 0, or has unknown bits;
 * -EBADFD: the channel is not made yet;
 * -EMFILE, -ENFILE, -ENOMEM: too many open files, or out of memory.
 */
int chan_dup(int ch, unsigned int rights);

/**
 * chan_get_info() - get a snapshot of a channel
 * @ch: the channel
 * @info: output, a consistent snapshot
 *
 * Return: 0, or
 * -EBADFD: the channel is not made yet;
 * -EFAULT: @info cannot be written.
 */
int chan_get_info(int ch, struct chan_info *info);

/* Narrow a size to 32 bits: one above CHAN_ELEM_MAX, which no channel has, stays above it. */
static inline uint32_t chan_elem_size(size_t size)
{
	return size > CHAN_ELEM_MAX ? CHAN_ELEM_MAX + 1 : (uint32_t)size;
}

/**
 * chan_case_send() - a case that sends
 * @ch: the channel; -1 is never ready
 * @elem: the element
 * @size: element size in bytes
 */
static inline struct chan_case chan_case_send(int ch, const void *elem, size_t size)
{
	struct chan_case c = {
		ch, CHAN_CASE_SEND, 0, (uintptr_t)elem, chan_elem_size(size), 0, 0, 0, 0, 0, 0
	};

	return c;
}

/**
 * chan_case_recv() - a case that receives
 * @ch: the channel; -1 is never ready
 * @elem: buffer for one element
 * @size: element size in bytes
 */
static inline struct chan_case chan_case_recv(int ch, void *elem, size_t size)
{
	struct chan_case c = {
		ch, CHAN_CASE_RECV, 0, (uintptr_t)elem, chan_elem_size(size), 0, 0, 0, 0, 0, 0
	};

	return c;
}

/**
 * chan_case_poll() - a case that polls a file
 * @fd: any file that can be polled; -1 is never ready
 * @events: POLL* of poll(2); POLLERR and POLLHUP are always included
 */
static inline struct chan_case chan_case_poll(int fd, unsigned int events)
{
	struct chan_case c = { fd, CHAN_CASE_POLL, 0, 0, 0, events, 0, 0, 0, 0, 0 };

	return c;
}

/**
 * chan_select() - carry out one of several cases; wait until one is ready
 * @cases: array of @n cases
 * @n: number of cases, 0 to CHAN_SELECT_MAX; with 0, waits indefinitely
 *
 * Each ready case is chosen with equal probability. The chosen case receives the outputs:
 *
 * - result: 0: sent; 1: received; 0, with the buffer zeroed: closed and drained;
 *   -EPIPE: a send found the channel closed.
 * - revents: the pending events of a polled file.
 * - length: the size of a received element in bytes.
 *
 * The field user belongs to the caller. O_NONBLOCK of the channels is ignored.
 *
 * Return: the index of the chosen case, or if none was carried out,
 * -EINVAL: a case is malformed, or polls a channel of another case;
 * -E2BIG: too many cases;
 * -EBADF: a file descriptor is not open, or lacks the right;
 * -ENOTTY: a case that sends or receives has no channel;
 * -EMSGSIZE: the element size of a case's channel differs;
 * -EPERM: a file cannot be polled;
 * -EFAULT: @cases or an element cannot be read; or a received element cannot be written
 *	and is requeued at the head of its channel;
 * -EINTR: interrupted by a signal;
 * -EDQUOT, -ENOMEM: no memory;
 * any error of open(2) on /dev/chan, if no case has a channel.
 */
int chan_select(struct chan_case *cases, unsigned int n);

/**
 * chan_try_select() - carry out one of several cases without waiting
 * @cases: array of @n cases
 * @n: number of cases
 *
 * Return: as chan_select(), but never -EINTR; -EAGAIN: at one instant, no case was ready.
 */
int chan_try_select(struct chan_case *cases, unsigned int n);

/**
 * chan_select_until() - carry out one of several cases, waiting until a deadline
 * @cases: array of @n cases
 * @n: number of cases; with 0, sleeps until the deadline
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_select(), or -ETIMEDOUT: the deadline passed.
 */
int chan_select_until(struct chan_case *cases, unsigned int n, uint64_t deadline);

/**
 * chan_after() - make a timer with a single tick
 * @ns: nanoseconds from now
 *
 * A tick is a uint64_t: the CLOCK_MONOTONIC time in nanoseconds at which it was due. The
 * channel is not closed after it. To cancel the timer, use close(2).
 *
 * Return: a close-on-exec file descriptor that may only receive, or
 * -EDQUOT, -ENOMEM, any error of open(2): as chan_make().
 */
int chan_after(uint64_t ns);

/**
 * chan_tick() - make a periodic timer
 * @ns: nanoseconds until the first tick, and between ticks
 *
 * One tick is buffered. While it is unread, later ticks are dropped.
 *
 * Return: as chan_after(); -EINVAL: @ns is 0.
 */
int chan_tick(uint64_t ns);

/**
 * chan_timer_stop() - stop a timer
 * @ch: a channel of chan_after() or chan_tick()
 *
 * Discards pending ticks. The channel is not closed: a receive waits.
 *
 * Return: 1 if a tick was still due or unread, else 0; or
 * -EBUSY: @ch is a channel of chan_make().
 */
int chan_timer_stop(int ch);

/**
 * chan_timer_reset() - restart a timer with a single tick
 * @ch: a channel of chan_after() or chan_tick()
 * @ns: nanoseconds from now
 *
 * Return: as chan_timer_stop().
 */
int chan_timer_reset(int ch, uint64_t ns);

/**
 * chan_tick_reset() - restart a timer as a periodic one
 * @ch: a channel of chan_after() or chan_tick()
 * @ns: nanoseconds until the first tick, and between ticks
 *
 * Return: as chan_timer_stop(); -EINVAL: @ns is 0.
 */
int chan_tick_reset(int ch, uint64_t ns);

#ifdef __cplusplus
}
#endif

/**
 * chan_foreach() - receive until the channel is closed and drained
 * @ch: the channel
 * @elem: pointer to the variable that holds the element in the body; its type gives the size
 *
 * The body is a statement; break and continue work. Any error of chan_recv(),
 * including -EINTR and -EAGAIN, ends the loop too. To see it, use
 * chan_foreach_result().
 */
#define chan_foreach(ch, elem) \
	while (chan_recv((ch), (elem), sizeof(*(elem))) > 0)

/**
 * chan_foreach_result() - chan_foreach() that reports how it ended
 * @ch: the channel
 * @elem: as for chan_foreach()
 * @result: an int variable. After the loop: 0 if the channel is closed and
 *	drained, the error of chan_recv() that ended the loop, or 1 after break.
 */
#define chan_foreach_result(ch, elem, result) \
	while (((result) = chan_recv((ch), (elem), sizeof(*(elem)))) > 0)

#ifdef __cplusplus
#define CHAN_ASSERT(condition, message) static_assert(condition, message)
#define CHAN_ASSERT_PLAIN(T) \
	CHAN_ASSERT(std::is_trivially_copyable<T>::value, #T " is not trivially copyable")
#else
#define CHAN_ASSERT(condition, message) _Static_assert(condition, message)
#define CHAN_ASSERT_PLAIN(T)	CHAN_ASSERT(1, "every C type is plain bytes")
#endif

#ifdef __GNUC__
#define CHAN_INLINE	static inline __attribute__((unused))
#else
#define CHAN_INLINE	static inline
#endif

/**
 * CHAN_TYPE() - declare a channel type for one element type
 * @name: name of the channel type, and prefix of its functions
 * @T: the element type, a name that a "*" can follow; the same in C and in C++. Its
 *	text is the type name that the channel carries: up to CHAN_TYPE_MAX - 1
 *	bytes, and the same in every program that uses the channel.
 *
 * Use at file scope, followed by a semicolon. It declares
 *
 *	struct name { int fd; };
 *	struct name name_make(unsigned int cap, unsigned int flags);
 *	struct name name_attach(int fd);
 *	struct name name_dup(struct name ch, unsigned int rights);
 *	int name_send(struct name ch, const T *elem);
 *	int name_recv(struct name ch, T *elem);
 *	int name_try_send(struct name ch, const T *elem);
 *	int name_try_recv(struct name ch, T *elem);
 *	int name_send_until(struct name ch, const T *elem, uint64_t deadline);
 *	int name_recv_until(struct name ch, T *elem, uint64_t deadline);
 *	int name_sendv(struct name ch, const T *elems, unsigned int n);
 *	int name_recvv(struct name ch, T *elems, unsigned int n);
 *	int name_try_sendv(struct name ch, const T *elems, unsigned int n);
 *	int name_try_recvv(struct name ch, T *elems, unsigned int n);
 *	int name_sendv_until(struct name ch, const T *elems, unsigned int n,
 *			     uint64_t deadline);
 *	int name_recvv_until(struct name ch, T *elems, unsigned int n,
 *			     uint64_t deadline);
 *	struct chan_case name_case_send(struct name ch, const T *elem);
 *	struct chan_case name_case_recv(struct name ch, T *elem);
 *	int name_next(struct name ch, T *elem);
 *
 * The first three return a channel whose fd is a file descriptor, or a negative errno
 * value of chan_make_typed(), chan_attach() or chan_dup(). The last is for loops: it
 * returns 1 if name_recv() does, else 0, so that
 *
 *	while (name_next(ch, &elem))
 *
 * works like chan_foreach(). The others are the functions above for elements of type T.
 * Functions that transfer no element take the fd: chan_close(ch.fd), chan_len(ch.fd),
 * close(ch.fd).
 *
 * Elements are copied as plain bytes, including padding. Pointers in them are
 * meaningless in another process.
 */
#define CHAN_TYPE(name, T) \
	CHAN_ASSERT(sizeof(T) <= CHAN_ELEM_MAX, #T " is larger than CHAN_ELEM_MAX"); \
	CHAN_ASSERT(sizeof(#T) <= CHAN_TYPE_MAX, "the name " #T " is too long"); \
	CHAN_ASSERT_PLAIN(T); \
	struct name { \
		int fd; \
	}; \
	CHAN_INLINE struct name name##_make(unsigned int cap, unsigned int flags) \
	{ \
		struct name ch = { chan_make_typed(sizeof(T), cap, flags, #T) }; \
		\
		return ch; \
	} \
	CHAN_INLINE struct name name##_attach(int fd) \
	{ \
		struct name ch = { chan_attach(fd, sizeof(T), #T) }; \
		\
		return ch; \
	} \
	CHAN_INLINE struct name name##_dup(struct name ch, unsigned int rights) \
	{ \
		struct name copy = { chan_dup(ch.fd, rights) }; \
		\
		return copy; \
	} \
	CHAN_INLINE int name##_send(struct name ch, const T *elem) \
	{ \
		return chan_send(ch.fd, elem, sizeof(T)); \
	} \
	CHAN_INLINE int name##_recv(struct name ch, T *elem) \
	{ \
		return chan_recv(ch.fd, elem, sizeof(T)); \
	} \
	CHAN_INLINE int name##_try_send(struct name ch, const T *elem) \
	{ \
		return chan_try_send(ch.fd, elem, sizeof(T)); \
	} \
	CHAN_INLINE int name##_try_recv(struct name ch, T *elem) \
	{ \
		return chan_try_recv(ch.fd, elem, sizeof(T)); \
	} \
	CHAN_INLINE int name##_send_until(struct name ch, const T *elem, uint64_t deadline) \
	{ \
		return chan_send_until(ch.fd, elem, sizeof(T), deadline); \
	} \
	CHAN_INLINE int name##_recv_until(struct name ch, T *elem, uint64_t deadline) \
	{ \
		return chan_recv_until(ch.fd, elem, sizeof(T), deadline); \
	} \
	CHAN_INLINE int name##_sendv(struct name ch, const T *elems, unsigned int n) \
	{ \
		return chan_sendv(ch.fd, elems, sizeof(T), n); \
	} \
	CHAN_INLINE int name##_recvv(struct name ch, T *elems, unsigned int n) \
	{ \
		return chan_recvv(ch.fd, elems, sizeof(T), n); \
	} \
	CHAN_INLINE int name##_try_sendv(struct name ch, const T *elems, unsigned int n) \
	{ \
		return chan_try_sendv(ch.fd, elems, sizeof(T), n); \
	} \
	CHAN_INLINE int name##_try_recvv(struct name ch, T *elems, unsigned int n) \
	{ \
		return chan_try_recvv(ch.fd, elems, sizeof(T), n); \
	} \
	CHAN_INLINE int name##_sendv_until(struct name ch, const T *elems, unsigned int n, \
					   uint64_t deadline) \
	{ \
		return chan_sendv_until(ch.fd, elems, sizeof(T), n, deadline); \
	} \
	CHAN_INLINE int name##_recvv_until(struct name ch, T *elems, unsigned int n, \
					   uint64_t deadline) \
	{ \
		return chan_recvv_until(ch.fd, elems, sizeof(T), n, deadline); \
	} \
	CHAN_INLINE struct chan_case name##_case_send(struct name ch, const T *elem) \
	{ \
		return chan_case_send(ch.fd, elem, sizeof(T)); \
	} \
	CHAN_INLINE struct chan_case name##_case_recv(struct name ch, T *elem) \
	{ \
		return chan_case_recv(ch.fd, elem, sizeof(T)); \
	} \
	CHAN_INLINE int name##_next(struct name ch, T *elem) \
	{ \
		return chan_recv(ch.fd, elem, sizeof(T)) > 0; \
	} \
	struct name

#endif /* CHAN_H */
