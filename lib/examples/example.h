/* SPDX-License-Identifier: MIT OR LGPL-2.1-or-later */
/*
 * Helpers of the examples: errors, processes, memory, and channels with two sides.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <chan.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MILLISECOND	1000000ULL
#define MINUTE		60000000000ULL

/* The result of a libchan call; exits on error. */
#define check(call)		example_check((call), #call)
/* The same for a system call, which returns -1 and sets errno. */
#define check_errno(call)	example_check_errno((call), #call)

static inline int example_check(int result, const char *call)
{
	if (result >= 0)
		return result;
	fprintf(stderr, "%s: %s\n", call, strerror(-result));
	exit(EXIT_FAILURE);
}

static inline int example_check_errno(int result, const char *call)
{
	return example_check(result < 0 ? -errno : result, call);
}

/* fork(2), of a child that is killed when its parent ends. */
static inline pid_t start(void)
{
	pid_t pid;

	/* The child would print buffered output again. */
	fflush(stdout);
	pid = check_errno(fork());
	if (pid == 0)
		check_errno(prctl(PR_SET_PDEATHSIG, SIGKILL));
	return pid;
}

/* Wait until all children have ended; fail if one has failed. */
static inline void join(void)
{
	int status;

	while (wait(&status) > 0) {
		if (status == 0)
			continue;
		fprintf(stderr, "a child failed\n");
		exit(EXIT_FAILURE);
	}
}

/* Zeroed memory that a process shares with its children. */
static inline void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	check_errno(memory == MAP_FAILED ? -1 : 0);
	return memory;
}

/* The two sides of a channel. Each is a separate open file, so each detects the other's end. */
struct sides {
	int send;
	int recv;
};

static inline struct sides make_sides(size_t elemsize, unsigned int cap)
{
	int ch = check(chan_make(elemsize, cap, 0));
	struct sides sides = {
		.send = check(chan_dup(ch, CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE)),
		.recv = check(chan_dup(ch, CHAN_RIGHT_RECV)),
	};

	close(ch);
	return sides;
}

#endif /* EXAMPLE_H */
