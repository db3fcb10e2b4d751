// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "channel.h"
#include "set.h"

void set_change(int set, int change, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	if (epoll_ctl(set, change, fd, &event))
		give_up("epoll_ctl: %s", strerror(errno));
}

int set_new(int fd, uint32_t events)
{
	int set = epoll_create1(EPOLL_CLOEXEC);

	if (set < 0)
		give_up("epoll_create1: %s", strerror(errno));
	set_change(set, EPOLL_CTL_ADD, fd, events);
	return set;
}

uint32_t set_wait(int set, int timeout)
{
	struct epoll_event event;
	int n = epoll_wait(set, &event, 1, timeout);

	if (n < 0)
		give_up("epoll_wait: %s", strerror(errno));
	return n ? event.events : 0;
}

uint32_t set_events(int set)
{
	return set_wait(set, 0);
}
