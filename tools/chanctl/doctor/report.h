/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was found, as text, as JSON, or as a picture.
 */
#ifndef DOCTOR_REPORT_H
#define DOCTOR_REPORT_H

#include <stdbool.h>

#include "diagnosis.h"

#define LABEL_SIZE	(GRAPH_NAME_SIZE + 64)

/*
 * Each prints to stdout; if @stacks, also where in the kernel stuck tasks sleep. Returns 0 or a
 * negative errno value.
 */
int report_text(const struct diagnosis *diagnosis, bool stacks);
int report_json(const struct diagnosis *diagnosis, bool stacks);
int report_dot(const struct diagnosis *diagnosis, bool stacks);

/* What a task or a channel is called, in a buffer of LABEL_SIZE. */
const char *label_task(char *label, const struct graph *graph, const struct task *task);
const char *label_node(char *label, const struct node *node);
const char *label_channel(char *label, const struct channel *channel);

/**
 * needed_from() - what a process has to do to end an operation
 * @graph: the graph
 * @operation: the operation
 * @process: could end it
 *
 * Return: the right for it, the plainest if there are many.
 */
unsigned int needed_from(const struct graph *graph, const struct operation *operation,
			 size_t process);
/* Is it a file descriptor through which the task may have parked? */
bool is_through(const struct task *task, const struct operation *operation,
		const struct hold *hold);
/* Is it a step of the cycle of some deadlock, and which task is next? Else NULL. */
const struct task *next_in_cycle(const struct diagnosis *diagnosis, const struct task *task,
				 const struct operation *operation);

#endif /* DOCTOR_REPORT_H */
