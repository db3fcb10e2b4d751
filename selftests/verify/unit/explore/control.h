/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The controller: tasks take turns, one of them runs at a time. At each point of the shim, and
 * wherever the running task cannot continue, a strategy chooses the next task; its choices are
 * recorded. All this happens in one thread, and nothing else is left to chance.
 */
#ifndef _CONTROL_H
#define _CONTROL_H

#include "strategy.h"

struct task_struct;

/* A time: they are numbered consecutively. */
typedef unsigned int control_time;
#define CONTROL_NEVER	(~0U)

/* From here to control_end(), the controller decides. */
void control_begin(void);
/* From now on, this strategy chooses; NULL: always option 0, and nothing is recorded. */
void control_use(struct strategy *strategy);
/* A task, to run when control_run() is called. */
void control_add(struct task_struct *task, void (*run)(unsigned int index));
/* Run the tasks until none can: each has ended, or waits. */
void control_run(void);
void control_end(void);

bool control_ended(unsigned int index);
/* It waits for a lock, not for a wakeup. */
bool control_locked(unsigned int index);
const struct schedule *control_schedule(void);

/* A time later than all before. */
control_time control_now(void);
/* When the calling task slept first since its last call; CONTROL_NEVER if it did not. */
control_time control_slept(void);

/* Print each step. */
void control_trace(bool on);
/* Output before the program dies, besides the schedule. */
void control_on_death(void (*tell)(void));

#endif /* _CONTROL_H */
