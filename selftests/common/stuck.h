/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations on one element that get stuck in a page fault on its memory, each in its own process,
 * which can be killed.
 */
#ifndef _COMMON_STUCK_H
#define _COMMON_STUCK_H

#include "operation.h"

/* @run: operation_send_one, of an element of zeros, or operation_recv_one. */
struct operation *stuck_start(int (*run)(struct operation *op), int ch);
/* Wait until it waits for its memory. */
void stuck_wait(const struct operation *op);
/* Provide its memory. A received element is in @op->elems after operation_wait(). */
void stuck_release(struct operation *op);
/* Make its memory inaccessible: it faults. */
void stuck_fault(struct operation *op);

#endif /* _COMMON_STUCK_H */
