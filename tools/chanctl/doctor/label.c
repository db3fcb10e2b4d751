// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "../../lib/escape.h"
#include "report.h"

const char *label_task(char *label, const struct graph *graph, const struct task *task)
{
	const struct process *process = &graph->processes[task->process];

	if (task->tid == process->pid)
		snprintf(label, LABEL_SIZE, "%s %d", task->name, task->tid);
	else
		snprintf(label, LABEL_SIZE, "%s %d of %d", task->name, task->tid, process->pid);
	return label;
}

static const char *label_of(char *label, const char *name, uint64_t id)
{
	snprintf(label, LABEL_SIZE, "%s%s#%" PRIu64, name, *name ? " " : "", id);
	return label;
}

const char *label_node(char *label, const struct node *node)
{
	return label_of(label, node->name, node->id);
}

const char *label_channel(char *label, const struct channel *channel)
{
	char name[GRAPH_NAME_SIZE];

	escape_printable(name, channel->facts[FACT_TYPE]);
	return label_of(label, name, channel->id);
}

unsigned int needed_from(const struct graph *graph, const struct operation *operation,
			 size_t process)
{
	const struct node *node = &graph->nodes[operation->node];
	const unsigned int needed = operation_needs(operation);
	unsigned int rights = 0;
	size_t i;

	for (i = 0; i < node->hold_count; i++) {
		if (node->holds[i].process == process)
			rights |= node->holds[i].rights;
	}
	rights &= needed;
	return rights & ~CHAN_RIGHT_CLOSE ? rights & ~CHAN_RIGHT_CLOSE : rights;
}

bool is_through(const struct task *task, const struct operation *operation,
		const struct hold *hold)
{
	return hold->process == task->process &&
	       hold->rights & (operation->send ? CHAN_RIGHT_SEND : CHAN_RIGHT_RECV);
}

const struct task *next_in_cycle(const struct diagnosis *diagnosis, const struct task *task,
				 const struct operation *operation)
{
	const struct task *tasks = diagnosis->evidence.graph.tasks;
	const struct deadlock *deadlock;
	size_t i, j;

	for (i = 0; i < diagnosis->deadlock_count; i++) {
		deadlock = &diagnosis->deadlocks[i];
		for (j = 0; j < deadlock->steps; j++) {
			if (&tasks[deadlock->cycle[j].task] == task &&
			    deadlock->cycle[j].operation == operation)
				return &tasks[deadlock->cycle[(j + 1) % deadlock->steps].task];
		}
	}
	return NULL;
}
