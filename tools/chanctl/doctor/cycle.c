// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connected components and cycles of stuck tasks. A task waits for processes, and thus for each
 * of their stuck tasks.
 */
#include <errno.h>
#include <stdlib.h>

#include "graph.h"

/* For each edge of the wait-for graph: @task waits in @operation for the process of @hold. */
#define for_each_wait(graph, task, operation, hold) \
	for (operation = (task)->operations; \
	     operation < (task)->operations + (task)->operation_count; operation++) \
		for (hold = (graph)->nodes[operation->node].holds; \
		     hold < (graph)->nodes[operation->node].holds + \
			    (graph)->nodes[operation->node].hold_count; hold++) \
			if (hold->rights & operation_needs(operation))

#define for_each_stuck(graph, process, task) \
	for (task = (graph)->tasks + (process)->first_task; \
	     task < (graph)->tasks + (process)->first_task + (process)->task_count; task++) \
		if (task->stuck)

/* Merge the task and all stuck tasks of a process into one component. Returns true on a change. */
static bool join(struct graph *graph, struct task *task, const struct process *process)
{
	size_t least = task->component;
	bool changed = false;
	struct task *other;

	for_each_stuck(graph, process, other) {
		if (other->component < least)
			least = other->component;
	}
	for_each_stuck(graph, process, other) {
		changed |= other->component != least;
		other->component = least;
	}
	changed |= task->component != least;
	task->component = least;
	return changed;
}

void graph_connect(struct graph *graph)
{
	const struct operation *operation;
	const struct hold *hold;
	struct task *task;
	bool changed;
	size_t i;

	for (i = 0; i < graph->task_count; i++)
		graph->tasks[i].component = i;
	do {
		changed = false;
		for (i = 0; i < graph->task_count; i++) {
			task = &graph->tasks[i];
			if (!task->stuck)
				continue;
			for_each_wait(graph, task, operation, hold) {
				changed |= join(graph, task, &graph->processes[hold->process]);
			}
		}
	} while (changed);
}

/**
 * struct search - breadth-first search from one task
 * @from: for each task, the step that leads to it
 * @reached: for each task, whether it was reached
 * @queue: the tasks reached
 * @count: number of tasks in @queue
 * @alone: accept a task that waits for itself as a cycle of one
 */
struct search {
	struct step *from;
	bool *reached;
	size_t *queue;
	size_t count;
	bool alone;
};

static void search_reach(struct search *search, const struct graph *graph, struct step step,
			 const struct process *process)
{
	const struct task *task;
	size_t i;

	for_each_stuck(graph, process, task) {
		i = task - graph->tasks;
		if (search->reached[i] || (i == step.task && !search->alone))
			continue;
		search->reached[i] = true;
		search->from[i] = step;
		search->queue[search->count++] = i;
	}
}

static void search_from(struct search *search, const struct graph *graph, size_t start)
{
	const struct operation *operation;
	const struct hold *hold;
	size_t i, at = start, next = 0;

	for (i = 0; i < graph->task_count; i++)
		search->reached[i] = false;
	search->count = 0;
	/* The start counts as reached only when a step leads back to it. */
	for (;;) {
		for_each_wait(graph, &graph->tasks[at], operation, hold) {
			search_reach(search, graph, (struct step){ at, operation },
				     &graph->processes[hold->process]);
		}
		if (search->reached[start] || next == search->count)
			return;
		at = search->queue[next++];
	}
}

/* Number of steps that lead back to the start; 0 if none do. */
static size_t search_steps(const struct search *search, size_t start, struct step *steps)
{
	size_t count = 0, at = start, i;

	if (!search->reached[start])
		return 0;
	do {
		steps[count++] = search->from[at];
		at = search->from[at].task;
	} while (at != start);
	for (i = 0; i < count / 2; i++) {
		const struct step step = steps[i];

		steps[i] = steps[count - 1 - i];
		steps[count - 1 - i] = step;
	}
	return count;
}

/* @steps has space for that many more. */
static size_t shortest(struct search *search, const struct graph *graph, size_t component,
		       struct step *steps)
{
	struct step *others = steps + graph->task_count;
	size_t i, j, count, best = 0;

	for (i = component; i < graph->task_count; i++) {
		if (!graph->tasks[i].stuck || graph->tasks[i].component != component)
			continue;
		search_from(search, graph, i);
		count = search_steps(search, i, others);
		if (!count || (best && count >= best))
			continue;
		best = count;
		for (j = 0; j < count; j++)
			steps[j] = others[j];
	}
	return best;
}

ssize_t graph_cycle(const struct graph *graph, size_t component, struct step **steps)
{
	struct search search = {
		.from = calloc(graph->task_count, sizeof(*search.from)),
		.reached = calloc(graph->task_count, sizeof(*search.reached)),
		.queue = calloc(graph->task_count, sizeof(*search.queue)),
	};
	ssize_t count = -ENOMEM;

	*steps = calloc(2 * graph->task_count, sizeof(**steps));
	if (search.from && search.reached && search.queue && *steps)
		count = shortest(&search, graph, component, *steps);
	/* Prefer cycles of several tasks to one of a task that waits for itself. */
	if (!count) {
		search.alone = true;
		count = shortest(&search, graph, component, *steps);
	}
	free(search.from);
	free(search.reached);
	free(search.queue);
	return count;
}
