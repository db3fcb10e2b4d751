/* SPDX-License-Identifier: GPL-2.0-only */
/* The stage of a play, and the actions of its tasks there. */
#ifndef _STAGE_H
#define _STAGE_H

#include "history.h"
#include "play.h"
#include "unit.h"

#define TEST		TASKS_MAX	/* the place of the test itself in the history */
#define UNRECEIVED	4711		/* never sent */

/**
 * struct stage - the setting in which a script is played
 * @script: the script
 * @send: the only file of each channel that may send; NULL once it is gone
 * @recv: the only one that may receive
 * @file: a file that is not a channel
 * @fd: its descriptor
 * @watches: files that are readable when elements can be received
 * @watch_fds: their descriptors
 * @tasks: tasks that have not ended
 * @acts: their current acts
 * @interrupted: this task was interrupted
 * @deadline: of all "until" acts
 * @expired: it has passed
 * @ready: the file is
 * @history: all events
 * @broken: the broken rule, or NULL
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

/* Keeps the first one. */
void stage_broken(const char *what);
/* The function of a task. */
void stage_run(unsigned int task);
/*
 * Record in the history: @moved elements of @values went by the case @c; 0: it found its channel
 * closed.
 */
void stage_record(unsigned int task, struct event *e, struct act_case c, long moved,
		  const u64 *values);

#endif /* _STAGE_H */
