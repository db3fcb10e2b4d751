// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"

/**
 * struct file - an open file of a channel
 * @hold: the first file descriptor seen
 * @refs: number of references
 * @seen: number of references accounted for
 */
struct file {
	const struct hold *hold;
	unsigned long refs;
	unsigned long seen;
};

/**
 * struct table - the open files of a channel
 * @files: the open files
 * @of: for each hold of the channel, the index of its file
 * @count: number of @files
 */
struct table {
	struct file *files;
	size_t *of;
	size_t count;
};

struct files {
	struct graph *graph;
	const struct model *model;
	struct table *tables;
};

/* Returns 0 if the files are the same, a positive value if not, else a negative value. */
static int compare(const struct graph *graph, int type, const struct hold *a,
		   const struct hold *b)
{
	return syscall(SYS_kcmp, graph->processes[a->process].pid,
		       graph->processes[b->process].pid, type, a->fd, b->fd);
}

/* Index of the file; @table->count if there is none. */
static size_t find_file(const struct graph *graph, const struct table *table, struct node *node,
			const struct hold *hold)
{
	size_t i;
	int ret;

	for (i = 0; i < table->count; i++) {
		if (table->files[i].hold->rights != hold->rights)
			continue;
		ret = compare(graph, KCMP_FILE, table->files[i].hold, hold);
		if (ret < 0)
			node->unseen = CHAN_RIGHTS_ALL;
		if (!ret)
			break;
	}
	return i;
}

/* Was it already counted for a process that shares its file descriptors? In doubt, yes. */
static bool is_shared(const struct graph *graph, const struct table *table, const struct node *node,
		      size_t index)
{
	const struct hold *hold = &node->holds[index];
	size_t i;

	for (i = 0; i < index; i++) {
		if (table->of[i] == table->of[index] && node->holds[i].fd == hold->fd &&
		    compare(graph, KCMP_FILES, &node->holds[i], hold) <= 0)
			return true;
	}
	return false;
}

static int fill_table(const struct files *files, size_t index)
{
	const struct channel *channel = files->model->channels[index];
	struct node *node = &files->graph->nodes[index];
	struct table *table = &files->tables[index];
	struct file *file;
	size_t i;

	table->files = calloc(node->hold_count, sizeof(*table->files));
	table->of = calloc(node->hold_count, sizeof(*table->of));
	if (!table->files || !table->of)
		return -ENOMEM;
	for (i = 0; i < node->hold_count; i++) {
		table->of[i] = find_file(files->graph, table, node, &node->holds[i]);
		file = &table->files[table->of[i]];
		if (table->of[i] == table->count) {
			table->count++;
			file->hold = &node->holds[i];
		}
		if (channel->holders[i].refs > file->refs)
			file->refs = channel->holders[i].refs;
		if (!is_shared(files->graph, table, node, i))
			file->seen++;
	}
	return 0;
}

/* File descriptor argument of the system call in which a task sleeps; -1 if unknown. */
static int call_fd(pid_t tid)
{
	unsigned long long fd;
	char path[32];
	FILE *stream;
	int found;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	stream = fopen(path, "re");
	if (!stream)
		return -1;
	found = fscanf(stream, "%*d %llx", &fd);
	fclose(stream);
	return found == 1 ? (int)fd : -1;
}

/* The file of a process's file descriptor, if it belongs to this channel. */
static struct file *file_of(const struct files *files, size_t index, size_t process, int fd)
{
	const struct node *node = &files->graph->nodes[index];
	const struct table *table = &files->tables[index];
	size_t i;

	for (i = 0; i < node->hold_count; i++) {
		if (node->holds[i].process == process && node->holds[i].fd == fd)
			return &table->files[table->of[i]];
	}
	return NULL;
}

/* The file through which a process must have called; NULL if it is ambiguous. */
static struct file *only_file(const struct files *files, size_t index, size_t process,
			      unsigned int right)
{
	const struct node *node = &files->graph->nodes[index];
	const struct table *table = &files->tables[index];
	struct file *only = NULL, *file;
	size_t i;

	for (i = 0; i < node->hold_count; i++) {
		if (node->holds[i].process != process || !(node->holds[i].rights & right))
			continue;
		file = &table->files[table->of[i]];
		if (only && only != file)
			return NULL;
		only = file;
	}
	return only;
}

/* Account for the reference that a select holds on the file descriptor of its call. */
static void count_select(const struct files *files, const struct task *task)
{
	const int fd = call_fd(task->tid);
	struct file *file;
	size_t i;

	for (i = 0; i < files->graph->node_count; i++) {
		file = file_of(files, i, task->process, fd);
		if (file)
			file->seen++;
	}
}

/* Account for the reference that a parked operation holds on its file. */
static void count_operation(const struct files *files, size_t index, const struct waiter *waiter,
			    const struct task *task)
{
	struct file *file = NULL;

	if (!waiter->select)
		file = file_of(files, index, task->process, call_fd(task->tid));
	if (!file)
		file = only_file(files, index, task->process,
				 waiter->send ? CHAN_RIGHT_SEND : CHAN_RIGHT_RECV);
	if (file)
		file->seen++;
}

static int count_calls(const struct files *files)
{
	const struct graph *graph = files->graph;
	bool *counted = calloc(graph->task_count + 1, sizeof(*counted));
	const struct channel *channel;
	const struct waiter *waiter;
	const struct task *task;
	size_t i, j;

	if (!counted)
		return -ENOMEM;
	for (i = 0; i < graph->node_count; i++) {
		channel = files->model->channels[i];
		for (j = 0; j < channel->waiter_count; j++) {
			waiter = &channel->waiters[j];
			task = graph_find_task(graph, waiter->pid);
			if (!waiter->ref || !task)
				continue;
			count_operation(files, i, waiter, task);
			if (waiter->select && !counted[task - graph->tasks])
				count_select(files, task);
			counted[task - graph->tasks] = true;
		}
	}
	free(counted);
	return 0;
}

static void compare_counts(const struct table *table, struct node *node,
			   const struct channel *channel)
{
	static const struct {
		unsigned int right;
		enum fact files;
	} counts[] = {
		{ CHAN_RIGHT_SEND, FACT_SENDERS },
		{ CHAN_RIGHT_RECV, FACT_RECEIVERS },
		{ CHAN_RIGHT_CLOSE, FACT_CLOSERS },
	};
	unsigned long seen[3] = {};
	size_t i, j;

	for (i = 0; i < table->count; i++) {
		const struct file *file = &table->files[i];

		for (j = 0; j < 3; j++)
			seen[j] += !!(file->hold->rights & counts[j].right);
		if (file->refs > file->seen)
			node->unseen |= file->hold->rights;
	}
	for (j = 0; j < 3; j++) {
		if (strtoul(channel->facts[counts[j].files], NULL, 10) > seen[j])
			node->unseen |= counts[j].right;
	}
}

int files_find_unseen(struct graph *graph, const struct model *model)
{
	struct files files = {
		.graph = graph,
		.model = model,
		.tables = calloc(graph->node_count + 1, sizeof(*files.tables)),
	};
	int err = files.tables ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; i < graph->node_count && !err; i++)
		err = fill_table(&files, i);
	if (!err)
		err = count_calls(&files);
	for (i = 0; i < graph->node_count && !err; i++)
		compare_counts(&files.tables[i], &graph->nodes[i], model->channels[i]);
	for (i = 0; files.tables && i < graph->node_count; i++) {
		free(files.tables[i].files);
		free(files.tables[i].of);
	}
	free(files.tables);
	return err;
}
