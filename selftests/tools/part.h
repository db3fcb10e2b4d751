/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that are parked in channels, each of which holds no file descriptors but those that
 * it is to keep, so that it is known who could wake whom. The test itself must let go of them.
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
 * struct part - what a process does
 * @name: its name
 * @keep: a bit for each file descriptor that it keeps
 * @threads: of it, the first is its first
 * @count: how many
 * @processes: its threads are processes, which share file descriptors
 * @user: who it becomes
 */
struct part {
	char name[16];
	uint64_t keep;
	struct thread threads[THREADS_MAX];
	unsigned int count;
	bool processes;
	uid_t user;
};

/* What is sent, and room for what is received; it does not matter. */
extern uint64_t element;

/* Close all file descriptors from 3 on but those in this set of bits. */
void keep_only(uint64_t keep);

struct part *part_new(const char *name, uint64_t keep);
/* One more thread of it, which is in pause() unless it is given cases. */
struct thread *part_thread(struct part *part);
void thread_add(struct thread *thread, struct chan_case added);
/* One more thread of it, of one case. */
void part_sends(struct part *part, int ch);
void part_receives(struct part *part, int ch);
/* Start it, and wait until all of it sleeps. @ch: any channel. */
pid_t part_start(struct part *part, int ch);

/* Processes of one thread: parked to receive or to send; or in pause(), and as good as running. */
pid_t start_receiver(const char *name, int ch, uint64_t keep);
pid_t start_sender(const char *name, int ch, uint64_t keep);
pid_t start_holder(const char *name, int ch, uint64_t keep);

/* A channel of 8 bytes, without a buffer. */
int make(const char *type);
unsigned long long id_of(int ch);

/**
 * struct pair - a deadlock of two processes: each receives what the other would have to send
 * @orders: number of the channel that the baker receives from
 * @bills: number of the channel that the waiter receives from
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
 * Two that wait for each other like these, while @fd is on its way to the test, which could take
 * it from the socket that is returned, and holds nothing else.
 */
int start_with_message(int orders, int bills, int fd);

#endif /* _TOOLS_PART_H */
