/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of numbers given by an option. Without the option, every number matches.
 */
#ifndef LIB_NUMBERS_H
#define LIB_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct numbers {
	uint64_t *values;
	size_t count;
};

/**
 * numbers_parse() - parse and add a list of numbers
 * @numbers: the numbers so far
 * @list: one or more numbers, separated by commas
 * @most: maximum; the minimum is 1
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int numbers_parse(struct numbers *numbers, const char *list, uint64_t most);
/* Is the number in the list, or was no list given? */
bool numbers_match(const struct numbers *numbers, uint64_t value);
void numbers_free(struct numbers *numbers);

#endif /* LIB_NUMBERS_H */
