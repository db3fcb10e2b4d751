/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /proc tells of who waits for whom.
 *
 * /proc is read file by file while everything goes on. What is said of tasks that are stuck is
 * true nevertheless, if they have been parked all the time: they have given nothing away, so
 * that what was seen of their file descriptors is true of any moment; and as a file tells how
 * many references there are to it, nobody else can have had one who was missed.
 */
#ifndef DOCTOR_EVIDENCE_H
#define DOCTOR_EVIDENCE_H

#include "../../common/model.h"
#include "graph.h"

/**
 * struct evidence - what was seen
 * @model: the channels
 * @graph: the same, as a graph, judged and connected; its nodes are the channels of @model
 * @began: when the first file of it was opened, CLOCK_MONOTONIC in nanoseconds
 */
struct evidence {
	struct model model;
	struct graph graph;
	uint64_t began;
};

/* Returns 0 or a negative errno value. evidence_free() after both. */
int evidence_collect(struct evidence *evidence);
/**
 * evidence_hold() - is each task of a component still parked as it was all the time?
 * @evidence: what was seen
 * @component: of its graph
 * @later: what was seen after it
 * @ended: when the last file of that was closed
 */
bool evidence_hold(const struct evidence *evidence, size_t component, const struct model *later,
		   uint64_t ended);
void evidence_free(struct evidence *evidence);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t evidence_now(void);

#endif /* DOCTOR_EVIDENCE_H */
