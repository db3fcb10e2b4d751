// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "arguments.h"

static void parse(struct numbers *numbers, const char *list, uint64_t most, const char *what,
		  struct argp_state *state)
{
	const int err = numbers_parse(numbers, list, most);

	if (err == -EINVAL)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is no list of %s", list, what);
	if (err)
		argp_failure(state, EXIT_FAILURE, -err, "%s", what);
	if (numbers->count > ARGUMENTS_MOST)
		argp_failure(state, EXIT_USAGE, 0, "more than %d %s", ARGUMENTS_MOST, what);
}

void arguments_channels(struct numbers *channels, const char *list, struct argp_state *state)
{
	parse(channels, list, UINT64_MAX, "channels", state);
}

void arguments_processes(struct numbers *processes, const char *list, struct argp_state *state)
{
	parse(processes, list, INT_MAX, "PIDs", state);
}

unsigned int arguments_number(const char *text, struct argp_state *state)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !number || number > INT_MAX)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is no number of 1 or more", text);
	return number;
}
