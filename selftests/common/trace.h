/* SPDX-License-Identifier: GPL-2.0-only */
/* Number of calls to a kernel function by the calling task. */
#ifndef _COMMON_TRACE_H
#define _COMMON_TRACE_H

/* Start counting. One function at a time. */
void trace_start(const char *function);
/* The number of calls. */
unsigned int trace_calls(void);
void trace_stop(void);

#endif /* _COMMON_TRACE_H */
