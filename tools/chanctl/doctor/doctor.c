// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanctl doctor: find deadlocks, stranded elements and unheld channels.
 */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../commands.h"
#include "report.h"

#define EXIT_DEADLOCK	3
#define EXIT_LEAK	4

enum key {
	KEY_DOT = 256,
	KEY_NO_STACKS,
	KEY_LONGER,
};

struct options {
	struct request request;
	int (*report)(const struct diagnosis *diagnosis, bool stacks);
	bool stacks;
	unsigned int interval;
};

static const struct argp_option option_list[] = {
	{ "pid", 'p', "PID,...", 0, "Report only findings that involve these processes", 0 },
	{ "parked-longer", KEY_LONGER, "TIME", 0,
	  "Also report tasks parked for longer than this: 90, 90s, 15m, 2h, 1d", 0 },
	{ "json", 'J', NULL, 0, "Print JSON", 0 },
	{ "dot", KEY_DOT, NULL, 0, "Print a graph for Graphviz dot", 0 },
	{ "no-stacks", KEY_NO_STACKS, NULL, 0, "Do not print kernel stacks", 0 },
	{ "watch", 'w', "SECONDS", 0, "Repeat at this interval until something is found", 0 },
	{ 0 },
};

/* Parse seconds, or a number with a unit suffix, into nanoseconds. Returns 0 if malformed. */
static uint64_t parse_time(const char *text)
{
	static const struct {
		char suffix;
		unsigned int seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	unsigned int value, i;
	char suffix = 's', end;
	int n;

	/* It accepts blanks and signs. */
	n = sscanf(text, "%9u%c%c", &value, &suffix, &end);
	if (!isdigit((unsigned char)*text) || n > 2)
		return 0;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (suffix == units[i].suffix)
			return (uint64_t)value * units[i].seconds * 1000000000;
	}
	return 0;
}

static void set_report(struct options *options, struct argp_state *state,
		       int (*report)(const struct diagnosis *diagnosis, bool stacks))
{
	if (options->report != report_text && options->report != report)
		argp_failure(state, EXIT_USAGE, 0, "--json and --dot are exclusive");
	options->report = report;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'p':
		arguments_pids(&options->request.pids, argument, state);
		return 0;
	case KEY_LONGER:
		options->request.longer = parse_time(argument);
		if (!options->request.longer)
			argp_failure(state, EXIT_USAGE, 0, "'%s' is not a time", argument);
		return 0;
	case 'J':
		set_report(options, state, report_json);
		return 0;
	case KEY_DOT:
		set_report(options, state, report_dot);
		return 0;
	case KEY_NO_STACKS:
		options->stacks = false;
		return 0;
	case 'w':
		options->interval = arguments_number(argument, UINT_MAX, "number of seconds",
						     state);
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'", argument);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Finds tasks that are parked in channels and that no process can wake.\v"
	       "Exit status: 0 nothing was found, 1 something failed, 2 wrong usage, "
	       "3 a deadlock was found, 4 something else was found.",
};

static int verdict(const struct diagnosis *diagnosis)
{
	if (diagnosis->deadlock_count)
		return EXIT_DEADLOCK;
	if (diagnosis_count_long(diagnosis) || diagnosis_count_stranded(diagnosis) ||
	    diagnosis->unheld.count)
		return EXIT_LEAK;
	return EXIT_SUCCESS;
}

/* Returns an exit status. */
static int complain(const char *name, const char *what, int err)
{
	fprintf(stderr, "%s: %s: %s\n", name, what, strerror(-err));
	return EXIT_FAILURE;
}

static int report(const char *name, const struct options *options,
		  const struct diagnosis *diagnosis)
{
	int err = options->report(diagnosis, options->stacks);

	if (!err && fflush(stdout))
		err = -errno;
	if (!err && ferror(stdout))
		err = -EIO;
	return err ? complain(name, "cannot print", err) : verdict(diagnosis);
}

static int examine(const char *name, const struct options *options)
{
	struct diagnosis diagnosis;
	int status, err;

	for (;;) {
		err = diagnose(&diagnosis, &options->request);
		if (err) {
			status = complain(name, "/proc", err);
			break;
		}
		if (!options->interval || verdict(&diagnosis) != EXIT_SUCCESS) {
			status = report(name, options, &diagnosis);
			break;
		}
		diagnosis_free(&diagnosis);
		sleep(options->interval);
	}
	diagnosis_free(&diagnosis);
	return status;
}

int doctor(int argc, char **argv)
{
	struct options options = { .report = report_text, .stacks = true };
	int status;

	argp_parse(&parser, argc, argv, 0, NULL, &options);
	/* JSON and dot are UTF-8 in every locale. */
	if (options.report != report_text)
		setlocale(LC_CTYPE, "C.UTF-8");
	status = examine(argv[0], &options);
	numbers_free(&options.request.pids);
	return status;
}
