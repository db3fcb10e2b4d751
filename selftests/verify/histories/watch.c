// SPDX-License-Identifier: GPL-2.0-only
/*
 * The runner watches a round. When all remaining workers are parked, it unblocks one of them: by a
 * peer operation, by a close, or by a nemesis. So each round ends, and each wait is seen.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "common/channel.h"

#include "nemesis.h"
#include "wait.h"

/* Deaths that the runner did not cause are noticed after that many turns. */
#define REAP_TURNS	64
/* After that many operations of its own, the runner ends the round by closing. */
#define OWN_MANY	(OWN_MAX / 2)
/* No step of a round takes that long, in nanoseconds. */
#define ROUND_LIMIT	20000000000ULL

/**
 * struct parked - current operations, counted by queue
 * @at: of each worker, the current step; -1: none
 * @calls: the tickets of these
 * @queues: by channel and verb
 * @waiting: a task waits without a deadline
 */
struct parked {
	int at[WORKERS];
	uint64_t calls[WORKERS];
	unsigned int queues[HISTORY_CHANNELS][2];
	bool waiting;
};

static bool has_ended(const struct group *group, unsigned int i)
{
	return group->members[i].life == LIFE_DEAD ||
	       word_read(&group->shared->workers[i].round) == group->shared->round;
}

bool watch_is_inside(const struct group *group, unsigned int i)
{
	return group->members[i].life == LIFE_RUNNING && !has_ended(group, i) &&
	       word_read(&group->shared->workers[i].inside);
}

/* A select has one waiter in a queue, however many of its cases use it. */
static bool is_first_of_queue(const struct history_op *op, unsigned int k)
{
	unsigned int i;

	for (i = 0; i < k; i++) {
		if (op->cases[i].channel == op->cases[k].channel &&
		    op->cases[i].verb == op->cases[k].verb)
			return false;
	}
	return true;
}

/* The current operations. False if a worker is between two operations. */
static bool look_at_workers(const struct group *group, struct parked *parked)
{
	unsigned int i, k;

	memset(parked, 0, sizeof(*parked));
	for (i = 0; i < WORKERS; i++) {
		const struct worker *worker = &group->shared->workers[i];
		const struct history_op *op;

		parked->at[i] = -1;
		if (has_ended(group, i))
			continue;
		if (!watch_is_inside(group, i))
			return false;
		parked->at[i] = word_read(&worker->at);
		op = &worker->steps[parked->at[i]].op;
		parked->calls[i] = __atomic_load_n(&op->call, __ATOMIC_SEQ_CST);
		if (!parked->calls[i] || op->mode == MODE_TRY)
			return false;
		parked->waiting |= op->mode == MODE_WAIT;
		for (k = 0; k < op->n; k++) {
			if (is_first_of_queue(op, k))
				parked->queues[op->cases[k].channel][op->cases[k].verb]++;
		}
	}
	return true;
}

/* Whether all remaining workers are parked. If so, that is recorded. */
static bool all_are_parked(struct group *group, struct parked *parked)
{
	struct parked after;
	uint64_t ticket;
	unsigned int i;

	if (!look_at_workers(group, parked))
		return false;
	for (i = 0; i < group->shared->nchannels; i++) {
		const struct chan_info info = channel_info(group->performer.fds[i]);

		if (info.sendq != parked->queues[i][VERB_SEND] ||
		    info.recvq != parked->queues[i][VERB_RECV])
			return false;
	}
	ticket = ticket_draw(group->shared);
	if (!look_at_workers(group, &after) || memcmp(parked, &after, sizeof(after)))
		return false;
	for (i = 0; i < WORKERS; i++) {
		struct history_op *op;

		if (parked->at[i] < 0)
			continue;
		op = &group->shared->workers[i].steps[parked->at[i]].op;
		if (!op->asleep)
			op->asleep = ticket;
	}
	return true;
}

const struct history_op *watch_act(struct group *group, enum history_verb verb,
				   unsigned int channel)
{
	struct step *step = &group->own[group->nown++];

	if (group->nown == OWN_MAX)
		give_up("a round does not end");
	memset(step, 0, sizeof(*step));
	step->op.task = WORKERS;
	step->op.mode = MODE_TRY;
	step->op.n = 1;
	step->op.cases[0].verb = verb;
	step->op.cases[0].channel = channel;
	if (verb == VERB_SEND)
		step->op.cases[0].value = value_of(group, WORKERS, group->values++);
	perform_prepare(&group->performer, step);
	perform(&group->performer, step);
	return &step->op;
}

/* The peer operation of one of its cases. */
static void serve(struct group *group, const struct history_op *op)
{
	const struct history_case *c = &op->cases[group_random(group, op->n)];

	watch_act(group, c->verb == VERB_SEND ? VERB_RECV : VERB_SEND, c->channel);
}

/* Several are handed elements and die at the same time: their requeues have an order. */
static void kill_many(struct group *group, const struct parked *parked)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		const struct worker *worker = &group->shared->workers[i];

		if (parked->at[i] >= 0)
			serve(group, &worker->steps[parked->at[i]].op);
	}
	for (i = 0; i < WORKERS; i++) {
		if (parked->at[i] >= 0)
			nemesis_kill_parked(group, i);
	}
}

static void let_go_on(struct group *group, const struct parked *parked)
{
	const struct history_op *op;
	const unsigned int dice = group_random(group, 100);
	unsigned int victim;

	do {
		victim = group_random(group, WORKERS);
	} while (parked->at[victim] < 0);
	op = &group->shared->workers[victim].steps[parked->at[victim]].op;
	if (group->nown > OWN_MANY || dice < 4) {
		watch_act(group, VERB_CLOSE, op->cases[0].channel);
	} else if (group->killing && dice < 25) {
		kill_many(group, parked);
	} else if (group->killing && dice < 80) {
		nemesis_kill_parked(group, victim);
		/* Meanwhile it may be handed an element. */
		if (dice < 50)
			serve(group, op);
	} else if (!group->killing && !group->calm && dice < 16) {
		nemesis_strike_parked(group, victim);
	} else {
		serve(group, op);
	}
}

static bool somebody_dies(const struct group *group)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		if (group->members[i].life == LIFE_DYING)
			return true;
	}
	return false;
}

static void reap(struct group *group)
{
	unsigned int i;
	int status;

	for (i = 0; i < WORKERS; i++) {
		struct member *member = &group->members[i];

		if (member->life == LIFE_DEAD || waitpid(member->pid, &status, WNOHANG) <= 0)
			continue;
		if (member->life == LIFE_RUNNING && status != SIGKILL)
			give_up("worker %u died by itself, status %x", i, status);
		/* Out of memory, the kernel may kill any task, unnoticed. */
		if (member->life == LIFE_RUNNING)
			member->struck = 1;
		member->died = ticket_draw(group->shared);
		member->life = LIFE_DEAD;
	}
}

static bool is_over(const struct group *group)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		if (group->members[i].life == LIFE_DYING || !has_ended(group, i))
			return false;
	}
	return true;
}

/* Print the workers that do not finish, and where they are. */
static void give_up_round(const struct group *group)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		const struct worker *worker = &group->shared->workers[i];

		fprintf(stderr, "worker %u: life %d, step %u of %u, inside %u, ended %u, slow %d\n",
			i, group->members[i].life, worker->at, worker->n, worker->inside,
			has_ended(group, i), group->members[i].fault != 0);
	}
	give_up("round %u of seed %llu does not end", group->shared->round,
		(unsigned long long)group->seed);
}

void watch_round(struct group *group)
{
	const struct timespec moment = { .tv_nsec = 200000 };
	const uint64_t limit = chan_deadline(ROUND_LIMIT);
	struct shared *shared = group->shared;
	struct parked parked;
	unsigned int turn;
	uint32_t ended;

	for (turn = 0;; turn++) {
		ended = word_read(&shared->ended);
		if (somebody_dies(group) || turn % REAP_TURNS == REAP_TURNS - 1)
			reap(group);
		nemesis_attend(group);
		if (is_over(group))
			return;
		if (all_are_parked(group, &parked) && parked.waiting)
			let_go_on(group, &parked);
		else if (turn % 2)
			sched_yield();
		else
			word_wait(&shared->ended, ended, &moment);
		if (turn % 1024 == 1023 && chan_deadline(0) > limit)
			give_up_round(group);
	}
}
