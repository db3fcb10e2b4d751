// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/escape.h"
#include "../commands.h"
#include "outputs.h"
#include "record.h"

#define ROWS		80
#define TITLE_SIZE	80
/* Has no short name. */
#define KEY_BUFFER	256

enum output {
	OUTPUT_PERFETTO,
	OUTPUT_SVG,
	OUTPUT_HISTOGRAM,
	OUTPUTS,
};

struct options {
	const char *files[OUTPUTS];
	FILE *streams[OUTPUTS];
	unsigned long rows;
	unsigned long buffer;
	char **command;
	char title[ESCAPED_SIZE * TITLE_SIZE];
};

static const struct argp_option option_list[] = {
	{ "perfetto", 'p', "FILE", 0, "Write a trace for ui.perfetto.dev or chrome://tracing", 0 },
	{ "svg", 's', "FILE", 0, "Draw a sequence diagram", 0 },
	{ "rows", 'r', "NUMBER", 0, "Draw at most this many rows (default 80)", 0 },
	{ "histogram", 'H', "FILE", 0, "Draw histograms of park times and element latencies", 0 },
	{ "buffer", KEY_BUFFER, "BYTES", OPTION_HIDDEN, NULL, 0 },
	{ 0 },
};

static unsigned long parse_number(const char *text, struct argp_state *state)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !number || number > INT_MAX)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is not a positive number", text);
	return number;
}

/* Truncate the title before escaping, so that no escape is cut. */
static void parse_command(struct options *options, struct argp_state *state)
{
	char title[TITLE_SIZE] = "";
	size_t length = 0;
	char **at;

	options->command = state->argv + state->next - 1;
	state->next = state->argc;
	for (at = options->command; *at && length < sizeof(title); at++)
		length += snprintf(title + length, sizeof(title) - length, "%s%s",
				   length ? " " : "", *at);
	escape(options->title, title);
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'p':
		options->files[OUTPUT_PERFETTO] = argument;
		return 0;
	case 's':
		options->files[OUTPUT_SVG] = argument;
		return 0;
	case 'H':
		options->files[OUTPUT_HISTOGRAM] = argument;
		return 0;
	case 'r':
		options->rows = parse_number(argument, state);
		return 0;
	case KEY_BUFFER:
		options->buffer = parse_number(argument, state);
		return 0;
	case ARGP_KEY_ARG:
		parse_command(options, state);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_failure(state, EXIT_USAGE, 0, "missing COMMAND: see --help");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.args_doc = "[--] COMMAND [ARGUMENT...]",
	.doc = "Runs a command, records the channel operations of it and its descendants, and "
	       "draws them or, without an output file, prints a summary.\v"
	       "Exit status: that of the command, 128 plus the number of the signal that killed "
	       "it, 127 if it was not found, 126 if it cannot be executed, 1 something failed, "
	       "2 wrong usage.",
};

/* Returns an exit status. */
static int complain(const char *name, const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", name, what, strerror(errno));
	return EXIT_FAILURE;
}

/* Open files before the command runs, as it may not be repeatable. Returns an exit status. */
static int open_outputs(struct options *options, const char *name)
{
	enum output output;

	for (output = 0; output < OUTPUTS; output++) {
		if (!options->files[output])
			continue;
		options->streams[output] = fopen(options->files[output], "we");
		if (!options->streams[output])
			return complain(name, options->files[output]);
	}
	return 0;
}

/* Returns an exit status. */
static int close_outputs(struct options *options, const char *name)
{
	enum output output;
	int status = 0;

	for (output = 0; output < OUTPUTS; output++) {
		FILE *stream = options->streams[output];

		if (!stream)
			continue;
		errno = EIO;
		if (ferror(stream) | fclose(stream))
			status = complain(name, options->files[output]);
	}
	errno = EIO;
	if (fflush(stdout) || ferror(stdout))
		status = complain(name, "cannot print");
	return status;
}

static void write_outputs(const struct options *options, const struct story *story)
{
	FILE *const *streams = options->streams;

	if (streams[OUTPUT_PERFETTO])
		perfetto_write(streams[OUTPUT_PERFETTO], story, options->title);
	if (streams[OUTPUT_SVG])
		sequence_write(streams[OUTPUT_SVG], story, options->title, options->rows);
	if (streams[OUTPUT_HISTOGRAM])
		histogram_write(streams[OUTPUT_HISTOGRAM], story, options->title);
	if (!streams[OUTPUT_PERFETTO] && !streams[OUTPUT_SVG] && !streams[OUTPUT_HISTOGRAM])
		summary_write(stdout, story, options->title);
}

/* Returns an exit status. */
static int record_and_show(struct options *options, const char *name)
{
	struct recording recording = {};
	struct story story;
	int status, failure;

	failure = record(&recording, options->command, name, options->buffer, &status);
	if (failure)
		return failure;
	if (recording.lost)
		fprintf(stderr, "%s: %llu events were lost\n", name, recording.lost);
	story_tell(&story, &recording);
	write_outputs(options, &story);
	story_free(&story);
	recording_free(&recording);
	return status;
}

int trace(int argc, char **argv)
{
	struct options options = { .rows = ROWS };
	int status, failure;

	/* Output is UTF-8 in every locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &options);
	status = open_outputs(&options, argv[0]);
	if (!status)
		status = record_and_show(&options, argv[0]);
	failure = close_outputs(&options, argv[0]);
	return failure ? failure : status;
}
