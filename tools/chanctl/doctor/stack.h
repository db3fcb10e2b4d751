/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DOCTOR_STACK_H
#define DOCTOR_STACK_H

#include <stddef.h>
#include <sys/types.h>

#define STACK_FRAMES	64
#define STACK_NAME_SIZE	64

/* Kernel stack of a task, innermost function first. */
struct stack {
	char functions[STACK_FRAMES][STACK_NAME_SIZE];
	size_t count;
};

/* Empty if the caller may not see it. */
void stack_read(struct stack *stack, pid_t tid);

#endif /* DOCTOR_STACK_H */
