// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names are already escaped, so all text is UTF-8. Without memory, a value is NULL, and jansson
 * fails for every value that contains it: then nothing is printed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "../../lib/escape.h"
#include "report.h"
#include "stack.h"

/* Append a value. Returns the array, or NULL. */
static json_t *with(json_t *array, json_t *value)
{
	if (!json_array_append_new(array, value))
		return array;
	json_decref(array);
	return NULL;
}

static json_t *json_right(unsigned int right)
{
	switch (right) {
	case CHAN_RIGHT_SEND:
		return json_string("send");
	case CHAN_RIGHT_RECV:
		return json_string("recv");
	default:
		return json_string("close");
	}
}

static json_t *json_fds(const struct node *node, const struct task *task,
			const struct operation *operation)
{
	json_t *fds = json_array();
	size_t i;

	for (i = 0; i < node->hold_count; i++) {
		if (is_through(task, operation, &node->holds[i]))
			fds = with(fds, json_integer(node->holds[i].fd));
	}
	return fds;
}

/* Processes that could end an operation. */
static json_t *json_helpers(const struct graph *graph, const struct operation *operation)
{
	json_t *pids = json_array();
	size_t i;

	for (i = 0; i < graph->process_count; i++) {
		if (graph_helps(graph, operation, i))
			pids = with(pids, json_integer(graph->processes[i].pid));
	}
	return pids;
}

static json_t *json_operation(const struct graph *graph, const struct task *task,
			      const struct operation *operation)
{
	const struct node *node = &graph->nodes[operation->node];

	return json_pack("{s:I, s:s, s:s, s:o, s:I, s:o}", "channel", (json_int_t)node->id,
			 "type", node->name, "side", operation->send ? "send" : "recv",
			 "fds", json_fds(node, task, operation),
			 "age", (json_int_t)operation->age,
			 "helpers", json_helpers(graph, operation));
}

static json_t *json_stack(const struct task *task)
{
	json_t *functions = json_array();
	struct stack stack;
	size_t i;

	stack_read(&stack, task->tid);
	for (i = 0; i < stack.count; i++)
		functions = with(functions, json_string(stack.functions[i]));
	return functions;
}

/* Selects the operations of a task to print. */
typedef bool (*choice)(const struct diagnosis *diagnosis, const struct task *task,
		       const struct operation *operation);

static bool every(const struct diagnosis *diagnosis __attribute__((unused)),
		  const struct task *task __attribute__((unused)),
		  const struct operation *operation __attribute__((unused)))
{
	return true;
}

static json_t *json_operations(const struct diagnosis *diagnosis, const struct task *task,
			       choice chosen)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	json_t *operations = json_array();
	size_t i;

	for (i = 0; i < task->operation_count; i++) {
		if (chosen(diagnosis, task, &task->operations[i]))
			operations = with(operations,
					  json_operation(graph, task, &task->operations[i]));
	}
	return operations;
}

static json_t *json_task(const struct diagnosis *diagnosis, const struct task *task,
			 choice chosen, bool stacks)
{
	json_t *object = json_pack("{s:i, s:i, s:s, s:o}", "tid", task->tid, "pid",
				   diagnosis->evidence.graph.processes[task->process].pid,
				   "command", task->name, "operations",
				   json_operations(diagnosis, task, chosen));

	if (stacks && json_object_set_new(object, "stack", json_stack(task))) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static json_t *json_cycle(const struct graph *graph, const struct deadlock *deadlock)
{
	json_t *cycle = json_array();
	size_t i;

	for (i = 0; i < deadlock->steps; i++) {
		const struct step *step = &deadlock->cycle[i];
		const struct task *next =
			&graph->tasks[deadlock->cycle[(i + 1) % deadlock->steps].task];
		json_t *object = json_pack("{s:i, s:i, s:o, s:I}",
					   "task", graph->tasks[step->task].tid,
					   "waits_for", next->tid, "to",
					   json_right(needed_from(graph, step->operation,
								  next->process)),
					   "channel",
					   (json_int_t)graph->nodes[step->operation->node].id);

		cycle = with(cycle, object);
	}
	return cycle;
}

static json_t *json_deadlock(const struct diagnosis *diagnosis, const struct deadlock *deadlock,
			     bool stacks)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	json_t *tasks = json_array();
	size_t i;

	for (i = 0; i < graph->task_count; i++) {
		const struct task *task = &graph->tasks[i];

		if (task->stuck && task->component == deadlock->component)
			tasks = with(tasks, json_task(diagnosis, task, every, stacks));
	}
	return json_pack("{s:o, s:o}", "cycle", json_cycle(graph, deadlock), "tasks", tasks);
}

static json_t *json_deadlocks(const struct diagnosis *diagnosis, bool stacks)
{
	json_t *deadlocks = json_array();
	size_t i;

	for (i = 0; i < diagnosis->deadlock_count; i++)
		deadlocks = with(deadlocks,
				 json_deadlock(diagnosis, &diagnosis->deadlocks[i], stacks));
	return deadlocks;
}

static json_t *json_long(const struct diagnosis *diagnosis)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	json_t *tasks = json_array();
	size_t i, j;

	for (i = 0; i < graph->task_count; i++) {
		const struct task *task = &graph->tasks[i];

		for (j = 0; j < task->operation_count; j++) {
			if (diagnosis_has_long(diagnosis, task, &task->operations[j]))
				break;
		}
		if (j < task->operation_count)
			tasks = with(tasks, json_task(diagnosis, task, diagnosis_has_long, false));
	}
	return tasks;
}

static json_t *json_doubtful(const struct diagnosis *diagnosis)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	json_t *tasks = json_array();
	size_t i;

	for (i = 0; i < graph->task_count; i++) {
		if (diagnosis_has_doubtful(diagnosis, &graph->tasks[i]))
			tasks = with(tasks, json_task(diagnosis, &graph->tasks[i], every, false));
	}
	return tasks;
}

static json_t *json_channel(const struct channel *channel)
{
	char name[GRAPH_NAME_SIZE];

	escape_printable(name, channel->facts[FACT_TYPE]);
	return json_pack("{s:I, s:s, s:i}", "channel", (json_int_t)channel->id, "type", name,
			 "len", atoi(channel->facts[FACT_LEN]));
}

static json_t *json_stranded(const struct diagnosis *diagnosis)
{
	const struct model *model = &diagnosis->evidence.model;
	json_t *channels = json_array();
	size_t i;

	for (i = 0; i < model->count; i++) {
		if (diagnosis_has_stranded(diagnosis, i))
			channels = with(channels, json_channel(model->channels[i]));
	}
	return channels;
}

static json_t *json_unheld(const struct diagnosis *diagnosis)
{
	json_t *channels;
	size_t i;

	if (!diagnosis->unheld_known)
		return json_null();
	channels = json_array();
	for (i = 0; i < diagnosis->unheld.count; i++)
		channels = with(channels, json_channel(diagnosis->unheld.channels[i]));
	return channels;
}

int report_json(const struct diagnosis *diagnosis, bool stacks)
{
	json_t *root = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}",
				 "deadlocks", json_deadlocks(diagnosis, stacks),
				 "doubtful", json_doubtful(diagnosis),
				 "parked_longer", json_long(diagnosis),
				 "stranded", json_stranded(diagnosis),
				 "unheld", json_unheld(diagnosis),
				 "changing", (json_int_t)diagnosis->changing,
				 "channels", (json_int_t)diagnosis->evidence.graph.node_count,
				 "parked", (json_int_t)diagnosis_count_parked(diagnosis));
	int err = -ENOMEM;

	if (!root)
		return err;
	err = json_dumpf(root, stdout, JSON_INDENT(2)) ? -EIO : 0;
	putchar('\n');
	json_decref(root);
	return err;
}
