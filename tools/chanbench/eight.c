// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait for eight lines at once, of which the last is ready: with a select over channels, or
 * with poll(2) and read(2) over pipes. Messages have 8 bytes.
 */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "bench.h"

#define LAST	(EIGHT - 1)

/* The file descriptors of the open line: there is one at a time. */
static struct chan_case cases[EIGHT];
static struct pollfd pollers[EIGHT];

static int eight_chan_open(struct line *line)
{
	int i, ch = -1;

	for (i = 0; i < EIGHT; i++) {
		ch = chan_make(line->size, 1, 0);
		if (ch < 0)
			return ch;
		cases[i] = chan_case_recv(ch, line->message, line->size);
	}
	line->out = ch;
	line->in = ch;
	return 0;
}

static int eight_chan_send(const struct line *line)
{
	return chan_send(line->out, line->message, line->size);
}

static int eight_chan_receive(const struct line *line)
{
	int ret = chan_select(cases, EIGHT);

	(void)line;
	if (ret < 0)
		return ret;
	return ret == LAST && cases[LAST].result == 1 ? 0 : -EPROTO;
}

static int eight_pipe_open(struct line *line)
{
	int ends[2], i;

	for (i = 0; i < EIGHT; i++) {
		if (pipe2(ends, O_CLOEXEC))
			return -errno;
		pollers[i] = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	}
	line->out = ends[1];
	line->in = ends[0];
	return 0;
}

static int eight_pipe_send(const struct line *line)
{
	return write(line->out, line->message, line->size) < 0 ? -errno : 0;
}

static int eight_pipe_receive(const struct line *line)
{
	if (poll(pollers, EIGHT, -1) < 0)
		return -errno;
	if (!pollers[LAST].revents)
		return -EPROTO;
	return read(line->in, line->message, line->size) < 0 ? -errno : 0;
}

const struct mechanism eights[EIGHTS] = {
	{ "chan select", true, eight_chan_open, eight_chan_send, eight_chan_receive },
	{ "pipe poll", true, eight_pipe_open, eight_pipe_send, eight_pipe_receive },
};
