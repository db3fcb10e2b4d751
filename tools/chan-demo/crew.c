// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"
#include "demo.h"

#define CREW_MAX	(WORKERS_MAX + 1)

static const int crew_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* The signal handler reads it, so change it with those signals blocked. 0: unused. */
static volatile pid_t crew[CREW_MAX];
static volatile sig_atomic_t crew_signal;

/* Kill all children; they must still be reaped. */
void crew_kill_all(void)
{
	unsigned int i;

	for (i = 0; i < CREW_MAX; i++) {
		if (crew[i])
			kill(crew[i], SIGKILL);
	}
}

static void crew_handle_signal(int signal)
{
	int saved = errno;

	crew_signal = signal;
	crew_kill_all();
	errno = saved;
}

/**
 * crew_catch_signals() - on termination signals, kill all children
 *
 * Return: 0, or a negative errno value.
 */
int crew_catch_signals(void)
{
	/* No SA_RESTART, so that waits end. */
	struct sigaction action = { .sa_handler = crew_handle_signal };
	unsigned int i;

	for (i = 0; i < sizeof(crew_signals) / sizeof(crew_signals[0]); i++)
		sigaddset(&action.sa_mask, crew_signals[i]);
	for (i = 0; i < sizeof(crew_signals) / sizeof(crew_signals[0]); i++) {
		if (sigaction(crew_signals[i], &action, NULL))
			return -errno;
	}
	return 0;
}

bool crew_interrupted(void)
{
	return crew_signal;
}

static void crew_block_signals(sigset_t *old)
{
	sigset_t blocked;
	unsigned int i;

	sigemptyset(&blocked);
	for (i = 0; i < sizeof(crew_signals) / sizeof(crew_signals[0]); i++)
		sigaddset(&blocked, crew_signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, old);
}

static void crew_replace(pid_t from, pid_t to)
{
	sigset_t old;
	unsigned int i;

	crew_block_signals(&old);
	for (i = 0; i < CREW_MAX; i++) {
		if (crew[i] == from) {
			crew[i] = to;
			break;
		}
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void crew_become_child(pid_t parent)
{
	unsigned int i;

	for (i = 0; i < sizeof(crew_signals) / sizeof(crew_signals[0]); i++)
		signal(crew_signals[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

/**
 * crew_fork() - fork a child that dies with its parent
 *
 * Return: as fork(2), but a negative errno value on failure; -EINTR after a signal.
 */
pid_t crew_fork(void)
{
	pid_t parent = getpid();
	sigset_t old;
	pid_t pid;

	crew_block_signals(&old);
	pid = crew_interrupted() ? -EINTR : fork();
	if (pid == -1)
		pid = -errno;
	if (pid == 0)
		crew_become_child(parent);
	else if (pid > 0)
		crew_replace(0, pid);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

/**
 * crew_wait() - wait until a child exits
 * @pid: the child
 *
 * Return: its exit status, 128 and the signal if one killed it, or a negative errno
 * value.
 */
int crew_wait(pid_t pid)
{
	pid_t waited;
	int status;

	do {
		waited = waitpid(pid, &status, 0);
	} while (waited < 0 && errno == EINTR);
	if (waited < 0)
		return -errno;
	crew_replace(pid, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/**
 * crew_wait_stopped() - wait until a child has been stopped by a signal
 * @pid: the child
 *
 * Return: 0, -ECHILD if it has ended instead, or another negative errno value.
 */
int crew_wait_stopped(pid_t pid)
{
	siginfo_t info;

	/* WNOWAIT leaves the child to be reaped by crew_wait(). */
	if (waitid(P_PID, pid, &info, WSTOPPED | WEXITED | WNOWAIT))
		return -errno;
	return info.si_code == CLD_STOPPED ? 0 : -ECHILD;
}

/**
 * crew_alive() - check whether a child has not exited yet
 * @pid: the child, not reaped yet
 */
bool crew_alive(pid_t pid)
{
	siginfo_t info = {};

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

/**
 * crew_dismiss() - wait until all children exit
 *
 * Return: 0 if all of them succeeded or were killed on purpose, -ECHILD if not.
 */
int crew_dismiss(void)
{
	unsigned int i;
	int status, err = 0;

	for (i = 0; i < CREW_MAX; i++) {
		if (!crew[i])
			continue;
		status = crew_wait(crew[i]);
		if (status != 0 && status != 128 + SIGKILL)
			err = -ECHILD;
	}
	return err;
}
