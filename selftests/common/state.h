/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an operation that fails must leave as it was.
 */
#ifndef _COMMON_STATE_H
#define _COMMON_STATE_H

#include <stdbool.h>

#include "channel.h"

/**
 * struct state - all that can be seen of a channel and of what its user holds
 * @error: of CHAN_IOC_INFO: a nil channel has none
 * @info: of the channel
 * @query: what the user holds, and the limits
 * @free_fd: the lowest file descriptor that is not in use
 */
struct state {
	int error;
	int free_fd;
	struct chan_info info;
	struct chan_query query;
};

struct state state_of(int ch);
/* Is it still the same? If not, says what has changed. */
bool state_is(int ch, const struct state *before);

#endif /* _COMMON_STATE_H */
