// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "parked.h"
#include "../tools/lib/escape.h"
#include "../tools/lib/fdinfo.h"

#define DEBUGFS		"/sys/kernel/debug"
#define CHANNELS	DEBUGFS "/chan/channels"

bool parked_ready(void)
{
	struct statfs debugfs;

	if (geteuid()) {
		warnx("listing parked tasks needs root: try sudo");
		return false;
	}
	if (access("/sys/module/chan", F_OK)) {
		warnx("the module is not loaded: try modprobe chan");
		return false;
	}
	if (statfs(DEBUGFS, &debugfs) || debugfs.f_type != DEBUGFS_MAGIC) {
		warnx("debugfs is not mounted: try mount -t debugfs debugfs %s", DEBUGFS);
		return false;
	}
	if (access(CHANNELS, R_OK)) {
		warn("%s", CHANNELS);
		return false;
	}
	return true;
}

static FILE *open_of_task(pid_t tid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	return fopen(path, "re");
}

/* Read process and command of a task. Leaves them empty if the task is gone. */
static void identify(struct parked *task)
{
	FILE *stream = open_of_task(task->waiter.pid, "status");
	char line[256];

	if (!stream)
		return;
	while (fgets(line, sizeof(line), stream) && sscanf(line, "Tgid: %d", &task->pid) != 1)
		;
	fclose(stream);
	stream = open_of_task(task->waiter.pid, "comm");
	if (!stream)
		return;
	if (fgets(task->waiter.command, COMMAND_SIZE, stream))
		task->waiter.command[strcspn(task->waiter.command, "\n")] = 0;
	fclose(stream);
}

static int add(struct parked_list *list, const struct parked *task)
{
	struct parked *tasks = reallocarray(list->tasks, list->count + 1, sizeof(*tasks));

	if (!tasks)
		return -ENOMEM;
	list->tasks = tasks;
	tasks[list->count++] = *task;
	return 0;
}

static int add_waiters(struct parked_list *list, const struct channel *channel,
		       const struct filter *filter)
{
	struct parked task;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < channel->waiter_count; i++) {
		memset(&task, 0, sizeof(task));
		task.channel = channel->id;
		task.waiter = channel->waiters[i];
		memcpy(task.type, channel->facts[FACT_TYPE], FACT_SIZE);
		identify(&task);
		if (numbers_match(&filter->pids, task.pid))
			err = add(list, &task);
	}
	return err;
}

/* @text: the lines of one channel. */
static int add_channel(struct parked_list *list, char *text, size_t length,
		       const struct filter *filter)
{
	const char *more = strstr(text, "\nchan-parked-more:\t");
	struct channel channel;
	struct holder holder;
	FILE *stream = fmemopen(text, length, "r");
	int ret;

	if (!stream)
		return -errno;
	ret = fdinfo_read(stream, &channel, &holder);
	fclose(stream);
	if (ret <= 0)
		return ret;
	ret = 0;
	if (numbers_match(&filter->ids, channel.id)) {
		ret = add_waiters(list, &channel, filter);
		if (more)
			list->lost += strtoull(strchr(more, '\t'), NULL, 10);
	}
	free(channel.waiters);
	return ret;
}

/* Read up to an empty line. Returns the length, 0 at the end, or a negative errno value. */
static ssize_t read_lines(FILE *stream, char **text)
{
	size_t length, size = 0;
	FILE *lines = open_memstream(text, &length);
	char *line = NULL;

	if (!lines)
		return -errno;
	errno = 0;
	while (getline(&line, &size, stream) > 0 && *line != '\n')
		fputs(line, lines);
	free(line);
	if (fclose(lines) || ferror(stream)) {
		free(*text);
		return -EIO;
	}
	return length;
}

int parked_read(struct parked_list *list, const struct filter *filter)
{
	FILE *stream = fopen(CHANNELS, "re");
	ssize_t length;
	int err = 0;
	char *text;

	if (!stream)
		return -errno;
	do {
		length = read_lines(stream, &text);
		if (length < 0) {
			err = length;
			break;
		}
		if (length)
			err = add_channel(list, text, length, filter);
		free(text);
	} while (length && !err);
	fclose(stream);
	return err;
}

void parked_free(struct parked_list *list)
{
	free(list->tasks);
	memset(list, 0, sizeof(*list));
}

void parked_print_headings(void)
{
	printf("%16s %-10s %-11s %7s %7s %-15s %s\n", "CHANNEL", "TYPE", "SIDE", "PID", "TID",
	       "COMMAND", "SECONDS");
}

/* The next line of /proc/TID/stack, without its address. */
static const char *next_frame(FILE *stack, char *line, size_t size)
{
	const char *frame;

	if (!stack || !fgets(line, size, stack))
		return NULL;
	line[strcspn(line, "\n")] = 0;
	frame = strchr(line, ' ');
	return frame ? frame + 1 : line;
}

static void print_userstack(const struct parked *task, const struct userstacks *userstacks)
{
	char names[USERSTACK_FRAMES][FRAME_SIZE];
	struct userstack stack;
	size_t i;

	if (userstacks_find(userstacks, task->waiter.pid, &stack)) {
		printf("         parked before the start, user stack unknown\n");
		return;
	}
	userstack_names(task->pid, &stack, names);
	for (i = 0; i < stack.count; i++)
		printf("         %s\n", names[i]);
}

/* Returns a JSON null if the stack is unknown. */
static json_t *userstack_json(const struct parked *task, const struct userstacks *userstacks)
{
	char names[USERSTACK_FRAMES][FRAME_SIZE];
	struct userstack stack;
	json_t *frames;
	size_t i;

	if (userstacks_find(userstacks, task->waiter.pid, &stack))
		return json_null();
	userstack_names(task->pid, &stack, names);
	frames = json_array();
	for (i = 0; i < stack.count; i++)
		json_array_append_new(frames, json_string(names[i]));
	return frames;
}

void parked_print(const struct parked *task, bool stacks, const struct userstacks *userstacks)
{
	char command[ESCAPED_SIZE * COMMAND_SIZE], line[256];
	FILE *stack = stacks ? open_of_task(task->waiter.pid, "stack") : NULL;
	const char *frame;

	escape(command, task->waiter.command);
	printf("%16" PRIu64 " %-10s %-11s %7d %7d %-15s %" PRIu64 ".%06" PRIu64 "\n", task->channel,
	       *task->type ? task->type : "-", task->waiter.side, task->pid, task->waiter.pid,
	       *command ? command : "-", task->waiter.age / 1000000000,
	       task->waiter.age / 1000 % 1000000);
	while ((frame = next_frame(stack, line, sizeof(line))))
		printf("         %s\n", frame);
	if (stack)
		fclose(stack);
	if (stacks && userstacks)
		print_userstack(task, userstacks);
}

void parked_print_json(const struct parked *task, bool stacks,
		       const struct userstacks *userstacks)
{
	char command[ESCAPED_SIZE * COMMAND_SIZE], line[256];
	FILE *stack = stacks ? open_of_task(task->waiter.pid, "stack") : NULL;
	json_t *object, *frames = json_array();
	const char *frame;

	escape(command, task->waiter.command);
	object = json_pack("{s:I, s:s, s:s, s:i, s:i, s:s, s:I}",
			   "channel", (json_int_t)task->channel, "type", task->type,
			   "side", task->waiter.side, "pid", task->pid, "tid", task->waiter.pid,
			   "command", command, "age", (json_int_t)task->waiter.age);
	while ((frame = next_frame(stack, line, sizeof(line))))
		json_array_append_new(frames, json_string(frame));
	if (stack)
		fclose(stack);
	if (stacks)
		json_object_set(object, "stack", frames);
	if (stacks && userstacks)
		json_object_set_new(object, "userstack", userstack_json(task, userstacks));
	json_decref(frames);
	json_dumpf(object, stdout, JSON_COMPACT);
	json_decref(object);
	putchar('\n');
}

void parked_print_lost(const struct parked_list *list)
{
	if (list->lost)
		fprintf(stderr, "%" PRIu64 " more parked operations are not listed by the module\n",
			list->lost);
}
