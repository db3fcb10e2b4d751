/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one of the tracepoints of channels has told, as a BPF program passes it on.
 */
#ifndef CHAN_EVENT_H
#define CHAN_EVENT_H

/* In the order of module/trace.h. */
enum chan_event_kind {
	CHAN_EVENT_MAKE,
	CHAN_EVENT_SEND,
	CHAN_EVENT_RECV,
	CHAN_EVENT_PARK,
	CHAN_EVENT_WAKE,
	CHAN_EVENT_CLOSE,
	CHAN_EVENT_SELECT,
	CHAN_EVENT_GIVEBACK,
	CHAN_EVENT_RELEASE,
	CHAN_EVENT_KINDS,
};

/* How an element went. */
enum chan_event_path {
	CHAN_PATH_HANDOFF,
	CHAN_PATH_RING,
	CHAN_PATH_PARK,
	CHAN_PATHS,
};

#define CHAN_EVENT_COMMAND	16

/**
 * struct chan_event - one operation, or a part of one
 * @time: nanoseconds of CLOCK_MONOTONIC
 * @id: of the channel; 0: none, as of a select that carried out no case of one
 * @pid: of the process
 * @tid: of the task
 * @command: of the task, NUL-terminated
 * @cpu: where it ran
 * @kind: enum chan_event_kind; what follows and is not of its kind is 0
 * @parked: nanoseconds; send, recv (path park), wake
 * @path: enum chan_event_path; send, recv
 * @len: elements in the ring after it; send, recv. Those that nobody received; release
 * @peer: a task, or 0; send, recv, requeue
 * @send: is it a send? park, wake
 * @select: was it parked by a select? park
 * @result: wake, select
 * @winner: index of the case, or -1; select
 * @cases: how many there were; select
 * @waiters: how many are parked on this side now; park
 * @cause: CHAN_CLOSED_*; close
 * @receivers: that were parked; close
 * @senders: that were parked; close
 * @requeued: how many are requeued now; requeue
 * @elemsize: bytes of an element; make
 * @cap: elements that it buffers; make
 * @flags: CHAN_F_*; make
 */
struct chan_event {
	unsigned long long time;
	unsigned long long id;
	int pid;
	int tid;
	char command[CHAN_EVENT_COMMAND];
	unsigned int cpu;
	unsigned int kind;
	unsigned long long parked;
	unsigned int path;
	unsigned int len;
	int peer;
	unsigned int send;
	unsigned int select;
	int result;
	int winner;
	unsigned int cases;
	unsigned int waiters;
	unsigned int cause;
	unsigned int receivers;
	unsigned int senders;
	unsigned int requeued;
	unsigned int elemsize;
	unsigned int cap;
	unsigned int flags;
};

#endif /* CHAN_EVENT_H */
