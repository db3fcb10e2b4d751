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

enum injection {
	INJECTION_NONE,
	INJECTION_ALLOCATION,
	INJECTION_COPY,
};

/* Can this kernel do it at all? */
bool injection_exists(void);
/* Let it do so, for each allocation and each copy. */
void injection_set_up(void);

/* What counts the faults of the calling task, for the next two; close(2) it at the end. */
int injection_open(void);
/* The @nth allocation or copy from now on will fail, and no other. */
void injection_start(int fd, unsigned int nth);
/* None will fail any more. Returns what has failed; only one task may count at a time. */
enum injection injection_stop(int fd);

#endif /* _COMMON_INJECTION_H */
