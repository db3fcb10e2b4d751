// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "crew.h"
#include "ledger.h"
#include "supervise.h"

/* The collector's cases: the channels, then the processes that can die. */
enum {
	POLL_RESULTS,
	POLL_PATHS,
	POLL_PROCESSES,
	POLL_ALL = POLL_PROCESSES + SUPERVISED,
};

void supervisor_init(struct supervisor *s, struct demo *demo, struct ledger *ledger)
{
	unsigned int i;

	*s = (struct supervisor){ .demo = demo, .ledger = ledger };
	for (i = 0; i < SUPERVISED; i++)
		s->pidfd[i] = -1;
}

/**
 * supervisor_watch() - supervise another process
 * @s: the supervisor
 * @i: the number of a worker, or 0 for the producer
 * @pid: what start_worker() or start_producer() returned
 *
 * Return: 0, or a negative errno value.
 */
int supervisor_watch(struct supervisor *s, unsigned int i, pid_t pid)
{
	if (pid < 0)
		return pid;
	s->pid[i] = pid;
	s->pidfd[i] = pidfd_open(pid, 0);
	return s->pidfd[i] < 0 ? -errno : 0;
}

/**
 * supervisor_lacks() - did a worker receive a path that has no result?
 * @s: the supervisor
 * @worker: its number; it is dead
 */
bool supervisor_lacks(const struct supervisor *s, unsigned int worker)
{
	uint32_t number = s->demo->board->held[worker].number;

	return number && !ledger_has(s->ledger, number);
}

/* Process @i has exited: reap it, and check for a path without a result. */
static int supervisor_bury(struct supervisor *s, unsigned int i)
{
	int status = crew_wait(s->pid[i]);

	if (status < 0)
		return status;
	close(s->pidfd[i]);
	s->pidfd[i] = -1;
	s->pid[i] = 0;
	if (i == 0) {
		s->produced = true;
		return status ? -ECHILD : 0;
	}
	s->again[i] = supervisor_lacks(s, i);
	return 0;
}

/**
 * supervisor_kill() - kill a worker, and check for a path without a result
 * @s: the supervisor
 * @worker: its number
 *
 * Return: 0, or a negative errno value.
 */
int supervisor_kill(struct supervisor *s, unsigned int worker)
{
	return kill(s->pid[worker], SIGKILL) ? -errno : supervisor_bury(s, worker);
}

/**
 * supervisor_send_again() - resend the paths of dead workers
 * @s: the supervisor
 *
 * Sends as many as possible without waiting: the workers, which drain the channel, may
 * themselves be waiting for the collector to receive their results.
 *
 * Return: 0, or a negative errno value.
 */
int supervisor_send_again(struct supervisor *s)
{
	unsigned int i;
	int err;

	for (i = 1; i < SUPERVISED; i++) {
		if (!s->again[i])
			continue;
		err = path_channel_try_send(s->demo->paths, &s->demo->board->held[i]);
		if (err)
			return err == -EAGAIN ? 0 : err;
		s->again[i] = false;
		s->sent_again++;
	}
	return 0;
}

/* Receive all available results. */
static int supervisor_collect(struct supervisor *s, uint32_t wanted)
{
	struct result result;
	int ret;

	while (s->ledger->count < wanted) {
		ret = result_channel_try_recv(s->demo->results, &result);
		if (ret == -EAGAIN)
			return 0;
		if (ret == 0)
			return -EPIPE;
		if (ret > 0)
			ret = ledger_add(s->ledger, &result);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int supervisor_wait(struct supervisor *s, struct pollfd *fds)
{
	unsigned int i;

	fds[POLL_RESULTS] = (struct pollfd){ s->demo->results.fd, POLLIN, 0 };
	fds[POLL_PATHS] = (struct pollfd){ -1, POLLOUT, 0 };
	for (i = 0; i < SUPERVISED; i++) {
		fds[POLL_PROCESSES + i] = (struct pollfd){ s->pidfd[i], POLLIN, 0 };
		if (s->again[i])
			fds[POLL_PATHS].fd = s->demo->paths.fd;
	}
	return poll(fds, POLL_ALL, -1) < 0 ? -errno : 0;
}

static bool supervisor_done(const struct supervisor *s, uint32_t wanted)
{
	return s->ledger->count >= wanted ||
	       (s->produced && s->ledger->count >= s->demo->board->total);
}

/**
 * supervisor_run() - collect results, and resend the paths of dead workers
 * @s: the supervisor
 * @wanted: return when this many results have arrived, or all
 *
 * Results are handled before deaths, so that few paths are resent needlessly. If one
 * is, the ledger drops its duplicate result.
 *
 * Return: 0, or a negative errno value; -EPIPE: no worker is left.
 */
int supervisor_run(struct supervisor *s, uint32_t wanted)
{
	struct pollfd fds[POLL_ALL];
	unsigned int i;
	int err = 0;

	while (!err && !supervisor_done(s, wanted)) {
		err = supervisor_wait(s, fds);
		if (!err && fds[POLL_RESULTS].revents)
			err = supervisor_collect(s, wanted);
		for (i = 0; !err && i < SUPERVISED; i++) {
			if (fds[POLL_PROCESSES + i].revents)
				err = supervisor_bury(s, i);
		}
		if (!err)
			err = supervisor_send_again(s);
	}
	return err;
}

void supervisor_deinit(struct supervisor *s)
{
	unsigned int i;

	for (i = 0; i < SUPERVISED; i++) {
		if (s->pidfd[i] >= 0)
			close(s->pidfd[i]);
	}
}
