/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wait-for graph, as read from /proc.
 *
 * /proc is read file by file while processes run. The verdict on stuck tasks still holds if they
 * were parked throughout: they passed on no file descriptor, so the ones seen were valid at any
 * instant. And as each file reports its number of references, no other holder can have been
 * missed.
 */
#ifndef DOCTOR_EVIDENCE_H
#define DOCTOR_EVIDENCE_H

#include "../../lib/model.h"
#include "graph.h"

/**
 * struct evidence - the state observed
 * @model: the channels
 * @graph: the same as a graph, judged and connected; its nodes are the channels of @model
 * @began: CLOCK_MONOTONIC time in nanoseconds at which the first file was opened
 */
struct evidence {
	struct model model;
	struct graph graph;
	uint64_t began;
};

/* Returns 0 or a negative errno value. Call evidence_free() in both cases. */
int evidence_collect(struct evidence *evidence);
/**
 * evidence_hold() - was each task of a component parked in the same operations throughout?
 * @evidence: the first state observed
 * @component: component of its graph
 * @later: the second state observed
 * @ended: time at which the last file of @later was closed
 */
bool evidence_hold(const struct evidence *evidence, size_t component, const struct model *later,
		   uint64_t ended);
void evidence_free(struct evidence *evidence);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t evidence_now(void);

#endif /* DOCTOR_EVIDENCE_H */
