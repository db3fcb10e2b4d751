// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

/* The measured loop: send on one line, receive on the same or the other one. */
struct loop {
	const struct mechanism *mechanism;
	const struct line *out;
	const struct line *in;
};

static int line_open(struct line *line, const struct mechanism *mechanism, size_t size)
{
	int err;

	line->size = size;
	line->message = malloc(size);
	if (!line->message)
		return -ENOMEM;
	/* Not 0, as an eventfd with value 0 makes a receive wait. */
	memset(line->message, 1, size);
	err = mechanism->open(line);
	if (err)
		free(line->message);
	return err;
}

static void line_close(struct line *line)
{
	if (line->in >= 0 && line->in != line->out)
		close(line->in);
	if (line->out >= 0)
		close(line->out);
	free(line->message);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static int run_loop(const struct loop *loop, unsigned int operations)
{
	int err;

	while (operations--) {
		err = loop->mechanism->send(loop->out);
		if (err)
			return err;
		err = loop->mechanism->receive(loop->in);
		if (err)
			return err;
	}
	return 0;
}

/**
 * struct samples - results of the repetitions
 * @values: cost of an operation, per repetition
 * @count: number of @values
 * @switches: context switches in all repetitions
 */
struct samples {
	double *values;
	size_t count;
	long switches;
};

static int samples_init(struct samples *samples, const struct effort *effort)
{
	samples->values = calloc((size_t)effort->repetitions * effort->runs,
				 sizeof(*samples->values));
	samples->count = 0;
	samples->switches = 0;
	return samples->values ? 0 : -ENOMEM;
}

static int compare_samples(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

/* Compute the cost from samples, and free them. */
static struct cost samples_cost(struct samples *samples, const struct effort *effort,
				double overhead)
{
	struct cost cost;

	qsort(samples->values, samples->count, sizeof(*samples->values), compare_samples);
	cost.err = 0;
	cost.minimum = samples->values[0] - overhead;
	cost.median = samples->values[samples->count / 2] - overhead;
	cost.maximum = samples->values[samples->count - 1] - overhead;
	cost.switches = (double)samples->switches / effort->operations / samples->count;
	free(samples->values);
	return cost;
}

static struct cost samples_error(struct samples *samples, int err)
{
	free(samples->values);
	return (struct cost){ .err = err };
}

static int measure_loop(const struct loop *loop, const struct effort *effort,
			struct samples *samples)
{
	unsigned int i;
	uint64_t start;
	int err;

	for (i = 0; i < effort->repetitions; i++) {
		start = now();
		err = run_loop(loop, effort->operations);
		if (err)
			return err;
		samples->values[samples->count++] =
			(double)(now() - start) / effort->operations;
	}
	return 0;
}

static int measure_pair_run(const struct mechanism *mechanism, size_t size,
			    const struct effort *effort, struct samples *samples)
{
	struct line line = {};
	struct loop loop = { mechanism, &line, &line };
	int err = line_open(&line, mechanism, size);

	if (err)
		return err;
	/* Warm up. */
	err = run_loop(&loop, effort->operations);
	if (!err)
		err = measure_loop(&loop, effort, samples);
	line_close(&line);
	return err;
}

/**
 * measure_pair() - a send and a receive, in one task
 * @mechanism: what to measure
 * @size: message size
 * @effort: how much to measure
 * @overhead: from measure_overhead()
 */
struct cost measure_pair(const struct mechanism *mechanism, size_t size,
			 const struct effort *effort, double overhead)
{
	struct samples samples;
	unsigned int run;
	int err;

	if (!mechanism->buffered)
		return (struct cost){ .err = -EDEADLK };
	err = samples_init(&samples, effort);
	for (run = 0; !err && run < effort->runs; run++)
		err = measure_pair_run(mechanism, size, effort, &samples);
	return err ? samples_error(&samples, err) : samples_cost(&samples, effort, overhead);
}

/**
 * measure_overhead() - measured cost of an empty operation
 * @effort: how much to measure
 */
double measure_overhead(const struct effort *effort)
{
	return measure_pair(&no_mechanism, 8, effort, 0).minimum;
}

/* Context switches of a process so far, of both kinds; or a negative errno value. */
static long count_switches(pid_t pid)
{
	char name[32], text[128];
	long count, sum = 0;
	FILE *stream;

	snprintf(name, sizeof(name), "/proc/%d/status", (int)pid);
	stream = fopen(name, "re");
	if (!stream)
		return -errno;
	while (fgets(text, sizeof(text), stream)) {
		if (sscanf(text, "voluntary_ctxt_switches: %ld", &count) == 1 ||
		    sscanf(text, "nonvoluntary_ctxt_switches: %ld", &count) == 1)
			sum += count;
	}
	fclose(stream);
	return sum;
}

/* The peer process: echo messages. */
static int answer(const struct loop *loop, const struct effort *effort)
{
	unsigned int operations = effort->operations * (effort->repetitions + 1);
	int err = 0;

	while (!err && operations--) {
		err = loop->mechanism->receive(loop->in);
		if (!err)
			err = loop->mechanism->send(loop->out);
	}
	return err;
}

static pid_t start_answering(const struct loop *loop, const struct effort *effort)
{
	pid_t parent = getpid();
	pid_t pid = fork();
	int err;

	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	err = answer(loop, effort);
	if (err) {
		fprintf(stderr, "chanbench: %s: the answer failed: %s\n", loop->mechanism->name,
			strerror(-err));
		/* The peer waits for a message that will not arrive. */
		kill(parent, SIGTERM);
	}
	_exit(err ? 1 : 0);
}

static int measure_answered_loop(const struct loop *loop, const struct effort *effort,
				 pid_t other, struct samples *samples)
{
	long mine, others;
	int err;

	/* Warm up, and make sure that both processes run before counting starts. */
	err = run_loop(loop, effort->operations);
	if (err)
		return err;
	mine = count_switches(getpid());
	others = count_switches(other);
	err = measure_loop(loop, effort, samples);
	if (err)
		return err;
	samples->switches += count_switches(getpid()) - mine + count_switches(other) - others;
	return 0;
}

static int measure_trips_on(const struct mechanism *mechanism, const struct line *there,
			    const struct line *back, const struct effort *effort,
			    struct samples *samples)
{
	struct loop asking = { mechanism, there, back };
	struct loop answering = { mechanism, back, there };
	pid_t pid = start_answering(&answering, effort);
	int err;

	if (pid < 0)
		return pid;
	err = measure_answered_loop(&asking, effort, pid, samples);
	if (err)
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

static int measure_trips_run(const struct mechanism *mechanism, size_t size,
			     const struct effort *effort, struct samples *samples)
{
	struct line there = {}, back = {};
	int err = line_open(&there, mechanism, size);

	if (err)
		return err;
	err = line_open(&back, mechanism, size);
	if (!err) {
		err = measure_trips_on(mechanism, &there, &back, effort, samples);
		line_close(&back);
	}
	line_close(&there);
	return err;
}

/**
 * measure_round_trip() - a message to another process and its reply
 * @mechanism: what to measure
 * @size: message size
 * @effort: how much to measure
 * @overhead: from measure_overhead()
 * @policy: scheduling policy of both processes, SCHED_OTHER or SCHED_BATCH
 *
 * Both processes run on the CPU to which the caller is pinned.
 */
struct cost measure_round_trip(const struct mechanism *mechanism, size_t size,
			       const struct effort *effort, double overhead, int policy)
{
	const struct sched_param none = {};
	struct samples samples;
	unsigned int run;
	int err = samples_init(&samples, effort);

	if (!err && sched_setscheduler(0, policy, &none))
		err = -errno;
	for (run = 0; !err && run < effort->runs; run++)
		err = measure_trips_run(mechanism, size, effort, &samples);
	return err ? samples_error(&samples, err) :
		     samples_cost(&samples, effort, 2 * overhead);
}
