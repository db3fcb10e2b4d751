/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tasks that are parked in channels, as the module lists them in debugfs.
 */
#ifndef CHAN_PARKED_H
#define CHAN_PARKED_H

#include <stdbool.h>

#include "userstacks.h"
#include "../tools/common/scan.h"

/**
 * struct parked - a task that is parked in a channel
 * @channel: number of the channel
 * @type: of its elements, may be empty
 * @pid: the task's process; 0 if the task is gone
 * @waiter: the task; its command is not escaped
 */
struct parked {
	uint64_t channel;
	char type[FACT_SIZE];
	pid_t pid;
	struct waiter waiter;
};

/**
 * struct parked_list - all of them
 * @tasks: by channel; a select is in each of its channels
 * @count: how many
 * @lost: how many more there are, of whom the module does not tell
 */
struct parked_list {
	struct parked *tasks;
	size_t count;
	uint64_t lost;
};

/* Can they be read? If not, says on stderr what to do, in one line. */
bool parked_ready(void);
/* Add those that count. Returns 0 or a negative errno value; says nothing. */
int parked_read(struct parked_list *list, const struct filter *filter);
void parked_free(struct parked_list *list);

/* What parked_print() prints, as a line of headings. */
void parked_print_headings(void);
/*
 * A row; and below it, if @stacks, the task's stack in the kernel, and that in its program as far
 * as @userstacks, which may be NULL, know it.
 */
void parked_print(const struct parked *task, bool stacks, const struct userstacks *userstacks);
/* The same, as a JSON object on a line. */
void parked_print_json(const struct parked *task, bool stacks,
		       const struct userstacks *userstacks);
/* Say on stderr how many the module does not tell of, if any. */
void parked_print_lost(const struct parked_list *list);

#endif /* CHAN_PARKED_H */
