/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stage: a process that plays a script on a channel which the test itself does not hold, and
 * whose threads, the actors, tell what came of it.
 */
#ifndef _COMMON_STAGE_H
#define _COMMON_STAGE_H

#include <stdbool.h>
#include <sys/types.h>

#define STAGE_ACTORS	3

/**
 * struct actor - a thread of the stage, shared with the test
 * @tid: once it is there
 * @done: it has a result
 * @result: of what it did on the channel
 */
struct actor {
	pid_t tid;
	bool done;
	int result;
};

/**
 * struct stage - a process, shared with the test
 * @pid: of it
 * @ch: its channel, with all rights
 * @curtain: something that only the test ends: a pipe that it closes
 * @actors: the first is its first thread
 */
struct stage {
	pid_t pid;
	int ch;
	int curtain[2];
	struct actor actors[STAGE_ACTORS];
};

extern struct stage *stage;

/*
 * For the test. The process has a channel without a buffer, of CHAN_F_DEADLOCK, when the script
 * begins, and ends with the test.
 */
void stage_open(void (*script)(void));
void stage_draw_curtain(void);
bool stage_actor_done(int i);
int stage_result(int i);
/* Wait until the actor is parked. */
void stage_await_parked(int i);
/* Wait until it has looked for deadlocks again and again. Has it found none? */
bool stage_stays_parked(int i);

/* For the script: another channel instead; a deed of the thread itself; one of a new thread. */
void stage_make(unsigned int cap, unsigned int flags);
void stage_act(int i, int (*deed)(int ch));
void stage_enter(int i, int (*deed)(int ch));

/* Deeds: one element is received, or sent; or until the curtain falls, nothing is done. */
int stage_recv(int ch);
int stage_send(int ch);
int stage_wait_for_curtain(int ch);

#endif /* _COMMON_STAGE_H */
