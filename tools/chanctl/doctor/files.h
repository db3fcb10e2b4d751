/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DOCTOR_FILES_H
#define DOCTOR_FILES_H

#include "../../lib/model.h"
#include "graph.h"

/**
 * files_find_unseen() - find references to channels that are unaccounted for
 * @graph: the graph, with all holds; its nodes are the channels of @model, and the holds of each
 *	are its holders; output: @unseen of each node
 * @model: the channels
 *
 * File descriptors and calls of parked tasks account for references. Others belong to
 * messages that carry a file descriptor, or to processes that the caller may not inspect.
 * In doubt, a reference is unseen.
 *
 * Return: 0 or -ENOMEM.
 */
int files_find_unseen(struct graph *graph, const struct model *model);

#endif /* DOCTOR_FILES_H */
