/* SPDX-License-Identifier: GPL-2.0-only */
/* Nemeses: disturbances of workers in the middle of operations. */
#ifndef _HISTORIES_NEMESIS_H
#define _HISTORIES_NEMESIS_H

#include "group.h"

/**
 * struct nemesis - one of them
 * @name: for output
 * @strike: strikes a member of the group; false: it could not
 * @chance: its weight among all
 * @parked: only parked victims, while no operation is running
 * @assistant: only victims with an assistant
 */
struct nemesis {
	const char *name;
	bool (*strike)(struct group *group, unsigned int member);
	unsigned int chance;
	bool parked;
	bool assistant;
};

extern const struct nemesis nemeses[];
extern const unsigned int nemeses_count;

/* At any instant. */
void nemesis_strike(struct group *group);
/* This victim is parked. */
void nemesis_strike_parked(struct group *group, unsigned int member);
void nemesis_kill_parked(struct group *group, unsigned int member);
/* Tasks that wait for slow memory are released eventually. */
void nemesis_attend(struct group *group);
/* Requeue elements held by dead workers. */
void nemesis_bury(struct member *member);

#endif /* _HISTORIES_NEMESIS_H */
