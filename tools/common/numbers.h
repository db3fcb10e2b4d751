/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers that an option names. If it is not given, every number counts.
 */
#ifndef COMMON_NUMBERS_H
#define COMMON_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct numbers {
	uint64_t *values;
	size_t count;
};

/**
 * numbers_parse() - add the numbers of a list
 * @numbers: to these
 * @list: one or more, with commas between them
 * @most: none is larger, nor 0
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int numbers_parse(struct numbers *numbers, const char *list, uint64_t most);
/* Is it named, or does every number count? */
bool numbers_match(const struct numbers *numbers, uint64_t value);
void numbers_free(struct numbers *numbers);

#endif /* COMMON_NUMBERS_H */
