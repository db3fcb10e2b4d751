// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact counts, from tracepoints of the kernel: they need root, and a kernel with perf events.
 * While they are open, even if not started, system calls and switches cost more.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counts.h"

#define EVENTS	"/sys/kernel/tracing/events/"

const char *const count_names[COUNTS] = {
	[COUNT_SWITCHES] = "context switches",
	[COUNT_WAKEUPS] = "wakeups",
	[COUNT_CALLS] = "system calls",
};

static const char *const tracepoints[COUNTS] = {
	[COUNT_SWITCHES] = EVENTS "sched/sched_switch/id",
	[COUNT_WAKEUPS] = EVENTS "sched/sched_waking/id",
	[COUNT_CALLS] = EVENTS "raw_syscalls/sys_enter/id",
};

static int open_event(const char *tracepoint)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attributes),
		.inherit = 1,
		.disabled = 1,
	};
	FILE *stream = fopen(tracepoint, "re");
	unsigned long id;
	int read;

	if (!stream)
		return -1;
	read = fscanf(stream, "%lu", &id);
	fclose(stream);
	if (read != 1)
		return -1;
	attributes.config = id;
	return syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

/* Before the processes to count are forked. */
void counters_open(struct counters *counters)
{
	int i;

	for (i = 0; i < COUNTS; i++)
		counters->events[i] = open_event(tracepoints[i]);
}

static uint64_t event_read(int event)
{
	uint64_t value = 0;

	if (event < 0 || read(event, &value, sizeof(value)) != sizeof(value))
		return 0;
	return value;
}

void counters_start(struct counters *counters)
{
	int i;

	for (i = 0; i < COUNTS; i++) {
		if (counters->events[i] >= 0)
			ioctl(counters->events[i], PERF_EVENT_IOC_ENABLE, 0);
	}
}

/**
 * counters_stop() - count what happened since counters_start()
 * @counters: the counters, which were started once
 * @operations: in which it happened
 * @counts: receives the number per operation, or -1 where it cannot be counted
 */
void counters_stop(struct counters *counters, unsigned int operations, double counts[COUNTS])
{
	uint64_t value;
	int i;

	/* The reverse order of counters_start(): only one call to stop is counted. */
	for (i = COUNTS - 1; i >= 0; i--) {
		if (counters->events[i] >= 0)
			ioctl(counters->events[i], PERF_EVENT_IOC_DISABLE, 0);
	}
	for (i = 0; i < COUNTS; i++) {
		value = event_read(counters->events[i]);
		if (i == COUNT_CALLS && value)
			value--;
		counts[i] = counters->events[i] < 0 ? -1 : (double)value / operations;
	}
}

void counters_close(struct counters *counters)
{
	int i;

	for (i = 0; i < COUNTS; i++) {
		if (counters->events[i] >= 0)
			close(counters->events[i]);
	}
}
