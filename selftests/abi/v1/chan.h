/* SPDX-License-Identifier: MIT OR LGPL-2.1-or-later */
/*
 * libchan: Go's channels between processes, on top of /dev/chan.
 *
 * A channel is a file descriptor. It is shared by fork(2), dup(2) and SCM_RIGHTS,
 * polled like any other, and given up with close(2); chan_close() is Go's close().
 *
 * Rules that hold for every function:
 *
 * - The result is 0 or more, or a negative errno value; errno itself keeps its
 *   value. An error means that nothing happened.
 * - Every function may be called from any thread and from a signal handler. The
 *   library has no state, allocates nothing, and sleeps only in the kernel.
 * - @ch that is not open, or lacks the right that a function needs, is -EBADF;
 *   @ch that is no channel is -ENOTTY. Further errors stand with each function.
 * - What moves elements states their size. If it is not the element size of the
 *   channel, that is -EMSGSIZE, and neither @elem nor the channel is touched.
 * - A signal that ends a wait before anything happened gives -EINTR, unless its
 *   handler was installed with SA_RESTART; then the wait goes on, at the end of
 *   the queue.
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
 * @elemsize: bytes of one element, 0 to CHAN_ELEM_MAX; 0 is a channel of signals
 * @cap: how many elements it buffers; 0 is a rendezvous
 * @flags: CHAN_F_*, or 0
 *
 * Return: a close-on-exec file descriptor with all rights, or
 * -EINVAL: @elemsize, @cap * @elemsize or @flags is out of range;
 * -EDQUOT: the user has too many channels, or too many bytes in them;
 * -ENOMEM: no memory;
 * any error of open(2) on /dev/chan, such as -ENOENT: the module is not loaded.
 */
int chan_make(size_t elemsize, unsigned int cap, unsigned int flags);

/**
 * chan_make_typed() - make a channel that knows the name of its element type
 * @elemsize: as for chan_make()
 * @cap: as for chan_make()
 * @flags: as for chan_make()
 * @type: name of the type, up to CHAN_TYPE_MAX - 1 bytes
 *
 * Return: as chan_make(); -EINVAL also if @type is too long.
 */
int chan_make_typed(size_t elemsize, unsigned int cap, unsigned int flags, const char *type);

/**
 * chan_pair() - make a channel with an end for each direction, as pipe(2) does
 * @fds: result: close-on-exec file descriptors; fds[0] receives, fds[1] sends and closes
 * @elemsize: as for chan_make()
 * @cap: as for chan_make()
 * @flags: as for chan_make()
 *
 * Return: 0, or as chan_make(); then @fds is as before.
 */
int chan_pair(int fds[2], size_t elemsize, unsigned int cap, unsigned int flags);

/**
 * chan_attach() - check the element type of a channel that came from elsewhere
 * @ch: the channel
 * @elemsize: the expected size of an element, in bytes
 * @type: the expected name of its type; "" for a channel of chan_make()
 *
 * Return: @ch, or
 * -EMSGSIZE: elements have another size;
 * -EINVAL: the type has another name;
 * -EBADFD: the channel is not made yet.
 */
int chan_attach(int ch, size_t elemsize, const char *type);

/**
 * chan_send() - send one element; wait until it is received or buffered
 * @ch: the channel
 * @elem: the element
 * @size: its bytes
 *
 * Return: 0, or
 * -EMSGSIZE: elements have another size;
 * -EPIPE: the channel is closed (no SIGPIPE is raised);
 * -EAGAIN: @ch has O_NONBLOCK set and the send would wait;
 * -EFAULT: @elem cannot be read;
 * -EINTR: a signal came first;
 * -EDQUOT, -ENOMEM: an element above CHAN_ELEM_INLINE bytes found no memory.
 */
int chan_send(int ch, const void *elem, size_t size);

/**
 * chan_recv() - receive one element; wait until there is one
 * @ch: the channel
 * @elem: room for one element
 * @size: its bytes
 *
 * Return: 1; or 0 and @elem filled with zeros if the channel is closed and
 * drained; or
 * -EMSGSIZE: elements have another size;
 * -EAGAIN: @ch has O_NONBLOCK set and the receive would wait;
 * -EFAULT: @elem cannot be written; the element is back at the head of the
 *	channel, for the next receive;
 * -EINTR: a signal came first.
 */
int chan_recv(int ch, void *elem, size_t size);

/**
 * chan_try_send() - send one element if that is possible at once
 * @ch: the channel
 * @elem: the element
 * @size: its bytes
 *
 * Return: as chan_send(), but never -EINTR; -EAGAIN: the send would wait.
 */
int chan_try_send(int ch, const void *elem, size_t size);

/**
 * chan_try_recv() - receive one element if that is possible at once
 * @ch: the channel
 * @elem: room for one element
 * @size: its bytes
 *
 * Return: as chan_recv(), but never -EINTR; -EAGAIN: the receive would wait.
 */
int chan_try_recv(int ch, void *elem, size_t size);

/**
 * chan_send_until() - send one element, and give up at a deadline
 * @ch: the channel
 * @elem: the element
 * @size: its bytes
 * @deadline: absolute CLOCK_MONOTONIC time in nanoseconds, see chan_deadline();
 *	CHAN_DEADLINE_NONE waits for ever. Past deadlines are fine: what is
 *	possible at once is done.
 *
 * Return: as chan_send(), or -ETIMEDOUT: the deadline passed first.
 */
int chan_send_until(int ch, const void *elem, size_t size, uint64_t deadline);

/**
 * chan_recv_until() - receive one element, and give up at a deadline
 * @ch: the channel
 * @elem: room for one element
 * @size: its bytes
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_recv(), or -ETIMEDOUT: the deadline passed first.
 */
int chan_recv_until(int ch, void *elem, size_t size, uint64_t deadline);

/**
 * chan_deadline() - a point in time to give to the _until functions
 * @ns: nanoseconds from now
 *
 * Return: absolute CLOCK_MONOTONIC time in nanoseconds; CHAN_DEADLINE_NONE if that
 * lies beyond what 64 bits hold. Never an error.
 */
uint64_t chan_deadline(uint64_t ns);

/**
 * chan_sendv() - send several elements, in order; wait until all are sent
 * @ch: the channel
 * @elems: @n elements, one after the other
 * @size: bytes of one
 * @n: how many elements, 1 to INT_MAX
 *
 * Other senders' elements may come to lie in between. What stops the call after
 * the first element was sent ends it with the number that was sent; the next call
 * reports it.
 *
 * Return: how many elements were sent, or if none was, an error of chan_send();
 * -EINVAL: @n is out of range.
 */
int chan_sendv(int ch, const void *elems, size_t size, unsigned int n);

/**
 * chan_recvv() - receive several elements, in order; wait until there is one
 * @ch: the channel
 * @elems: room for @n elements
 * @size: bytes of one
 * @n: how many elements at the most, 1 to INT_MAX
 *
 * Return: how many elements were received; or 0 and the first one of @elems filled
 * with zeros if the channel is closed and drained; or if none was received, an
 * error of chan_recv(); -EINVAL: @n is out of range.
 */
int chan_recvv(int ch, void *elems, size_t size, unsigned int n);

/**
 * chan_try_sendv() - send the first of several elements, those that can be sent at once
 * @ch: the channel
 * @elems: @n elements, one after the other
 * @size: bytes of one
 * @n: how many elements, 1 to INT_MAX
 *
 * Return: as chan_sendv(), but never -EINTR; -EAGAIN: not even the first can be sent.
 */
int chan_try_sendv(int ch, const void *elems, size_t size, unsigned int n);

/**
 * chan_try_recvv() - receive the elements that are there, up to several
 * @ch: the channel
 * @elems: room for @n elements
 * @size: bytes of one
 * @n: how many elements at the most, 1 to INT_MAX
 *
 * Return: as chan_recvv(), but never -EINTR; -EAGAIN: there is none.
 */
int chan_try_recvv(int ch, void *elems, size_t size, unsigned int n);

/**
 * chan_sendv_until() - send several elements, and give up at a deadline
 * @ch: the channel
 * @elems: @n elements, one after the other
 * @size: bytes of one
 * @n: how many elements, 1 to INT_MAX
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_sendv(), or -ETIMEDOUT: the deadline passed before the first was sent.
 */
int chan_sendv_until(int ch, const void *elems, size_t size, unsigned int n,
		     uint64_t deadline);

/**
 * chan_recvv_until() - receive several elements, and give up at a deadline
 * @ch: the channel
 * @elems: room for @n elements
 * @size: bytes of one
 * @n: how many elements at the most, 1 to INT_MAX
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_recvv(), or -ETIMEDOUT: the deadline passed before there was one.
 */
int chan_recvv_until(int ch, void *elems, size_t size, unsigned int n, uint64_t deadline);

/**
 * chan_close() - close a channel, for everybody and for good
 * @ch: the channel; the file descriptor stays open, as it may still receive
 *
 * What is buffered is still received. Parked senders get -EPIPE, parked receivers
 * 0. To give up the file descriptor, use close(2).
 *
 * Return: 0, or
 * -EPIPE: the channel is closed already, for whatever reason;
 * -EBADFD: the channel is not made yet.
 */
int chan_close(int ch);

/**
 * chan_len() - how many elements a channel buffers at this moment
 * @ch: the channel
 *
 * Return: 0 to the capacity, INT_MAX if there are more than that, or
 * -EBADFD: the channel is not made yet.
 */
int chan_len(int ch);

/**
 * chan_cap() - how many elements a channel can buffer
 * @ch: the channel
 *
 * Return: the capacity, INT_MAX if it is more than that, or
 * -EBADFD: the channel is not made yet.
 */
int chan_cap(int ch);

/**
 * chan_dup() - a second file descriptor of a channel, with fewer or equal rights
 * @ch: the channel
 * @rights: CHAN_RIGHT_SEND, CHAN_RIGHT_RECV, CHAN_RIGHT_CLOSE, or several
 *
 * Unlike dup(2) this makes a file of its own: it counts as a sender if it may
 * send and as a receiver if it may receive, and starts without O_NONBLOCK.
 *
 * Return: a close-on-exec file descriptor, or
 * -EBADF: @rights has more than @ch has (or @ch is not open);
 * -EINVAL: @rights is 0, or has unknown bits;
 * -EBADFD: the channel is not made yet;
 * -EMFILE, -ENFILE, -ENOMEM: no room for one more file.
 */
int chan_dup(int ch, unsigned int rights);

/**
 * chan_get_info() - look at a channel
 * @ch: the channel
 * @info: result, one consistent snapshot
 *
 * Return: 0, or
 * -EBADFD: the channel is not made yet;
 * -EFAULT: @info cannot be written.
 */
int chan_get_info(int ch, struct chan_info *info);

/* For a field: a size beyond CHAN_ELEM_MAX, which no channel has, stays beyond it. */
static inline uint32_t chan_elem_size(size_t size)
{
	return size > CHAN_ELEM_MAX ? CHAN_ELEM_MAX + 1 : (uint32_t)size;
}

/**
 * chan_case_send() - a case that sends
 * @ch: the channel; -1 is never ready
 * @elem: the element
 * @size: its bytes
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
 * @elem: room for one element
 * @size: its bytes
 */
static inline struct chan_case chan_case_recv(int ch, void *elem, size_t size)
{
	struct chan_case c = {
		ch, CHAN_CASE_RECV, 0, (uintptr_t)elem, chan_elem_size(size), 0, 0, 0, 0, 0, 0
	};

	return c;
}

/**
 * chan_case_poll() - a case that waits for a file
 * @fd: any file that can be polled; -1 is never ready
 * @events: POLL* of poll(2); POLLERR and POLLHUP always count
 */
static inline struct chan_case chan_case_poll(int fd, unsigned int events)
{
	struct chan_case c = { fd, CHAN_CASE_POLL, 0, 0, 0, events, 0, 0, 0, 0, 0 };

	return c;
}

/**
 * chan_select() - carry out one of several cases; wait until one can be
 * @cases: @n cases
 * @n: how many, 0 to CHAN_SELECT_MAX; none waits for ever
 *
 * Of the cases that can be carried out at once, each has the same chance. The case that
 * was carried out says in its result how: 0 sent, 1 received, 0 and its room filled with
 * zeros if the channel is closed and drained, -EPIPE if a send found it closed; in its
 * revents, which events of a file are there; in its length, the bytes that were received.
 * Its user is the caller's. O_NONBLOCK of the channels does not matter.
 *
 * Return: the index of the case that was carried out, or if none was,
 * -EINVAL: a case is malformed, or polls a channel of another case;
 * -E2BIG: there are too many;
 * -EBADF: a file descriptor is not open, or lacks the right;
 * -ENOTTY: a case that sends or receives has no channel;
 * -EMSGSIZE: the elements of a case's channel have another size;
 * -EPERM: a file cannot be polled;
 * -EFAULT: @cases or an element cannot be read, or not be written: then it is back at
 *	the head;
 * -EINTR: a signal came first;
 * -EDQUOT, -ENOMEM: no memory;
 * any error of open(2) on /dev/chan, if no case has a channel.
 */
int chan_select(struct chan_case *cases, unsigned int n);

/**
 * chan_try_select() - carry out one of several cases if that is possible at once
 * @cases: @n cases
 * @n: how many
 *
 * Return: as chan_select(), but never -EINTR; -EAGAIN: at one moment, none was possible.
 */
int chan_try_select(struct chan_case *cases, unsigned int n);

/**
 * chan_select_until() - carry out one of several cases, and give up at a deadline
 * @cases: @n cases
 * @n: how many; none sleeps until then
 * @deadline: as for chan_send_until()
 *
 * Return: as chan_select(), or -ETIMEDOUT: the deadline passed first.
 */
int chan_select_until(struct chan_case *cases, unsigned int n, uint64_t deadline);

/**
 * chan_after() - a channel that receives one tick, after a while
 * @ns: nanoseconds from now
 *
 * A tick is a uint64_t: the CLOCK_MONOTONIC time in nanoseconds at which it was due. The
 * channel is not closed after it. close(2) gives the timer up, whether it has come or not.
 *
 * Return: a close-on-exec file descriptor that may only receive, or
 * -EDQUOT, -ENOMEM, any error of open(2): as chan_make().
 */
int chan_after(uint64_t ns);

/**
 * chan_tick() - a channel that receives a tick again and again
 * @ns: nanoseconds until the first one, and between two
 *
 * It buffers one tick. Those that come while nobody has taken that are dropped.
 *
 * Return: as chan_after(); -EINVAL: @ns is 0.
 */
int chan_tick(uint64_t ns);

/**
 * chan_timer_stop() - let no tick come any more
 * @ch: a channel of chan_after() or chan_tick()
 *
 * Ticks of before are received no more, and the channel is not closed: a receive waits.
 *
 * Return: 1 if there was a tick to come, or one that was not received; else 0; or
 * -EBUSY: @ch is a channel of chan_make().
 */
int chan_timer_stop(int ch);

/**
 * chan_timer_reset() - stop a timer, and let one tick come after a while
 * @ch: a channel of chan_after() or chan_tick()
 * @ns: nanoseconds from now
 *
 * Return: as chan_timer_stop().
 */
int chan_timer_reset(int ch, uint64_t ns);

/**
 * chan_tick_reset() - stop a timer, and let ticks come again and again
 * @ch: a channel of chan_after() or chan_tick()
 * @ns: nanoseconds until the first one, and between two
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
 * @elem: where each element goes before the body runs; what it points to has their size
 *
 * The body is a statement; break and continue work. An error of chan_recv() ends
 * the loop too, -EINTR and -EAGAIN among them. Where that matters, use
 * chan_foreach_result().
 */
#define chan_foreach(ch, elem) \
	while (chan_recv((ch), (elem), sizeof(*(elem))) > 0)

/**
 * chan_foreach_result() - chan_foreach() that tells how it ended
 * @ch: the channel
 * @elem: as for chan_foreach()
 * @result: an int variable. After the loop: 0 if the channel is closed and
 *	drained, a negative errno value if that error of chan_recv() ended the
 *	loop, 1 after break.
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
 * @name: of the channel type, and prefix of its functions
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
 * The first three return a channel whose fd is 0 or more, or a negative errno value:
 * those of chan_make_typed(), chan_attach() and chan_dup(). The last is for loops: it is
 * 1 if name_recv() is, else 0, so that
 *
 *	while (name_next(ch, &elem))
 *
 * is chan_foreach(). The others are the functions above for elements of type T. What
 * moves no element takes the fd: chan_close(ch.fd), chan_len(ch.fd), close(ch.fd).
 *
 * Elements are copied as plain bytes, padding included. Pointers in them mean
 * nothing to another process.
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
