/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where in their programs tasks are parked that have parked since this began.
 */
#ifndef CHAN_USERSTACKS_H
#define CHAN_USERSTACKS_H

#include <stdint.h>
#include <sys/types.h>

#include "userstack.h"

#define FRAME_SIZE	256

struct userstacks;

/* NULL if it cannot; then why was said on stderr, in one line. */
struct userstacks *userstacks_open(void);
/* Returns 0, or -ENOENT if the task has parked before, or found no place. */
int userstacks_find(const struct userstacks *userstacks, pid_t tid, struct userstack *stack);
/* How often a task found no place. */
uint64_t userstacks_lost(const struct userstacks *userstacks);
/* May be NULL. */
void userstacks_close(struct userstacks *userstacks);

/**
 * userstack_names() - what the addresses of a stack are in a program
 * @pid: of the process
 * @stack: the stack
 * @names: result, each as function+offset (file), or an address that is of none
 */
void userstack_names(pid_t pid, const struct userstack *stack,
		     char names[USERSTACK_FRAMES][FRAME_SIZE]);

#endif /* CHAN_USERSTACKS_H */
