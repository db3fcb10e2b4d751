/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tasks parked in channels, as listed by the module in debugfs.
 */
#ifndef CHAN_PARKED_H
#define CHAN_PARKED_H

#include <stdbool.h>

#include "userstacks.h"
#include "../tools/lib/scan.h"

/**
 * struct parked - a task parked in a channel
 * @channel: channel number
 * @type: name of the element type, may be empty
 * @pid: process ID of the task; 0 if the task is gone
 * @waiter: the task; its command is not escaped
 */
struct parked {
	uint64_t channel;
	char type[FACT_SIZE];
	pid_t pid;
	struct waiter waiter;
};

/**
 * struct parked_list - the parked tasks
 * @tasks: by channel; a select appears once per channel
 * @count: number of @tasks
 * @lost: number of parked operations that the module does not list
 */
struct parked_list {
	struct parked *tasks;
	size_t count;
	uint64_t lost;
};

/* Can the list be read? If not, prints advice to stderr, in one line. */
bool parked_ready(void);
/* Add the tasks that match the filter. Returns 0 or a negative errno value; prints nothing. */
int parked_read(struct parked_list *list, const struct filter *filter);
void parked_free(struct parked_list *list);

/* Print the heading line for parked_print(). */
void parked_print_headings(void);
/*
 * Print a row; and below it, if @stacks, the task's kernel stack and, unless @userstacks is NULL,
 * its user stack if known.
 */
void parked_print(const struct parked *task, bool stacks, const struct userstacks *userstacks);
/* The same, as a JSON object on a line. */
void parked_print_json(const struct parked *task, bool stacks,
		       const struct userstacks *userstacks);
/* Print to stderr the number of operations that the module does not list, if any. */
void parked_print_lost(const struct parked_list *list);

#endif /* CHAN_PARKED_H */
