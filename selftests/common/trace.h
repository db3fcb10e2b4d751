/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How often the calling task makes the kernel call one of its functions.
 */
#ifndef _COMMON_TRACE_H
#define _COMMON_TRACE_H

/* Begin to count. One function at a time. */
void trace_start(const char *function);
/* How often it was. */
unsigned int trace_calls(void);
void trace_stop(void);

#endif /* _COMMON_TRACE_H */
