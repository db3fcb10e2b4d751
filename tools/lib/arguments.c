// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"

static void parse(struct numbers *numbers, const char *list, uint64_t most, const char *what,
		  struct argp_state *state)
{
	const int err = numbers_parse(numbers, list, most);

	if (err == -EINVAL)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is not a list of %s", list, what);
	if (err)
		argp_failure(state, EXIT_FAILURE, -err, "%s", what);
	if (numbers->count > ARGUMENTS_MOST)
		argp_failure(state, EXIT_USAGE, 0, "more than %d %s", ARGUMENTS_MOST, what);
}

void arguments_ids(struct numbers *ids, const char *list, struct argp_state *state)
{
	parse(ids, list, UINT64_MAX, "IDs", state);
}

void arguments_pids(struct numbers *pids, const char *list, struct argp_state *state)
{
	parse(pids, list, INT_MAX, "PIDs", state);
}

uint64_t arguments_number(const char *text, uint64_t most, const char *what,
			  struct argp_state *state)
{
	struct numbers numbers = {};
	uint64_t value = 0;

	if (numbers_parse(&numbers, text, most) || numbers.count != 1)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is not a %s", text, what);
	else
		value = numbers.values[0];
	numbers_free(&numbers);
	return value;
}

uint64_t arguments_duration(const char *text, struct argp_state *state)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
		{ "m", 60000000000 }, { "h", 3600000000000 },
	};
	const size_t count = sizeof(units) / sizeof(units[0]);
	unsigned long long number;
	uint64_t ns = 0;
	size_t i;
	char *end;

	errno = 0;
	number = strtoull(text, &end, 10);
	for (i = 0; i < count && strcmp(end, units[i].name); i++)
		;
	if (errno || *text < '0' || *text > '9' || i == count ||
	    __builtin_mul_overflow(number, units[i].ns, &ns) || !ns)
		argp_failure(state, EXIT_USAGE, 0, "'%s' is not a time such as 10s or 500ms", text);
	return ns;
}
