/* SPDX-License-Identifier: GPL-2.0-only */
/* Perform and record one operation. */
#ifndef _HISTORIES_PERFORM_H
#define _HISTORIES_PERFORM_H

#include "shared.h"

/**
 * struct performer - the executing task
 * @fds: its file descriptors of the channels of the round
 * @sizes: of their elements
 * @buffers: memory for the element of each case
 * @views: its own mapping of that memory, which remains when a nemesis removes the buffer
 */
struct performer {
	struct shared *shared;
	int fds[HISTORY_CHANNELS];
	size_t sizes[HISTORY_CHANNELS];
	char *buffers[HISTORY_CASES];
	char *views[HISTORY_CASES];
};

/* Prepare the elements to send, and mark receive buffers as empty. */
void perform_prepare(const struct performer *performer, struct step *step);
void perform(const struct performer *performer, struct step *step);
/* The element at @buffer; 0 if it is damaged. */
uint64_t perform_value(const void *buffer, size_t elemsize);

#endif /* _HISTORIES_PERFORM_H */
