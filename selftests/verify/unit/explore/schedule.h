/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A schedule: the option taken at each choice. Option 0 is to continue the running task, or of
 * several numbers the least; so a schedule is written as the other choices, "place:option", and the
 * empty one is that without preemption.
 */
#ifndef _SCHEDULE_H
#define _SCHEDULE_H

#include <linux/types.h>

#define SCHEDULE_MAX	8192
/* Buffer size for one as text. */
#define SCHEDULE_TEXT	(SCHEDULE_MAX * 2)
#define TASKS_MAX	4

/**
 * struct decision - a choice to be made
 * @options: number of options, 2 or more
 * @tasks: the task of each option; none if a number is to be chosen
 * @preempts: any option but 0 preempts a runnable task
 * @step: number of points passed before
 */
struct decision {
	unsigned int	options;
	const u8	*tasks;
	bool		preempts;
	unsigned int	step;
};

/**
 * struct schedule - choices that were made
 * @n: number of choices
 * @options: the options that were chosen
 */
struct schedule {
	unsigned int	n;
	u8		options[SCHEDULE_MAX];
};

void schedule_print(const struct schedule *schedule, char *text);
/* Returns false if @text is not a schedule. */
bool schedule_parse(struct schedule *schedule, const char *text);

#endif /* _SCHEDULE_H */
