// SPDX-License-Identifier: GPL-2.0-only
#include "outputs.h"

static const char *const units[] = { "ns", "µs", "ms", "s" };

static double scale(unsigned long long nanoseconds, size_t *unit)
{
	double value = nanoseconds;

	for (*unit = 0; value >= 999.5 && *unit < 3; (*unit)++)
		value /= 1000;
	return value;
}

char *duration_print(char *text, unsigned long long nanoseconds)
{
	size_t unit;
	const double value = scale(nanoseconds, &unit);
	const int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;

	snprintf(text, DURATION_SIZE, "%.*f %s", unit ? digits : 0, value, units[unit]);
	return text;
}

char *duration_print_rough(char *text, unsigned long long nanoseconds)
{
	size_t unit;
	const double value = scale(nanoseconds, &unit);

	snprintf(text, DURATION_SIZE, "%.0f %s", value, units[unit]);
	return text;
}

void missing_print(char *text, size_t hidden, const char *what, unsigned long long lost)
{
	size_t length = 0;

	*text = 0;
	if (hidden)
		length = snprintf(text, TEXT_SIZE, "%zu more %s not shown. ", hidden, what);
	if (lost)
		snprintf(text + length, TEXT_SIZE - length, "%llu events were lost.", lost);
}
