/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events of channels, as they happen.
 */
#ifndef CHAN_RECORDER_H
#define CHAN_RECORDER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event.h"

/**
 * struct recorder_options - which events; whatever is 0 or NULL asks for all
 * @channels: of these only
 * @channel_count: how many they are, up to 1024
 * @processes: of tasks of these only
 * @process_count: how many they are, up to 1024
 * @descendants_of: of this process, which has one thread now, and of those that it will start
 * @kinds: bits, each at the place of an enum chan_event_kind
 * @paths: bits, each at the place of an enum chan_event_path; other events have none
 * @sides: bits: 1 to receive, 2 to send; of park and wake
 * @buffer: bytes of the buffer, a power of 2 and whole pages; usually a million
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

/* What is done with an event. A negative value ends recorder_poll(), which returns it. */
typedef int (*recorder_function)(void *data, const struct chan_event *event);

struct recorder;

/**
 * recorder_open() - begin to record
 * @options: which events
 * @function: what is done with each, while recorder_poll() runs
 * @data: for @function
 *
 * Return: the recorder; or NULL, and the reason and what to do were said on stderr, in one line.
 */
struct recorder *recorder_open(const struct recorder_options *options, recorder_function function,
			       void *data);

/**
 * recorder_poll() - see to the events that are there
 * @recorder: the recorder
 * @milliseconds: how long to wait for one, -1: for ever
 *
 * Return: how many there were, -EINTR: a signal came, or what the function has returned.
 */
int recorder_poll(struct recorder *recorder, int milliseconds);

/* How many events found no room in the buffer, so far. */
uint64_t recorder_lost(const struct recorder *recorder);

/* What is still in the buffer is not seen to. May be NULL. */
void recorder_close(struct recorder *recorder);

#endif /* CHAN_RECORDER_H */
