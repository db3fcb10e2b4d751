/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What befalls workers, in the midst of operations.
 */
#ifndef _HISTORIES_NEMESIS_H
#define _HISTORIES_NEMESIS_H

#include "group.h"

/**
 * struct nemesis - one of them
 * @name: what it is
 * @strike: strikes a member of the group; false: it could not
 * @chance: how often it is chosen, compared to others
 * @parked: only those who are parked, and nobody is inside an operation who is not
 * @assistant: only those who have an assistant
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
/* This one is parked. */
void nemesis_strike_parked(struct group *group, unsigned int member);
void nemesis_kill_parked(struct group *group, unsigned int member);
/* Those who wait for slow memory go on at some time. */
void nemesis_attend(struct group *group);
/* The dead leave something behind. */
void nemesis_bury(struct member *member);

#endif /* _HISTORIES_NEMESIS_H */
