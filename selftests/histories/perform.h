/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One operation is done, and recorded.
 */
#ifndef _HISTORIES_PERFORM_H
#define _HISTORIES_PERFORM_H

#include "shared.h"

/**
 * struct performer - who does it
 * @fds: its file descriptors of the channels of the round
 * @sizes: of their elements
 * @buffers: memory for the element of each case
 * @views: where it sees that memory itself, also when a nemesis has taken the buffer away
 */
struct performer {
	struct shared *shared;
	int fds[HISTORY_CHANNELS];
	size_t sizes[HISTORY_CHANNELS];
	char *buffers[HISTORY_CASES];
	char *views[HISTORY_CASES];
};

/* Elements to send are there, and no element is where they are received. */
void perform_prepare(const struct performer *performer, struct step *step);
void perform(const struct performer *performer, struct step *step);
/* The element at @buffer; 0 if it is damaged. */
uint64_t perform_value(const void *buffer, size_t elemsize);

#endif /* _HISTORIES_PERFORM_H */
