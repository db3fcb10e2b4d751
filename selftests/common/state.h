/* SPDX-License-Identifier: GPL-2.0-only */
/* State that a failed operation must leave unchanged. */
#ifndef _COMMON_STATE_H
#define _COMMON_STATE_H

#include <stdbool.h>

#include "channel.h"

/**
 * struct state - the visible state of a channel and of its user
 * @error: of CHAN_IOC_INFO: a nil channel has none
 * @info: of the channel
 * @query: usage and limits of the user
 * @free_fd: the lowest unused file descriptor
 */
struct state {
	int error;
	int free_fd;
	struct chan_info info;
	struct chan_query query;
};

struct state state_of(int ch);
/* Whether the state is unchanged. If not, prints the difference. */
bool state_is(int ch, const struct state *before);

#endif /* _COMMON_STATE_H */
