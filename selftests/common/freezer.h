/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes frozen by a control group.
 *
 * The freezer of version 1 freezes a task where it sleeps, like system suspend: a parked operation
 * stays parked. The freezer of version 2 works like a stop: the task leaves its sleep as for a
 * signal, and its system call restarts after the thaw.
 */
#ifndef _COMMON_FREEZER_H
#define _COMMON_FREEZER_H

#include <stdbool.h>

struct operation;

/**
 * struct freezer - a control group
 * @version: 1 or 2
 * @mount: mount point of the version 1 hierarchy
 * @group: directory of the group
 */
struct freezer {
	int version;
	char mount[64];
	char group[96];
};

void freezer_make(struct freezer *freezer, int version);
/* All processes in it are thawed; they must end by themselves. */
void freezer_remove(struct freezer *freezer);

/* The operation's process, which is not the test's. */
void freezer_add(const struct freezer *freezer, const struct operation *op);
/* Both return when every process in it is frozen, or none is. */
void freezer_freeze(const struct freezer *freezer);
void freezer_thaw(const struct freezer *freezer);

#endif /* _COMMON_FREEZER_H */
