// SPDX-License-Identifier: GPL-2.0-only
/*
 * chantop: display channel activity, refreshed periodically.
 *
 * Exit status: 0 shown, 1 something failed, 2 wrong usage.
 */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/arguments.h"
#include "batch.h"
#include "screen.h"

#define SECOND		UINT64_C(1000000000)
#define DELAY_MOST	3600

struct options {
	struct filter filter;
	struct view view;
	uint64_t delay;
	uint64_t count;
	bool batch;
};

static const struct argp_option option_list[] = {
	{ "batch", 'b', NULL, 0, "Print samples as text, without a terminal", 0 },
	{ "iterations", 'n', "COUNT", 0, "Exit after this many samples; needs --batch", 0 },
	{ "delay", 'd', "SECONDS", 0, "Interval between samples (default 1)", 0 },
	{ "sort", 's', "FIELD", 0, "Sort by this field (default SENDS)", 0 },
	{ "reverse", 'r', NULL, 0, "Reverse the sort order", 0 },
	{ "filter", 'f', "TEXT", 0, "Show only the channel with this ID, and types with this "
	  "text", 0 },
	{ "pid", 'p', "PID,...", 0, "Show only channels of these processes", 0 },
	{ 0 },
};

static void parse_sort(struct options *options, const char *name, struct argp_state *state)
{
	options->view.sort = field_find(name);
	if (options->view.sort == FIELDS)
		argp_failure(state, EXIT_USAGE, 0, "unknown field '%s'", name);
}

static void parse_filter(struct options *options, const char *text, struct argp_state *state)
{
	if (strlen(text) >= FILTER_SIZE)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is too long", text);
	else
		strcpy(options->view.filter, text);
}

static void check_usage(const struct options *options, struct argp_state *state)
{
	if (!options->batch && options->count)
		argp_failure(state, EXIT_USAGE, 0, "--iterations needs --batch");
	if (!options->batch && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		argp_failure(state, EXIT_USAGE, 0, "there is no terminal: use --batch");
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'b':
		options->batch = true;
		return 0;
	case 'n':
		options->count = arguments_number(argument, UINT64_MAX, "number of samples",
						  state);
		return 0;
	case 'd':
		options->delay = SECOND * arguments_number(argument, DELAY_MOST,
							   "number of seconds up to an hour",
							   state);
		return 0;
	case 's':
		parse_sort(options, argument, state);
		return 0;
	case 'r':
		options->view.reverse = true;
		return 0;
	case 'f':
		parse_filter(options, argument, state);
		return 0;
	case 'p':
		arguments_pids(&options->filter.pids, argument, state);
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'", argument);
		return 0;
	case ARGP_KEY_END:
		check_usage(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Displays activity in the channels of all processes that you may inspect.\v"
	       "Press h for a list of keys.\n\n"
	       "Exit status: 0 shown, 1 something failed, 2 wrong usage.",
};

static int show(struct options *options)
{
	struct view *view = &options->view;
	int err;

	if (options->batch)
		err = batch_run(view, &options->filter, options->delay, options->count);
	else
		err = screen_run(view, &options->filter, options->delay);
	view_free(view);
	if (!err)
		return EXIT_SUCCESS;
	if (err == SCREEN_UNKNOWN)
		fprintf(stderr, "chantop: unknown terminal type: check TERM or use --batch\n");
	else
		fprintf(stderr, "chantop: %s: %s\n",
			ferror(stdout) ? "cannot print" : "cannot read channels", strerror(-err));
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options options = { .view.sort = FIELD_SENDS, .delay = SECOND };
	int status;

	/* The width of non-ASCII characters depends on the terminal. */
	setlocale(LC_ALL, "C");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	status = show(&options);
	numbers_free(&options.filter.pids);
	numbers_free(&options.filter.ids);
	return status;
}
