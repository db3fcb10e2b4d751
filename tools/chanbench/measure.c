// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "measure.h"

/* A task of several has at least so many operations, unless there are very many tasks. */
#define CALLS_PER_TASK	16
#define CALLS_OF_TASKS	1024

/**
 * measure_calls() - number of calls in a repetition
 * @row: the row
 * @effort: how much to measure
 */
unsigned int measure_calls(const struct row *row, const struct effort *effort)
{
	const unsigned int calls = (effort->calls + row->weight - 1) / row->weight;
	unsigned int least = CALLS_PER_TASK * row->count;

	if (least > CALLS_OF_TASKS)
		least = CALLS_OF_TASKS;
	return row->kind->alone || calls > least ? calls : least;
}

static int compare(const void *a, const void *b)
{
	double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

/**
 * struct samples - the repetitions of a trial
 * @trial: the trial
 * @err: 0, or a negative errno value
 * @values: nanoseconds per operation
 * @cpu: nanoseconds of CPU time per operation, summed over the repetitions
 */
struct samples {
	struct trial trial;
	int err;
	double *values;
	double cpu;
};

static void sample(struct samples *samples, unsigned int calls, unsigned int repetition)
{
	uint64_t elapsed, cpu;
	double operations;

	if (samples->err)
		return;
	operations = (double)calls * row_operations(samples->trial.row);
	cpu = trial_cpu_time(&samples->trial);
	samples->err = trial_run(&samples->trial, calls, &elapsed);
	samples->values[repetition] = elapsed / operations;
	samples->cpu += (trial_cpu_time(&samples->trial) - cpu) / operations;
}

/* A long one is for a scheduler that has one CPU. */
static int warm_up(struct trial *trial, unsigned int calls)
{
	const unsigned int wanted = trial->cpus == 1 ? trial->row->warm_up : 0;
	uint64_t elapsed;

	return trial_run(trial, wanted ? wanted : calls, &elapsed);
}

static void samples_open(struct samples *samples, const struct row *row,
			 const struct mechanism *mechanism, const struct effort *effort)
{
	samples->values = calloc(effort->repetitions, sizeof(*samples->values));
	if (!samples->values)
		samples->err = -ENOMEM;
	else
		samples->err = trial_open(&samples->trial, row, mechanism, effort->cpus);
	if (samples->err)
		return;
	samples->err = warm_up(&samples->trial, measure_calls(row, effort));
	if (samples->err)
		trial_close(&samples->trial);
}

/* Close the trial, and compute the result. */
static struct result samples_close(struct samples *samples, unsigned int repetitions)
{
	struct result result = { .err = samples->err, .counts = { -1, -1, -1 } };

	if (!samples->err) {
		trial_close(&samples->trial);
		qsort(samples->values, repetitions, sizeof(*samples->values), compare);
		result.minimum = samples->values[0];
		result.median = samples->values[repetitions / 2];
		result.maximum = samples->values[repetitions - 1];
		result.cpu = samples->cpu / repetitions;
	}
	free(samples->values);
	return result;
}

/* Nanoseconds per operation of the loop itself. */
static double measure_overhead(const struct row *row, const struct effort *effort)
{
	const unsigned int calls = measure_calls(row, effort);
	struct samples samples = {};
	unsigned int i;

	samples_open(&samples, row, &no_mechanism, effort);
	for (i = 0; i < effort->repetitions; i++)
		sample(&samples, calls, i);
	return samples_close(&samples, effort->repetitions).minimum;
}

/* In a trial of its own, as it makes the operation dearer. */
static void count(const struct row *row, const struct mechanism *mechanism,
		  const struct effort *effort, double counts[COUNTS])
{
	const unsigned int calls = measure_calls(row, effort);
	struct counters counters;
	struct trial trial;
	uint64_t elapsed;
	int err;

	counters_open(&counters);
	err = trial_open(&trial, row, mechanism, effort->cpus);
	if (!err) {
		err = warm_up(&trial, calls);
		counters_start(&counters);
		if (!err)
			err = trial_run(&trial, calls, &elapsed);
		if (!err)
			counters_stop(&counters, calls * row_operations(row), counts);
		trial_close(&trial);
	}
	counters_close(&counters);
}

/**
 * measure_row() - measure a row over each mechanism
 * @row: the row
 * @effort: how much to measure
 * @wanted: the mechanisms to measure
 * @results: receives a result per mechanism
 *
 * The repetitions of the mechanisms take turns: what changes in the course of the row meets all.
 * Where time counts instructions, nothing does, and the scheduler is better left to settle.
 */
void measure_row(const struct row *row, const struct effort *effort,
		 const bool wanted[MECHANISMS], struct result results[MECHANISMS])
{
	const unsigned int calls = measure_calls(row, effort);
	const double overhead = row->kind->alone ? measure_overhead(row, effort) : 0;
	static struct samples samples[MECHANISMS];
	unsigned int i;
	int m;

	for (m = 0; m < MECHANISMS; m++) {
		samples[m] = (struct samples){ .err = -EOPNOTSUPP };
		if (wanted[m] && effort->turns)
			samples_open(&samples[m], row, mechanisms[m], effort);
	}
	for (i = 0; i < effort->repetitions && effort->turns; i++) {
		for (m = 0; m < MECHANISMS; m++)
			sample(&samples[m], calls, i);
	}
	for (m = 0; m < MECHANISMS; m++) {
		if (wanted[m] && !effort->turns)
			samples_open(&samples[m], row, mechanisms[m], effort);
		for (i = 0; i < effort->repetitions && !effort->turns; i++)
			sample(&samples[m], calls, i);
		results[m] = samples_close(&samples[m], effort->repetitions);
		if (results[m].err)
			continue;
		if (m != GO) {
			results[m].minimum -= overhead;
			results[m].median -= overhead;
			results[m].maximum -= overhead;
		}
		if (effort->count && m != GO)
			count(row, mechanisms[m], effort, results[m].counts);
	}
}
