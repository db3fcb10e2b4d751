// SPDX-License-Identifier: GPL-2.0-only
#include "outputs.h"

char *duration_print(char *text, unsigned long long nanoseconds)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	double value = nanoseconds;
	size_t unit = 0;

	while (value >= 999.5 && unit < 3) {
		value /= 1000;
		unit++;
	}
	snprintf(text, DURATION_SIZE, "%.*f %s", !unit || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2,
		 value, units[unit]);
	return text;
}
