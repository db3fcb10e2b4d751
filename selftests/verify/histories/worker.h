/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that plays its script in each round. Every other one has a second thread, the
 * assistant, for disturbances that only its own process can cause.
 */
#ifndef _HISTORIES_WORKER_H
#define _HISTORIES_WORKER_H

#include "shared.h"

/**
 * struct area - memory of a worker that is not always accessible
 * @fd: of a page that is fragile, and one that is slow
 * @view: the runner's mapping of both
 */
struct area {
	int fd;
	char *view;
};

#define AREA_PAGE	4096
/* Offset in the area of memory of this kind. */
#define AREA_AT(memory)	((memory) == MEMORY_SLOW ? AREA_PAGE : 0)

#define WORKER_HAS_ASSISTANT(index)	((index) % 2 == 0)

/* It takes part from the next round on. */
pid_t worker_start(struct shared *shared, unsigned int index, const struct area *area);

#endif /* _HISTORIES_WORKER_H */
