// SPDX-License-Identifier: GPL-2.0-only
/*
 * Schedules as text.
 */
#include <stdio.h>

#include "schedule.h"

void schedule_print(const struct schedule *schedule, char *text)
{
	char *const end = text + SCHEDULE_TEXT;
	unsigned int i;

	*text = '\0';
	for (i = 0; i < schedule->n && text < end; i++) {
		if (schedule->options[i])
			text += snprintf(text, end - text, "%u:%u ", i, schedule->options[i]);
	}
}

bool schedule_parse(struct schedule *schedule, const char *text)
{
	unsigned int place, option;
	int length;

	*schedule = (struct schedule){ 0 };
	while (sscanf(text, " %u:%u%n", &place, &option, &length) == 2) {
		if (place < schedule->n || place >= SCHEDULE_MAX || option > UINT8_MAX)
			return false;
		schedule->options[place] = option;
		schedule->n = place + 1;
		text += length;
	}
	return sscanf(text, " %n", &length) == 0 && !text[length];
}
