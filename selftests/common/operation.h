/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations that run in their own task: a thread, or a forked process. A test and its operations
 * use shared memory, so that both kinds of task behave alike.
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
 * struct operation - an operation that runs in its own task
 * @run: its function; the return value is the result
 * @ch: its channel; a forked process has all other file descriptors as well
 * @elems: memory for @count elements of the channel, zeroed; shared
 * @elemsize: of the channel
 * @count: number of elements
 * @min: minimum to wait for; initially @count
 * @flags: CHAN_XFER_*; initially 0
 * @deadline: initially CHAN_DEADLINE_NONE
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
 * Between operation_new() and operation_start(), the test may change the fields with an
 * initial value, and @data.
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

/* Operations: SENDV and RECVV with the parameters of the operation. */
int operation_send(struct operation *op);
int operation_recv(struct operation *op);
/* SEND and RECV of one element. */
int operation_send_one(struct operation *op);
int operation_recv_one(struct operation *op);
/* SEND of the numbers from 0 to @data - 1, in order. Returns 0 if all are sent. */
int operation_send_numbers(struct operation *op);
int operation_close(struct operation *op);

/* A select of the @count cases in @data, which its task shares. Returns the index. */
int operation_select(struct operation *op);

/* For @count elements of @ch, which must be made. */
struct operation *operation_new(enum task_kind kind, int (*run)(struct operation *op), int ch,
				unsigned int count);
void operation_start(struct operation *op);
/* A new operation on one element, with @data, started. */
struct operation *operation_start_new(enum task_kind kind, int (*run)(struct operation *op),
				      int ch, const void *data);
/* Start it, and wait until one more operation is parked on its channel. */
void operation_park(struct operation *op);

/* New operations on one element of 8 bytes, parked. */
struct operation *operation_park_send(enum task_kind kind, int ch, uint64_t value);
struct operation *operation_park_recv(enum task_kind kind, int ch);
/* A new select of @n cases, which has parked on @ch. Its cases are a copy, in @data. */
struct operation *operation_park_select(enum task_kind kind, int ch, const struct chan_case *cases,
					unsigned int n);

/* The first element, of 8 bytes. */
uint64_t operation_value(const struct operation *op);
bool operation_done(const struct operation *op);
void operation_signal(struct operation *op, int signal);
/* Send SIGKILL to its process, which must not be the test's; returns when it is dead. */
void operation_kill(struct operation *op);

/* Wait for the end of its task. Returns its result, or OPERATION_KILLED; frees it. */
int operation_join(struct operation *op);
/* Join @n operations. Returns whether each result is 0; if not, prints which is not. */
bool operations_succeed(struct operation **ops, unsigned int n);
/* Wait for the end of its task; it stays valid until operation_join(). */
int operation_wait(struct operation *op);

/* Shared with processes forked later; never freed. */
void *shared_alloc(size_t size);

/* From now on SIGUSR1 has a handler that does nothing. @flags: SA_RESTART or 0. */
void catch_signal(int flags);

/* write(2) and read(2) of all its elements. Their results are in bytes. */
int operation_write(struct operation *op);
int operation_read(struct operation *op);

/* For one element of 8 bytes of a nil channel. */
struct operation *operation_new_nil(enum task_kind kind, int (*run)(struct operation *op), int ch);
/* Wait until its task is in this state of /proc/TID/stat: S asleep, T stopped, t traced. */
void operation_wait_state(const struct operation *op, char state);
/* Whether its task sleeps in a system call on @ch. A nil channel lists no waiters. */
bool operation_asleep(const struct operation *op);
void operation_wait_asleep(const struct operation *op);
/* Start it, and wait until it sleeps inside this system call, SYS_*. */
void operation_park_in(struct operation *op, long syscall_number);
/* Whether it is still asleep there; a woken task is not. */
bool operation_sleeps_in(const struct operation *op, long syscall_number);

/*
 * For elements of 8 bytes, make a receive possible: by an element in the buffer, or if that is
 * full, by a parked sender, which is returned; else returns NULL. Pollers of the channel are woken
 * before it returns.
 */
struct operation *operation_offer(enum task_kind kind, int ch, uint64_t value);
/*
 * Make a send possible, by taking an element from the buffer, or if there is none, by a parked
 * receiver.
 */
struct operation *operation_demand(enum task_kind kind, int ch);

#endif /* _COMMON_OPERATION_H */
