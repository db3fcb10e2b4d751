/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chanbench: the cost of passing a message.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct line - a one-way message transport
 * @out: file descriptor to send on
 * @in: file descriptor to receive on; may be the same
 * @size: message size in bytes
 * @message: buffer for one message
 */
struct line {
	int out;
	int in;
	size_t size;
	void *message;
};

/**
 * struct mechanism - a kind of line
 * @name: name in tables
 * @buffered: a message can be sent before a receive
 * @open: open the line's file descriptors, blocking ones; @size is set. Returns 0 or
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
/* Does nothing, to measure the overhead of the measurement. */
extern const struct mechanism no_mechanism;
/* One system call, without a message. */
extern const struct mechanism null_call;

/* Number of lines in eight.c, one of which is ready; and the methods to find it. */
#define EIGHT	8
#define EIGHTS	2

extern const struct mechanism eights[EIGHTS];

/**
 * struct effort - how much to measure
 * @operations: operations per repetition
 * @repetitions: repetitions per run
 * @runs: number of runs, each with new lines and a new peer process if needed
 */
struct effort {
	unsigned int operations;
	unsigned int repetitions;
	unsigned int runs;
};

/**
 * struct cost - cost of one operation, in nanoseconds of CLOCK_MONOTONIC
 * @err: 0, or a negative errno value if there is no result
 * @minimum: minimum of all repetitions, without the overhead of the measurement
 * @median: median of the same
 * @maximum: maximum of the same
 * @switches: context switches of both processes per round trip
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
