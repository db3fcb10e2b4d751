// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../../lib/fdinfo.h"
#include "../../lib/proc.h"
#include "../../lib/scan.h"
#include "diagnosis.h"

#define ALL_CHANNELS	"/sys/kernel/debug/chan/channels"

/* Number of retries, after a delay, while apparent deadlocks change. */
#define TRIES	5
static const struct timespec moment = { .tv_nsec = 20000000 };

static bool is_wanted(const struct diagnosis *diagnosis, size_t process)
{
	return numbers_match(&diagnosis->request->pids,
			     diagnosis->evidence.graph.processes[process].pid);
}

bool diagnosis_has_long(const struct diagnosis *diagnosis, const struct task *task,
			const struct operation *operation)
{
	const struct node *node = &diagnosis->evidence.graph.nodes[operation->node];

	return diagnosis->request->longer && operation->age > diagnosis->request->longer &&
	       !task->stuck && !task->leaves && !node->timer &&
	       is_wanted(diagnosis, task->process);
}

bool diagnosis_has_stranded(const struct diagnosis *diagnosis, size_t node)
{
	const struct channel *channel = diagnosis->evidence.model.channels[node];
	const struct node *held = &diagnosis->evidence.graph.nodes[node];
	size_t i;

	if (atoi(channel->facts[FACT_RECEIVERS]) || !atoi(channel->facts[FACT_LEN]))
		return false;
	for (i = 0; i < held->hold_count; i++) {
		if (is_wanted(diagnosis, held->holds[i].process))
			return true;
	}
	return false;
}

bool diagnosis_has_doubtful(const struct diagnosis *diagnosis, const struct task *task)
{
	return task->doubtful && is_wanted(diagnosis, task->process);
}

size_t diagnosis_count_long(const struct diagnosis *diagnosis)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	size_t i, j, count = 0;

	for (i = 0; i < graph->task_count; i++) {
		for (j = 0; j < graph->tasks[i].operation_count; j++)
			count += diagnosis_has_long(diagnosis, &graph->tasks[i],
						    &graph->tasks[i].operations[j]);
	}
	return count;
}

size_t diagnosis_count_stranded(const struct diagnosis *diagnosis)
{
	size_t i, count = 0;

	for (i = 0; i < diagnosis->evidence.graph.node_count; i++)
		count += diagnosis_has_stranded(diagnosis, i);
	return count;
}

size_t diagnosis_count_doubtful(const struct diagnosis *diagnosis)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	size_t i, count = 0;

	for (i = 0; i < graph->task_count; i++)
		count += diagnosis_has_doubtful(diagnosis, &graph->tasks[i]);
	return count;
}

size_t diagnosis_count_parked(const struct diagnosis *diagnosis)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	size_t i, count = 0;

	for (i = 0; i < graph->task_count; i++)
		count += graph->tasks[i].operation_count > 0;
	return count;
}

/* List all channels. Returns false if the caller may not see them. */
static bool list_all(struct model *all)
{
	FILE *stream = proc_open(-1, ALL_CHANNELS);
	struct channel channel;
	struct holder holder;
	int ret;

	if (!stream)
		return false;
	while ((ret = fdinfo_read(stream, &channel, &holder)) > 0) {
		ret = model_add(all, &channel, NULL);
		if (ret)
			break;
	}
	fclose(stream);
	return !ret;
}

/* Channels that existed throughout and were never held by a process. */
static int find_unheld(struct diagnosis *diagnosis, const struct model *before,
		       const struct model *later)
{
	struct model after = {};
	struct channel *channel;
	size_t i;
	int err = 0;

	diagnosis->unheld_known &= list_all(&after);
	for (i = 0; i < after.count && !err && diagnosis->unheld_known; i++) {
		channel = after.channels[i];
		if (diagnosis->request->pids.count || !model_find(before, channel->id) ||
		    model_find(&diagnosis->evidence.model, channel->id) ||
		    model_find(later, channel->id))
			continue;
		err = model_add(&diagnosis->unheld, channel, NULL);
		/* The model takes ownership of them. */
		channel->waiters = NULL;
	}
	model_free(&after);
	return err;
}

static int add_deadlock(struct diagnosis *diagnosis, size_t component, size_t task_count)
{
	struct deadlock *deadlocks, deadlock = { component, task_count, NULL, 0 };
	ssize_t steps;

	deadlocks = reallocarray(diagnosis->deadlocks, diagnosis->deadlock_count + 1,
				 sizeof(*deadlocks));
	if (!deadlocks)
		return -ENOMEM;
	diagnosis->deadlocks = deadlocks;
	steps = graph_cycle(&diagnosis->evidence.graph, component, &deadlock.cycle);
	deadlock.steps = steps < 0 ? 0 : steps;
	deadlocks[diagnosis->deadlock_count++] = deadlock;
	return steps < 0 ? steps : 0;
}

/* Add the deadlock of this component, if requested. */
static int find_deadlock(struct diagnosis *diagnosis, size_t component,
			 const struct model *later, uint64_t ended)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	size_t i, task_count = 0;
	bool wanted = false;

	for (i = component; i < graph->task_count; i++) {
		if (!graph->tasks[i].stuck || graph->tasks[i].component != component)
			continue;
		task_count++;
		wanted |= is_wanted(diagnosis, graph->tasks[i].process);
	}
	if (!wanted)
		return 0;
	if (evidence_hold(&diagnosis->evidence, component, later, ended))
		return add_deadlock(diagnosis, component, task_count);
	diagnosis->changing++;
	return 0;
}

static int find_deadlocks(struct diagnosis *diagnosis, const struct model *later, uint64_t ended)
{
	const struct graph *graph = &diagnosis->evidence.graph;
	int err = 0;
	size_t i;

	for (i = 0; i < graph->task_count && !err; i++) {
		if (graph->tasks[i].stuck && graph->tasks[i].component == i)
			err = find_deadlock(diagnosis, i, later, ended);
	}
	return err;
}

static int try(struct diagnosis *diagnosis, const struct request *request)
{
	const struct filter everything = {};
	struct model before = {}, later = {};
	int err;

	*diagnosis = (struct diagnosis){ .request = request };
	diagnosis->unheld_known = list_all(&before);
	err = evidence_collect(&diagnosis->evidence);
	if (!err)
		err = scan(&later, &everything);
	if (!err)
		err = find_deadlocks(diagnosis, &later, evidence_now());
	if (!err)
		err = find_unheld(diagnosis, &before, &later);
	model_free(&before);
	model_free(&later);
	return err;
}

int diagnose(struct diagnosis *diagnosis, const struct request *request)
{
	int tries, err;

	for (tries = 1; ; tries++) {
		err = try(diagnosis, request);
		if (err || tries == TRIES ||
		    (!diagnosis->changing && !diagnosis_count_doubtful(diagnosis)))
			return err;
		diagnosis_free(diagnosis);
		nanosleep(&moment, NULL);
	}
}

void diagnosis_free(struct diagnosis *diagnosis)
{
	size_t i;

	for (i = 0; i < diagnosis->deadlock_count; i++)
		free(diagnosis->deadlocks[i].cycle);
	free(diagnosis->deadlocks);
	evidence_free(&diagnosis->evidence);
	model_free(&diagnosis->unheld);
}
