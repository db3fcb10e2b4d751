// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "numbers.h"

static int numbers_add(struct numbers *numbers, uint64_t value)
{
	uint64_t *values;

	values = reallocarray(numbers->values, numbers->count + 1, sizeof(*values));
	if (!values)
		return -ENOMEM;
	numbers->values = values;
	values[numbers->count++] = value;
	return 0;
}

int numbers_parse(struct numbers *numbers, const char *list, uint64_t most)
{
	unsigned long long value;
	char *end;
	int err;

	for (;; list = end + 1) {
		/* strtoull() accepts blanks and signs. */
		if (!isdigit((unsigned char)*list))
			return -EINVAL;
		errno = 0;
		value = strtoull(list, &end, 10);
		if (errno || !value || value > most || (*end && *end != ','))
			return -EINVAL;
		err = numbers_add(numbers, value);
		if (err || !*end)
			return err;
	}
}

bool numbers_match(const struct numbers *numbers, uint64_t value)
{
	size_t i;

	for (i = 0; i < numbers->count; i++) {
		if (numbers->values[i] == value)
			return true;
	}
	return !numbers->count;
}

void numbers_free(struct numbers *numbers)
{
	free(numbers->values);
}
