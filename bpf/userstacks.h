/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User stacks of tasks that parked since tracing started.
 */
#ifndef CHAN_USERSTACKS_H
#define CHAN_USERSTACKS_H

#include <stdint.h>
#include <sys/types.h>

#include "userstack.h"

#define FRAME_SIZE	256

struct userstacks;

/* NULL on failure, after the reason was printed to stderr, in one line. */
struct userstacks *userstacks_open(void);
/* Returns 0, or -ENOENT if the task parked before the start, or the map was full. */
int userstacks_find(const struct userstacks *userstacks, pid_t tid, struct userstack *stack);
/* Number of stacks lost because the map was full. */
uint64_t userstacks_lost(const struct userstacks *userstacks);
/* May be NULL. */
void userstacks_close(struct userstacks *userstacks);

/**
 * userstack_names() - symbolize a stack
 * @pid: the process
 * @stack: the stack
 * @names: output, each function+offset (file), or an address without a symbol
 */
void userstack_names(pid_t pid, const struct userstack *stack,
		     char names[USERSTACK_FRAMES][FRAME_SIZE]);

#endif /* CHAN_USERSTACKS_H */
