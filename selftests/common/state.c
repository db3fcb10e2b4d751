// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

struct state state_of(int ch)
{
	struct state state;
	int err;

	memset(&state, 0, sizeof(state));
	state.error = channel_ioctl(ch, CHAN_IOC_INFO, &state.info);
	err = channel_ioctl(ch, CHAN_IOC_QUERY, &state.query);
	if (err)
		give_up("CHAN_IOC_QUERY: %s", strerror(-err));
	state.free_fd = fcntl(ch, F_DUPFD, 0);
	close(state.free_fd);
	return state;
}

bool state_is(int ch, const struct state *before)
{
	const struct state now = state_of(ch);

	if (!memcmp(&now, before, sizeof(now)))
		return true;
	fprintf(stderr, "# changed:%s%s%s%s\n", now.error != before->error ? " made" : "",
		now.free_fd != before->free_fd ? " file descriptors" : "",
		memcmp(&now.info, &before->info, sizeof(now.info)) ? " channel" : "",
		memcmp(&now.query, &before->query, sizeof(now.query)) ? " user" : "");
	return false;
}
