/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contexts of BPF programs on the tracepoints of module/trace.h. They use plain C types, so no
 * BTF is needed; tracefs_ready() checks them against the running module.
 *
 * If events have a longer header than @common, as with PREEMPT_RT on Linux 6.1, all fields are
 * shifted by an offset that the events of a system share.
 */
#ifndef CHAN_TRACEPOINTS_H
#define CHAN_TRACEPOINTS_H

struct chan_make_args {
	unsigned long long common;
	unsigned long long id;
	unsigned int elemsize;
	unsigned int cap;
	unsigned int flags;
};

/* chan_send and chan_recv */
struct chan_element_args {
	unsigned long long common;
	unsigned long long id;
	unsigned long long parked;
	unsigned int path;
	unsigned int len;
	int peer;
};

struct chan_park_args {
	unsigned long long common;
	unsigned long long id;
	unsigned int send;
	unsigned int waiters;
	unsigned int select;
};

struct chan_wake_args {
	unsigned long long common;
	unsigned long long id;
	unsigned long long parked;
	unsigned int send;
	int result;
};

struct chan_close_args {
	unsigned long long common;
	unsigned long long id;
	unsigned int cause;
	unsigned int receivers;
	unsigned int senders;
};

struct chan_select_args {
	unsigned long long common;
	unsigned long long id;
	unsigned int cases;
	int winner;
	int result;
};

struct chan_requeue_args {
	unsigned long long common;
	unsigned long long id;
	unsigned int requeued;
	int peer;
};

struct chan_release_args {
	unsigned long long common;
	unsigned long long id;
	unsigned int len;
};

/* The start of task:task_newtask. */
struct task_newtask_args {
	unsigned long long common;
	int pid;
};

#endif /* CHAN_TRACEPOINTS_H */
