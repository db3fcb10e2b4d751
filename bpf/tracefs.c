// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tracefs.h"
#include "tracepoints.h"

struct field {
	const char *system;
	const char *event;
	const char *name;
	size_t offset;
	size_t size;
};

#define FIELD(type, event, name) \
	{ "chan", event, #name, offsetof(struct type, name), sizeof(((struct type *)0)->name) }

static const struct field fields[] = {
	FIELD(chan_make_args, "chan_make", id),
	FIELD(chan_make_args, "chan_make", elemsize),
	FIELD(chan_make_args, "chan_make", cap),
	FIELD(chan_make_args, "chan_make", flags),
	FIELD(chan_element_args, "chan_send", id),
	FIELD(chan_element_args, "chan_send", parked),
	FIELD(chan_element_args, "chan_send", path),
	FIELD(chan_element_args, "chan_send", len),
	FIELD(chan_element_args, "chan_send", peer),
	FIELD(chan_element_args, "chan_recv", id),
	FIELD(chan_element_args, "chan_recv", parked),
	FIELD(chan_element_args, "chan_recv", path),
	FIELD(chan_element_args, "chan_recv", len),
	FIELD(chan_element_args, "chan_recv", peer),
	FIELD(chan_park_args, "chan_park", id),
	FIELD(chan_park_args, "chan_park", send),
	FIELD(chan_park_args, "chan_park", waiters),
	FIELD(chan_park_args, "chan_park", select),
	FIELD(chan_wake_args, "chan_wake", id),
	FIELD(chan_wake_args, "chan_wake", parked),
	FIELD(chan_wake_args, "chan_wake", send),
	FIELD(chan_wake_args, "chan_wake", result),
	FIELD(chan_close_args, "chan_close", id),
	FIELD(chan_close_args, "chan_close", cause),
	FIELD(chan_close_args, "chan_close", receivers),
	FIELD(chan_close_args, "chan_close", senders),
	FIELD(chan_select_args, "chan_select", id),
	FIELD(chan_select_args, "chan_select", cases),
	FIELD(chan_select_args, "chan_select", winner),
	FIELD(chan_select_args, "chan_select", result),
	FIELD(chan_requeue_args, "chan_requeue", id),
	FIELD(chan_requeue_args, "chan_requeue", requeued),
	FIELD(chan_requeue_args, "chan_requeue", peer),
	FIELD(chan_release_args, "chan_release", id),
	FIELD(chan_release_args, "chan_release", len),
	{ "task", "task_newtask", "pid", offsetof(struct task_newtask_args, pid), sizeof(int) },
};

/* Same places as libbpf. */
static const char *const roots[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

/* Returns the offset of the field in the event, or a negative errno value. */
static long find_field(const char *root, const struct field *field)
{
	char path[128], line[256], name[64], size[32];
	long offset = -ENOMSG;
	const char *at;
	FILE *stream;

	snprintf(path, sizeof(path), "%s/events/%s/%s/format", root, field->system, field->event);
	snprintf(name, sizeof(name), " %s;\toffset:", field->name);
	snprintf(size, sizeof(size), ";\tsize:%zu;", field->size);
	stream = fopen(path, "re");
	if (!stream)
		return -errno;
	while (offset < 0 && fgets(line, sizeof(line), stream)) {
		at = strstr(line, name);
		if (at && strstr(at, size))
			offset = atol(at + strlen(name));
	}
	fclose(stream);
	return offset;
}

static bool fields_are_known(const char *root, struct shifts *shifts)
{
	const struct field *field;
	const char *system = "";
	unsigned int *shift;
	long offset;

	for (field = fields; field < fields + sizeof(fields) / sizeof(fields[0]); field++) {
		offset = find_field(root, field);
		shift = strcmp(field->system, "chan") ? &shifts->task : &shifts->chan;
		if (strcmp(field->system, system))
			*shift = offset - field->offset;
		system = field->system;
		if (offset < (long)field->offset || *shift != offset - field->offset) {
			warnx("tracepoint %s does not match: use the tools built with the loaded module",
			      field->event);
			return false;
		}
	}
	return true;
}

bool tracefs_ready(struct shifts *shifts)
{
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		snprintf(path, sizeof(path), "%s/events", roots[i]);
		if (access(path, R_OK) && errno == EACCES) {
			warnx("tracing needs root: try sudo");
			return false;
		}
		if (access(path, R_OK))
			continue;
		snprintf(path, sizeof(path), "%s/events/chan", roots[i]);
		if (!access(path, R_OK))
			return fields_are_known(roots[i], shifts);
		warnx("no channel tracepoints: load the module (modprobe chan)");
		return false;
	}
	warnx("tracefs is not mounted: try mount -t tracefs tracefs %s", roots[0]);
	return false;
}
