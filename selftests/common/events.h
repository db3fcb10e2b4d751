/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tracepoints tell, in an instance of the tracing file system of the test's own.
 */
#ifndef _COMMON_EVENTS_H
#define _COMMON_EVENTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct event - one that was told
 * @name: without "chan_"
 * @fields: the rest of its line: "id=1 path=ring ..."
 * @tid: the task that told it
 */
struct event {
	char name[16];
	char fields[128];
	pid_t tid;
};

/* From now on, keep what is told. */
void events_start(void);
/* Stop, and take those of this channel. Returns how many. */
size_t events_stop(uint64_t id, struct event *events, size_t max);

/* The value of a number among the fields; gives up if it is not there. */
long long event_number(const struct event *event, const char *field);

#endif /* _COMMON_EVENTS_H */
