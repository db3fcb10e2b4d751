// SPDX-License-Identifier: GPL-2.0-only
/*
 * chan-demo: demonstrate channels. Processes that share the work over two channels
 * hash a tree of files: once normally, once while workers are killed, and once with
 * a dispatcher that uses select.
 *
 * Exit status: 0 each file has a result in each act, 1 something failed, 2 wrong
 * usage, 130 interrupted.
 */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "demo.h"
#include "ledger.h"
#include "print.h"

#define EXIT_USAGE		2
#define EXIT_INTERRUPTED	130
/* The second act kills one of them, and adds three. */
#define WORKERS_LEAST		2
#define WORKERS_MOST		(WORKERS_MAX - 3)

struct options {
	const char *directory;
	const char *output;
	unsigned int workers;
};

static const struct argp_option option_list[] = {
	{ "workers", 'w', "NUMBER", 0, "Number of workers (default 4)", 0 },
	{ "output", 'o', "FOLDER", 0,
	  "Write the results of each act to FOLDER/act-1 and so on, in sha256sum format",
	  0 },
	{ 0 },
};

static int parse_number(const char *text, unsigned int *number)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 10);
	if (end == text || *end || value < WORKERS_LEAST || value > WORKERS_MOST)
		return -EINVAL;
	*number = value;
	return 0;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'w':
		if (parse_number(argument, &options->workers))
			argp_error(state, "there can be %d to %d workers", WORKERS_LEAST,
				   WORKERS_MOST);
		return 0;
	case 'o':
		options->output = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->directory)
			return ARGP_ERR_UNKNOWN;
		options->directory = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.args_doc = "DIRECTORY",
	.doc = "Hashes the files below DIRECTORY in processes that share the work over "
	       "channels: once normally, once while workers are killed, and once with a "
	       "dispatcher that uses select.\v"
	       "Exit status: 0 each file has a result in each act, 1 something failed, "
	       "2 wrong usage, 130 interrupted.",
};

/* These return an exit status. */

static int write_results(const struct options *options, const char *name,
			 const struct ledger *ledger)
{
	char file[PATH_MAX];
	int err;

	if (!options->output)
		return 0;
	if (snprintf(file, sizeof(file), "%s/%s", options->output, name) >= (int)sizeof(file))
		return complain(options->output, -ENAMETOOLONG);
	err = ledger_write(ledger, file);
	return err ? complain(file, err) : 0;
}

static int complain_act(const char *act, int err)
{
	if (crew_interrupted())
		return EXIT_INTERRUPTED;
	switch (err) {
	case -ECHILD:
		fprintf(stderr, "chan-demo: %s failed: a process ended early\n", act);
		return 1;
	case -EPIPE:
		fprintf(stderr, "chan-demo: %s failed: no worker is left\n", act);
		return 1;
	case -ENODATA:
		fprintf(stderr, "chan-demo: %s failed: not every path has one result\n", act);
		return 1;
	default:
		return complain(act, err);
	}
}

static int play_flow(struct demo *demo, const struct options *options, uint32_t *results)
{
	struct ledger ledger = {};
	int err = demo_make(demo);
	int status;

	if (err)
		return complain("cannot make a channel (is the module chan loaded?)", err);
	err = act_flow(demo, &ledger);
	status = err ? complain_act("act 1", err) : write_results(options, "act-1", &ledger);
	*results = ledger.count;
	ledger_free(&ledger);
	demo_forget(demo);
	return status;
}

static int play_deaths(struct demo *demo, const struct options *options, uint32_t expected)
{
	struct ledger ledger = {};
	int err = demo_make(demo);
	int status;

	if (err)
		return complain("cannot make a channel", err);
	err = act_deaths(demo, &ledger, expected);
	status = err ? complain_act("act 2", err) : write_results(options, "act-2", &ledger);
	ledger_free(&ledger);
	demo_forget(demo);
	return status;
}

static int play_choices(struct demo *demo, const struct options *options)
{
	struct ledger ledger = {};
	int err = demo_make(demo);
	int status;

	if (err)
		return complain("cannot make a channel", err);
	err = act_choices(demo, &ledger);
	status = err ? complain_act("act 3", err) : write_results(options, "act-3", &ledger);
	ledger_free(&ledger);
	demo_forget(demo);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { .workers = 4 };
	struct demo demo = {};
	struct path first;
	uint32_t results = 0;
	int err, status;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	demo.directory = options.directory;
	demo.workers = options.workers;
	/* Print progress immediately, even to a pipe or file. */
	setvbuf(stdout, NULL, _IOLBF, 0);

	err = producer_first_path(demo.directory, &first);
	if (err)
		return complain(demo.directory, err);
	err = crew_catch_signals();
	if (err)
		return complain("cannot catch signals", err);
	status = play_flow(&demo, &options, &results);
	if (!status)
		status = play_deaths(&demo, &options, results);
	if (!status)
		status = play_choices(&demo, &options);
	if (!status && (fflush(stdout) || ferror(stdout)))
		status = complain("cannot write", -EIO);
	return status;
}
