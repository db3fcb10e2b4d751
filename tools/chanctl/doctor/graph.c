// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "graph.h"

/* Append an item. NULL without memory. */
static void *grow(void *array, size_t *count, size_t size)
{
	void **items = array;
	char *more = reallocarray(*items, *count + 1, size);

	if (!more)
		return NULL;
	*items = more;
	return memset(more + (*count)++ * size, 0, size);
}

struct process *graph_add_process(struct graph *graph, pid_t pid)
{
	struct process *process;

	process = grow(&graph->processes, &graph->process_count, sizeof(*process));
	if (!process)
		return NULL;
	process->pid = pid;
	process->first_task = graph->task_count;
	return process;
}

struct task *graph_add_task(struct graph *graph, pid_t tid)
{
	struct task *task = grow(&graph->tasks, &graph->task_count, sizeof(*task));

	if (!task)
		return NULL;
	task->process = graph->process_count - 1;
	task->tid = tid;
	graph->processes[task->process].task_count++;
	return task;
}

struct node *graph_add_node(struct graph *graph, uint64_t id)
{
	struct node *node = grow(&graph->nodes, &graph->node_count, sizeof(*node));

	if (node)
		node->id = id;
	return node;
}

struct hold *graph_add_hold(struct node *node, size_t process, int fd, unsigned int rights)
{
	struct hold *hold = grow(&node->holds, &node->hold_count, sizeof(*hold));

	if (hold)
		*hold = (struct hold){ .process = process, .fd = fd, .rights = rights };
	return hold;
}

struct operation *graph_add_operation(struct task *task, size_t node, bool send, uint64_t age)
{
	struct operation *operation;

	operation = grow(&task->operations, &task->operation_count, sizeof(*operation));
	if (operation)
		*operation = (struct operation){ .node = node, .send = send, .age = age };
	return operation;
}

struct process *graph_find_process(const struct graph *graph, pid_t pid)
{
	size_t i;

	for (i = 0; i < graph->process_count; i++) {
		if (graph->processes[i].pid == pid)
			return &graph->processes[i];
	}
	return NULL;
}

struct task *graph_find_task(const struct graph *graph, pid_t tid)
{
	size_t i;

	for (i = 0; i < graph->task_count; i++) {
		if (graph->tasks[i].tid == tid)
			return &graph->tasks[i];
	}
	return NULL;
}

void graph_free(struct graph *graph)
{
	size_t i;

	for (i = 0; i < graph->node_count; i++)
		free(graph->nodes[i].holds);
	for (i = 0; i < graph->task_count; i++)
		free(graph->tasks[i].operations);
	free(graph->nodes);
	free(graph->tasks);
	free(graph->processes);
	*graph = (struct graph){};
}

bool graph_helps(const struct graph *graph, const struct operation *operation, size_t process)
{
	const struct node *node = &graph->nodes[operation->node];
	const unsigned int needed = operation_needs(operation);
	size_t i;

	for (i = 0; i < node->hold_count; i++) {
		if (node->holds[i].process == process && node->holds[i].rights & needed)
			return true;
	}
	return false;
}

static bool process_runs(const struct process *process)
{
	return process->stuck_count < process->task_count;
}

static bool operation_may_end(const struct graph *graph, const struct operation *operation,
			      bool trust)
{
	const struct node *node = &graph->nodes[operation->node];
	const unsigned int needed = operation_needs(operation);
	size_t i;

	if (node->timer || (!trust && node->unseen & needed))
		return true;
	for (i = 0; i < node->hold_count; i++) {
		if (node->holds[i].rights & needed &&
		    process_runs(&graph->processes[node->holds[i].process]))
			return true;
	}
	return false;
}

static bool task_may_go_on(const struct graph *graph, const struct task *task, bool trust)
{
	size_t i;

	for (i = 0; i < task->operation_count; i++) {
		if (operation_may_end(graph, &task->operations[i], trust))
			return true;
	}
	return false;
}

static void task_set_stuck(struct graph *graph, struct task *task, bool stuck)
{
	task->stuck = stuck;
	if (stuck)
		graph->processes[task->process].stuck_count++;
	else
		graph->processes[task->process].stuck_count--;
}

/* @trust: assume that unseen holders wake no task. */
static void judge(struct graph *graph, bool trust)
{
	struct task *task;
	bool changed;
	size_t i;

	for (i = 0; i < graph->process_count; i++)
		graph->processes[i].stuck_count = 0;
	for (i = 0; i < graph->task_count; i++) {
		task = &graph->tasks[i];
		task->stuck = false;
		if (task->operation_count && !task->leaves)
			task_set_stuck(graph, task, true);
	}
	do {
		changed = false;
		for (i = 0; i < graph->task_count; i++) {
			task = &graph->tasks[i];
			if (!task->stuck || !task_may_go_on(graph, task, trust))
				continue;
			task_set_stuck(graph, task, false);
			changed = true;
		}
	} while (changed);
}

void graph_judge(struct graph *graph)
{
	size_t i;

	judge(graph, true);
	for (i = 0; i < graph->task_count; i++)
		graph->tasks[i].doubtful = graph->tasks[i].stuck;
	judge(graph, false);
	for (i = 0; i < graph->task_count; i++)
		graph->tasks[i].doubtful &= !graph->tasks[i].stuck;
}
