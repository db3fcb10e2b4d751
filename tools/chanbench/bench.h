/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chanbench: what passing messages costs.
 *
 * A row is an operation to measure, such as a send and its receive; a mechanism is a way to pass
 * messages. A trial is a row over a mechanism.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define BATCH		64
#define LINES_MAX	64

/**
 * struct line - a one-way message transport
 * @out: descriptor to send on
 * @in: descriptor to receive on; may be the same
 * @size: bytes of a message
 * @capacity: messages that it buffers, if the mechanism can be told
 * @messages: one message, or as many as the row passes in a call
 * @shared: memory of a mechanism without descriptors
 */
struct line {
	int out;
	int in;
	size_t size;
	unsigned int capacity;
	unsigned char *messages;
	struct shared *shared;
};

/**
 * struct mechanism - a kind of line; functions return 0 or a negative errno value
 * @name: name in tables
 * @rendezvous: capacity 0 has its meaning; else, it is the least capacity
 * @pollable: poll(2) waits for @in
 * @open: open an empty line whose @size and @capacity are set
 * @close: close it
 * @send: send the first message
 * @receive: receive into the first message; -EPIPE at the end of the data
 * @try_receive: -EAGAIN if there is no message; NULL if @in with O_NONBLOCK does that
 * @send_many: send BATCH messages; NULL if it cannot in one call
 * @receive_many: receive as many
 * @end: end the data; NULL if it cannot
 */
struct mechanism {
	const char *name;
	bool rendezvous;
	bool pollable;
	int (*open)(struct line *line);
	void (*close)(struct line *line);
	int (*send)(const struct line *line);
	int (*receive)(const struct line *line);
	int (*try_receive)(const struct line *line);
	int (*send_many)(const struct line *line);
	int (*receive_many)(const struct line *line);
	int (*end)(const struct line *line);
};

enum {
	CHAN,
	PIPE,
	STREAM,
	SEQPACKET,
	MQUEUE,
	SYSV,
	EVENTFD,
	FUTEX,
	SEMAPHORE,
	GO,
	MECHANISMS,
};

extern const struct mechanism chan_mechanism, pipe_mechanism, stream_mechanism,
	seqpacket_mechanism, mqueue_mechanism, sysv_mechanism, eventfd_mechanism, futex_mechanism,
	semaphore_mechanism, go_mechanism;
extern const struct mechanism *const mechanisms[MECHANISMS];
/* Passes nothing, to measure what the measurement costs. */
extern const struct mechanism no_mechanism;

int line_open(struct line *line, const struct mechanism *mechanism, size_t size,
	      unsigned int capacity);
void line_close(struct line *line, const struct mechanism *mechanism);

struct trial;

/**
 * struct kind - how the trials of some rows run; functions return 0 or a negative errno value
 * @open: get ready; NULL if there is nothing to do
 * @run: make calls of the operation
 * @close: undo @open; NULL if there is nothing to do
 * @unsupported: whether the mechanism has no such operation; NULL if each has
 * @alone: one task; the cost of the loop is known and can be subtracted
 */
struct kind {
	int (*open)(struct trial *trial);
	int (*run)(struct trial *trial, unsigned int calls);
	void (*close)(struct trial *trial);
	bool (*unsupported)(const struct mechanism *mechanism);
	bool alone;
};

extern const struct kind null_call, pair, flight, batch, nonblock, closed, make, make_and_end;
extern const struct kind select_last, select_none, select_uncontended, select_contended;
extern const struct kind ping_pong, synchronous, contended, producers, pipeline;

/**
 * struct row - an operation to measure
 * @name: as in Go's benchmarks of channels, if there is one; then its parameters
 * @what: what one operation is
 * @kind: how it runs
 * @size: bytes of a message
 * @capacity: of the lines
 * @count: parameter of the kind: messages in flight, lines, or tasks
 * @weight: how much dearer it is than the cheapest, to make fewer calls
 * @warm_up: calls before measuring; 0: as many as are measured
 * @batch_policy: under SCHED_BATCH, where a waker keeps running
 */
struct row {
	const char *name;
	const char *what;
	const struct kind *kind;
	size_t size;
	unsigned int capacity;
	unsigned int count;
	unsigned int weight;
	unsigned int warm_up;
	bool batch_policy;
};

extern const struct row rows[];
extern const size_t rows_count;

const struct row *row_find(const char *name);
unsigned int row_operations(const struct row *row);

/**
 * struct trial - a row over a mechanism
 * @row: the row
 * @mechanism: the mechanism
 * @cpus: number of CPUs for its tasks
 * @lines: its lines
 * @count: number of open @lines
 * @crew: its other tasks, if any
 * @peer: the process that answers, if any
 * @data: of the kind
 */
struct trial {
	const struct row *row;
	const struct mechanism *mechanism;
	unsigned int cpus;
	struct line lines[LINES_MAX];
	unsigned int count;
	struct crew *crew;
	pid_t peer;
	void *data;
};

int trial_open(struct trial *trial, const struct row *row, const struct mechanism *mechanism,
	       unsigned int cpus);
int trial_run(struct trial *trial, unsigned int calls, uint64_t *elapsed);
void trial_close(struct trial *trial);
uint64_t trial_cpu_time(const struct trial *trial);
int trial_lines(struct trial *trial, unsigned int count);

/* go.c: the program of Go, in bench/go */
int go_start(const char *program, unsigned int cpus);
bool go_has(const char *row);
int go_run(const char *row, unsigned int calls, uint64_t *elapsed);
pid_t go_process(void);

/* profile.c: run a row between marks */
int profile(const struct row *row, const struct mechanism *mechanism, unsigned int calls);

int stay_on(unsigned int cpu);
uint64_t now(void);

#endif /* BENCH_H */
