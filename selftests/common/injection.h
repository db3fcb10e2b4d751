/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault injection: one allocation, or one copy from or to user memory, of the calling task fails
 * (see the kernel's fault-injection.rst).
 *
 * Memory is allocated at its first access, so a task should touch its memory before faults are
 * counted.
 */
#ifndef _COMMON_INJECTION_H
#define _COMMON_INJECTION_H

#include <stdbool.h>

enum injection {
	INJECTION_NONE,
	INJECTION_ALLOCATION,
	INJECTION_COPY,
};

/* Whether this kernel supports it. */
bool injection_exists(void);
/* Enable it for each allocation and each copy. */
void injection_set_up(void);

/* The fault counter of the calling task, for the next two; close(2) it at the end. */
int injection_open(void);
/* Only the @nth allocation or copy from now on fails. */
void injection_start(int fd, unsigned int nth);
/* No more faults. Returns the kind that failed; only one task may count at a time. */
enum injection injection_stop(int fd);

#endif /* _COMMON_INJECTION_H */
