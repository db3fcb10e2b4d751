/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Record events of channels.
 */
#ifndef CHAN_RECORDER_H
#define CHAN_RECORDER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"

/**
 * struct recorder_options - filters; 0 or NULL selects all events
 * @channels: only events of these channels
 * @channel_count: number of @channels, up to 1024
 * @processes: only events of tasks of these processes
 * @process_count: number of @processes, up to 1024
 * @descendants_of: only events of this process, which is single-threaded now, and of its
 *	future descendants
 * @kinds: bit mask of enum chan_event_kind
 * @paths: bit mask of enum chan_event_path; ignored for events without a path
 * @sides: bit mask for park and wake: 1 to receive, 2 to send
 * @buffer: size of the buffer in bytes, a power of 2 and a multiple of the page size; 0: 1 MiB
 */
struct recorder_options {
	const uint64_t *channels;
	size_t channel_count;
	const uint64_t *processes;
	size_t process_count;
	pid_t descendants_of;
	unsigned int kinds;
	unsigned int paths;
	unsigned int sides;
	size_t buffer;
};

/* Handles an event. A negative value ends recorder_poll(), which returns it. */
typedef int (*recorder_function)(void *data, const struct chan_event *event);

struct recorder;

/**
 * recorder_open() - start recording
 * @options: filters
 * @function: called for each event by recorder_poll()
 * @data: for @function
 *
 * Return: the recorder; or NULL, after the reason and advice were printed to stderr, in one line.
 */
struct recorder *recorder_open(const struct recorder_options *options, recorder_function function,
			       void *data);

/**
 * recorder_poll() - handle pending events
 * @recorder: the recorder
 * @milliseconds: how long to wait for an event, -1: indefinitely
 *
 * Return: the number of events, -EINTR if a signal arrived, or the error of the function.
 */
int recorder_poll(struct recorder *recorder, int milliseconds);

/* Number of events lost so far because the buffer was full. */
uint64_t recorder_lost(const struct recorder *recorder);

/* Discards events still in the buffer. @recorder may be NULL. */
void recorder_close(struct recorder *recorder);

#endif /* CHAN_RECORDER_H */
