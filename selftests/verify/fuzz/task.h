/* SPDX-License-Identifier: GPL-2.0-only */
/* The tasks of a running program, and the memory shared with the process that runs it. */
#ifndef _FUZZ_TASK_H
#define _FUZZ_TASK_H

#include <sys/types.h>

#include "program.h"
#include "values.h"

/* Memory of one call, in bytes: one of the largest elements, and more. */
#define FUZZ_REGION	0x120000UL
/* Regions: of the calls; the data to send of those with slow memory; and one for draining. */
#define FUZZ_REGIONS	(2 * FUZZ_CALLS_MAX + 1)
#define FUZZ_ARENA	(FUZZ_REGIONS * FUZZ_REGION)

/* Maximum number of program counters of one task. */
#define FUZZ_COVER_SIZE	16384

#define FUZZ_CHILDREN_MAX	FUZZ_CALLS_MAX

enum fuzz_progress {
	FUZZ_WAITS,
	FUZZ_BEGUN,
	FUZZ_ENDED,
};

/* Requests to the first process, as bits; those below start a task. */
#define FUZZ_REQUEST_DRAIN	(1U << FUZZ_TASKS)

/**
 * struct fuzz_view - memory of a call as its task sees it
 * @start: of the mapping; 0 if there is none
 * @kind: enum fuzz_buffer
 */
struct fuzz_view {
	uint64_t start;
	uint64_t length;
	int32_t process;
	uint32_t kind;
};

/**
 * struct fuzz_shared - shared by all tasks of a program
 * @released: that many calls may begin; a futex
 * @changes: counts events to check; a futex
 * @requests: FUZZ_REQUEST_*; a futex
 * @ending: no further call is to begin
 * @progress: enum fuzz_progress, of each call
 * @results: of each call: its result, or a negative errno
 * @tids: of the tasks; 0 is not started, and @pids: of their processes
 * @finished: of the tasks: makes no more calls
 * @slots: file descriptors, of each process; -1 is none
 * @faults: file descriptors of userfaultfd(2), of each process; -1 is none
 * @children: forked by calls
 * @drained: channels that were drained completely
 * @uneven: one of those, whose counters do not agree; or 0
 */
struct fuzz_shared {
	struct fuzz_program program;
	uint32_t released;
	uint32_t changes;
	uint32_t requests;
	uint32_t ending;
	uint32_t progress[FUZZ_CALLS_MAX];
	int64_t results[FUZZ_CALLS_MAX];
	int32_t tids[FUZZ_TASKS];
	int32_t pids[FUZZ_TASKS];
	uint32_t finished[FUZZ_TASKS];
	int32_t slots[FUZZ_PROCESSES][FUZZ_SLOTS];
	int32_t faults[FUZZ_PROCESSES];
	int32_t children[FUZZ_CHILDREN_MAX];
	struct fuzz_view views[FUZZ_CALLS_MAX];
	struct fuzz_values values;
	uint64_t drained[FUZZ_SLOTS];
	uint32_t channels;
	uint64_t uneven;
};

/**
 * struct fuzz_machine - state kept from program to program
 * @arena: memory of the calls; a file, which all processes have mapped here
 * @covers: for each task, the kcov buffer: a count, and that many program counters
 * @kcov: file descriptors of kcov; -1 is none
 */
struct fuzz_machine {
	struct fuzz_shared *shared;
	char *arena;
	int arena_fd;
	uint64_t *covers[FUZZ_TASKS];
	int kcov[FUZZ_TASKS];
};

/**
 * struct fuzz_task - a task, as seen by itself
 * @call: the current call
 * @view: memory of that call, until all may manipulate it
 * @cover: of it; NULL is none
 * @mark: how much of @cover counts
 */
struct fuzz_task {
	struct fuzz_machine *machine;
	struct fuzz_shared *shared;
	unsigned int index;
	unsigned int process;
	unsigned int call;
	struct fuzz_view view;
	uint64_t *cover;
	uint64_t mark;
	int fail_fd;
};

static inline unsigned int fuzz_task_process(unsigned int task)
{
	return task < FUZZ_THREADS ? 0 : task - FUZZ_THREADS + 1;
}

/* Wait until *@word is no longer @value, or for that many microseconds; or a signal. */
void fuzz_futex_wait(uint32_t *word, uint32_t value, unsigned int microseconds);
void fuzz_futex_wake(uint32_t *word);
/* Report a change to the watching process. */
void fuzz_shared_change(struct fuzz_shared *shared);

/* Make a system call that is part of the program. Returns its result, or a negative errno. */
long fuzz_task_syscall(struct fuzz_task *task, long number, long a, long b, long c, long d, long e);

/* The main function of the first process. @sockets: to pass file descriptors through. */
void fuzz_keeper_run(struct fuzz_machine *machine, const int sockets[2])
	__attribute__((noreturn));

#endif /* _FUZZ_TASK_H */
