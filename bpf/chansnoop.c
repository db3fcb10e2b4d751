// SPDX-License-Identifier: GPL-2.0-only
/*
 * chansnoop: trace channel operations, one line each.
 *
 * Exit status: 0 all requested output was printed, 1 something failed, 2 wrong usage.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tools/lib/escape.h"
#include "../tools/lib/arguments.h"
#include "interrupt.h"
#include "names.h"
#include "program.h"
#include "recorder.h"

/* Has no short name. */
#define KEY_BUFFER	256
/* Milliseconds until a signal is noticed that arrives just before a wait. */
#define PATIENCE	100

#define OPERATIONS \
	(1U << CHAN_EVENT_MAKE | 1U << CHAN_EVENT_SEND | 1U << CHAN_EVENT_RECV | \
	 1U << CHAN_EVENT_CLOSE)

struct options {
	struct numbers channels;
	struct numbers processes;
	unsigned int kinds;
	unsigned int paths;
	unsigned int sides;
	unsigned long count;
	unsigned long buffer;
	bool json;
	bool noheadings;
};

/**
 * struct snoop - state of the output
 * @options: options
 * @events: number of lines printed
 * @start: time of the first event
 * @end: time at which an interrupt was noticed; 0: not yet
 */
struct snoop {
	struct options options;
	uint64_t events;
	uint64_t start;
	uint64_t end;
};

static const struct argp_option option_list[] = {
	{ "channel", 'c', "ID,...", 0, "Print only events of these channels", 0 },
	{ "pid", 'p', "PID,...", 0, "Print only events of tasks of these processes", 0 },
	{ "kind", 'k', "KIND,...", 0, "Print only these kinds: make, send, recv, park, wake, "
	  "close, select, requeue, release, or all (default: make,send,recv,close)", 0 },
	{ "path", 'P', "PATH,...", 0, "Print only elements that took these paths: handoff, ring, "
	  "park", 0 },
	{ "side", 's', "SIDE", 0, "Print only events of this side: send or recv", 0 },
	{ "count", 'n', "NUMBER", 0, "Exit after this many lines", 0 },
	{ "json", 'J', NULL, 0, "Print a JSON object per line", 0 },
	{ "noheadings", 'H', NULL, 0, "Do not print a heading line", 0 },
	{ "buffer", KEY_BUFFER, "BYTES", OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

/* Returns a bit for each name in the list. */
static unsigned int parse_names(char *list, const char *const names[], int count, const char *what,
				struct argp_state *state)
{
	unsigned int bits = 0;
	const char *name;
	int i;

	while ((name = strsep(&list, ","))) {
		for (i = 0; i < count && strcmp(name, names[i]); i++)
			;
		if (i == count)
			argp_failure(state, EXIT_USAGE, 0, "unknown %s '%s'", what, name);
		bits |= 1U << i;
	}
	return bits;
}

/* --path and --side exclude events that have no path or side. */
static void narrow_kinds(struct options *options, struct argp_state *state)
{
	if (options->paths)
		options->kinds &= 1U << CHAN_EVENT_SEND | 1U << CHAN_EVENT_RECV;
	if (options->sides)
		options->kinds &= 1U << CHAN_EVENT_PARK | 1U << CHAN_EVENT_WAKE |
				  (options->sides & 2 ? 1U << CHAN_EVENT_SEND : 0) |
				  (options->sides & 1 ? 1U << CHAN_EVENT_RECV : 0);
	if (!options->kinds)
		argp_failure(state, EXIT_USAGE, 0, "no event matches these options");
}

static void parse_filter(int key, char *argument, struct options *options,
			 struct argp_state *state)
{
	switch (key) {
	case 'c':
		arguments_ids(&options->channels, argument, state);
		break;
	case 'p':
		arguments_pids(&options->processes, argument, state);
		break;
	case 'k':
		options->kinds = strcmp(argument, "all") ?
			parse_names(argument, kind_names, CHAN_EVENT_KINDS, "kind", state) : ~0U;
		break;
	case 'P':
		options->paths = parse_names(argument, path_names, CHAN_PATHS, "path", state);
		break;
	case 's':
		options->sides = parse_names(argument, side_names, 2, "side", state);
		break;
	}
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'c':
	case 'p':
	case 'k':
	case 'P':
	case 's':
		parse_filter(key, argument, options, state);
		return 0;
	case 'n':
		options->count = arguments_number(argument, INT_MAX, "positive number", state);
		return 0;
	case 'J':
		options->json = true;
		return 0;
	case 'H':
		options->noheadings = true;
		return 0;
	case KEY_BUFFER:
		options->buffer = arguments_number(argument, INT_MAX, "positive number", state);
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'", argument);
		return 0;
	case ARGP_KEY_END:
		narrow_kinds(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.doc = "Traces channel operations, one line each, until it is interrupted.\v"
	       "Exit status: 0 all requested output was printed, 1 something failed, "
	       "2 wrong usage.",
};

/* A field that only some kinds of events have. */
struct detail {
	const char *name;
	long long value;
};

#define DETAILS	4

static void find_details(const struct chan_event *event, struct detail details[DETAILS])
{
	struct detail *to = details;

	memset(details, 0, DETAILS * sizeof(*details));
	switch (event->kind) {
	case CHAN_EVENT_MAKE:
		*to++ = (struct detail){ "elemsize", event->elemsize };
		*to++ = (struct detail){ "cap", event->cap };
		*to++ = (struct detail){ "flags", event->flags };
		break;
	case CHAN_EVENT_PARK:
		*to++ = (struct detail){ "waiters", event->waiters };
		*to++ = (struct detail){ "select", event->select };
		break;
	case CHAN_EVENT_WAKE:
		*to++ = (struct detail){ "result", event->result };
		break;
	case CHAN_EVENT_CLOSE:
		*to++ = (struct detail){ "cause", event->cause };
		*to++ = (struct detail){ "receivers", event->receivers };
		*to++ = (struct detail){ "senders", event->senders };
		break;
	case CHAN_EVENT_SELECT:
		*to++ = (struct detail){ "cases", event->cases };
		*to++ = (struct detail){ "winner", event->winner };
		*to++ = (struct detail){ "result", event->result };
		break;
	case CHAN_EVENT_GIVEBACK:
		*to++ = (struct detail){ "returned", event->requeued };
		break;
	}
}

static bool is_element(const struct chan_event *event)
{
	return event->kind == CHAN_EVENT_SEND || event->kind == CHAN_EVENT_RECV;
}

static bool has_side(const struct chan_event *event)
{
	return event->kind == CHAN_EVENT_PARK || event->kind == CHAN_EVENT_WAKE;
}

static const char *path_of(const struct chan_event *event)
{
	return is_element(event) && event->path < CHAN_PATHS ? path_names[event->path] : "-";
}

static void print_headings(void)
{
	printf("%12s %16s %7s %-15s %-10s %-7s %5s %7s %12s %s\n", "SECONDS", "CHANNEL", "TID",
	       "COMMAND", "WHAT", "PATH", "LEN", "PEER", "PARKED-NS", "MORE");
}

/* Print the number, or a dash if the event does not have it. */
static void print_number(int width, unsigned long long number, bool told)
{
	if (told)
		printf(" %*llu", width, number);
	else
		printf(" %*s", width, "-");
}

static void print_text(const struct chan_event *event, uint64_t since)
{
	char command[ESCAPED_SIZE * CHAN_EVENT_COMMAND], what[32];
	const bool element = is_element(event);
	struct detail details[DETAILS], *detail;

	escape(command, event->command);
	snprintf(what, sizeof(what), "%s%s%s", kind_names[event->kind],
		 has_side(event) ? "-" : "", has_side(event) ? side_names[!!event->send] : "");
	printf("%5" PRIu64 ".%06" PRIu64, since / 1000000000, since / 1000 % 1000000);
	print_number(16, event->id, event->id);
	printf(" %7d %-15s %-10s %-7s", event->tid, command, what, path_of(event));
	print_number(5, event->len, element || event->kind == CHAN_EVENT_RELEASE);
	print_number(7, event->peer, event->peer);
	print_number(12, event->parked, event->parked);
	find_details(event, details);
	for (detail = details; detail < details + DETAILS && detail->name; detail++)
		printf(" %s=%lld", detail->name, detail->value);
	putchar('\n');
}

static int print_json(const struct chan_event *event)
{
	char command[ESCAPED_SIZE * CHAN_EVENT_COMMAND];
	struct detail details[DETAILS], *detail;
	json_t *object;
	int err;

	escape(command, event->command);
	object = json_pack("{s:I, s:I, s:i, s:i, s:s, s:i, s:s}",
			   "time", (json_int_t)event->time, "channel", (json_int_t)event->id,
			   "pid", event->pid, "tid", event->tid, "command", command,
			   "cpu", (int)event->cpu, "kind", kind_names[event->kind]);
	if (is_element(event))
		json_object_set_new(object, "path", json_string(path_of(event)));
	if (is_element(event) || event->kind == CHAN_EVENT_GIVEBACK)
		json_object_set_new(object, "peer", json_integer(event->peer));
	if (is_element(event) || event->kind == CHAN_EVENT_RELEASE)
		json_object_set_new(object, "len", json_integer(event->len));
	if (has_side(event))
		json_object_set_new(object, "side", json_string(side_names[!!event->send]));
	if (is_element(event) || event->kind == CHAN_EVENT_WAKE)
		json_object_set_new(object, "parked", json_integer(event->parked));
	find_details(event, details);
	for (detail = details; detail < details + DETAILS && detail->name; detail++)
		json_object_set_new(object, detail->name, json_integer(detail->value));
	err = json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
	putchar('\n');
	return err;
}

/* If events arrive faster than they are printed, draining would not end: skip later ones. */
static bool is_after_the_end(struct snoop *snoop, const struct chan_event *event)
{
	if (!snoop->end && interrupt_came())
		snoop->end = program_now();
	return snoop->end && event->time > snoop->end;
}

/* A recorder_function. */
static int print_event(void *data, const struct chan_event *event)
{
	struct snoop *snoop = data;
	int err = 0;

	if (snoop->options.count && snoop->events == snoop->options.count)
		return -ECANCELED;
	if (is_after_the_end(snoop, event))
		return -ECANCELED;
	if (!snoop->events++)
		snoop->start = event->time;
	if (snoop->options.json)
		err = print_json(event);
	else
		print_text(event, event->time > snoop->start ? event->time - snoop->start : 0);
	return err || ferror(stdout) ? -EIO : 0;
}

/* Poll until interrupted or --count is reached. Returns 0 or a negative errno value. */
static int run(struct snoop *snoop, struct recorder *recorder)
{
	int err = 0;

	while (!interrupt_came() && err >= 0 &&
	       !(snoop->options.count && snoop->events == snoop->options.count))
		err = recorder_poll(recorder, PATIENCE);
	/* Drain the events up to now. */
	if (interrupt_came())
		err = recorder_poll(recorder, 0);
	return err < 0 && err != -EINTR && err != -ECANCELED ? err : 0;
}

static int snoop(struct snoop *snoop)
{
	const struct options *options = &snoop->options;
	const struct recorder_options wanted = {
		.channels = options->channels.values,
		.channel_count = options->channels.count,
		.processes = options->processes.values,
		.process_count = options->processes.count,
		.kinds = options->kinds,
		.paths = options->paths,
		.sides = options->sides,
		.buffer = options->buffer,
	};
	struct recorder *recorder = recorder_open(&wanted, print_event, snoop);
	int err;

	if (!recorder)
		return EXIT_FAILURE;
	if (!options->json && !options->noheadings)
		print_headings();
	err = run(snoop, recorder);
	fprintf(stderr, "%" PRIu64 " events, %" PRIu64 " lost\n", snoop->events,
		recorder_lost(recorder));
	recorder_close(recorder);
	if (err)
		fprintf(stderr, "chansnoop: cannot print: %s\n", strerror(-err));
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct snoop all = { .options.kinds = OPERATIONS };
	int status;

	setlocale(LC_ALL, "");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &all.options);
	/* Another program may read the output while it runs. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	interrupt_catch();
	status = snoop(&all);
	numbers_free(&all.options.channels);
	numbers_free(&all.options.processes);
	return status;
}
