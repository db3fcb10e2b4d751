// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cost per operation as something grows.
 */
#include <chan.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "growth.h"

#define STACK	(64 * 1024)

/**
 * struct crowd - threads that are parked until one gets a message, which it answers
 * @threads: the threads
 * @count: their number
 */
struct crowd {
	pthread_t *threads;
	unsigned int count;
};

/* Answers until the first line has ended. */
static void *crowd_member(void *data)
{
	const struct line *lines = data;
	uint64_t element;

	while (chan_recv(lines[0].in, &element, sizeof(element)) == 1)
		chan_send(lines[1].out, &element, sizeof(element));
	return NULL;
}

static int crowd_wait(const struct line *line, unsigned int count)
{
	struct chan_info info;
	int err;

	do {
		sched_yield();
		err = chan_get_info(line->in, &info);
	} while (!err && info.recvq < count);
	return err;
}

static int crowd_open(struct trial *trial)
{
	const unsigned int count = trial->row->count;
	struct crowd *crowd = calloc(1, sizeof(*crowd));
	pthread_attr_t attributes;
	int err = trial_lines(trial, 2);

	trial->data = crowd;
	if (!crowd || err)
		return err ? err : -ENOMEM;
	crowd->threads = calloc(count, sizeof(*crowd->threads));
	if (!crowd->threads)
		return -ENOMEM;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	while (crowd->count < count && !err) {
		err = -pthread_create(&crowd->threads[crowd->count], &attributes, crowd_member,
				      trial->lines);
		crowd->count += !err;
	}
	pthread_attr_destroy(&attributes);
	return err ? err : crowd_wait(&trial->lines[0], count);
}

static int crowd_run(struct trial *trial, unsigned int calls)
{
	int err = 0;

	while (calls-- && !err) {
		err = trial->mechanism->send(&trial->lines[0]);
		if (!err)
			err = trial->mechanism->receive(&trial->lines[1]);
	}
	return err;
}

static void crowd_close(struct trial *trial)
{
	struct crowd *crowd = trial->data;

	if (!crowd)
		return;
	if (trial->count)
		trial->mechanism->end(&trial->lines[0]);
	while (crowd->count)
		pthread_join(crowd->threads[--crowd->count], NULL);
	free(crowd->threads);
	free(crowd);
}

static const struct kind crowd = {
	.open = crowd_open,
	.run = crowd_run,
	.close = crowd_close,
};

static void many_close(struct trial *trial)
{
	int *channels = trial->data;
	unsigned int i;

	for (i = 0; channels && i < trial->row->count && channels[i] > 0; i++)
		close(channels[i]);
	free(channels);
}

/* Other channels are open. */
static int many_open(struct trial *trial)
{
	int *channels = calloc(trial->row->count, sizeof(*channels)), ch;
	unsigned int i;

	trial->data = channels;
	if (!channels)
		return -ENOMEM;
	for (i = 0; i + 1 < trial->row->count; i++) {
		ch = chan_make(trial->row->size, trial->row->capacity, 0);
		if (ch < 0)
			return ch;
		channels[i] = ch;
	}
	return trial_lines(trial, 1);
}

static int many_pair(struct trial *trial, unsigned int calls)
{
	return pair.run(trial, calls);
}

static int many_make(struct trial *trial, unsigned int calls)
{
	return make.run(trial, calls);
}

static const struct kind many_pairs = {
	.open = many_open,
	.run = many_pair,
	.close = many_close,
};

static const struct kind many_makes = {
	.open = many_open,
	.run = many_make,
	.close = many_close,
};

/**
 * struct series - a row whose parameter grows
 * @name: of the plot
 * @parameter: what grows
 * @kind: of the rows
 * @mechanism: over which
 * @capacity: of the lines
 * @grows: values of the parameter, up to a 0
 * @by_size: the parameter is the size of a message, not the count of the row
 */
struct series {
	const char *name;
	const char *parameter;
	const struct kind *kind;
	int mechanism;
	unsigned int capacity;
	unsigned int grows[16];
	bool by_size;
};

#define PARKED		{ 1, 10, 100, 1000, 3000, 10000 }
#define OPEN		{ 1, 10, 100, 1000, 10000, 30000, 100000 }
#define CASES		{ 1, 2, 4, 8, 16, 32, 64 }
#define BYTES		{ 1, 8, 64, 256, 512, 1024, 4096, 16384, 65536, 262144, 1048576 }
#define PRODUCERS	{ 1, 2, 4, 8, 16, 32, 64 }

static const struct series all_series[] = {
	{ "a message to one of the parked tasks, and its answer", "parked tasks", &crowd, CHAN, 0,
	  PARKED, false },
	{ "a send and its receive", "open channels", &many_pairs, CHAN, 1, OPEN, false },
	{ "make and release a channel", "open channels", &many_makes, CHAN, 1, OPEN, false },
	{ "a send, and a select of as many", "cases", &select_last, CHAN, 1, CASES, false },
	{ "the same, poll and read of pipes", "cases", &select_last, PIPE, 1, CASES, false },
	{ "a try of as many, none ready", "cases", &select_none, CHAN, 1, CASES, false },
	{ "a send and its receive", "bytes", &pair, CHAN, 1, BYTES, true },
	{ "the same, pipe", "bytes", &pair, PIPE, 1, BYTES, true },
	{ "a message, capacity 0, as many consumers", "producers", &producers, CHAN, 0, PRODUCERS,
	  false },
	{ "a message, capacity 10, as many consumers", "producers", &producers, CHAN, 10, PRODUCERS,
	  false },
};

/* Large messages are fewer. */
static unsigned int weight(const struct series *series, unsigned int value)
{
	return series->by_size && value > 4096 ? value / 4096 : 1;
}

static int measure_point(const struct series *series, unsigned int value,
			 const struct effort *effort, struct result *result)
{
	const struct row row = {
		.name = series->name,
		.kind = series->kind,
		.size = series->by_size ? value : 8,
		.capacity = series->capacity,
		.count = series->by_size ? 1 : value,
		.weight = weight(series, value),
		/* Else, the order in which tasks happen to start decides who preempts whom. */
		.batch_policy = true,
	};
	bool wanted[MECHANISMS] = {};
	struct result results[MECHANISMS];

	wanted[series->mechanism] = true;
	measure_row(&row, effort, wanted, results);
	*result = results[series->mechanism];
	return result->err;
}

static int measure_series(const struct series *series, const struct effort *effort)
{
	const char *separator = "";
	struct result result;
	unsigned int i;
	int err = 0;

	printf("{\"name\": \"%s\", \"parameter\": \"%s\", \"points\": [", series->name,
	       series->parameter);
	for (i = 0; series->grows[i] && !err; i++) {
		err = measure_point(series, series->grows[i], effort, &result);
		if (err)
			break;
		printf("%s[%u, %.1f]", separator, series->grows[i], result.median);
		separator = ", ";
		fflush(stdout);
	}
	printf("]}");
	return err;
}

/**
 * growth() - measure how costs grow, and print them as JSON
 * @effort: how much to measure
 *
 * Return: 0 or a negative errno value.
 */
int growth(const struct effort *effort)
{
	const struct rlimit files = { 200000, 200000 };
	size_t i;
	int err = 0;

	/* Without the right to do so, the series ends early, with an error. */
	setrlimit(RLIMIT_NOFILE, &files);
	printf("[\n");
	for (i = 0; i < sizeof(all_series) / sizeof(all_series[0]) && !err; i++) {
		printf(i ? ",\n" : "");
		err = measure_series(&all_series[i], effort);
	}
	printf("\n]\n");
	return err;
}
