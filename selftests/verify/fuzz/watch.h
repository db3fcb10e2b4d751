/* SPDX-License-Identifier: GPL-2.0-only */
/* The tasks of a program, as seen by the process that runs them. */
#ifndef _FUZZ_WATCH_H
#define _FUZZ_WATCH_H

#include "task.h"

struct chan_info;

/**
 * struct fuzz_watch - the tasks of one program
 * @keeper: first process, and process group of all
 * @dead: it is
 * @requested: tasks that were requested, as bits
 * @pidfds: of the processes; -1 is not open
 * @states: /proc state files of the tasks and of the keeper; -1 is not open
 */
struct fuzz_watch {
	struct fuzz_shared *shared;
	pid_t keeper;
	bool dead;
	uint32_t requested;
	int pidfds[FUZZ_PROCESSES];
	int states[FUZZ_TASKS + 1];
};

/* In milliseconds. */
uint64_t fuzz_watch_now(void);

void fuzz_watch_init(struct fuzz_watch *watch, struct fuzz_shared *shared);
/* Until something changes, or for that many microseconds. */
void fuzz_watch_nap(struct fuzz_watch *watch, unsigned int microseconds);

bool fuzz_watch_started(const struct fuzz_watch *watch, unsigned int task);
/* Neither dead nor stopped. */
bool fuzz_watch_keeper_runs(struct fuzz_watch *watch);
bool fuzz_watch_ended(const struct fuzz_watch *watch, unsigned int call);
/* In a call, and asleep or stopped; or dead. */
bool fuzz_watch_stuck(struct fuzz_watch *watch, unsigned int task);

/* A copy of the process's file descriptor; -1 if there is none. */
int fuzz_watch_fd(struct fuzz_watch *watch, unsigned int process, int fd);
/* Info of the channel in the slot; false if there is none. */
bool fuzz_watch_info(struct fuzz_watch *watch, unsigned int process, unsigned int slot,
		     struct chan_info *info);

/* Send a signal to each task that may still make a call. Returns one of them, or -1. */
int fuzz_watch_interrupt(struct fuzz_watch *watch);
/* Kill the children forked by calls, and wait for their deaths. */
void fuzz_watch_kill_children(struct fuzz_watch *watch);
/* Reaps dead processes. Returns whether any is left. */
bool fuzz_watch_reap(struct fuzz_watch *watch);
/* Whether any remaining task runs or waits for a CPU. */
bool fuzz_watch_any_runs(struct fuzz_watch *watch);
void fuzz_watch_deinit(struct fuzz_watch *watch);

#endif /* _FUZZ_WATCH_H */
