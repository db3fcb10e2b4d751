// SPDX-License-Identifier: GPL-2.0-only
/* Scripts are random. The runner makes any script end (watch.c). */
#include <string.h>

#include "group.h"

static void choose_channels(struct group *group)
{
	struct shared *shared = group->shared;
	unsigned int i, j;

	shared->nchannels = 1 + group_random(group, HISTORY_CHANNELS);
	for (i = 0; i < shared->nchannels; i++) {
		do {
			shared->channels[i] = group_random(group, POOL);
			for (j = 0; j < i && shared->channels[j] != shared->channels[i]; j++)
				;
		} while (j < i);
	}
}

static void write_case(struct group *group, unsigned int task, struct history_case *c,
		       unsigned int *values)
{
	c->channel = group_random(group, group->shared->nchannels);
	c->verb = group_random(group, 2) ? VERB_SEND : VERB_RECV;
	/* With most tasks on the same side, many are parked. */
	if (group->killing && group_random(group, 100) < 80)
		c->verb = group->shared->round >> c->channel & 1 ? VERB_SEND : VERB_RECV;
	if (c->verb == VERB_SEND)
		c->value = value_of(group, task, (*values)++);
}

static enum memory choose_memory(struct group *group, unsigned int task)
{
	const unsigned int dice = group_random(group, 100);

	if (group->calm)
		return MEMORY_PLAIN;
	if (dice < 25 && WORKER_HAS_ASSISTANT(task))
		return MEMORY_FRAGILE;
	return dice < 28 ? MEMORY_SLOW : MEMORY_PLAIN;
}

static void write_select(struct group *group, unsigned int task, struct step *step,
			 unsigned int *values)
{
	step->way = WAY_SELECT;
	step->op.n = 1 + group_random(group, HISTORY_CASES);
	while (step->op.n > 1 && step->op.n > 1 + 2 * group->shared->nchannels)
		step->op.n--;
	for (unsigned int i = 0; i < step->op.n; i++)
		write_case(group, task, &step->op.cases[i], values);
}

static void write_step(struct group *group, unsigned int task, struct step *step,
		       unsigned int *values)
{
	const unsigned int kind = group_random(group, 100), mode = group_random(group, 100);

	memset(step, 0, sizeof(*step));
	step->op.task = task;
	step->op.n = 1;
	step->op.mode = mode < 70 || group->killing ? MODE_WAIT : mode < 88 ? MODE_TRY : MODE_UNTIL;
	step->delay = group_random(group, 1000000);
	if (kind < 30) {
		write_select(group, task, step, values);
		return;
	}
	write_case(group, task, &step->op.cases[0], values);
	if (kind < 36) {
		step->op.mode = MODE_TRY;
		step->op.cases[0].verb = kind < 32 && !group->killing ? VERB_CLOSE : VERB_LOOK;
	} else if (step->op.cases[0].verb == VERB_RECV) {
		step->memory = choose_memory(group, task);
	}
	if (kind > 80 && step->op.mode == MODE_WAIT)
		step->way = WAY_FILE;
}

void script_write(struct group *group)
{
	unsigned int i, j;

	choose_channels(group);
	for (i = 0; i < WORKERS; i++) {
		struct worker *worker = &group->shared->workers[i];
		unsigned int values = 0;

		worker->at = 0;
		worker->inside = 0;
		worker->n = 1 + group_random(group, group->killing ? 2 : SCRIPT_MAX);
		for (j = 0; j < worker->n; j++)
			write_step(group, i, &worker->steps[j], &values);
	}
}
