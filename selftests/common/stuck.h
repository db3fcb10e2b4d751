/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations of one element that get stuck in a page fault when they touch its memory, each
 * in a process of its own, which can be killed.
 */
#ifndef _COMMON_STUCK_H
#define _COMMON_STUCK_H

#include "operation.h"

/* @run: operation_send_one, of an element of zeros, or operation_recv_one. */
struct operation *stuck_start(int (*run)(struct operation *op), int ch);
/* Wait until it waits for its memory. */
void stuck_wait(const struct operation *op);
/* Let its memory be there. What it receives is in @op->elems after operation_wait(). */
void stuck_release(struct operation *op);
/* Let its memory never be there: it faults. */
void stuck_fault(struct operation *op);

#endif /* _COMMON_STUCK_H */
