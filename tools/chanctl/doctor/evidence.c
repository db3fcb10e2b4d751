// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../lib/escape.h"
#include "../../lib/proc.h"
#include "../../lib/scan.h"
#include "evidence.h"
#include "files.h"

/* Maximum length of a jiffy, the resolution of ages reported by the module. */
#define TICK	10000000ULL

uint64_t evidence_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int read_name(int folder, const char *path, char *name)
{
	char command[COMMAND_SIZE];
	int err = proc_read_command(folder, path, command);

	if (!err)
		escape_printable(name, command);
	return proc_pass_over(err);
}

static int add_task(struct graph *graph, int folder, pid_t tid)
{
	struct task *task = graph_add_task(graph, tid);
	char path[32];

	if (!task)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%d/comm", tid);
	return read_name(folder, path, task->name);
}

static int add_tasks(struct graph *graph, DIR *tasks)
{
	const char *name;
	int err = 0;

	while (!err) {
		name = proc_next_number(tasks);
		if (!name)
			return proc_pass_over(-errno);
		err = add_task(graph, dirfd(tasks), atoi(name));
	}
	return err;
}

/* A process whose tasks are unknown has at least one, which is not parked. */
static int add_process(struct graph *graph, pid_t pid)
{
	struct process *process = graph_add_process(graph, pid);
	char path[32];
	DIR *tasks;
	int err;

	if (!process)
		return -ENOMEM;
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	err = read_name(-1, path, process->name);
	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = proc_open_folder(-1, path);
	if (tasks) {
		err = add_tasks(graph, tasks);
		closedir(tasks);
	} else {
		err = proc_pass_over(-errno);
	}
	if (!err && !process->task_count && !graph_add_task(graph, pid))
		err = -ENOMEM;
	return err;
}

static int need_process(struct graph *graph, pid_t pid, struct process **process)
{
	int err = 0;

	*process = graph_find_process(graph, pid);
	if (!*process) {
		err = add_process(graph, pid);
		*process = &graph->processes[graph->process_count - 1];
	}
	return err;
}

static unsigned int parse_rights(const char *text)
{
	return (strstr(text, "send") ? CHAN_RIGHT_SEND : 0) |
	       (strstr(text, "recv") ? CHAN_RIGHT_RECV : 0) |
	       (strstr(text, "close") ? CHAN_RIGHT_CLOSE : 0);
}

static int add_channel(struct graph *graph, const struct channel *channel)
{
	struct node *node = graph_add_node(graph, channel->id);
	const struct holder *holder;
	struct process *process;
	size_t i;
	int err;

	if (!node)
		return -ENOMEM;
	escape_printable(node->name, channel->facts[FACT_TYPE]);
	node->timer = strstr(channel->facts[FACT_FLAGS], "timer");
	for (i = 0; i < channel->holder_count; i++) {
		holder = &channel->holders[i];
		err = need_process(graph, holder->pid, &process);
		if (err)
			return err;
		if (!graph_add_hold(node, process - graph->processes, holder->fd,
				    parse_rights(holder->rights)))
			return -ENOMEM;
	}
	return 0;
}

/* Process ID of a task; 0 if it is gone. */
static pid_t process_of(pid_t tid)
{
	char path[32], *line = NULL;
	size_t size = 0;
	FILE *stream;
	pid_t pid = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	stream = proc_open(-1, path);
	if (!stream)
		return 0;
	while (getline(&line, &size, stream) >= 0) {
		if (sscanf(line, "Tgid: %d", &pid) == 1)
			break;
	}
	free(line);
	fclose(stream);
	return pid;
}

/* A thread may have closed the last file descriptor of a channel in which another is parked. */
static int add_waiter(struct graph *graph, size_t node, const struct waiter *waiter)
{
	struct task *task = graph_find_task(graph, waiter->pid);
	struct process *process;
	pid_t pid;
	int err;

	if (!task) {
		pid = process_of(waiter->pid);
		err = pid ? need_process(graph, pid, &process) : 0;
		if (err)
			return err;
		task = graph_find_task(graph, waiter->pid);
	}
	if (!task)
		return 0;
	task->leaves |= waiter->deadline || waiter->file;
	return graph_add_operation(task, node, waiter->send, waiter->age) ? 0 : -ENOMEM;
}

static int add_waiters(struct graph *graph, size_t node, const struct channel *channel)
{
	size_t i;
	int err;

	for (i = 0; i < channel->waiter_count; i++) {
		err = add_waiter(graph, node, &channel->waiters[i]);
		if (err)
			return err;
	}
	return 0;
}

int evidence_collect(struct evidence *evidence)
{
	const struct filter everything = {};
	struct graph *graph = &evidence->graph;
	struct model *model = &evidence->model;
	size_t i;
	int err;

	*evidence = (struct evidence){ .began = evidence_now() };
	err = scan(model, &everything);
	for (i = 0; i < model->count && !err; i++)
		err = add_channel(graph, model->channels[i]);
	for (i = 0; i < model->count && !err; i++)
		err = add_waiters(graph, i, model->channels[i]);
	if (!err)
		err = files_find_unseen(graph, model);
	if (err)
		return err;
	graph_judge(graph);
	graph_connect(graph);
	return 0;
}

static bool operation_holds(const struct node *node, const struct operation *operation,
			    pid_t tid, const struct model *later, uint64_t age)
{
	const struct channel *channel = model_find(later, node->id);
	const struct waiter *waiter;
	size_t i;

	for (i = 0; channel && i < channel->waiter_count; i++) {
		waiter = &channel->waiters[i];
		if (waiter->pid == tid && waiter->send == operation->send && waiter->age > age)
			return true;
	}
	return false;
}

bool evidence_hold(const struct evidence *evidence, size_t component, const struct model *later,
		   uint64_t ended)
{
	const uint64_t age = ended - evidence->began + TICK;
	const struct graph *graph = &evidence->graph;
	const struct operation *operation;
	const struct task *task;
	size_t i, j;

	for (i = component; i < graph->task_count; i++) {
		task = &graph->tasks[i];
		if (!task->stuck || task->component != component)
			continue;
		for (j = 0; j < task->operation_count; j++) {
			operation = &task->operations[j];
			if (!operation_holds(&graph->nodes[operation->node], operation, task->tid,
					     later, age))
				return false;
		}
	}
	return true;
}

void evidence_free(struct evidence *evidence)
{
	graph_free(&evidence->graph);
	model_free(&evidence->model);
}
