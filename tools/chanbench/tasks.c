// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of several tasks.
 */
#include <chan.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"

/* Messages that a task of "contended" sends before it receives as many. */
#define BURST	100

static int send_all(const struct mechanism *mechanism, const struct line *line, unsigned int n)
{
	int err = 0;

	while (n-- && !err)
		err = mechanism->send(line);
	return err;
}

static int receive_all(const struct mechanism *mechanism, const struct line *line, unsigned int n)
{
	int err = 0;

	while (n-- && !err)
		err = mechanism->receive(line);
	return err;
}

/* The process that answers each message until it is killed. */
static void answer(const struct trial *trial)
{
	const struct mechanism *mechanism = trial->mechanism;
	int err = 0;

	if (trial->cpus > 1)
		stay_on(1);
	while (!err) {
		err = mechanism->receive(&trial->lines[0]);
		if (!err)
			err = mechanism->send(&trial->lines[1]);
	}
	fprintf(stderr, "chanbench: %s: the answer failed: %s\n", mechanism->name, strerror(-err));
	/* The peer waits for a message that will not arrive. */
	kill(getppid(), SIGTERM);
	_exit(1);
}

static int ping_pong_open(struct trial *trial)
{
	int err = trial_lines(trial, 2);

	if (err)
		return err;
	trial->peer = crew_fork();
	if (!trial->peer)
		answer(trial);
	return trial->peer < 0 ? trial->peer : 0;
}

static int ping_pong_run(struct trial *trial, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;
	int err = 0;

	while (calls-- && !err) {
		err = mechanism->send(&trial->lines[0]);
		if (!err)
			err = mechanism->receive(&trial->lines[1]);
	}
	return err;
}

static void ping_pong_close(struct trial *trial)
{
	if (trial->peer <= 0)
		return;
	kill(trial->peer, SIGKILL);
	waitpid(trial->peer, NULL, 0);
}

const struct kind ping_pong = {
	.open = ping_pong_open,
	.run = ping_pong_run,
	.close = ping_pong_close,
};

/* As in Go's benchmark: both tasks send and receive in turn, on one channel. */
static int synchronous_part(struct trial *trial, unsigned int task, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;
	const struct line *line = trial->lines;
	int err = 0;

	for (; calls && !err; calls--) {
		err = task ? mechanism->receive(line) : mechanism->send(line);
		if (!err)
			err = task ? mechanism->send(line) : mechanism->receive(line);
	}
	return err;
}

static int synchronous_open(struct trial *trial)
{
	int err = trial_lines(trial, 1);

	return err ? err : crew_open(trial, 2, synchronous_part);
}

static bool no_rendezvous(const struct mechanism *mechanism)
{
	return !mechanism->rendezvous;
}

const struct kind synchronous = {
	.open = synchronous_open,
	.run = crew_run,
	.close = crew_close,
	.unsupported = no_rendezvous,
};

/* As in Go's benchmark: each task sends a burst and receives as many, on one channel. */
static int contended_part(struct trial *trial, unsigned int task, unsigned int calls)
{
	unsigned int share = crew_share(calls, trial->row->count, task), n;
	int err = 0;

	while (share && !err) {
		n = share < BURST ? share : BURST;
		share -= n;
		err = send_all(trial->mechanism, trial->lines, n);
		if (!err)
			err = receive_all(trial->mechanism, trial->lines, n);
	}
	return err;
}

static int contended_open(struct trial *trial)
{
	int err = trial_lines(trial, 1);

	return err ? err : crew_open(trial, trial->row->count, contended_part);
}

const struct kind contended = {
	.open = contended_open,
	.run = crew_run,
	.close = crew_close,
};

/* Producers have even numbers, consumers odd ones: of two CPUs, each kind has one. */
static int producers_part(struct trial *trial, unsigned int task, unsigned int calls)
{
	const unsigned int share = crew_share(calls, trial->row->count, task / 2);

	return (task % 2 ? receive_all : send_all)(trial->mechanism, trial->lines, share);
}

static int producers_open(struct trial *trial)
{
	int err = trial_lines(trial, 1);

	return err ? err : crew_open(trial, 2 * trial->row->count, producers_part);
}

const struct kind producers = {
	.open = producers_open,
	.run = crew_run,
	.close = crew_close,
};

/* As in Go's benchmark: one task sends to any of three channels, the other receives. */
static int select_part(struct trial *trial, unsigned int task, unsigned int calls)
{
	struct chan_case cases[LINES_MAX];
	const struct line *line;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < trial->count; i++) {
		line = &trial->lines[i];
		cases[i] = task ? chan_case_recv(line->in, line->messages, line->size) :
				  chan_case_send(line->out, line->messages, line->size);
	}
	while (calls-- && ret >= 0)
		ret = chan_select(cases, trial->count);
	return ret < 0 ? ret : 0;
}

static int select_contended_open(struct trial *trial)
{
	int err = trial_lines(trial, trial->row->count);

	return err ? err : crew_open(trial, 2, select_part);
}

static bool no_select(const struct mechanism *mechanism)
{
	return mechanism != &chan_mechanism && mechanism != &go_mechanism;
}

const struct kind select_contended = {
	.open = select_contended_open,
	.run = crew_run,
	.close = crew_close,
	.unsupported = no_select,
};

/* Stands for the hashing of a small file. */
static void digest(unsigned char *bytes, size_t size)
{
	uint32_t hash = 2166136261;
	unsigned int round;
	size_t i;

	for (round = 0; round < 8; round++) {
		for (i = 0; i < size; i++)
			hash = (hash ^ bytes[i]) * 16777619;
	}
	memcpy(bytes, &hash, sizeof(hash));
}

/* The demo's pipeline: a producer, workers, and the collector of their results. */
static int pipeline_part(struct trial *trial, unsigned int task, unsigned int calls)
{
	const struct mechanism *mechanism = trial->mechanism;
	struct line *paths = &trial->lines[0], *results = &trial->lines[1];
	unsigned int share;
	int err = 0;

	if (task == 0)
		return send_all(mechanism, paths, calls);
	if (task == 1)
		return receive_all(mechanism, results, calls);
	for (share = crew_share(calls, trial->row->count, task - 2); share && !err; share--) {
		err = mechanism->receive(paths);
		if (err)
			break;
		digest(paths->messages, paths->size);
		memcpy(results->messages, paths->messages, paths->size);
		err = mechanism->send(results);
	}
	return err;
}

static int pipeline_open(struct trial *trial)
{
	int err = trial_lines(trial, 2);

	return err ? err : crew_open(trial, 2 + trial->row->count, pipeline_part);
}

const struct kind pipeline = {
	.open = pipeline_open,
	.run = crew_run,
	.close = crew_close,
};
