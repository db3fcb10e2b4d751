/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes parked in channels, each holding only the file descriptors that it is to keep, so that
 * possible wakers are known. The test itself must close its own.
 */
#ifndef _TOOLS_PART_H
#define _TOOLS_PART_H

#include <chan.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define THREADS_MAX	3
#define CASES_MAX	3
#define BIT(fd)		(1ULL << (fd))

/* One thread: parked in its cases until the deadline, or without any, in pause(). */
struct thread {
	struct chan_case cases[CASES_MAX];
	unsigned int count;
	uint64_t deadline;
	pid_t tid;
};

/**
 * struct part - a process
 * @name: its name
 * @keep: a bit for each file descriptor that it keeps
 * @threads: its threads; the first is the main thread
 * @count: number of threads
 * @processes: its threads are processes, which share file descriptors
 * @user: the user that it becomes
 */
struct part {
	char name[16];
	uint64_t keep;
	struct thread threads[THREADS_MAX];
	unsigned int count;
	bool processes;
	uid_t user;
};

/* Source and destination of elements, whose values do not matter. */
extern uint64_t element;

/* Close all file descriptors from 3 on except those in this set of bits. */
void keep_only(uint64_t keep);

struct part *part_new(const char *name, uint64_t keep);
/* Add a thread, which is in pause() unless it is given cases. */
struct thread *part_thread(struct part *part);
void thread_add(struct thread *thread, struct chan_case added);
/* Add a thread with one case. */
void part_sends(struct part *part, int ch);
void part_receives(struct part *part, int ch);
/* Start it, and wait until all of its threads sleep. @ch: any channel. */
pid_t part_start(struct part *part, int ch);

/* Processes of one thread: parked to receive or to send; or in pause(), which counts as running. */
pid_t start_receiver(const char *name, int ch, uint64_t keep);
pid_t start_sender(const char *name, int ch, uint64_t keep);
pid_t start_holder(const char *name, int ch, uint64_t keep);

/* A channel of 8-byte elements, without a buffer. */
int make(const char *type);
unsigned long long id_of(int ch);

/**
 * struct pair - a deadlock of two processes: each receives from the channel that the other would
 *	send to
 * @orders: ID of the channel that the baker receives from
 * @bills: ID of the channel that the waiter receives from
 * @orders_fd: a file descriptor of @orders, in both
 * @bills_fd: a file descriptor of @bills, in both
 */
struct pair {
	unsigned long long orders;
	unsigned long long bills;
	int orders_fd;
	int bills_fd;
	pid_t baker;
	pid_t waiter;
};

/* The test still holds them. */
struct pair start_pair(void);
/*
 * Two that wait for each other like these, while @fd is in flight to the test. The test could take
 * it from the returned socket, and holds nothing else.
 */
int start_with_message(int orders, int bills, int fd);

#endif /* _TOOLS_PART_H */
