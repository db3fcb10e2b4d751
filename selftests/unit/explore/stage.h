/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stage of a play, and what its tasks do there.
 */
#ifndef _STAGE_H
#define _STAGE_H

#include "history.h"
#include "play.h"
#include "unit.h"

#define TEST		TASKS_MAX	/* the place of the test itself in the history */
#define UNRECEIVED	4711		/* nobody sends this */

/**
 * struct stage - where a script is played
 * @script: the script
 * @send: the only file of each channel that may send; NULL once that is gone
 * @recv: the only one that may receive
 * @file: a file that is no channel
 * @fd: its descriptor
 * @watches: files that show what there is to receive
 * @watch_fds: their descriptors
 * @tasks: those that have not ended
 * @acts: what they do now
 * @interrupted: somebody has interrupted this task
 * @deadline: of all that is until
 * @expired: it has passed
 * @ready: the file is
 * @history: what was done
 * @broken: what was broken, or NULL
 */
struct stage {
	const struct script	*script;
	struct chan_file	*send[CHANNELS];
	struct chan_file	*recv[CHANNELS];
	struct shim_pollable	file;
	int			fd;
	struct shim_watch	watches[CHANNELS];
	int			watch_fds[CHANNELS];
	struct task_struct	*tasks[TASKS_MAX];
	const struct act	*acts[TASKS_MAX];
	bool			interrupted[TASKS_MAX];
	ktime_t			deadline;
	bool			expired;
	bool			ready;
	struct history		history;
	const char		*broken;
};

extern struct stage stage;

/* The first counts. */
void stage_broken(const char *what);
/* What a task runs. */
void stage_run(unsigned int task);
/*
 * Into the history: @moved elements of @values went by the case @c; 0: it found its
 * channel closed.
 */
void stage_record(unsigned int task, struct event *e, struct act_case c, long moved,
		  const u64 *values);

#endif /* _STAGE_H */
