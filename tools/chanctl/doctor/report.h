/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports of a diagnosis as text, JSON, or a graph.
 */
#ifndef DOCTOR_REPORT_H
#define DOCTOR_REPORT_H

#include <stdbool.h>

#include "diagnosis.h"

#define LABEL_SIZE	(GRAPH_NAME_SIZE + 64)

/*
 * Each prints to stdout; if @stacks, with the kernel stacks of stuck tasks. Returns 0 or a
 * negative errno value.
 */
int report_text(const struct diagnosis *diagnosis, bool stacks);
int report_json(const struct diagnosis *diagnosis, bool stacks);
int report_dot(const struct diagnosis *diagnosis, bool stacks);

/* Label of a task or a channel, in a buffer of LABEL_SIZE. */
const char *label_task(char *label, const struct graph *graph, const struct task *task);
const char *label_node(char *label, const struct node *node);
const char *label_channel(char *label, const struct channel *channel);

/**
 * needed_from() - right with which a process could end an operation
 * @graph: the graph
 * @operation: the operation
 * @process: a process that could end it
 *
 * Return: the right; if there are several, to send or receive rather than to close.
 */
unsigned int needed_from(const struct graph *graph, const struct operation *operation,
			 size_t process);
/* May the task have parked through this file descriptor? */
bool is_through(const struct task *task, const struct operation *operation,
		const struct hold *hold);
/* The next task, if the operation is a step in the cycle of a deadlock; else NULL. */
const struct task *next_in_cycle(const struct diagnosis *diagnosis, const struct task *task,
				 const struct operation *operation);

#endif /* DOCTOR_REPORT_H */
