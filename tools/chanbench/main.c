// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanbench: cost of passing a message over a channel and other IPC mechanisms.
 *
 * Exit status: 0 measured, 1 a comparison of --check failed, 2 wrong usage, 3 could
 * not measure.
 */
#include <argp.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "bench.h"
#include "table.h"

#define EXIT_CHECK	1
#define EXIT_USAGE	2
#define EXIT_BROKEN	3

/* Large messages cost more, so fewer repetitions suffice. */
#define LARGE		4096
#define LARGE_PART	8
/* Under SCHED_OTHER, the start of a run determines its pattern: so do several runs. */
#define NORMAL_RUNS	5

#define CLOCK_SOURCE	"/sys/devices/system/clocksource/clocksource0/current_clocksource"

struct options {
	struct effort effort;
	bool check;
	bool csv;
	bool instructions;
	bool brief;
};

enum {
	OPTION_CHECK = 256,
	OPTION_CSV,
	OPTION_INSTRUCTIONS,
	OPTION_BRIEF,
};

static const struct argp_option option_list[] = {
	{ "operations", 'n', "NUMBER", 0, "Operations in a repetition (default 200)", 0 },
	{ "repetitions", 'r', "NUMBER", 0, "Repetitions (default 25)", 0 },
	{ "check", OPTION_CHECK, NULL, 0,
	  "Fail if elements of 8 or 64 bytes cost more over a channel than over a pipe", 0 },
	{ "brief", OPTION_BRIEF, NULL, 0,
	  "Measure elements of 8 bytes over channels only, and print three medians: of a send "
	  "and its receive, of a select of eight, of a round trip",
	  0 },
	{ "csv", OPTION_CSV, NULL, 0, "Print comma-separated values", 0 },
	{ "instructions", OPTION_INSTRUCTIONS, NULL, 0,
	  "Label results as instructions: each nanosecond is a guest instruction, as under "
	  "scripts/vm --icount",
	  0 },
	{ 0 },
};

static unsigned int parse_number(const char *text, struct argp_state *state)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 10);
	if (end == text || *end || value < 1 || value > 1000000)
		argp_error(state, "'%s' is not a number from 1 to 1000000", text);
	return value;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'n':
		options->effort.operations = parse_number(argument, state);
		return 0;
	case 'r':
		options->effort.repetitions = parse_number(argument, state);
		return 0;
	case OPTION_CHECK:
		options->check = true;
		return 0;
	case OPTION_BRIEF:
		options->brief = true;
		return 0;
	case OPTION_CSV:
		options->csv = true;
		return 0;
	case OPTION_INSTRUCTIONS:
		options->instructions = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Measures the cost of passing a message over a channel, a pipe, a socket, a "
	       "message queue and an eventfd, on one CPU.\v"
	       "Exit status: 0 measured, 1 a comparison of --check failed, 2 wrong usage, "
	       "3 could not measure.",
};

static int complain(const char *what, int err)
{
	fprintf(stderr, "chanbench: %s: %s\n", what, strerror(-err));
	return EXIT_BROKEN;
}

/* Pin this process and its future children to the current CPU. */
static int stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	if (cpu < 0)
		return -errno;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	return sched_setaffinity(0, sizeof(here), &here) ? -errno : 0;
}

static struct effort effort_for(const struct options *options, size_t size)
{
	struct effort effort = options->effort;

	if (size > LARGE)
		effort.operations = (effort.operations + LARGE_PART - 1) / LARGE_PART;
	return effort;
}

static int measure_row(const struct options *options, struct table *table, int row, int i)
{
	const struct mechanism *mechanism = &mechanisms[row];
	struct effort effort = effort_for(options, sizes[i]);
	double overhead = measure_overhead(&effort);

	table->pairs[row][i] = measure_pair(mechanism, sizes[i], &effort, overhead);
	table->trips[row][i] =
		measure_round_trip(mechanism, sizes[i], &effort, overhead, SCHED_BATCH);
	effort.runs = NORMAL_RUNS;
	effort.repetitions = (effort.repetitions + NORMAL_RUNS - 1) / NORMAL_RUNS;
	table->normal_trips[row][i] =
		measure_round_trip(mechanism, sizes[i], &effort, overhead, SCHED_OTHER);
	return table->trips[row][i].err;
}

static int measure(const struct options *options, struct table *table)
{
	int err, row, i;

	table->null_call =
		measure_pair(&null_call, 8, &options->effort, measure_overhead(&options->effort));
	for (i = 0; i < EIGHTS; i++)
		table->eights[i] = measure_pair(&eights[i], 8, &options->effort,
						measure_overhead(&options->effort));
	for (row = 0; row < MECHANISMS; row++) {
		for (i = 0; i < SIZES; i++) {
			err = measure_row(options, table, row, i);
			if (err && row <= CHAN_BUFFERED)
				return err;
		}
	}
	return 0;
}

/* Returns 0 or a negative errno value. */
static int measure_brief(const struct options *options)
{
	const struct effort *effort = &options->effort;
	const double overhead = measure_overhead(effort);
	const struct cost costs[] = {
		measure_pair(&mechanisms[CHAN_BUFFERED], 8, effort, overhead),
		measure_pair(&eights[0], 8, effort, overhead),
		measure_round_trip(&mechanisms[CHAN_UNBUFFERED], 8, effort, overhead, SCHED_BATCH),
	};
	size_t i;

	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		if (costs[i].err)
			return costs[i].err;
		printf("%s%.0f", i ? " " : "", costs[i].median);
	}
	putchar('\n');
	return 0;
}

static void print_machine(void)
{
	struct utsname machine;
	char source[32] = "unknown";
	FILE *stream = fopen(CLOCK_SOURCE, "re");

	if (stream) {
		if (fscanf(stream, "%31s", source) != 1)
			strcpy(source, "unknown");
		fclose(stream);
	}
	uname(&machine);
	printf("Linux %s, %s, clock source %s\n", machine.release, machine.machine, source);
}

int main(int argc, char **argv)
{
	struct options options = { .effort = { .operations = 200, .repetitions = 25, .runs = 1 } };
	struct table table = {};
	const char *unit;
	int err;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	unit = options.instructions ? "guest instructions" : "nanoseconds";

	err = stay_here();
	if (err)
		return complain("cannot stay on one CPU", err);
	err = options.brief ? measure_brief(&options) : measure(&options, &table);
	if (err)
		return complain("cannot use a channel (is the module chan loaded?)", err);
	if (options.brief) {
		/* An error has already been printed. */
	} else if (options.csv) {
		table_print_csv(&table, unit);
	} else {
		print_machine();
		table_print(&table, unit);
	}
	if (fflush(stdout) || ferror(stdout))
		return complain("cannot write", -EIO);
	return options.check && table_check(&table) ? EXIT_CHECK : 0;
}
