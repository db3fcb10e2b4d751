/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks: where they sleep, as /proc shows it, and which of them run first.
 */
#ifndef _COMMON_TASK_H
#define _COMMON_TASK_H

#include <stdbool.h>
#include <sys/types.h>

/* Does the task sleep inside this system call, SYS_*? One that was woken does not. */
bool task_sleeps_in(pid_t tid, long syscall_number);
/* Does it sleep inside any system call whose first argument is @fd? */
bool task_sleeps_on(pid_t tid, int fd);
/* As /proc shows it: S asleep, T stopped, t traced; 0 if the task is gone. */
char task_state(pid_t tid);
/* How often the task has gone to sleep. */
unsigned long task_sleeps(pid_t tid);

/* As fork(2), but it always can, and who was forked dies with its parent. */
pid_t task_fork(void);

/* From now on, the calling task and those that it starts share this CPU, or the one it is on. */
void task_pin_to(int cpu);
void task_pin(void);
/*
 * From now on, no other task runs on the CPU of the calling task as long as that does not
 * sleep: what it wakes stays where it is.
 */
void task_run_first(void);
/* From now on, others run as well again. */
void task_run_as_others(void);

#endif /* _COMMON_TASK_H */
