/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Child processes. None of them outlives the demo, however it ends. An interrupt
 * kills them, and closed channels end all other waits.
 */
#ifndef DEMO_CREW_H
#define DEMO_CREW_H

#include <stdbool.h>
#include <sys/types.h>

int crew_catch_signals(void);
bool crew_interrupted(void);
pid_t crew_fork(void);
void crew_kill_all(void);
bool crew_alive(pid_t pid);
int crew_wait(pid_t pid);
int crew_wait_stopped(pid_t pid);
int crew_dismiss(void);

#endif /* DEMO_CREW_H */
