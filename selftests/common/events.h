/* SPDX-License-Identifier: GPL-2.0-only */
/* Trace events of the module, in the test's own tracefs instance. */
#ifndef _COMMON_EVENTS_H
#define _COMMON_EVENTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct event - one event
 * @name: without "chan_"
 * @fields: the rest of its line: "id=1 path=ring ..."
 * @tid: the task that traced it
 */
struct event {
	char name[16];
	char fields[128];
	pid_t tid;
};

/* Start recording. */
void events_start(void);
/* Stop, and return the number of events of this channel. */
size_t events_stop(uint64_t id, struct event *events, size_t max);

/* The value of a numeric field; gives up if it does not exist. */
long long event_number(const struct event *event, const char *field);

#endif /* _COMMON_EVENTS_H */
