// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"
#include "trace.h"

#define TRACING	"/sys/kernel/tracing/"
#define EVENT	"chan_selftest/call"

static void trace_write(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		give_up("%s cannot be set to %s: %s", name, text, strerror(errno));
	close(fd);
}

static void trace_enable(const char *text)
{
	trace_write(TRACING "events/" EVENT "/enable", text);
}

void trace_start(const char *function)
{
	char text[128];
	int fd = open(TRACING "trace", O_WRONLY | O_TRUNC | O_CLOEXEC);

	close(fd);
	snprintf(text, sizeof(text), "p:" EVENT " %s\n", function);
	trace_write(TRACING "kprobe_events", text);
	snprintf(text, sizeof(text), "common_pid == %d", (int)gettid());
	trace_write(TRACING "events/" EVENT "/filter", text);
	trace_enable("1");
}

unsigned int trace_calls(void)
{
	FILE *stream = fopen(TRACING "trace", "re");
	char line[512];
	unsigned int calls = 0;

	if (!stream)
		give_up("there is no trace: %s", strerror(errno));
	while (fgets(line, sizeof(line), stream))
		calls += line[0] != '#' && strstr(line, " call: ");
	fclose(stream);
	return calls;
}

void trace_stop(void)
{
	trace_enable("0");
	trace_write(TRACING "kprobe_events", "-:" EVENT "\n");
}
