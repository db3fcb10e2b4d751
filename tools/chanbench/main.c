// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanbench: cost of passing a message over a channel and other IPC mechanisms.
 *
 * Exit status: 0 measured, 1 a comparison of --check failed, 2 wrong usage, 3 could
 * not measure.
 */
#include <argp.h>
#include <errno.h>
#include <fnmatch.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "growth.h"
#include "report.h"

#define EXIT_CHECK	1
#define EXIT_USAGE	2
#define EXIT_BROKEN	3

enum format {
	FORMAT_TABLE,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_BRIEF,
	FORMAT_LIST,
	FORMAT_PROFILE,
	FORMAT_GROWTH,
};

/**
 * struct options - the command line
 * @effort: how much to measure
 * @format: what to print
 * @check: compare with pipes
 * @instructions: a nanosecond is an instruction
 * @rows: patterns for names, separated by blanks; NULL: all
 * @mechanisms: names, in the same way
 * @profiled: the row to profile
 * @go: the program of Go, or NULL
 */
struct options {
	struct effort effort;
	enum format format;
	bool check;
	bool instructions;
	const char *rows;
	const char *mechanisms;
	const char *profiled;
	const char *go;
};

enum {
	OPTION_CHECK = 256,
	OPTION_CSV,
	OPTION_JSON,
	OPTION_LIST,
	OPTION_PROFILE,
	OPTION_GROWTH,
	OPTION_GO,
	OPTION_CPUS,
	OPTION_COUNT,
	OPTION_INSTRUCTIONS,
	OPTION_BRIEF,
};

static const struct argp_option option_list[] = {
	{ "operations", 'n', "NUMBER", 0, "Calls in a repetition, fewer if dear (default 200)", 0 },
	{ "repetitions", 'r', "NUMBER", 0, "Repetitions (default 25)", 0 },
	{ "rows", 'R', "PATTERNS", 0, "Measure only these rows, as in 'Pair/* PingPong'", 0 },
	{ "mechanisms", 'm', "NAMES", 0, "Measure only these mechanisms, as in 'chan pipe'", 0 },
	{ "cpus", OPTION_CPUS, "NUMBER", 0,
	  "CPUs on which the tasks of a row run, in turn (default 1)", 0 },
	{ "go", OPTION_GO, "PROGRAM", 0, "Measure Go's channels, with this program", 0 },
	{ "count", OPTION_COUNT, NULL, 0, "Count context switches, wakeups and system calls", 0 },
	{ "list", OPTION_LIST, NULL, 0, "List the rows and mechanisms", 0 },
	{ "check", OPTION_CHECK, NULL, 0,
	  "Fail if elements of 8 or 64 bytes cost more over a channel than over a pipe", 0 },
	{ "brief", OPTION_BRIEF, NULL, 0,
	  "Measure elements of 8 bytes over channels only, and print three medians: of a send "
	  "and its receive, of a select of eight, of a round trip",
	  0 },
	{ "csv", OPTION_CSV, NULL, 0, "Print comma-separated values", 0 },
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "profile", OPTION_PROFILE, "ROW", 0,
	  "Run a row between marks for a plugin of the emulator, as scripts/bench-profile does", 0 },
	{ "growth", OPTION_GROWTH, NULL, 0,
	  "Measure how costs grow with parked tasks, open channels, cases, bytes and producers, "
	  "and print JSON",
	  0 },
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

static error_t parse_output(int key, char *argument, struct options *options)
{
	switch (key) {
	case OPTION_BRIEF:
		options->format = FORMAT_BRIEF;
		return 0;
	case OPTION_CSV:
		options->format = FORMAT_CSV;
		return 0;
	case OPTION_JSON:
		options->format = FORMAT_JSON;
		return 0;
	case OPTION_LIST:
		options->format = FORMAT_LIST;
		return 0;
	case OPTION_GROWTH:
		options->format = FORMAT_GROWTH;
		return 0;
	case OPTION_PROFILE:
		options->format = FORMAT_PROFILE;
		options->profiled = argument;
		return 0;
	case OPTION_CHECK:
		options->check = true;
		return 0;
	case OPTION_INSTRUCTIONS:
		options->instructions = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'n':
		options->effort.calls = parse_number(argument, state);
		return 0;
	case 'r':
		options->effort.repetitions = parse_number(argument, state);
		return 0;
	case 'R':
		options->rows = argument;
		return 0;
	case 'm':
		options->mechanisms = argument;
		return 0;
	case OPTION_CPUS:
		options->effort.cpus = parse_number(argument, state);
		return 0;
	case OPTION_GO:
		options->go = argument;
		return 0;
	case OPTION_COUNT:
		options->effort.count = true;
		return 0;
	default:
		return parse_output(key, argument, options);
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Measures the cost of passing a message over a channel, a pipe, sockets, message "
	       "queues, an eventfd, shared memory, and Go's channels.\v"
	       "Exit status: 0 measured, 1 a comparison of --check failed, 2 wrong usage, "
	       "3 could not measure.",
};

static int complain(const char *what, int err)
{
	fprintf(stderr, "chanbench: %s: %s\n", what, strerror(-err));
	return EXIT_BROKEN;
}

/* Whether any of the patterns matches; NULL matches all names. */
static bool matches(const char *patterns, const char *name)
{
	char *copy, *pattern, *rest;
	bool match = false;

	if (!patterns)
		return true;
	copy = strdup(patterns);
	if (!copy)
		return false;
	for (pattern = strtok_r(copy, " ", &rest); pattern; pattern = strtok_r(NULL, " ", &rest))
		match |= fnmatch(pattern, name, 0) == 0;
	free(copy);
	return match;
}

static void wanted_mechanisms(const struct options *options, bool wanted[MECHANISMS])
{
	int m;

	for (m = 0; m < MECHANISMS; m++)
		wanted[m] = matches(options->mechanisms, mechanisms[m]->name);
}

static int report_init(struct report *report, const struct options *options)
{
	report->unit = options->instructions ? "guest instructions" : "nanoseconds";
	report->measured = calloc(rows_count, sizeof(*report->measured));
	report->results = calloc(rows_count, sizeof(*report->results));
	return report->measured && report->results ? 0 : -ENOMEM;
}

static int measure(const struct options *options, struct report *report)
{
	bool wanted[MECHANISMS];
	size_t row;
	int err;

	wanted_mechanisms(options, wanted);
	for (row = 0; row < rows_count; row++) {
		if (!matches(options->rows, rows[row].name))
			continue;
		measure_row(&rows[row], &options->effort, wanted, report->results[row]);
		report->measured[row] = true;
		err = report->results[row][CHAN].err;
		if (err && err != -EOPNOTSUPP)
			return err;
	}
	return 0;
}

static int measure_brief(const struct options *options)
{
	static const char *const names[] = { "Pair/8", "Select8", "RoundTrip/8" };
	const bool wanted[MECHANISMS] = { [CHAN] = true };
	struct result results[MECHANISMS];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		measure_row(row_find(names[i]), &options->effort, wanted, results);
		if (results[CHAN].err)
			return results[CHAN].err;
		printf("%s%.0f", i ? " " : "", results[CHAN].median);
	}
	putchar('\n');
	return 0;
}

static void list(void)
{
	size_t row;
	int m;

	for (row = 0; row < rows_count; row++)
		printf("%-20s%s\n", rows[row].name, rows[row].what);
	for (m = 0; m < MECHANISMS; m++)
		printf("%s%s", m ? " " : "\nMechanisms: ", mechanisms[m]->name);
	putchar('\n');
}

static int profile_rows(const struct options *options)
{
	const struct row *row = row_find(options->profiled);
	int m = CHAN;

	if (!row)
		return -EINVAL;
	while (options->mechanisms && strcmp(options->mechanisms, mechanisms[m]->name) != 0) {
		if (++m == MECHANISMS)
			return -EINVAL;
	}
	return profile(row, mechanisms[m], measure_calls(row, &options->effort));
}

static void print(const struct options *options, const struct report *report)
{
	if (options->format == FORMAT_CSV)
		report_csv(report);
	else if (options->format == FORMAT_JSON)
		report_json(report);
	else
		report_table(report);
}

/* Measure all wanted rows, print and compare them. Sets @failed to the failed comparisons. */
static int compare(const struct options *options, int *failed)
{
	struct report report = {};
	int err = report_init(&report, options);

	if (!err)
		err = measure(options, &report);
	if (!err)
		print(options, &report);
	if (!err && options->check)
		*failed = report_check(&report);
	free(report.measured);
	free(report.results);
	return err;
}

static int run(const struct options *options, int *failed)
{
	switch (options->format) {
	case FORMAT_BRIEF:
		return measure_brief(options);
	case FORMAT_PROFILE:
		return profile_rows(options);
	case FORMAT_GROWTH:
		return growth(&options->effort);
	default:
		return compare(options, failed);
	}
}

/* Of the memory of message queues. Without the right to do so, some rows are not measured. */
static void raise_limit(void)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MSGQUEUE, &unlimited);
}

int main(int argc, char **argv)
{
	struct options options = { .effort = { .calls = 200, .repetitions = 25, .cpus = 1 } };
	int err, failed = 0;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	if (options.format == FORMAT_LIST) {
		list();
		return 0;
	}
	options.effort.turns = !options.instructions;
	raise_limit();
	/* A program of Go runs on all CPUs of the measurement. */
	err = options.go ? go_start(options.go, options.effort.cpus) : 0;
	if (err)
		return complain(options.go, err);
	err = stay_on(options.effort.cpus > 1 ? 0 : sched_getcpu());
	if (err)
		return complain("cannot stay on one CPU", err);
	err = run(&options, &failed);
	if (err)
		return complain(options.format == FORMAT_PROFILE ?
					"cannot run this row" :
					"cannot use a channel (is the module chan loaded?)", err);
	if (fflush(stdout) || ferror(stdout))
		return complain("cannot write", -EIO);
	return failed ? EXIT_CHECK : 0;
}
