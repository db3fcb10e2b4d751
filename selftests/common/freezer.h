/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that are frozen by a control group.
 *
 * The freezer of version 1 freezes a task where it sleeps, as does the suspend of the
 * machine: a parked operation stays parked. That of version 2 works like a stop: the task
 * leaves its sleep as if for a signal, and its system call starts again after the thaw.
 */
#ifndef _COMMON_FREEZER_H
#define _COMMON_FREEZER_H

#include <stdbool.h>

struct operation;

/**
 * struct freezer - a control group
 * @version: 1 or 2
 * @mount: where the hierarchy of version 1 is mounted
 * @group: folder of the group
 */
struct freezer {
	int version;
	char mount[64];
	char group[96];
};

void freezer_make(struct freezer *freezer, int version);
/* Everything in it goes on to run; it must end by itself. */
void freezer_remove(struct freezer *freezer);

/* The operation's process, which is not the test's. */
void freezer_add(const struct freezer *freezer, const struct operation *op);
/* They return when every process in it is frozen, or none. */
void freezer_freeze(const struct freezer *freezer);
void freezer_thaw(const struct freezer *freezer);

#endif /* _COMMON_FREEZER_H */
