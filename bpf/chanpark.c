// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanpark: list the tasks that are parked in channels, with age and stacks.
 *
 * Exit status: 0 all requested output was printed, 1 something failed, 2 wrong usage.
 */
#include <argp.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/lib/arguments.h"
#include "interrupt.h"
#include "parked.h"

/* Has no short name. */
#define KEY_NO_STACKS	256

struct options {
	struct filter filter;
	bool stacks;
	bool json;
	bool noheadings;
	bool watch;
	unsigned int seconds;
};

static const struct argp_option option_list[] = {
	{ "channel", 'c', "ID,...", 0, "List only tasks in these channels", 0 },
	{ "pid", 'p', "PID,...", 0, "List only tasks of these processes", 0 },
	{ "watch", 'w', NULL, 0, "Watch until interrupted, then also print the user stacks of "
	  "tasks that parked since the start", 0 },
	{ "duration", 'd', "SECONDS", 0, "Like --watch, but at most this long", 0 },
	{ "no-stacks", KEY_NO_STACKS, NULL, 0, "Do not print stacks", 0 },
	{ "json", 'J', NULL, 0, "Print a JSON object per line", 0 },
	{ "noheadings", 'H', NULL, 0, "Do not print a heading line", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
		arguments_ids(&options->filter.ids, argument, state);
		return 0;
	case 'p':
		arguments_pids(&options->filter.pids, argument, state);
		return 0;
	case 'd':
		options->seconds = arguments_number(argument, INT_MAX, "positive number", state);
		options->watch = true;
		return 0;
	case 'w':
		options->watch = true;
		return 0;
	case KEY_NO_STACKS:
		options->stacks = false;
		return 0;
	case 'J':
		options->json = true;
		return 0;
	case 'H':
		options->noheadings = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'", argument);
		return 0;
	case ARGP_KEY_END:
		if (options->watch && !options->stacks)
			argp_failure(state, EXIT_USAGE, 0, "--watch and --no-stacks are exclusive");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Lists the tasks that are parked in channels.\v"
	       "Exit status: 0 all requested output was printed, 1 something failed, "
	       "2 wrong usage.",
};

static void print(const struct parked_list *list, const struct options *options,
		  const struct userstacks *userstacks)
{
	size_t i;

	if (!options->json && !options->noheadings)
		parked_print_headings();
	for (i = 0; i < list->count; i++) {
		if (options->json)
			parked_print_json(&list->tasks[i], options->stacks, userstacks);
		else
			parked_print(&list->tasks[i], options->stacks, userstacks);
	}
	parked_print_lost(list);
}

static int park(const struct options *options)
{
	struct userstacks *userstacks = NULL;
	struct parked_list list = {};
	int err;

	if (!parked_ready())
		return EXIT_FAILURE;
	if (options->watch) {
		userstacks = userstacks_open();
		if (!userstacks)
			return EXIT_FAILURE;
		interrupt_catch();
		interrupt_wait(options->seconds * 1000000000ULL);
	}
	err = parked_read(&list, &options->filter);
	if (!err)
		print(&list, options, userstacks);
	if (userstacks && userstacks_lost(userstacks))
		fprintf(stderr, "%" PRIu64 " stacks lost\n", userstacks_lost(userstacks));
	parked_free(&list);
	userstacks_close(userstacks);
	if (err)
		fprintf(stderr, "chanpark: cannot read the channels: %s\n", strerror(-err));
	else if (fflush(stdout) || ferror(stdout))
		perror("chanpark: cannot print");
	else
		return EXIT_SUCCESS;
	return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	struct options options = { .stacks = true };
	int status;

	setlocale(LC_ALL, "");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	status = park(&options);
	numbers_free(&options.filter.ids);
	numbers_free(&options.filter.pids);
	return status;
}
