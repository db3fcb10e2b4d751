/* SPDX-License-Identifier: GPL-2.0-only */
/* Streams of elements between several processes, some of which are killed. */
#ifndef _HISTORIES_STREAMED_H
#define _HISTORIES_STREAMED_H

#include "group.h"

/* One stream, through channels of its own. Returns false if a failure was found and printed. */
bool streamed_play(struct stats *stats, uint64_t *random);

#endif /* _HISTORIES_STREAMED_H */
