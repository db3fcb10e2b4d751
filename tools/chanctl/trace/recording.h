/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was told while a command ran.
 */
#ifndef TRACE_RECORDING_H
#define TRACE_RECORDING_H

#include <stddef.h>

#include "../../../bpf/event.h"

#define TYPE_SIZE	128

/* The name of a channel's type, escaped. */
struct recorded_type {
	unsigned long long id;
	char name[TYPE_SIZE];
};

/**
 * struct recording - events in the order in which they happened
 * @lost: how many others there were
 * @types: of those channels that could be looked at; "" is that of a channel without one
 */
struct recording {
	struct chan_event *events;
	size_t count;
	unsigned long long lost;
	struct recorded_type *types;
	size_t type_count;
};

/* They may come a little out of order. */
void recording_add(struct recording *recording, const struct chan_event *event);
void recording_add_type(struct recording *recording, unsigned long long id, const char *name);
/* NULL if it is not known. */
const char *recording_type(const struct recording *recording, unsigned long long id);
void recording_free(struct recording *recording);

#endif /* TRACE_RECORDING_H */
