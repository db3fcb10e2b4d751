// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanleak: report tasks that are parked in channels for too long.
 *
 * Exit status: 0 no task was found, or it was interrupted, 1 something failed, 2 wrong usage,
 * 3 with --once: a task was found.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/lib/arguments.h"
#include "interrupt.h"
#include "parked.h"
#include "program.h"

#define EXIT_FOUND	3
#define SECOND		1000000000ULL
/* Has no short name. */
#define KEY_NO_STACKS	256

struct options {
	struct filter filter;
	uint64_t age;
	bool once;
	bool stacks;
	bool json;
};

/**
 * struct leaks - state of the scans
 * @options: options
 * @reported: reported operations that were still parked at the last scan
 * @looked: start time of the last scan, on the module's clock
 * @userstacks: user stacks of tasks that parked since the start; NULL with --once
 */
struct leaks {
	struct options options;
	struct parked_list reported;
	uint64_t looked;
	struct userstacks *userstacks;
};

static const struct argp_option option_list[] = {
	{ "channel", 'c', "ID,...", 0, "Check only these channels", 0 },
	{ "pid", 'p', "PID,...", 0, "Check only tasks of these processes", 0 },
	{ "once", '1', NULL, 0, "Scan once", 0 },
	{ "no-stacks", KEY_NO_STACKS, NULL, 0, "Do not print stacks", 0 },
	{ "json", 'J', NULL, 0, "Print a JSON object per line", 0 },
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
	case '1':
		options->once = true;
		return 0;
	case KEY_NO_STACKS:
		options->stacks = false;
		return 0;
	case 'J':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->age)
			argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'",
				     argument);
		options->age = arguments_duration(argument, state);
		return 0;
	case ARGP_KEY_END:
		if (!options->age)
			argp_failure(state, EXIT_USAGE, 0, "missing TIME, such as 10s");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.args_doc = "TIME",
	.doc = "Reports each task that is parked in a channel for TIME or longer, such as 10s; "
	       "units are ns, us, ms, s, m and h. Runs until it is interrupted.\v"
	       "Exit status: 0 no task was found, or it was interrupted, 1 something failed, "
	       "2 wrong usage, 3 with --once: a task was found.",
};

/* Was this operation already reported? @read: time at which the list had been read. */
static bool is_reported(const struct leaks *leaks, const struct parked *task, uint64_t read)
{
	const struct parked *old = leaks->reported.tasks;
	const struct parked *end = old + leaks->reported.count;

	/* It parked after the last scan began, so that scan saw an earlier operation. */
	if (read - task->waiter.age >= leaks->looked)
		return false;
	for (; old < end; old++) {
		if (old->channel == task->channel && old->waiter.pid == task->waiter.pid &&
		    !strcmp(old->waiter.side, task->waiter.side))
			return true;
	}
	return false;
}

/* Report new operations, and reduce the list to the reported ones. */
static void report(const struct leaks *leaks, struct parked_list *list, uint64_t read)
{
	const struct options *options = &leaks->options;
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		const struct parked task = list->tasks[i];

		if (task.waiter.age < options->age)
			continue;
		list->tasks[kept++] = task;
		if (is_reported(leaks, &task, read))
			continue;
		if (options->json)
			parked_print_json(&task, options->stacks, leaks->userstacks);
		else
			parked_print(&task, options->stacks, leaks->userstacks);
	}
	list->count = kept;
}

/* Returns 0 or a negative errno value. */
static int look(struct leaks *leaks)
{
	struct parked_list list = {};
	const uint64_t began = program_now();
	const int err = parked_read(&list, &leaks->options.filter);

	if (err) {
		parked_free(&list);
		return err;
	}
	report(leaks, &list, program_now());
	parked_free(&leaks->reported);
	leaks->reported = list;
	leaks->looked = began;
	return ferror(stdout) ? -EIO : 0;
}

/* Half of @age, clamped to between 0.1 and 1 second. */
static void wait_for_next(uint64_t age)
{
	const uint64_t most = age / 2 < SECOND ? age / 2 : SECOND;

	interrupt_wait(most > SECOND / 10 ? most : SECOND / 10);
}

static int leak(struct leaks *leaks)
{
	const struct options *options = &leaks->options;
	int err, status;

	if (!parked_ready())
		return EXIT_FAILURE;
	if (options->stacks && !options->once) {
		leaks->userstacks = userstacks_open();
		if (!leaks->userstacks)
			return EXIT_FAILURE;
	}
	if (!options->json)
		parked_print_headings();
	err = look(leaks);
	while (!err && !options->once && !interrupt_came()) {
		wait_for_next(options->age);
		err = look(leaks);
	}
	status = options->once && leaks->reported.count ? EXIT_FOUND : EXIT_SUCCESS;
	parked_print_lost(&leaks->reported);
	parked_free(&leaks->reported);
	if (leaks->userstacks && userstacks_lost(leaks->userstacks))
		fprintf(stderr, "%" PRIu64 " stacks lost\n", userstacks_lost(leaks->userstacks));
	userstacks_close(leaks->userstacks);
	if (err)
		fprintf(stderr, "chanleak: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : status;
}

int main(int argc, char **argv)
{
	struct leaks leaks = { .options.stacks = true };
	int status;

	setlocale(LC_ALL, "");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &leaks.options);
	/* Another program may read the output while it runs. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	interrupt_catch();
	status = leak(&leaks);
	numbers_free(&leaks.options.filter.ids);
	numbers_free(&leaks.options.filter.pids);
	return status;
}
