/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations that run in a task of their own: a thread, or a forked process. What a
 * test and its operations have in common is shared memory, so that both look the same.
 *
 * Only the test itself asserts: an operation returns a result.
 */
#ifndef _COMMON_OPERATION_H
#define _COMMON_OPERATION_H

#include <chan.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum task_kind {
	TASK_THREAD,
	TASK_PROCESS,
};

/* The result of an operation whose process was killed. */
#define OPERATION_KILLED	(-100000)

/**
 * struct operation - something that runs in a task of its own
 * @run: what; its return value is the result
 * @ch: on which channel; a forked process has all other file descriptors as well
 * @elems: room for @count elements of the channel, zeroed; shared
 * @elemsize: of the channel
 * @count: how many elements
 * @min: wait for so many; @count to begin with
 * @flags: CHAN_XFER_*; 0 to begin with
 * @deadline: CHAN_DEADLINE_NONE to begin with
 * @data: @run's own
 * @progress: @run's own, shared: may be watched while it runs
 * @kind: of the task
 * @tid: of the task, once it runs
 * @pid: of its process
 * @thread: if it is a thread
 * @done: it has a result
 * @result: of it
 * @size: of the shared memory
 *
 * Between operation_new() and operation_start(), the test may change what says "to
 * begin with", and @data.
 */
struct operation {
	int (*run)(struct operation *op);
	int ch;
	void *elems;
	size_t elemsize;
	unsigned int count;
	unsigned int min;
	unsigned int flags;
	uint64_t deadline;
	void *data;
	uint64_t progress;
	enum task_kind kind;
	pid_t tid;
	pid_t pid;
	pthread_t thread;
	bool done;
	int result;
	size_t size;
};

/* What operations run: SENDV and RECVV with what the operation says. */
int operation_send(struct operation *op);
int operation_recv(struct operation *op);
/* SEND and RECV of one element. */
int operation_send_one(struct operation *op);
int operation_recv_one(struct operation *op);
/* SEND of the numbers from 0 to @data - 1, one after the other. Returns 0 if all are sent. */
int operation_send_numbers(struct operation *op);
int operation_close(struct operation *op);

/* A select of the @count cases in @data, which its task shares. The index is the result. */
int operation_select(struct operation *op);

/* For @count elements of @ch, which must be made. */
struct operation *operation_new(enum task_kind kind, int (*run)(struct operation *op), int ch,
				unsigned int count);
void operation_start(struct operation *op);
/* A new one of one element, with @data, which runs. */
struct operation *operation_start_new(enum task_kind kind, int (*run)(struct operation *op),
				      int ch, const void *data);
/* Start it, and wait until one more operation is parked on its channel. */
void operation_park(struct operation *op);

/* New ones of one element of 8 bytes, parked. */
struct operation *operation_park_send(enum task_kind kind, int ch, uint64_t value);
struct operation *operation_park_recv(enum task_kind kind, int ch);
/* A new select of @n cases, which has parked on @ch. Its cases are a copy, in @data. */
struct operation *operation_park_select(enum task_kind kind, int ch, const struct chan_case *cases,
					unsigned int n);

/* The first element, of 8 bytes. */
uint64_t operation_value(const struct operation *op);
bool operation_done(const struct operation *op);
void operation_signal(struct operation *op, int signal);
/* SIGKILL to its process, which must not be the test's; returns when it is dead. */
void operation_kill(struct operation *op);

/* Wait for the end of its task. Returns its result, or OPERATION_KILLED; frees it. */
int operation_join(struct operation *op);
/* Join @n of them. Is the result of each 0? If not, says which is not. */
bool operations_succeed(struct operation **ops, unsigned int n);
/* Wait for the end of its task; it stays valid until operation_join(). */
int operation_wait(struct operation *op);

/* Shared with the processes that are forked later; never freed. */
void *shared_alloc(size_t size);

/* From now on SIGUSR1 has a handler that does nothing. @flags: SA_RESTART or 0. */
void catch_signal(int flags);

/* write(2) and read(2) of all its elements. Their results are in bytes. */
int operation_write(struct operation *op);
int operation_read(struct operation *op);

/* For one element of 8 bytes of a channel that is nil. */
struct operation *operation_new_nil(enum task_kind kind, int (*run)(struct operation *op), int ch);
/* Wait until its task is in this state of /proc/TID/stat: S asleep, T stopped, t traced. */
void operation_wait_state(const struct operation *op, char state);
/* Does its task sleep in a system call on @ch? A nil channel shows nobody who waits. */
bool operation_asleep(const struct operation *op);
void operation_wait_asleep(const struct operation *op);
/* Start it, and wait until it sleeps inside this system call, SYS_*. */
void operation_park_in(struct operation *op, long syscall_number);
/* Is it still asleep there? Once a peer has woken it, it is not. */
bool operation_sleeps_in(const struct operation *op, long syscall_number);

/*
 * For elements of 8 bytes, make a receive possible: by an element in the buffer, or if that has
 * no room, by a parked sender, which is returned; else NULL is. Who polls the channel was woken
 * when it returns.
 */
struct operation *operation_offer(enum task_kind kind, int ch, uint64_t value);
/*
 * And make a send possible, by an element that is taken from the buffer, or if there is none, by
 * a parked receiver.
 */
struct operation *operation_demand(enum task_kind kind, int ch);

#endif /* _COMMON_OPERATION_H */
