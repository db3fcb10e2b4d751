// SPDX-License-Identifier: GPL-2.0-only
/* Strategies. There is one of each kind at a time. */
#include <linux/kernel.h>

#include "strategy.h"

/**
 * struct branch - a choice on the way to the present schedule
 * @option: the option chosen
 * @options: number of options
 * @preempts: any option but 0 is a preemption
 */
struct branch {
	u8	option;
	u8	options;
	bool	preempts;
};

/**
 * struct depth_first - all schedules with few preemptions
 * @strategy: its base
 * @path: the choices of the present schedule
 * @length: of @path
 * @at: how many of these were made
 * @preemptions: in @path
 * @bound: maximum number of them
 * @begun: there was a schedule already
 */
struct depth_first {
	struct strategy	strategy;
	struct branch	path[SCHEDULE_MAX];
	unsigned int	length;
	unsigned int	at;
	unsigned int	preemptions;
	unsigned int	bound;
	bool		begun;
};

/* Advances the last choice with options left; those after it are discarded. */
static bool depth_first_begin(struct strategy *strategy)
{
	struct depth_first *s = container_of(strategy, struct depth_first, strategy);
	struct branch *b;

	s->at = 0;
	if (!s->begun) {
		s->begun = true;
		return true;
	}
	while (s->length) {
		b = &s->path[s->length - 1];
		s->preemptions -= b->preempts && b->option;
		if (b->option + 1 < b->options && (!b->preempts || s->preemptions < s->bound)) {
			b->option++;
			s->preemptions += b->preempts;
			return true;
		}
		s->length--;
	}
	return false;
}

static unsigned int depth_first_choose(struct strategy *strategy, const struct decision *d)
{
	struct depth_first *s = container_of(strategy, struct depth_first, strategy);
	struct branch *b = &s->path[s->at++];

	if (s->at > s->length) {
		*b = (struct branch){ .options = d->options, .preempts = d->preempts };
		s->length = s->at;
	} else if (b->options != d->options || b->preempts != d->preempts) {
		shim_fail("the same choices led to another state");
	}
	return b->option;
}

struct strategy *strategy_depth_first(unsigned int preemptions)
{
	static struct depth_first s;

	s.length = 0;
	s.preemptions = 0;
	s.begun = false;
	s.bound = preemptions;
	s.strategy = (struct strategy){ depth_first_begin, depth_first_choose };
	return &s.strategy;
}

/* Maximum number of priority changes in one schedule. */
#define CHANGES_MAX	4

/**
 * struct priorities - schedules with random priorities
 * @strategy: its base
 * @random: state of the random numbers
 * @left: how many schedules are still to come
 * @length: the maximum number of points of a schedule so far
 * @priorities: of the tasks; the highest runs
 * @lowest: of these
 * @changes: the steps at which the running task gets the lowest priority
 * @running: the running task
 */
struct priorities {
	struct strategy	strategy;
	u64		random;
	unsigned int	left;
	unsigned int	length;
	int		priorities[TASKS_MAX];
	int		lowest;
	unsigned int	changes[CHANGES_MAX];
	unsigned int	running;
};

/* splitmix64 */
static unsigned int priorities_random(struct priorities *s, unsigned int ceil)
{
	u64 random = s->random += 0x9e3779b97f4a7c15ULL;

	random = (random ^ (random >> 30)) * 0xbf58476d1ce4e5b9ULL;
	random = (random ^ (random >> 27)) * 0x94d049bb133111ebULL;
	return (random ^ (random >> 31)) % ceil;
}

static bool priorities_begin(struct strategy *strategy)
{
	struct priorities *s = container_of(strategy, struct priorities, strategy);
	unsigned int i, other, changes;

	if (!s->left--)
		return false;
	for (i = 0; i < TASKS_MAX; i++) {
		other = priorities_random(s, i + 1);
		s->priorities[i] = s->priorities[other];
		s->priorities[other] = i;
	}
	s->lowest = 0;
	changes = 1 + priorities_random(s, CHANGES_MAX);
	for (i = 0; i < CHANGES_MAX; i++)
		s->changes[i] = i < changes ? priorities_random(s, s->length) : UINT32_MAX;
	return true;
}

static unsigned int priorities_choose(struct strategy *strategy, const struct decision *d)
{
	struct priorities *s = container_of(strategy, struct priorities, strategy);
	unsigned int i, best = 0;

	if (!d->tasks)
		return priorities_random(s, d->options);
	s->length = s->length > d->step ? s->length : d->step + 1;
	for (i = 0; i < CHANGES_MAX; i++) {
		if (s->changes[i] > d->step)
			continue;
		s->changes[i] = UINT32_MAX;
		s->priorities[s->running] = --s->lowest;
	}
	for (i = 1; i < d->options; i++) {
		if (s->priorities[d->tasks[i]] > s->priorities[d->tasks[best]])
			best = i;
	}
	s->running = d->tasks[best];
	return best;
}

struct strategy *strategy_priorities(unsigned int count, u64 seed)
{
	static struct priorities s;

	s = (struct priorities){
		.strategy = { priorities_begin, priorities_choose },
		.random = seed,
		.left = count,
		.length = 1,
	};
	return &s.strategy;
}

/**
 * struct replay - one schedule
 * @strategy: its base
 * @schedule: the choices
 * @at: how many choices were made
 * @begun: it was played
 */
struct replay {
	struct strategy		strategy;
	struct schedule		schedule;
	unsigned int		at;
	bool			begun;
};

static bool replay_begin(struct strategy *strategy)
{
	struct replay *s = container_of(strategy, struct replay, strategy);
	const bool first = !s->begun;

	s->begun = true;
	s->at = 0;
	return first;
}

static unsigned int replay_choose(struct strategy *strategy, const struct decision *d)
{
	struct replay *s = container_of(strategy, struct replay, strategy);
	const unsigned int at = s->at++;
	const unsigned int option = at < s->schedule.n ? s->schedule.options[at] : 0;

	if (option >= d->options)
		shim_fail("choice %u has only %u options: the schedule is of another script", at,
			  d->options);
	return option;
}

struct strategy *strategy_replay(const struct schedule *schedule)
{
	static struct replay s;

	s = (struct replay){
		.strategy = { replay_begin, replay_choose },
		.schedule = *schedule,
	};
	return &s.strategy;
}
