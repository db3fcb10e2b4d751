// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of one task.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

static int open_line(struct trial *trial)
{
	return trial_lines(trial, 1);
}

static int null_call_run(struct trial *trial, unsigned int calls)
{
	(void)trial;
	while (calls--)
		syscall(SYS_getppid);
	return 0;
}

static bool not_chan(const struct mechanism *mechanism)
{
	return mechanism != &chan_mechanism;
}

/* Shown once, in the first column. */
const struct kind null_call = { .run = null_call_run, .unsupported = not_chan };

static int pair_run(struct trial *trial, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;
	const struct line *line = trial->lines;
	int err = 0;

	while (calls-- && !err) {
		err = mechanism->send(line);
		if (!err)
			err = mechanism->receive(line);
	}
	return err;
}

const struct kind pair = { .open = open_line, .run = pair_run, .alone = true };

static int flight_run(struct trial *trial, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;
	const struct line *line = trial->lines;
	const unsigned int count = trial->row->count;
	unsigned int i;
	int err = 0;

	while (calls-- && !err) {
		for (i = 0; i < count && !err; i++)
			err = mechanism->send(line);
		for (i = 0; i < count && !err; i++)
			err = mechanism->receive(line);
	}
	return err;
}

const struct kind flight = { .open = open_line, .run = flight_run, .alone = true };

static int batch_run(struct trial *trial, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;
	const struct line *line = trial->lines;
	int err = 0;

	while (calls-- && !err) {
		err = mechanism->send_many(line);
		if (!err)
			err = mechanism->receive_many(line);
	}
	return err;
}

static bool no_batch(const struct mechanism *mechanism)
{
	return !mechanism->send_many && mechanism != &go_mechanism;
}

const struct kind batch = {
	.open = open_line,
	.run = batch_run,
	.unsupported = no_batch,
	.alone = true,
};

static int nonblock_open(struct trial *trial)
{
	int err = trial_lines(trial, 1);

	if (!err && !trial->mechanism->try_receive && trial->lines[0].in >= 0 &&
	    fcntl(trial->lines[0].in, F_SETFL, O_NONBLOCK))
		err = -errno;
	return err;
}

/* Receives that are expected to fail in this way. */
static int receive_failing(int (*receive)(const struct line *line), const struct line *line,
			   unsigned int calls, int expected)
{
	int err;

	while (calls--) {
		err = receive(line);
		if (err != expected)
			return err ? err : -EPROTO;
	}
	return 0;
}

static int nonblock_run(struct trial *trial, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;

	if (mechanism->try_receive)
		return receive_failing(mechanism->try_receive, trial->lines, calls, -EAGAIN);
	return receive_failing(mechanism->receive, trial->lines, calls,
			       mechanism == &no_mechanism ? 0 : -EAGAIN);
}

const struct kind nonblock = { .open = nonblock_open, .run = nonblock_run, .alone = true };

static int closed_open(struct trial *trial)
{
	int err = trial_lines(trial, 1);

	return err || !trial->mechanism->end ? err : trial->mechanism->end(trial->lines);
}

static int closed_run(struct trial *trial, unsigned int calls)
{
	return receive_failing(trial->mechanism->receive, trial->lines, calls,
			       trial->mechanism == &no_mechanism ? 0 : -EPIPE);
}

static bool no_end(const struct mechanism *mechanism)
{
	return !mechanism->end && mechanism != &go_mechanism && mechanism != &no_mechanism;
}

const struct kind closed = {
	.open = closed_open,
	.run = closed_run,
	.unsupported = no_end,
	.alone = true,
};

/* Without line_open(), which allocates memory for messages. */
static int make_lines(struct trial *trial, unsigned int calls, bool end)
{
	const struct mechanism *mechanism = trial->mechanism;
	struct line line = {
		.out = -1, .in = -1, .size = trial->row->size, .capacity = trial->row->capacity,
	};
	int err = 0;

	while (calls-- && !err) {
		err = mechanism->open(&line);
		if (err)
			break;
		if (end && mechanism->end)
			err = mechanism->end(&line);
		mechanism->close(&line);
	}
	return err;
}

static int make_run(struct trial *trial, unsigned int calls)
{
	return make_lines(trial, calls, false);
}

const struct kind make = { .run = make_run, .alone = true };

static int make_and_end_run(struct trial *trial, unsigned int calls)
{
	return make_lines(trial, calls, true);
}

const struct kind make_and_end = {
	.run = make_and_end_run,
	.unsupported = no_end,
	.alone = true,
};
