/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that the kernel injects: one allocation, or copy from or to user memory, of the
 * calling task fails (see fault-injection.rst of the kernel).
 *
 * Memory that is touched for the first time is allocated then, so what a task uses while
 * faults are counted should have been touched before.
 */
#ifndef _COMMON_INJECTION_H
#define _COMMON_INJECTION_H

#include <stdbool.h>

/* What fails: copies only, or allocations as well. */
enum injection_kind {
	INJECTION_COPIES,
	INJECTION_ALL,
};

/* Can this kernel do it at all? */
bool injection_exists(void);
/* For all tasks. */
void injection_choose(enum injection_kind kind);

/* What counts the faults of the calling task, for the next two; close(2) it at the end. */
int injection_open(void);
/* The @nth allocation or copy from now on will fail, and no other. */
void injection_start(int fd, unsigned int nth);
/* None will fail any more. Has one failed? */
bool injection_stop(int fd);

#endif /* _COMMON_INJECTION_H */
