// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that take part in each run of a trial, and wait in between. They wait with futexes of
 * their own, so that what they measure is not used to start them.
 */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"

/**
 * struct crew - shared by the processes
 * @run: number of the run; its change starts one
 * @unfinished: tasks that have not finished the run
 * @err: of a task that failed, or 0
 * @calls: of the run
 * @tasks: number of tasks
 * @pids: their processes
 */
struct crew {
	_Atomic(uint32_t) run;
	_Atomic(uint32_t) unfinished;
	_Atomic(int) err;
	unsigned int calls;
	unsigned int tasks;
	pid_t pids[];
};

static void futex_wait(_Atomic(uint32_t) *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic(uint32_t) *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/**
 * crew_fork() - fork a process that does not outlive this one
 *
 * Return: as fork(), but a negative errno value in case of an error.
 */
pid_t crew_fork(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	return 0;
}

/* A task that fails ends the run: others may wait for it in vain, and will be killed. */
static void work(struct trial *trial, unsigned int task, crew_part part)
{
	struct crew *crew = trial->crew;
	uint32_t run = 0;
	int err;

	for (;;) {
		while (atomic_load(&crew->run) == run)
			futex_wait(&crew->run, run);
		run++;
		err = part(trial, task, crew->calls);
		if (err) {
			atomic_store(&crew->err, err);
			atomic_store(&crew->unfinished, 0);
		}
		if (err || atomic_fetch_sub(&crew->unfinished, 1) == 1)
			futex_wake(&crew->unfinished);
		if (err)
			_exit(1);
	}
}

/**
 * crew_open() - start the tasks of a trial
 * @trial: whose lines are open
 * @tasks: their number
 * @part: what each does in a run
 *
 * Return: 0 or a negative errno value; close the crew in either case.
 */
int crew_open(struct trial *trial, unsigned int tasks, crew_part part)
{
	const size_t bytes = sizeof(struct crew) + tasks * sizeof(pid_t);
	struct crew *crew = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				 -1, 0);
	unsigned int task;
	pid_t pid;

	if (crew == MAP_FAILED)
		return -errno;
	trial->crew = crew;
	for (task = 0; task < tasks; task++) {
		pid = crew_fork();
		if (pid < 0)
			return pid;
		if (!pid) {
			if (trial->cpus > 1)
				stay_on(task % trial->cpus);
			work(trial, task, part);
		}
		crew->pids[crew->tasks++] = pid;
	}
	return 0;
}

/* Wait until all tasks have finished, or one has failed. */
static int crew_wait(struct crew *crew)
{
	uint32_t unfinished;

	while ((unfinished = atomic_load(&crew->unfinished)) && !atomic_load(&crew->err))
		futex_wait(&crew->unfinished, unfinished);
	return atomic_load(&crew->err);
}

int crew_run(struct trial *trial, unsigned int calls)
{
	struct crew *crew = trial->crew;

	crew->calls = calls;
	atomic_store(&crew->unfinished, crew->tasks);
	atomic_fetch_add(&crew->run, 1);
	futex_wake(&crew->run);
	return crew_wait(crew);
}

void crew_close(struct trial *trial)
{
	struct crew *crew = trial->crew;
	unsigned int task;

	if (!crew)
		return;
	for (task = 0; task < crew->tasks; task++)
		kill(crew->pids[task], SIGKILL);
	for (task = 0; task < crew->tasks; task++)
		waitpid(crew->pids[task], NULL, 0);
	munmap(crew, sizeof(*crew) + crew->tasks * sizeof(pid_t));
}

/* Number of tasks of the trial's crew, if it has one. */
unsigned int crew_tasks(const struct trial *trial)
{
	return trial->crew ? trial->crew->tasks : 0;
}

pid_t crew_process(const struct trial *trial, unsigned int task)
{
	return trial->crew->pids[task];
}

/* The part of one task of several in the calls of a run. */
unsigned int crew_share(unsigned int calls, unsigned int tasks, unsigned int task)
{
	return calls / tasks + (task < calls % tasks);
}
