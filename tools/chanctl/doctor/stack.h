/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DOCTOR_STACK_H
#define DOCTOR_STACK_H

#include <stddef.h>
#include <sys/types.h>

#define STACK_FRAMES	64
#define STACK_NAME_SIZE	64

/* Where a task sleeps in the kernel, the innermost function first. */
struct stack {
	char functions[STACK_FRAMES][STACK_NAME_SIZE];
	size_t count;
};

/* Without any function if that is not for the caller to see. */
void stack_read(struct stack *stack, pid_t tid);

#endif /* DOCTOR_STACK_H */
