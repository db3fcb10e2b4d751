/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong, as far as can be told.
 */
#ifndef DOCTOR_DIAGNOSIS_H
#define DOCTOR_DIAGNOSIS_H

#include "../../common/numbers.h"
#include "evidence.h"

/**
 * struct request - what is looked for
 * @pids: only what has to do with these processes
 * @longer: tasks that are parked for longer than so many nanoseconds; 0: none
 */
struct request {
	struct numbers pids;
	uint64_t longer;
};

/**
 * struct deadlock - stuck tasks that have to do with each other
 * @component: of the graph
 * @task_count: how many tasks it has
 * @cycle: who waits for whom
 * @steps: of @cycle; 0 if some wait for what nobody can do
 */
struct deadlock {
	size_t component;
	size_t task_count;
	struct step *cycle;
	size_t steps;
};

/**
 * struct diagnosis - what was found
 * @request: what was looked for
 * @evidence: what was seen
 * @deadlocks: what is certain
 * @deadlock_count: how many
 * @changing: how many there seemed to be, of tasks that were not parked all the time
 * @unheld: channels that no process holds
 * @unheld_known: whether that could be looked for
 */
struct diagnosis {
	const struct request *request;
	struct evidence evidence;
	struct deadlock *deadlocks;
	size_t deadlock_count;
	size_t changing;
	struct model unheld;
	bool unheld_known;
};

/* Returns 0 or a negative errno value. diagnosis_free() after both. */
int diagnose(struct diagnosis *diagnosis, const struct request *request);
void diagnosis_free(struct diagnosis *diagnosis);

/* Leaks, each something that is looked for, and has to do with a process that is. */
bool diagnosis_has_long(const struct diagnosis *diagnosis, const struct task *task,
			const struct operation *operation);
bool diagnosis_has_stranded(const struct diagnosis *diagnosis, size_t node);
size_t diagnosis_count_long(const struct diagnosis *diagnosis);
size_t diagnosis_count_stranded(const struct diagnosis *diagnosis);
/* A task that is stuck unless what is unseen helps. */
bool diagnosis_has_doubtful(const struct diagnosis *diagnosis, const struct task *task);
size_t diagnosis_count_doubtful(const struct diagnosis *diagnosis);
/* How many tasks are parked. */
size_t diagnosis_count_parked(const struct diagnosis *diagnosis);

#endif /* DOCTOR_DIAGNOSIS_H */
