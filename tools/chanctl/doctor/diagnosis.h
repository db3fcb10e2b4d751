/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The diagnosis: deadlocks and other findings.
 */
#ifndef DOCTOR_DIAGNOSIS_H
#define DOCTOR_DIAGNOSIS_H

#include "../../lib/numbers.h"
#include "evidence.h"

/**
 * struct request - what to report
 * @pids: only findings that involve these processes
 * @longer: tasks parked for longer than this many nanoseconds; 0: none
 */
struct request {
	struct numbers pids;
	uint64_t longer;
};

/**
 * struct deadlock - a connected set of stuck tasks
 * @component: component of the graph
 * @task_count: number of tasks
 * @cycle: the shortest cycle
 * @steps: length of @cycle; 0 if some wait for an operation that no process may do
 */
struct deadlock {
	size_t component;
	size_t task_count;
	struct step *cycle;
	size_t steps;
};

/**
 * struct diagnosis - findings
 * @request: what to report
 * @evidence: the state observed
 * @deadlocks: confirmed deadlocks
 * @deadlock_count: number of @deadlocks
 * @changing: number of apparent deadlocks whose tasks were not parked throughout
 * @unheld: channels that no process holds
 * @unheld_known: whether the caller may see @unheld
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

/* Returns 0 or a negative errno value. Call diagnosis_free() in both cases. */
int diagnose(struct diagnosis *diagnosis, const struct request *request);
void diagnosis_free(struct diagnosis *diagnosis);

/* Findings other than deadlocks, filtered by the request. */
bool diagnosis_has_long(const struct diagnosis *diagnosis, const struct task *task,
			const struct operation *operation);
bool diagnosis_has_stranded(const struct diagnosis *diagnosis, size_t node);
size_t diagnosis_count_long(const struct diagnosis *diagnosis);
size_t diagnosis_count_stranded(const struct diagnosis *diagnosis);
/* Is the task stuck unless an unseen holder wakes it? */
bool diagnosis_has_doubtful(const struct diagnosis *diagnosis, const struct task *task);
size_t diagnosis_count_doubtful(const struct diagnosis *diagnosis);
/* Number of parked tasks. */
size_t diagnosis_count_parked(const struct diagnosis *diagnosis);

#endif /* DOCTOR_DIAGNOSIS_H */
