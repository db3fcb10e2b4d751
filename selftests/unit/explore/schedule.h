/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A schedule: what was chosen wherever there was a choice. Option 0 is to let the task
 * run on that is running, or of several numbers the least; so a schedule is written as the
 * choices that were others, "place:option", and the empty one is that without preemption.
 */
#ifndef _SCHEDULE_H
#define _SCHEDULE_H

#include <linux/types.h>

#define SCHEDULE_MAX	8192
/* Room for one as text. */
#define SCHEDULE_TEXT	(SCHEDULE_MAX * 2)
#define TASKS_MAX	4

/**
 * struct decision - a choice to be made
 * @options: how many there are, 2 or more
 * @tasks: the task of each option; none if a number is to be chosen
 * @preempts: any option but 0 puts aside a task that could go on
 * @step: how many points were passed before
 */
struct decision {
	unsigned int	options;
	const u8	*tasks;
	bool		preempts;
	unsigned int	step;
};

/**
 * struct schedule - choices that were made
 * @n: how many
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
