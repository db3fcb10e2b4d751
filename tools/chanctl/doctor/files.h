/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DOCTOR_FILES_H
#define DOCTOR_FILES_H

#include "../../common/model.h"
#include "graph.h"

/**
 * files_find_unseen() - find out which references to channels are not explained by what was seen
 * @graph: the graph, with all holds; its nodes are the channels of @model, and the holds of each
 *	are its holders; result: @unseen of each node
 * @model: what was seen
 *
 * References are those of file descriptors, and those of the calls of parked tasks. Others are
 * of messages that carry a file descriptor, or of processes that the caller may not look into.
 * What cannot be told is taken to be unseen.
 *
 * Return: 0 or -ENOMEM.
 */
int files_find_unseen(struct graph *graph, const struct model *model);

#endif /* DOCTOR_FILES_H */
