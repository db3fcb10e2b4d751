/* SPDX-License-Identifier: GPL-2.0-only */
/* A group of workers, and the runner that plays rounds with them. Each round is a history. */
#ifndef _HISTORIES_GROUP_H
#define _HISTORIES_GROUP_H

#include "common/freezer.h"

#include "perform.h"
#include "shared.h"
#include "worker.h"

/* Operations of the runner itself in one round, most of them to unblock workers. */
#define OWN_MAX		(HISTORY_OPS - WORKERS * SCRIPT_MAX)
#define NEMESES_MAX	24

/**
 * struct stats - totals of all groups; shared
 * @histories: histories explained
 * @ops: operations in them
 * @asleep: of these, known to have been parked
 * @killed: workers that were killed while they were parked
 * @streamed: elements
 * @selected: of these, through several channels
 * @refused: how often a non-blocking caller found a channel of a stream not ready
 * @stream_killed: processes that were killed while elements streamed
 * @requeues: elements that were requeued
 * @strikes: of each nemesis, while its victim was inside an operation
 * @failures: of any kind
 */
struct stats {
	uint64_t histories;
	uint64_t ops;
	uint64_t asleep;
	uint64_t killed;
	uint64_t streamed;
	uint64_t selected;
	uint64_t refused;
	uint64_t stream_killed;
	uint64_t requeues;
	uint64_t strikes[NEMESES_MAX];
	uint32_t failures;
};

static inline void stats_add(uint64_t *counter, uint64_t n)
{
	__atomic_add_fetch(counter, n, __ATOMIC_RELAXED);
}

enum life {
	LIFE_RUNNING,
	LIFE_DYING,
	LIFE_DEAD,
};

/**
 * struct member - a worker, as seen by the runner
 * @died: ticket drawn when it was dead
 * @struck: ticket drawn before the first nemesis of the round struck it; 0: none
 * @slow: the runner's copy of its userfaultfd; -1: none
 * @fault: address that it waits for; 0: none
 * @hold: how many turns the runner may wait before it releases it
 */
struct member {
	pid_t pid;
	enum life life;
	uint64_t died;
	uint64_t struck;
	struct area area;
	int slow;
	uint64_t fault;
	unsigned int hold;
};

/**
 * struct group - a group
 * @seed: of all that is random in it
 * @random: state of that
 * @calm: workers are only struck in rounds of many kills
 * @killing: the round is one of many kills
 * @violations: directory for histories that cannot be explained; NULL: none
 * @own: operations of the runner itself in the round
 * @values: how many it has sent in the round
 * @freezers: control groups, by version
 * @presses: number of memory pressure strikes
 * @pressing: the process of the last one; 0: none
 */
struct group {
	struct shared *shared;
	struct stats *stats;
	uint64_t seed;
	uint64_t random;
	bool calm;
	bool killing;
	const char *violations;
	struct member members[WORKERS];
	struct performer performer;
	struct step own[OWN_MAX];
	unsigned int nown;
	unsigned int values;
	char buffer[ELEMENT_MAX];
	struct freezer freezers[2];
	unsigned int presses;
	pid_t pressing;
};

static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 11;
}

static inline unsigned int group_random(struct group *group, unsigned int n)
{
	return random_next(&group->random) % n;
}

/* Values are unique per sender and round; never 0. */
static inline uint64_t value_of(const struct group *group, unsigned int task, unsigned int number)
{
	return (uint64_t)group->shared->round << 11 | task << 8 | (number + 1);
}

/* group.c */
void group_init(struct group *group, struct stats *stats, uint64_t seed, unsigned int number);
void group_end(struct group *group);
/* Play a round and check it. Returns false if a failure was found and printed. */
bool group_play(struct group *group, bool killing);

/* script.c: the operations of the workers in the next round. */
void script_write(struct group *group);

/* watch.c: from the beginning of a round to its end. */
void watch_round(struct group *group);
/* The runner does an operation of one case; the result stays valid until the end of the round. */
const struct history_op *watch_act(struct group *group, enum history_verb verb,
				   unsigned int channel);
/* Whether this worker is inside an operation. */
bool watch_is_inside(const struct group *group, unsigned int member);

#endif /* _HISTORIES_GROUP_H */
