/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints of the system "chan". Each starts with the number of its channel and has only
 * numbers, of basic C types, so readers need neither headers nor BTF.
 *
 * Events of one channel are in the order of its lock, except those emitted without it:
 * chan_select, chan_make, chan_release, and the events of a parked task that runs again
 * (chan_wake, and chan_send and chan_recv with the path "park").
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM chan

#if !defined(_CHAN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _CHAN_TRACE_H

#include <linux/tracepoint.h>

#ifndef CHAN_TRACE_PATHS
/* Path of an element: see struct chan_paths. */
#define CHAN_PATH_HANDOFF	0
#define CHAN_PATH_RING		1
#define CHAN_PATH_PARK		2

#define CHAN_TRACE_PATHS \
	{ CHAN_PATH_HANDOFF, "handoff" }, { CHAN_PATH_RING, "ring" }, { CHAN_PATH_PARK, "park" }
#define CHAN_TRACE_SIDES	{ 0, "recv" }, { 1, "send" }
#endif

TRACE_EVENT(chan_make,
	TP_PROTO(u64 id, u32 elemsize, u32 cap, u32 flags),
	TP_ARGS(id, elemsize, cap, flags),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned int, elemsize)
		__field(unsigned int, cap)
		__field(unsigned int, flags)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->elemsize = elemsize;
		__entry->cap = cap;
		__entry->flags = flags;
	),
	TP_printk("id=%llu elemsize=%u cap=%u flags=%#x", __entry->id, __entry->elemsize,
		  __entry->cap, __entry->flags)
);

/*
 * An element was sent or received. len: elements in the ring afterwards. peer: the task
 * that was parked on the other side (handoff), whose element filled the freed slot (recv,
 * ring), or that completed this operation (park); else 0. parked: nanoseconds from parking
 * to running again, on the path "park".
 */
DECLARE_EVENT_CLASS(chan_element,
	TP_PROTO(u64 id, u32 path, u32 len, pid_t peer, u64 parked),
	TP_ARGS(id, path, len, peer, parked),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned long long, parked)
		__field(unsigned int, path)
		__field(unsigned int, len)
		__field(int, peer)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->parked = parked;
		__entry->path = path;
		__entry->len = len;
		__entry->peer = peer;
	),
	TP_printk("id=%llu path=%s len=%u peer=%d parked=%llu", __entry->id,
		  __print_symbolic(__entry->path, CHAN_TRACE_PATHS), __entry->len,
		  __entry->peer, __entry->parked)
);

DEFINE_EVENT(chan_element, chan_send,
	TP_PROTO(u64 id, u32 path, u32 len, pid_t peer, u64 parked),
	TP_ARGS(id, path, len, peer, parked)
);

DEFINE_EVENT(chan_element, chan_recv,
	TP_PROTO(u64 id, u32 path, u32 len, pid_t peer, u64 parked),
	TP_ARGS(id, path, len, peer, parked)
);

/* A task parks with an operation; a select does so with each of its operations. */
TRACE_EVENT(chan_park,
	TP_PROTO(u64 id, bool send, u32 waiters, bool select),
	TP_ARGS(id, send, waiters, select),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned int, send)
		__field(unsigned int, waiters)
		__field(unsigned int, select)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->send = send;
		__entry->waiters = waiters;
		__entry->select = select;
	),
	TP_printk("id=%llu side=%s waiters=%u select=%u", __entry->id,
		  __print_symbolic(__entry->send, CHAN_TRACE_SIDES), __entry->waiters,
		  __entry->select)
);

/*
 * A parked task runs again. result: of the completed operation, or why none completed. In
 * the latter case id is 0 for a select, for example if a file was ready (-EAGAIN).
 */
TRACE_EVENT(chan_wake,
	TP_PROTO(u64 id, bool send, int result, u64 parked),
	TP_ARGS(id, send, result, parked),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned long long, parked)
		__field(unsigned int, send)
		__field(int, result)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->parked = parked;
		__entry->send = send;
		__entry->result = result;
	),
	TP_printk("id=%llu side=%s result=%d parked=%llu", __entry->id,
		  __print_symbolic(__entry->send, CHAN_TRACE_SIDES), __entry->result,
		  __entry->parked)
);

/* cause: CHAN_CLOSED_*; receivers and senders: number of parked ones. */
TRACE_EVENT(chan_close,
	TP_PROTO(u64 id, u32 cause, u32 receivers, u32 senders),
	TP_ARGS(id, cause, receivers, senders),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned int, cause)
		__field(unsigned int, receivers)
		__field(unsigned int, senders)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->cause = cause;
		__entry->receivers = receivers;
		__entry->senders = senders;
	),
	TP_printk("id=%llu cause=%u receivers=%u senders=%u", __entry->id, __entry->cause,
		  __entry->receivers, __entry->senders)
);

/*
 * A select has ended. id: channel of the case that was carried out, or 0. winner: index of
 * that case, or of the case of a ready file, or -1. result: of that case, or why there is
 * none.
 */
TRACE_EVENT(chan_select,
	TP_PROTO(u64 id, u32 cases, int winner, int result),
	TP_ARGS(id, cases, winner, result),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned int, cases)
		__field(int, winner)
		__field(int, result)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->cases = cases;
		__entry->winner = winner;
		__entry->result = result;
	),
	TP_printk("id=%llu cases=%u winner=%d result=%d", __entry->id, __entry->cases,
		  __entry->winner, __entry->result)
);

/*
 * An element was requeued. requeued: number of requeued elements now. peer: the parked
 * receiver that got it at once, or 0.
 */
TRACE_EVENT(chan_requeue,
	TP_PROTO(u64 id, u32 requeued, pid_t peer),
	TP_ARGS(id, requeued, peer),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned int, requeued)
		__field(int, peer)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->requeued = requeued;
		__entry->peer = peer;
	),
	TP_printk("id=%llu requeued=%u peer=%d", __entry->id, __entry->requeued, __entry->peer)
);

/* The last file of a channel was closed. len: elements that were never received. */
TRACE_EVENT(chan_release,
	TP_PROTO(u64 id, u32 len),
	TP_ARGS(id, len),
	TP_STRUCT__entry(
		__field(unsigned long long, id)
		__field(unsigned int, len)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->len = len;
	),
	TP_printk("id=%llu len=%u", __entry->id, __entry->len)
);

#endif /* _CHAN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
