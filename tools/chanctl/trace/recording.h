/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events recorded while a command ran.
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
 * struct recording - events in order of time
 * @lost: number of events lost
 * @types: types of channels that could be inspected; "" for a channel without a type name
 */
struct recording {
	struct chan_event *events;
	size_t count;
	unsigned long long lost;
	struct recorded_type *types;
	size_t type_count;
};

/* Sorts events, which may arrive slightly out of order. */
void recording_add(struct recording *recording, const struct chan_event *event);
void recording_add_type(struct recording *recording, unsigned long long id, const char *name);
/* NULL if it is unknown. */
const char *recording_type(const struct recording *recording, unsigned long long id);
void recording_free(struct recording *recording);

#endif /* TRACE_RECORDING_H */
