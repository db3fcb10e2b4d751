// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/task.h"
#include "bpf/observer.h"

#define INTERRUPT_AGAIN_MS	200

struct observer observer;

static void observer_run(const char *const arguments[], int output)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp(arguments[0], (char *const *)arguments);
	_exit(127);
}

void observer_start(const char *const arguments[])
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		give_up("no pipe");
	observer_forget();
	observer.pid = fork();
	if (!observer.pid)
		observer_run(arguments, ends[1]);
	close(ends[1]);
	observer.output = fdopen(ends[0], "r");
}

void observer_watch(long waits_in, const char *const arguments[])
{
	observer_start(arguments);
	wait_until(task_sleeps_in(observer.pid, waits_in) || !task_state(observer.pid) ||
		   task_state(observer.pid) == 'Z');
}

bool observer_read_line(void)
{
	char *line = observer.text + observer.length;

	if (sizeof(observer.text) - observer.length < 2)
		give_up("it prints more than expected");
	if (!fgets(line, sizeof(observer.text) - observer.length, observer.output))
		return false;
	observer.length += strlen(line);
	return true;
}

void observer_forget(void)
{
	observer.text[0] = '\0';
	observer.length = 0;
}

bool observer_said(const char *what)
{
	return strstr(observer.text, what);
}

void observer_wait(const char *what)
{
	while (!observer_said(what)) {
		if (!observer_read_line())
			give_up("it ended without \"%s\":\n%s", what, observer.text);
	}
}

int observer_end(void)
{
	int status;

	while (observer_read_line())
		;
	fclose(observer.output);
	waitpid(observer.pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * Until it prints more or ends. bpftrace 0.17 loses an interrupt between two of its epoll_wait():
 * retry, which is harmless otherwise.
 */
static void observer_wait_interrupted(void)
{
	struct pollfd output = { .fd = fileno(observer.output), .events = POLLIN };

	while (!poll(&output, 1, INTERRUPT_AGAIN_MS)) {
		if (task_sleeps_in(observer.pid, SYS_epoll_wait))
			kill(observer.pid, SIGINT);
	}
}

int observer_stop(void)
{
	kill(observer.pid, SIGINT);
	do
		observer_wait_interrupted();
	while (observer_read_line());
	return observer_end();
}
