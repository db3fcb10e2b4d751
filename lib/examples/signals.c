// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Signals: a select waits for them beside its channels, through a signalfd. So a signal is
 * handled between two jobs, in ordinary code, and never in the middle of one.
 */
#include "example.h"

#include <poll.h>
#include <sys/signalfd.h>

enum event {
	READY,
	JOB_DONE,
	RELOADED,
	ENDED,
};

static void say(int events, enum event event)
{
	check(chan_send(events, &event, sizeof(event)));
}

static void work(int jobs, int events, const sigset_t *signals)
{
	int job, fd = check_errno(signalfd(-1, signals, SFD_CLOEXEC));
	struct signalfd_siginfo signal = { 0 };
	struct chan_case cases[] = {
		chan_case_recv(jobs, &job, sizeof(job)),
		chan_case_poll(fd, POLLIN),
	};

	say(events, READY);
	while (signal.ssi_signo != SIGTERM) {
		if (check(chan_select(cases, 2)) == 0) {
			say(events, JOB_DONE);
			continue;
		}
		check_errno(read(fd, &signal, sizeof(signal)));
		say(events, signal.ssi_signo == SIGTERM ? ENDED : RELOADED);
	}
	exit(0);
}

int main(void)
{
	static const char *const names[] = {
		[READY] = "ready",
		[JOB_DONE] = "job done",
		[RELOADED] = "configuration reloaded",
		[ENDED] = "ended",
	};
	int jobs = check(chan_make(sizeof(int), 0, 0));
	int events = check(chan_make(sizeof(enum event), 0, 0));
	enum event event = READY;
	sigset_t signals;
	int job = 0;
	pid_t pid;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	/* Block signals before the fork, so that none arrives too early. */
	check_errno(sigprocmask(SIG_BLOCK, &signals, NULL));
	pid = start();
	if (pid == 0)
		work(jobs, events, &signals);

	while (event != ENDED) {
		check(chan_recv(events, &event, sizeof(event)));
		printf("worker: %s\n", names[event]);
		if (event == READY || event == RELOADED) {
			job++;
			check(chan_send(jobs, &job, sizeof(job)));
		} else if (event == JOB_DONE) {
			check_errno(kill(pid, job == 1 ? SIGHUP : SIGTERM));
		}
	}
	join();
	return 0;
}
