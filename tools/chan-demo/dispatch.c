// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "crew.h"
#include "dispatch.h"
#include "ledger.h"

/* The fixed cases of the select; then, for each worker, the send to it and its exit. */
enum {
	CASE_PATH,
	CASE_RESULT,
	CASE_WORKERS,
};

static unsigned int case_send(uint32_t worker)
{
	return CASE_WORKERS + 2 * (worker - 1);
}

static unsigned int case_end(uint32_t worker)
{
	return case_send(worker) + 1;
}

/* In the child: drop all but a worker's rights, and run it. Returns an exit status. */
static int dispatch_become_worker(struct dispatch *d, uint32_t worker, enum worker_fate fate)
{
	struct demo *demo = d->demo;
	uint32_t other;

	for (other = 1; other < worker; other++) {
		close(d->worker[other].jobs.fd);
		close(d->worker[other].pidfd);
	}
	close(demo->paths.fd);
	demo->paths = d->worker[worker].jobs;
	return worker_run(demo, worker, fate);
}

/**
 * dispatch_start() - start another worker, with a channel of its own
 * @d: the dispatcher
 * @fate: behaviour of the worker
 *
 * Return: 0, or a negative errno value.
 */
int dispatch_start(struct dispatch *d, enum worker_fate fate)
{
	uint32_t worker = d->workers + 1;
	struct dispatched *w = &d->worker[worker];

	w->jobs = path_channel_make(0, 0);
	if (w->jobs.fd < 0)
		return w->jobs.fd;
	w->pidfd = -1;
	d->workers = worker;
	w->pid = crew_fork();
	if (w->pid == 0)
		_exit(dispatch_become_worker(d, worker, fate));
	if (w->pid < 0)
		return w->pid;
	w->pidfd = pidfd_open(w->pid, 0);
	if (w->pidfd < 0)
		return -errno;
	return demo_narrow(&w->jobs.fd, CHAN_RIGHT_SEND);
}

/* A receive from a drained channel stores zeros: no path. */
static void dispatch_take_path(struct dispatch *d, int received)
{
	if (received)
		d->paths++;
	else
		d->drained = true;
}

static int dispatch_take_result(struct dispatch *d, int received)
{
	uint32_t worker = d->result.worker;

	if (!received)
		return -EPIPE;
	if (!worker || worker > d->workers || d->result.number != d->worker[worker].path.number)
		return -EBADMSG;
	d->results++;
	d->worker[worker].path.number = 0;
	d->open--;
	return ledger_add(d->ledger, &d->result);
}

static void dispatch_path_sent(struct dispatch *d, struct dispatched *w, int result)
{
	if (result) {
		/* The worker is gone; the case of its exit handles that. */
		close(w->jobs.fd);
		w->jobs.fd = -1;
		return;
	}
	w->sends++;
	w->path = d->path;
	d->path.number = 0;
	d->open++;
}

/* A worker has exited. It may have been killed, but only while no path waited to be sent. */
static int dispatch_bury(struct dispatch *d, struct dispatched *w)
{
	int status = crew_wait(w->pid);

	if (status != 128 + SIGKILL || d->path.number || !w->path.number)
		return -ECHILD;
	close(w->pidfd);
	w->pidfd = -1;
	w->pid = 0;
	d->ends++;
	d->path = w->path;
	d->open--;
	return 0;
}

/**
 * dispatch_step() - wait for all events at once, and handle the first one
 * @d: the dispatcher
 * @deadline: when to stop waiting
 *
 * Cases that do not currently apply have file descriptor -1, so they are never ready: the
 * dispatcher holds one path at a time.
 *
 * Return: 0, -ETIMEDOUT if the deadline passed, -ECHILD if a worker exited early, or another
 * negative errno value.
 */
int dispatch_step(struct dispatch *d, uint64_t deadline)
{
	bool has_path = d->path.number;
	struct chan_case cases[CHAN_SELECT_MAX];
	uint32_t worker;
	int chosen;

	cases[CASE_PATH] = chan_case_recv(has_path || d->drained ? -1 : d->demo->paths.fd,
					  &d->path, sizeof(d->path));
	cases[CASE_RESULT] = result_channel_case_recv(d->demo->results, &d->result);
	for (worker = 1; worker <= d->workers; worker++) {
		struct dispatched *w = &d->worker[worker];

		cases[case_send(worker)] = chan_case_send(has_path ? w->jobs.fd : -1, &d->path,
							  sizeof(d->path));
		cases[case_end(worker)] = chan_case_poll(w->pidfd, POLLIN);
	}

	chosen = chan_select_until(cases, CASE_WORKERS + 2 * d->workers, deadline);
	if (chosen < 0)
		return chosen;
	worker = chosen < CASE_WORKERS ? 0 : 1 + (chosen - CASE_WORKERS) / 2;
	if (chosen == CASE_PATH)
		dispatch_take_path(d, cases[chosen].result);
	else if (chosen == CASE_RESULT)
		return dispatch_take_result(d, cases[chosen].result);
	else if (chosen == (int)case_send(worker))
		dispatch_path_sent(d, &d->worker[worker], cases[chosen].result);
	else
		return dispatch_bury(d, &d->worker[worker]);
	return 0;
}

/* Is waiting for results all that is left? */
bool dispatch_sent_all(const struct dispatch *d)
{
	return d->drained && !d->path.number;
}

/* Close the channels of the workers. */
void dispatch_end(struct dispatch *d)
{
	uint32_t worker;

	for (worker = 1; worker <= d->workers; worker++) {
		if (d->worker[worker].jobs.fd >= 0)
			close(d->worker[worker].jobs.fd);
		if (d->worker[worker].pidfd >= 0)
			close(d->worker[worker].pidfd);
	}
}
