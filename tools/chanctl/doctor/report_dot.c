// SPDX-License-Identifier: GPL-2.0-only
/*
 * A graph for dot(1). A task is a box, and points to the channels in which it is parked. A
 * channel is an ellipse, and points to tasks and processes that could wake its waiters:
 * tasks that are parked themselves, and processes with other tasks.
 */
#include <inttypes.h>
#include <stdio.h>

#include "report.h"

#define MILLISECOND	1000000

static void print_quoted(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static bool is_parked(const struct task *task)
{
	return task->operation_count;
}

static void print_task(const struct diagnosis *diagnosis, const struct task *task)
{
	const struct operation *operation;
	char label[LABEL_SIZE];
	size_t i;

	printf("\ttask%d [shape=box, label=", task->tid);
	print_quoted(label_task(label, &diagnosis->evidence.graph, task));
	printf("%s];\n", task->stuck ? ", color=red" : "");
	for (i = 0; i < task->operation_count; i++) {
		operation = &task->operations[i];
		printf("\ttask%d -> channel%" PRIu64 " [label=\"%s\\n%" PRIu64 ".%03" PRIu64 " s\"%s];\n",
		       task->tid, diagnosis->evidence.graph.nodes[operation->node].id,
		       operation->send ? "waits to send" : "waits to receive",
		       operation->age / (1000 * MILLISECOND), operation->age / MILLISECOND % 1000,
		       next_in_cycle(diagnosis, task, operation) ? ", color=red, penwidth=2" : "");
	}
}

/* Does the cycle of a deadlock lead through a channel to a task? */
static bool leads_to(const struct diagnosis *diagnosis, size_t node, const struct task *next)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	const struct task *task;
	size_t i, j;

	for (i = 0; i < graph->task_count; i++) {
		task = &graph->tasks[i];
		for (j = 0; j < task->operation_count; j++) {
			if (task->operations[j].node == node &&
			    next_in_cycle(diagnosis, task, &task->operations[j]) == next)
				return true;
		}
	}
	return false;
}

static void print_edge(uint64_t id, const char *kind, pid_t number, unsigned int right, bool red)
{
	printf("\tchannel%" PRIu64 " -> %s%d [label=\"could %s\"%s];\n", id, kind, number,
	       right == CHAN_RIGHT_SEND ? "send" :
	       right == CHAN_RIGHT_RECV ? "receive" : "close",
	       red ? ", color=red, penwidth=2" : ", style=dashed");
}

/* Edges from a channel to tasks of a process that could end an operation in it. */
static void print_helpers(const struct diagnosis *diagnosis, size_t node,
			  const struct operation *operation, size_t index)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	const struct process *process = &graph->processes[index];
	const unsigned int right = needed_from(graph, operation, index);
	const uint64_t id = graph->nodes[node].id;
	bool others = false;
	size_t i;

	for (i = 0; i < process->task_count; i++) {
		const struct task *task = &graph->tasks[process->first_task + i];

		if (is_parked(task))
			print_edge(id, "task", task->tid, right, leads_to(diagnosis, node, task));
		else
			others = true;
	}
	if (others)
		print_edge(id, "process", process->pid, right, false);
}

/* Any operation parked in a channel; all are on one side. NULL if there is none. */
static const struct operation *parked_in(const struct graph *graph, size_t node)
{
	const struct task *task;
	size_t i, j;

	for (i = 0; i < graph->task_count; i++) {
		task = &graph->tasks[i];
		for (j = 0; j < task->operation_count; j++) {
			if (task->operations[j].node == node)
				return &task->operations[j];
		}
	}
	return NULL;
}

static void print_node(const struct diagnosis *diagnosis, size_t index)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	const struct operation *operation = parked_in(graph, index);
	const struct node *node = &graph->nodes[index];
	char label[LABEL_SIZE];
	size_t i;

	if (!operation)
		return;
	printf("\tchannel%" PRIu64 " [label=", node->id);
	print_quoted(label_node(label, node));
	printf("];\n");
	for (i = 0; i < graph->process_count; i++) {
		if (graph_helps(graph, operation, i))
			print_helpers(diagnosis, index, operation, i);
	}
}

static void print_process(const struct process *process)
{
	char label[LABEL_SIZE];

	snprintf(label, sizeof(label), "%s %d", process->name, process->pid);
	printf("\tprocess%d [shape=box, style=dashed, label=", process->pid);
	print_quoted(label);
	printf("];\n");
}

/* Could a task of it that is not parked wake any task? */
static bool is_shown(const struct graph *graph, size_t index)
{
	const struct process *process = &graph->processes[index];
	const struct operation *operation;
	bool runs = false;
	size_t i;

	for (i = 0; i < process->task_count; i++)
		runs |= !is_parked(&graph->tasks[process->first_task + i]);
	for (i = 0; i < graph->node_count && runs; i++) {
		operation = parked_in(graph, i);
		if (operation && graph_helps(graph, operation, index))
			return true;
	}
	return false;
}

int report_dot(const struct diagnosis *diagnosis, bool stacks __attribute__((unused)))
{
	const struct graph *graph = &diagnosis->evidence.graph;
	size_t i;

	puts("digraph channels {");
	puts("\tnode [fontname=\"sans-serif\"];");
	puts("\tedge [fontname=\"sans-serif\", fontsize=10];");
	for (i = 0; i < graph->task_count; i++) {
		if (is_parked(&graph->tasks[i]))
			print_task(diagnosis, &graph->tasks[i]);
	}
	for (i = 0; i < graph->process_count; i++) {
		if (is_shown(graph, i))
			print_process(&graph->processes[i]);
	}
	for (i = 0; i < graph->node_count; i++)
		print_node(diagnosis, i);
	puts("}");
	return 0;
}
