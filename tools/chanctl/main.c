// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanctl: commands that examine all channels of the system.
 *
 * Exit status: 1 something failed, 2 wrong usage, others depend on the command.
 */
#include <argp.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *purpose;
} commands[] = {
	{ "doctor", doctor, "Find deadlocks and other stuck tasks and channels" },
	{ "trace", trace, "Record and draw the channel operations of a command" },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

struct call {
	const struct command *command;
	int argc;
	char **argv;
};

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
	struct call *call = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		call->command = find(argument);
		if (!call->command)
			argp_failure(state, EXIT_USAGE, 0, "unknown command '%s'", argument);
		/* The remaining arguments belong to the command. */
		call->argc = state->argc - state->next + 1;
		call->argv = state->argv + state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_failure(state, EXIT_USAGE, 0, "missing command: see --help");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Print the commands below the options. */
static char *list_commands(int key, const char *text, void *input __attribute__((unused)))
{
	char *list = NULL;
	FILE *stream;
	size_t i, size;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	stream = open_memstream(&list, &size);
	if (!stream)
		return NULL;
	fputs("Commands:\n", stream);
	for (i = 0; i < COMMANDS; i++)
		fprintf(stream, "  %-8s %s\n", commands[i].name, commands[i].purpose);
	fprintf(stream, "\n%s", text);
	fclose(stream);
	return list;
}

static const struct argp parser = {
	.parser = parse_option,
	.help_filter = list_commands,
	.args_doc = "COMMAND [OPTION...]",
	.doc = "Examines the channels of this system.\v"
	       "'chanctl COMMAND --help' describes each command.",
};

int main(int argc, char **argv)
{
	struct call call = {};
	char name[32];

	setlocale(LC_ALL, "");
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &call);
	snprintf(name, sizeof(name), "chanctl %s", call.command->name);
	call.argv[0] = name;
	return call.command->run(call.argc, call.argv);
}
