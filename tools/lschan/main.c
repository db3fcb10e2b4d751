// SPDX-License-Identifier: GPL-2.0-only
/*
 * lschan: list channels, their holders and their waiters, as far as the caller may inspect
 * the holding processes.
 *
 * Exit status: 0 all visible channels were printed, 1 something failed, 2 wrong usage.
 */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/arguments.h"
#include "../lib/scan.h"
#include "output.h"

struct options {
	struct filter filter;
	struct layout layout;
};

static const struct argp_option option_list[] = {
	{ "tree", 't', NULL, 0, "Print holders and waiters below each channel", 0 },
	{ "list", 'l', NULL, 0, "Print a row for each channel (default)", 0 },
	{ "json", 'J', NULL, 0, "Print JSON", 0 },
	{ "raw", 'r', NULL, 0, "Do not align columns, for use by programs", 0 },
	{ "noheadings", 'n', NULL, 0, "Do not print a heading line", 0 },
	{ "output", 'o', "COLUMN,...", 0, "Print these columns", 0 },
	{ "pid", 'p', "PID,...", 0, "Scan only these processes", 0 },
	{ "id", 'i', "ID,...", 0, "List only these channels", 0 },
	{ 0 },
};

static void parse_columns(struct layout *layout, char *names, struct argp_state *state)
{
	enum column column;
	const char *name;

	layout->column_count = 0;
	while ((name = strsep(&names, ","))) {
		column = column_find(name);
		if (column == COLUMNS)
			argp_failure(state, EXIT_USAGE, 0, "unknown column '%s'", name);
		if (layout_has(layout, column))
			argp_failure(state, EXIT_USAGE, 0, "duplicate column %s",
				     column_name(column));
		layout->columns[layout->column_count++] = column;
	}
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 't':
	case 'l':
		options->layout.tree = key == 't';
		return 0;
	case 'J':
		options->layout.json = true;
		return 0;
	case 'r':
		options->layout.raw = true;
		return 0;
	case 'n':
		options->layout.noheadings = true;
		return 0;
	case 'o':
		parse_columns(&options->layout, argument, state);
		return 0;
	case 'p':
		arguments_pids(&options->filter.pids, argument, state);
		return 0;
	case 'i':
		arguments_ids(&options->filter.ids, argument, state);
		return 0;
	case ARGP_KEY_ARG:
		argp_failure(state, EXIT_USAGE, 0, "unexpected argument '%s'", argument);
		return 0;
	case ARGP_KEY_END:
		if (options->layout.json && options->layout.raw)
			argp_failure(state, EXIT_USAGE, 0, "--json and --raw are exclusive");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Print the columns below the options. */
static char *list_columns(int key, const char *text, void *input __attribute__((unused)))
{
	char *list = NULL;
	enum column column;
	size_t size;
	FILE *stream;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	stream = open_memstream(&list, &size);
	if (!stream)
		return NULL;
	fputs("Columns:", stream);
	for (column = 0; column < COLUMNS; column++)
		fprintf(stream, " %s", column_name(column));
	fprintf(stream, "\n\n%s", text);
	fclose(stream);
	return list;
}

static const struct argp parser = {
	.options = option_list,
	.parser = parse_option,
	.help_filter = list_columns,
	.doc = "Lists the channels of all processes that you may inspect.\v"
	       "Exit status: 0 all visible channels were printed, 1 something failed, "
	       "2 wrong usage.",
};

/* Returns an exit status. */
static int complain(const char *what, int err)
{
	fprintf(stderr, "lschan: %s: %s\n", what, strerror(-err));
	return EXIT_FAILURE;
}

static int list(const struct options *options)
{
	struct model model = {};
	int status = 0;
	int err = scan(&model, &options->filter);

	if (err) {
		status = complain("/proc", err);
	} else {
		err = output_print(&model, &options->layout);
		if (!err && fflush(stdout))
			err = -errno;
		if (!err && ferror(stdout))
			err = -EIO;
		if (err)
			status = complain("cannot print", err);
	}
	model_free(&model);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {};
	int status;

	setlocale(LC_ALL, "");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &options);
	/* JSON is UTF-8 in every locale. */
	if (options.layout.json)
		setlocale(LC_CTYPE, "C.UTF-8");
	status = list(&options);
	numbers_free(&options.filter.pids);
	numbers_free(&options.filter.ids);
	return status;
}
