/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory shared by the runner and its processes. The runner gives each worker a script, starts the
 * round, and reads the results in the same memory, even if a worker died.
 */
#ifndef _HISTORIES_SHARED_H
#define _HISTORIES_SHARED_H

#include <stdint.h>
#include <sys/types.h>

#include "history.h"

#define WORKERS		4
#define SCRIPT_MAX	5
/* Channels of a group, from which each round uses a few. */
#define POOL		12
/* Space for the largest element. */
#define ELEMENT_MAX	512
/* Content of memory before a receive. */
#define EMPTY		UINT64_MAX

/* The system call used. */
enum way {
	WAY_PLAIN,
	WAY_FILE,
	WAY_SELECT,
};

/* The memory that an operation of a single case receives into. */
enum memory {
	MEMORY_PLAIN,
	MEMORY_FRAGILE,	/* removed by a nemesis */
	MEMORY_SLOW,	/* its first access waits */
	MEMORY_KINDS,
};

/* Tasks of the second thread of a worker. */
enum assistance {
	ASSIST_NOTHING,
	ASSIST_UNMAP,
	ASSIST_PROTECT,
	ASSIST_DUP2,
	ASSIST_CLOSE,
	ASSIST_FORK,
	ASSIST_EXEC,
};

/**
 * struct step - an operation to do
 * @op: the operation, and then its outcome; @op.ret is written last
 * @way: enum way
 * @memory: enum memory
 * @delay: nanoseconds until its deadline
 */
struct step {
	struct history_op op;
	uint8_t way;
	uint8_t memory;
	uint32_t delay;
};

/**
 * struct worker - a process that plays its script in each round
 * @round: the last round that it has ended
 * @n: number of steps
 * @at: number of the current step
 * @inside: the step's operation has begun and not ended
 * @assistance: enum assistance; nothing again when it is done
 * @fds_lost: its file descriptors were closed
 * @slow: its file descriptor of userfaultfd(2); -1: none
 * @steps: its script
 * @buffers: memory for the elements of one step
 */
struct worker {
	uint32_t round;
	uint32_t n;
	uint32_t at;
	uint32_t inside;
	uint32_t assistance;
	uint32_t fds_lost;
	int slow;
	struct step steps[SCRIPT_MAX];
	char buffers[HISTORY_CASES][ELEMENT_MAX];
};

/**
 * struct slot - a channel of the pool
 * @fd: the runner's
 * @generation: changes when another channel takes its place
 */
struct slot {
	int fd;
	uint32_t generation;
	uint32_t elemsize;
	uint32_t cap;
};

/**
 * struct shared - all of it
 * @ticket: the next one
 * @round: number of the current round, or of the last one
 * @ended: incremented when a worker has ended a round
 * @begun: how many workers have begun the round
 * @runner: process that has @slot.fd
 * @nchannels: number of channels in the round
 * @channels: which of the pool
 */
struct shared {
	uint64_t ticket;
	uint32_t round;
	uint32_t ended;
	uint32_t begun;
	pid_t runner;
	uint32_t nchannels;
	uint32_t channels[HISTORY_CHANNELS];
	struct slot slots[POOL];
	struct worker workers[WORKERS];
};

static inline uint64_t ticket_draw(struct shared *shared)
{
	return __atomic_add_fetch(&shared->ticket, 1, __ATOMIC_SEQ_CST);
}

#endif /* _HISTORIES_SHARED_H */
