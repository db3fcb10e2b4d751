// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/operation.h"

#include "linear.h"
#include "nemesis.h"
#include "wait.h"

static const unsigned int pool_caps[] = { 0, 0, 0, 1, 1, 2, 3 };
/* Inline, and by reference. */
static const unsigned int pool_sizes[] = { 8, 272 };

static void slot_make(struct group *group, unsigned int i)
{
	struct slot *slot = &group->shared->slots[i];

	if (slot->generation)
		close(slot->fd);
	slot->cap = pool_caps[i % ARRAY_LENGTH(pool_caps)];
	slot->elemsize = pool_sizes[i % ARRAY_LENGTH(pool_sizes)];
	slot->fd = channel_make_elems(slot->elemsize, slot->cap);
	slot->generation++;
}

static void area_make(struct area *area)
{
	area->fd = memfd_create("area", MFD_CLOEXEC);
	if (area->fd < 0 || ftruncate(area->fd, 2 * AREA_PAGE))
		give_up("memfd_create: %s", strerror(errno));
	area->view = mmap(NULL, 2 * AREA_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, area->fd, 0);
	if (area->view == MAP_FAILED)
		give_up("mmap: %s", strerror(errno));
}

static void member_start(struct group *group, unsigned int i)
{
	struct member *member = &group->members[i];

	member->pid = worker_start(group->shared, i, &member->area);
	member->life = LIFE_RUNNING;
	member->slow = -1;
	member->fault = 0;
}

void group_init(struct group *group, struct stats *stats, uint64_t seed, unsigned int number)
{
	unsigned int i;

	memset(group, 0, sizeof(*group));
	group->shared = shared_alloc(sizeof(*group->shared));
	group->shared->runner = getpid();
	group->stats = stats;
	group->seed = seed;
	group->random = (seed + number + 1) * 0x9e3779b97f4a7c15ULL;
	for (i = 0; i < POOL; i++)
		slot_make(group, i);
	for (i = 0; i < WORKERS; i++) {
		area_make(&group->members[i].area);
		member_start(group, i);
	}
	group->performer.shared = group->shared;
	for (i = 0; i < HISTORY_CASES; i++)
		group->performer.buffers[i] = group->performer.views[i] = group->buffer;
}

void group_end(struct group *group)
{
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		kill(group->members[i].pid, SIGKILL);
		waitpid(group->members[i].pid, NULL, 0);
		nemesis_bury(&group->members[i]);
	}
	for (i = 0; i < POOL; i++)
		close(group->shared->slots[i].fd);
	if (group->pressing)
		waitpid(group->pressing, NULL, 0);
	for (i = 0; i < ARRAY_LENGTH(group->freezers); i++) {
		if (group->freezers[i].version)
			freezer_remove(&group->freezers[i]);
	}
}

/* The element that a killed task had received into its memory, if any. */
static bool find_kept(const struct group *group, unsigned int i, const struct step *step,
		      unsigned int *chosen, uint64_t *value)
{
	const struct worker *worker = &group->shared->workers[i];
	unsigned int k;

	for (k = 0; k < step->op.n; k++) {
		const struct history_case *c = &step->op.cases[k];
		const char *buffer = worker->buffers[k];
		uint64_t word;

		if (c->verb != VERB_RECV)
			continue;
		if (step->memory != MEMORY_PLAIN)
			buffer = group->members[i].area.view + AREA_AT(step->memory);
		memcpy(&word, buffer, sizeof(word));
		if (word && word != EMPTY) {
			*value = perform_value(buffer, group->performer.sizes[c->channel]);
			*chosen = k;
			return true;
		}
	}
	return false;
}

static void gather_killed(struct group *group, unsigned int i, const struct step *step,
			  struct history_op *op)
{
	unsigned int chosen;
	uint64_t value;

	op->ret = group->members[i].died;
	op->outcome = OUTCOME_KILLED;
	if (find_kept(group, i, step, &chosen, &value)) {
		op->outcome = OUTCOME_DONE;
		op->chosen = chosen;
		op->cases[chosen].value = value;
	}
}

static void gather_worker(struct group *group, unsigned int i, struct history *history)
{
	const struct worker *worker = &group->shared->workers[i];
	const struct member *member = &group->members[i];
	unsigned int at;

	for (at = 0; at < worker->n && at <= worker->at; at++) {
		const struct step *step = &worker->steps[at];
		struct history_op *op = &history->ops[history->n];

		*op = step->op;
		if (!op->ret && (!op->call || !worker->inside || at < worker->at))
			continue;
		if (!op->ret)
			gather_killed(group, i, step, op);
		if (member->struck && op->ret > member->struck)
			op->asleep = 0;
		if (op->asleep && op->outcome <= OUTCOME_CLOSED)
			stats_add(&group->stats->asleep, 1);
		history->n++;
	}
}

static void gather(struct group *group, struct history *history)
{
	unsigned int i;

	history->n = 0;
	history->nchannels = group->shared->nchannels;
	for (i = 0; i < history->nchannels; i++)
		history->caps[i] = group->shared->slots[group->shared->channels[i]].cap;
	for (i = 0; i < WORKERS; i++)
		gather_worker(group, i, history);
	for (i = 0; i < group->nown; i++)
		history->ops[history->n++] = group->own[i].op;
	history_sort(history);
}

static void print_round(const struct group *group, const struct history *history,
			const char *what, FILE *stream)
{
	fprintf(stream, "# %s: seed %llu, round %u\n", what, (unsigned long long)group->seed,
		group->shared->round);
	history_print(history, stream);
}

static void report(struct group *group, const struct history *history, const char *what)
{
	char path[256];
	FILE *stream;

	__atomic_add_fetch(&group->stats->failures, 1, __ATOMIC_RELAXED);
	flockfile(stdout);
	print_round(group, history, what, stdout);
	fflush(stdout);
	funlockfile(stdout);
	if (!group->violations)
		return;
	snprintf(path, sizeof(path), "%s/history-%llu-%d-%u.txt", group->violations,
		 (unsigned long long)group->seed, getpid(), group->shared->round);
	stream = fopen(path, "we");
	if (!stream)
		give_up("%s: %s", path, strerror(errno));
	print_round(group, history, what, stream);
	fclose(stream);
}

/* The channels are drained, so that the next round begins with empty ones. */
static const char *drain(struct group *group)
{
	const struct history_op *op;
	struct chan_info info;
	unsigned int i;

	for (i = 0; i < group->shared->nchannels; i++) {
		do {
			op = watch_act(group, VERB_RECV, i);
		} while (op->outcome == OUTCOME_DONE);
		info = channel_info(group->performer.fds[i]);
		if (info.sendq || info.recvq)
			return "a task is still parked";
		watch_act(group, VERB_LOOK, i);
	}
	return NULL;
}

static bool check(struct group *group, const char *what)
{
	static struct history history;

	gather(group, &history);
	if (!what) {
		switch (linear_check(&history)) {
		case LINEAR_EXPLAINED:
			stats_add(&group->stats->histories, 1);
			stats_add(&group->stats->ops, history.n);
			return true;
		case LINEAR_WRONG:
			what = "cannot be explained";
			break;
		case LINEAR_TOO_LARGE:
			what = "is too large to be explained";
			break;
		}
	}
	report(group, &history, what);
	return false;
}

/* Dead workers and closed channels are replaced. */
static void repair(struct group *group)
{
	unsigned int i;

	for (i = 0; i < group->shared->nchannels; i++) {
		const struct chan_info info = channel_info(group->performer.fds[i]);

		if (info.closed != CHAN_OPEN) {
			stats_add(&group->stats->requeues, info.requeues);
			slot_make(group, group->shared->channels[i]);
		}
	}
	for (i = 0; i < WORKERS; i++) {
		if (group->members[i].life != LIFE_DEAD)
			continue;
		nemesis_bury(&group->members[i]);
		member_start(group, i);
	}
}

static void begin(struct group *group)
{
	struct shared *shared = group->shared;
	unsigned int i;

	for (i = 0; i < shared->nchannels; i++) {
		const struct slot *slot = &shared->slots[shared->channels[i]];

		group->performer.fds[i] = slot->fd;
		group->performer.sizes[i] = slot->elemsize;
	}
	for (i = 0; i < WORKERS; i++)
		group->members[i].struck = 0;
	group->nown = 0;
	group->values = 0;
	shared->begun = 0;
	word_write(&shared->round, shared->round + 1);
	word_wake(&shared->round);
}

bool group_play(struct group *group, bool killing)
{
	group->killing = killing;
	script_write(group);
	begin(group);
	if (!killing && !group->calm && group_random(group, 100) < 10)
		nemesis_strike(group);
	watch_round(group);
	if (!check(group, drain(group)))
		return false;
	repair(group);
	return true;
}
