/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An event of a channel tracepoint, as recorded by a BPF program.
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

/* The path of an element. */
enum chan_event_path {
	CHAN_PATH_HANDOFF,
	CHAN_PATH_RING,
	CHAN_PATH_PARK,
	CHAN_PATHS,
};

#define CHAN_EVENT_COMMAND	16

/**
 * struct chan_event - an event of a channel
 * @time: nanoseconds of CLOCK_MONOTONIC
 * @id: channel number; 0: none, for a select that carried out no case of a channel
 * @pid: process ID
 * @tid: thread ID
 * @command: command of the task, NUL-terminated
 * @cpu: CPU of the task
 * @kind: enum chan_event_kind; the following fields are 0 for kinds not listed with them
 * @parked: nanoseconds; send, recv (path park), wake
 * @path: enum chan_event_path; send, recv
 * @len: elements in the ring after the event; send, recv. Elements never received; release
 * @peer: thread ID or 0; send, recv, requeue
 * @send: parked to send, not to receive; park, wake
 * @select: parked by a select; park
 * @result: result of the operation; wake, select
 * @winner: index of the case, or -1; select
 * @cases: number of cases; select
 * @waiters: operations parked on this side now; park
 * @cause: CHAN_CLOSED_*; close
 * @receivers: receivers that were parked; close
 * @senders: senders that were parked; close
 * @requeued: requeued elements now; requeue
 * @elemsize: element size in bytes; make
 * @cap: capacity in elements; make
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
