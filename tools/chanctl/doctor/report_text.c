// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "stack.h"

#define CELL_SIZE	1024
#define SECOND		1000000000

/* An indented table. */
struct table {
	struct libscols_table *table;
	struct libscols_line *line;
	size_t column;
	int err;
};

static struct table table_new(const char *const *headings, size_t count, size_t right)
{
	struct table table = { .table = scols_new_table() };
	size_t i;

	if (!table.table)
		return (struct table){ .err = -ENOMEM };
	for (i = 0; i < count; i++) {
		if (!scols_table_new_column(table.table, headings[i], 0,
					    i == right ? SCOLS_FL_RIGHT : 0))
			table.err = -ENOMEM;
	}
	return table;
}

static void table_row(struct table *table)
{
	table->line = table->table ? scols_table_new_line(table->table, NULL) : NULL;
	table->column = 0;
	if (!table->line)
		table->err = -ENOMEM;
}

static void table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void table_cell(struct table *table, const char *format, ...)
{
	char cell[CELL_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(cell, sizeof(cell), format, args);
	va_end(args);
	if (!table->err)
		table->err = scols_line_set_data(table->line, table->column++, cell);
}

/* Print and free a table. */
static int table_print(struct table *table)
{
	char *text = NULL, *rest, *line;
	int err = table->err;

	if (!err)
		err = scols_print_table_to_string(table->table, &text);
	rest = text;
	while (!err && (line = strsep(&rest, "\n"))) {
		if (*line)
			printf("  %s\n", line);
	}
	free(text);
	scols_unref_table(table->table);
	return err;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void print_seconds(struct table *table, uint64_t age)
{
	table_cell(table, "%" PRIu64 ".%03" PRIu64 " s", age / SECOND, age / 1000000 % 1000);
}

/* Task, operation, channel, file descriptors, park time. */
static void print_operation(struct table *table, const struct graph *graph,
			    const struct task *task, const struct operation *operation)
{
	const struct node *node = &graph->nodes[operation->node];
	char label[LABEL_SIZE], fds[CELL_SIZE] = "";
	size_t i, used = 0;

	table_row(table);
	table_cell(table, "%s", label_task(label, graph, task));
	table_cell(table, operation->send ? "send" : "receive");
	table_cell(table, "%s", label_node(label, node));
	for (i = 0; i < node->hold_count && used < sizeof(fds); i++) {
		if (is_through(task, operation, &node->holds[i]))
			used += snprintf(fds + used, sizeof(fds) - used, "%s%d",
					 used ? "," : "", node->holds[i].fd);
	}
	table_cell(table, "%s", fds);
	print_seconds(table, operation->age);
}

static void print_step(const struct graph *graph, const struct step *step,
		       const struct step *next)
{
	const struct task *task = &graph->tasks[step->task], *other = &graph->tasks[next->task];
	const struct node *node = &graph->nodes[step->operation->node];
	char label[LABEL_SIZE];

	printf("  %s waits for ", label_task(label, graph, task));
	printf("%s to ", task == other ? "itself" : label_task(label, graph, other));
	switch (needed_from(graph, step->operation, other->process)) {
	case CHAN_RIGHT_SEND:
		printf("send to ");
		break;
	case CHAN_RIGHT_RECV:
		printf("receive from ");
		break;
	default:
		printf("close ");
	}
	printf("%s\n", label_node(label, node));
}

/* Operations that no file descriptor could end. */
static void print_hopeless(const struct graph *graph, const struct task *task)
{
	const struct operation *operation;
	char label[LABEL_SIZE];
	size_t i, j;

	for (i = 0; i < task->operation_count; i++) {
		operation = &task->operations[i];
		for (j = 0; j < graph->process_count; j++) {
			if (graph_helps(graph, operation, j))
				break;
		}
		if (j < graph->process_count)
			continue;
		printf("  %s waits to %s ", label_task(label, graph, task),
		       operation->send ? "send to" : "receive from");
		printf("%s, and nobody may %s\n",
		       label_node(label, &graph->nodes[operation->node]),
		       operation->send ? "receive" : "send");
	}
}

static void print_stack(const struct graph *graph, const struct task *task)
{
	char label[LABEL_SIZE];
	struct stack stack;
	size_t i;

	stack_read(&stack, task->tid);
	if (!stack.count)
		return;
	printf("\n  %s sleeps in\n", label_task(label, graph, task));
	for (i = 0; i < stack.count; i++)
		printf("    %s\n", stack.functions[i]);
}

static int print_deadlock(const struct graph *graph, const struct deadlock *deadlock, bool stacks)
{
	static const char *const headings[] = { "TASK", "WAITS TO", "CHANNEL", "FD", "PARKED" };
	struct table table = table_new(headings, 5, 4);
	const struct task *task, *end = graph->tasks + graph->task_count;
	size_t i;
	int err;

	printf("Deadlock of %zu task%s: nobody else can wake %s.\n", deadlock->task_count,
	       plural(deadlock->task_count), deadlock->task_count == 1 ? "it" : "them");
	for (i = 0; i < deadlock->steps; i++)
		print_step(graph, &deadlock->cycle[i],
			   &deadlock->cycle[(i + 1) % deadlock->steps]);
	for (task = graph->tasks; task < end; task++) {
		if (!task->stuck || task->component != deadlock->component)
			continue;
		print_hopeless(graph, task);
		for (i = 0; i < task->operation_count; i++)
			print_operation(&table, graph, task, &task->operations[i]);
	}
	putchar('\n');
	err = table_print(&table);
	for (task = graph->tasks; task < end && stacks; task++) {
		if (task->stuck && task->component == deadlock->component)
			print_stack(graph, task);
	}
	putchar('\n');
	return err;
}

/* Known tasks and processes that could end it. */
static void print_helpers(struct table *table, const struct graph *graph, const struct task *task,
			  const struct operation *operation)
{
	char text[CELL_SIZE] = "";
	size_t i, used = 0, others = 0;
	bool itself = false;

	for (i = 0; i < graph->process_count && used < sizeof(text); i++) {
		const struct process *process = &graph->processes[i];

		if (!graph_helps(graph, operation, i))
			continue;
		if (i == task->process) {
			itself = true;
			continue;
		}
		used += snprintf(text + used, sizeof(text) - used, "%s%s %d", others++ ? ", " : "",
				 process->name, process->pid);
	}
	if (itself && used < sizeof(text))
		used += snprintf(text + used, sizeof(text) - used, "%s its own process",
				 others ? "," : "only");
	if (graph->nodes[operation->node].unseen & operation_needs(operation) &&
	    used < sizeof(text))
		snprintf(text + used, sizeof(text) - used, "%sunseen", used ? ", " : "");
	table_cell(table, "%s", text);
}

static int print_long(const struct diagnosis *diagnosis)
{
	static const char *const headings[] = {
		"TASK", "WAITS TO", "CHANNEL", "FD", "PARKED", "WHO COULD WAKE IT",
	};
	const size_t count = diagnosis_count_long(diagnosis);
	const struct graph *graph = &diagnosis->evidence.graph;
	struct table table;
	size_t i, j;
	int err;

	if (!count)
		return 0;
	table = table_new(headings, 6, 4);
	printf("%zu operation%s parked for longer than %g s.\n\n", count, plural(count),
	       (double)diagnosis->request->longer / SECOND);
	for (i = 0; i < graph->task_count; i++) {
		const struct task *task = &graph->tasks[i];

		for (j = 0; j < task->operation_count; j++) {
			if (!diagnosis_has_long(diagnosis, task, &task->operations[j]))
				continue;
			print_operation(&table, graph, task, &task->operations[j]);
			print_helpers(&table, graph, task, &task->operations[j]);
		}
	}
	err = table_print(&table);
	putchar('\n');
	return err;
}

static void print_stranded(const struct diagnosis *diagnosis)
{
	char label[LABEL_SIZE];
	size_t i;

	for (i = 0; i < diagnosis->evidence.graph.node_count; i++) {
		const char *len = diagnosis->evidence.model.channels[i]->facts[FACT_LEN];

		if (diagnosis_has_stranded(diagnosis, i))
			printf("No process may receive from %s: %s element%s stranded.\n\n",
			       label_node(label, &diagnosis->evidence.graph.nodes[i]), len,
			       plural(atoi(len)));
	}
	for (i = 0; i < diagnosis->unheld.count; i++) {
		printf("No process holds %s: it is in a message not yet received.\n\n",
		       label_channel(label, diagnosis->unheld.channels[i]));
	}
}

static void print_doubtful(const struct diagnosis *diagnosis)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	const char *separator = "Perhaps stuck: ";
	char label[LABEL_SIZE];
	size_t i;

	if (!diagnosis_count_doubtful(diagnosis))
		return;
	for (i = 0; i < graph->task_count; i++) {
		if (!diagnosis_has_doubtful(diagnosis, &graph->tasks[i]))
			continue;
		printf("%s%s", separator, label_task(label, graph, &graph->tasks[i]));
		separator = ", ";
	}
	puts(".\nOnly an unseen holder could wake them: a message with a file descriptor, or a\n"
	     "process that you may not inspect.\n");
}

int report_text(const struct diagnosis *diagnosis, bool stacks)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	const size_t count_doubtful = diagnosis_count_doubtful(diagnosis);
	int err = 0;
	size_t i;

	for (i = 0; i < diagnosis->deadlock_count && !err; i++)
		err = print_deadlock(graph, &diagnosis->deadlocks[i], stacks);
	if (!err)
		err = print_long(diagnosis);
	print_stranded(diagnosis);
	print_doubtful(diagnosis);
	if (diagnosis->changing)
		puts("Some tasks seem to be stuck, but did not stay parked: try again.\n");
	printf("%s%zu channel%s, %zu parked task%s.\n",
	       diagnosis->deadlock_count || diagnosis->changing || count_doubtful ?
	       "" : "No deadlock: ", graph->node_count,
	       plural(graph->node_count), diagnosis_count_parked(diagnosis),
	       plural(diagnosis_count_parked(diagnosis)));
	if (geteuid())
		puts("Only your own processes were inspected, without kernel stacks: run as root "
		     "to see all.");
	return err;
}
