// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "events.h"

static char instance[64];
/* Events traced before. */
static char *told;

static void events_write(const char *file, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", instance, file);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		give_up("%s: %s", path, strerror(errno));
	close(fd);
}

void events_start(void)
{
	snprintf(instance, sizeof(instance), "/sys/kernel/tracing/instances/chan_%d",
		 (int)getpid());
	if (mkdir(instance, 0700))
		give_up("%s: %s", instance, strerror(errno));
	/* Do not record task names, which would patch the scheduler's code. */
	events_write("trace_options", "norecord-cmd");
	events_write("events/chan/enable", "1");
}

/* "task-123 [000] ... 1.234567: chan_send: id=1 path=ring" */
static int event_parse(const char *line, struct event *event)
{
	const char *name = strstr(line, ": chan_"), *bracket = strstr(line, " [");
	const char *tid = bracket;

	if (!name || !bracket)
		return 0;
	while (tid > line && tid[-1] != '-')
		tid--;
	event->tid = atoi(tid);
	return sscanf(name, ": chan_%15[a-z]: %127[^\n]", event->name, event->fields) == 2;
}

/* Read the trace, and remove the instance: it takes some ten megabytes. */
static void events_end(void)
{
	char path[128];
	size_t size = 0;
	FILE *stream;

	events_write("events/chan/enable", "0");
	snprintf(path, sizeof(path), "%s/trace", instance);
	stream = fopen(path, "re");
	if (!stream || getdelim(&told, &size, '\0', stream) < 0)
		give_up("%s: %s", path, strerror(errno));
	fclose(stream);
	if (rmdir(instance))
		give_up("%s: %s", instance, strerror(errno));
	instance[0] = '\0';
}

size_t events_stop(uint64_t id, struct event *events, size_t max)
{
	char *line = NULL;
	size_t n = 0, size = 0;
	FILE *stream;

	if (instance[0])
		events_end();
	stream = fmemopen(told, strlen(told), "r");
	if (!stream)
		give_up("fmemopen: %s", strerror(errno));
	while (n < max && getline(&line, &size, stream) > 0) {
		if (event_parse(line, &events[n]) && event_number(&events[n], "id") == (long long)id)
			n++;
	}
	free(line);
	fclose(stream);
	return n;
}

long long event_number(const struct event *event, const char *field)
{
	const size_t length = strlen(field);
	const char *at = event->fields;

	while (strncmp(at, field, length) || at[length] != '=') {
		at = strchr(at, ' ');
		if (!at++)
			give_up("chan_%s has no %s: %s", event->name, field, event->fields);
	}
	return strtoll(at + length + 1, NULL, 0);
}
