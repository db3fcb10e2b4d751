/* SPDX-License-Identifier: GPL-2.0-only */
/* Internals shared by the parts of the shim. */
#ifndef _SHIM_INTERNAL_H
#define _SHIM_INTERNAL_H

#include "shim.h"

struct task_struct;

/* NULL if the machine schedules. */
extern const struct shim_controller *shim_controller;

/* Wakeups from outside the module: an interrupt, a signal, a wait queue. */
int shim_task_wake(struct task_struct *task, unsigned int states);

/* In one of @n cases, while shim_chaos() is on. */
bool shim_chaos_strikes(unsigned int n);

/* Run the functions of due timers, as interrupts on the calling task. */
void shim_clock_interrupt(void);

#endif /* _SHIM_INTERNAL_H */
