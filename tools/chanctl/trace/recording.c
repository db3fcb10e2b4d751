// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "../array.h"
#include "recording.h"

void recording_add(struct recording *recording, const struct chan_event *event)
{
	size_t at = recording->count;

	recording->events = array_grow(recording->events, recording->count, sizeof(*event));
	for (; at && recording->events[at - 1].time > event->time; at--)
		recording->events[at] = recording->events[at - 1];
	recording->events[at] = *event;
	recording->count++;
}

void recording_add_type(struct recording *recording, unsigned long long id, const char *name)
{
	struct recorded_type *type;

	recording->types = array_grow(recording->types, recording->type_count, sizeof(*type));
	type = &recording->types[recording->type_count++];
	type->id = id;
	snprintf(type->name, sizeof(type->name), "%s", name);
}

const char *recording_type(const struct recording *recording, unsigned long long id)
{
	size_t i;

	for (i = 0; i < recording->type_count; i++) {
		if (recording->types[i].id == id)
			return recording->types[i].name;
	}
	return NULL;
}

void recording_free(struct recording *recording)
{
	free(recording->events);
	free(recording->types);
}
