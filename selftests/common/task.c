// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "channel.h"
#include "task.h"

static FILE *task_open(pid_t tid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	return fopen(path, "re");
}

static bool task_line(pid_t tid, const char *name, const char *start, char *line, size_t size)
{
	FILE *stream = task_open(tid, name);
	bool found = false;

	if (!stream)
		return false;
	while (!found && fgets(line, size, stream))
		found = !strncmp(line, start, strlen(start));
	fclose(stream);
	return found;
}

bool task_sleeps_in(pid_t tid, long syscall_number)
{
	char line[256], start[32];

	/* Shows a number only for a task that neither runs nor is about to. */
	snprintf(start, sizeof(start), "%ld ", syscall_number);
	return task_line(tid, "syscall", start, line, sizeof(line)) &&
	       task_state(tid) == 'S';
}

bool task_sleeps_on(pid_t tid, int fd)
{
	unsigned long argument;
	char line[256];

	return task_line(tid, "syscall", "", line, sizeof(line)) &&
	       sscanf(line, "%*d %lx", &argument) == 1 && argument == fd && task_state(tid) == 'S';
}

char task_state(pid_t tid)
{
	const char *start = "State:\t";
	char line[256];

	return task_line(tid, "status", start, line, sizeof(line)) ? line[strlen(start)] : 0;
}

unsigned long task_sleeps(pid_t tid)
{
	const char *start = "voluntary_ctxt_switches:";
	char line[256];

	if (!task_line(tid, "status", start, line, sizeof(line)))
		give_up("task %d: no %s", tid, start);
	return strtoul(line + strlen(start), NULL, 10);
}

pid_t task_fork(void)
{
	const pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* It may have died before. */
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

void task_pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("no CPU %d: %s", cpu, strerror(errno));
}

void task_pin(void)
{
	task_pin_to(sched_getcpu());
}

static void task_schedule(int policy, int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &param))
		give_up("sched_setscheduler: %s", strerror(errno));
}

void task_run_first(void)
{
	task_schedule(SCHED_FIFO, 1);
}

void task_run_as_others(void)
{
	task_schedule(SCHED_OTHER, 0);
}
