// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows that wait for several lines at once: by a select of channels, or by poll(2) and a receive
 * from the ready line.
 */
#include <chan.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "bench.h"

/**
 * struct several - what waits for the lines of a trial
 * @cases: for channels
 * @pollers: for other mechanisms
 */
struct several {
	struct chan_case cases[LINES_MAX];
	struct pollfd pollers[LINES_MAX];
};

static void several_close(struct trial *trial)
{
	free(trial->data);
}

static int several_open(struct trial *trial)
{
	const unsigned int count = trial->row->count;
	struct several *several = calloc(1, sizeof(*several));
	const struct line *line;
	unsigned int i;
	int err;

	if (!several)
		return -ENOMEM;
	trial->data = several;
	err = trial_lines(trial, count);
	for (i = 0; i < count && !err; i++) {
		line = &trial->lines[i];
		several->cases[i] = chan_case_recv(line->in, line->messages, line->size);
		several->pollers[i] = (struct pollfd){ .fd = line->in, .events = POLLIN };
	}
	return err;
}

static bool no_several(const struct mechanism *mechanism)
{
	return !mechanism->pollable && mechanism != &chan_mechanism && mechanism != &go_mechanism &&
	       mechanism != &no_mechanism;
}

static int receive_last(const struct trial *trial)
{
	struct several *several = trial->data;
	const unsigned int count = trial->row->count, last = count - 1;
	int ret;

	if (trial->mechanism == &no_mechanism)
		return 0;
	if (trial->mechanism == &chan_mechanism) {
		ret = chan_select(several->cases, count);
		if (ret < 0)
			return ret;
		return (unsigned int)ret == last && several->cases[last].result == 1 ? 0 : -EPROTO;
	}
	if (poll(several->pollers, count, -1) < 0)
		return -errno;
	if (!several->pollers[last].revents)
		return -EPROTO;
	return trial->mechanism->receive(&trial->lines[last]);
}

static int select_last_run(struct trial *trial, unsigned int calls)
{
	const struct line *last = &trial->lines[trial->row->count - 1];
	int err = 0;

	while (calls-- && !err) {
		err = trial->mechanism->send(last);
		if (!err)
			err = receive_last(trial);
	}
	return err;
}

const struct kind select_last = {
	.open = several_open,
	.run = select_last_run,
	.close = several_close,
	.unsupported = no_several,
	.alone = true,
};

static int try_all(const struct trial *trial)
{
	struct several *several = trial->data;
	int ret;

	if (trial->mechanism == &no_mechanism)
		return 0;
	if (trial->mechanism == &chan_mechanism) {
		ret = chan_try_select(several->cases, trial->row->count);
		return ret == -EAGAIN ? 0 : -EPROTO;
	}
	ret = poll(several->pollers, trial->row->count, 0);
	if (ret < 0)
		return -errno;
	return ret == 0 ? 0 : -EPROTO;
}

static int select_none_run(struct trial *trial, unsigned int calls)
{
	int err = 0;

	while (calls-- && !err)
		err = try_all(trial);
	return err;
}

const struct kind select_none = {
	.open = several_open,
	.run = select_none_run,
	.close = several_close,
	.unsupported = no_several,
	.alone = true,
};

/* As in Go's benchmark: what is received from one of two is sent to the other. */
static int uncontended_run(struct trial *trial, unsigned int calls)
{
	struct several *several = trial->data;
	int err = 0, ret;

	if (trial->mechanism == &no_mechanism)
		return 0;
	err = trial->mechanism->send(&trial->lines[0]);
	while (calls-- && !err) {
		ret = chan_select(several->cases, 2);
		err = ret < 0 ? ret : trial->mechanism->send(&trial->lines[!ret]);
	}
	ret = err ? err : chan_select(several->cases, 2);
	return ret < 0 ? ret : 0;
}

static bool no_select(const struct mechanism *mechanism)
{
	return mechanism != &chan_mechanism && mechanism != &go_mechanism &&
	       mechanism != &no_mechanism;
}

const struct kind select_uncontended = {
	.open = several_open,
	.run = uncontended_run,
	.close = several_close,
	.unsupported = no_select,
	.alone = true,
};
