/* SPDX-License-Identifier: GPL-2.0-only */
/* Tasks: where they sleep, as /proc shows it, and which of them run first. */
#ifndef _COMMON_TASK_H
#define _COMMON_TASK_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether the task sleeps inside this system call, SYS_*. A woken task does not. */
bool task_sleeps_in(pid_t tid, long syscall_number);
/* Whether it sleeps inside any system call whose first argument is @fd. */
bool task_sleeps_on(pid_t tid, int fd);
/* As /proc shows it: S asleep, T stopped, t traced; 0 if the task is gone. */
char task_state(pid_t tid);
/* How often the task has gone to sleep. */
unsigned long task_sleeps(pid_t tid);

/* Like fork(2), but never fails, and the child dies with its parent. */
pid_t task_fork(void);

/* From now on, the calling task and its new tasks share this CPU, or the current one. */
void task_pin_to(int cpu);
void task_pin(void);
/*
 * From now on, no other task runs on the CPU of the calling task until that sleeps: tasks that it
 * wakes there do not run yet.
 */
void task_run_first(void);
/* From now on, other tasks run as well again. */
void task_run_as_others(void);

#endif /* _COMMON_TASK_H */
