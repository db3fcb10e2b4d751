/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chanbench: what it costs to pass a message.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct line - carries messages in one direction
 * @out: file descriptor to send on
 * @in: file descriptor to receive on; may be the same
 * @size: of a message, in bytes
 * @message: room for one
 */
struct line {
	int out;
	int in;
	size_t size;
	void *message;
};

/**
 * struct mechanism - a kind of line
 * @name: of it
 * @buffered: a message can be sent before anybody receives
 * @open: make the line's file descriptors, blocking ones; @size is set. Returns 0 or
 *	a negative errno value.
 * @send: send the line's message. Returns 0 or a negative errno value.
 * @receive: receive into the line's message. Returns 0 or a negative errno value.
 */
struct mechanism {
	const char *name;
	bool buffered;
	int (*open)(struct line *line);
	int (*send)(const struct line *line);
	int (*receive)(const struct line *line);
};

enum {
	CHAN_UNBUFFERED,
	CHAN_BUFFERED,
	PIPE,
	SEQPACKET,
	MQUEUE,
	EVENTFD,
	MECHANISMS,
};

extern const struct mechanism mechanisms[MECHANISMS];
/* Does nothing: the cost of the measurement itself. */
extern const struct mechanism no_mechanism;
/* One system call, and nothing to receive. */
extern const struct mechanism null_call;

/* Of how many lines one is ready, in eight.c; and the ways to find it. */
#define EIGHT	8
#define EIGHTS	2

extern const struct mechanism eights[EIGHTS];

/**
 * struct effort - how much to measure
 * @operations: in one repetition
 * @repetitions: in one run
 * @runs: each with new lines, and a new process if it takes two
 */
struct effort {
	unsigned int operations;
	unsigned int repetitions;
	unsigned int runs;
};

/**
 * struct cost - of one operation, in nanoseconds of CLOCK_MONOTONIC
 * @err: 0, or why there is no result
 * @minimum: over all repetitions; what the measurement itself costs is subtracted
 * @median: the same
 * @maximum: the same
 * @switches: context switches of both processes, of a round trip
 */
struct cost {
	int err;
	double minimum;
	double median;
	double maximum;
	double switches;
};

double measure_overhead(const struct effort *effort);
struct cost measure_pair(const struct mechanism *mechanism, size_t size,
			 const struct effort *effort, double overhead);
struct cost measure_round_trip(const struct mechanism *mechanism, size_t size,
			       const struct effort *effort, double overhead, int policy);

#endif /* BENCH_H */
