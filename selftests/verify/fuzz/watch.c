// SPDX-License-Identifier: GPL-2.0-only
/* Watches the tasks of a program. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/chan.h>

#include "watch.h"

/* How many times to check for a killed child. */
#define CHILD_TRIES	1000
#define CHILD_NAP	500

uint64_t fuzz_watch_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

void fuzz_watch_nap(struct fuzz_watch *watch, unsigned int microseconds)
{
	uint32_t *changes = &watch->shared->changes;

	fuzz_futex_wait(changes, __atomic_load_n(changes, __ATOMIC_ACQUIRE), microseconds);
}

void fuzz_watch_init(struct fuzz_watch *watch, struct fuzz_shared *shared)
{
	memset(watch, 0, sizeof(*watch));
	watch->shared = shared;
	memset(watch->pidfds, -1, sizeof(watch->pidfds));
	memset(watch->states, -1, sizeof(watch->states));
}

static int open_state(pid_t pid, pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* State letter of a task, or of the keeper, which comes after them; 0 if it is gone. */
static char state_of(struct fuzz_watch *watch, unsigned int task)
{
	const bool is_keeper = task == FUZZ_TASKS;
	pid_t pid = is_keeper ? watch->keeper : watch->shared->pids[task];
	pid_t tid = is_keeper ? watch->keeper : watch->shared->tids[task];
	char text[128], *end;
	ssize_t length;

	if (watch->states[task] < 0)
		watch->states[task] = open_state(pid, tid);
	length = pread(watch->states[task], text, sizeof(text) - 1, 0);
	text[length < 0 ? 0 : length] = '\0';
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

bool fuzz_watch_started(const struct fuzz_watch *watch, unsigned int task)
{
	return __atomic_load_n(&watch->shared->tids[task], __ATOMIC_ACQUIRE);
}

/* Reaps dead processes. Returns false if none is left. */
static bool reap(struct fuzz_watch *watch)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		watch->dead |= pid == watch->keeper;
	return !pid;
}

bool fuzz_watch_keeper_runs(struct fuzz_watch *watch)
{
	reap(watch);
	return !watch->dead && state_of(watch, FUZZ_TASKS) != 'T';
}

bool fuzz_watch_ended(const struct fuzz_watch *watch, unsigned int call)
{
	return __atomic_load_n(&watch->shared->progress[call], __ATOMIC_ACQUIRE) == FUZZ_ENDED;
}

static bool in_call(const struct fuzz_watch *watch, unsigned int task)
{
	const struct fuzz_shared *shared = watch->shared;
	unsigned int i;

	for (i = 0; i < shared->program.count; i++) {
		if (shared->program.calls[i].task == task &&
		    __atomic_load_n(&shared->progress[i], __ATOMIC_ACQUIRE) == FUZZ_BEGUN)
			return true;
	}
	return false;
}

bool fuzz_watch_stuck(struct fuzz_watch *watch, unsigned int task)
{
	switch (state_of(watch, task)) {
	case 'R':
		return false;
	case 'S':
	case 'D':
		return in_call(watch, task);
	default:
		return true;
	}
}

int fuzz_watch_fd(struct fuzz_watch *watch, unsigned int process, int fd)
{
	int *pidfd = &watch->pidfds[process];
	pid_t pid = process ? watch->shared->pids[FUZZ_THREADS + process - 1] : watch->keeper;

	if (fd < 0 || !pid)
		return -1;
	if (*pidfd < 0)
		*pidfd = syscall(SYS_pidfd_open, pid, 0);
	return *pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, *pidfd, fd, 0);
}

bool fuzz_watch_info(struct fuzz_watch *watch, unsigned int process, unsigned int slot,
		     struct chan_info *info)
{
	int fd = fuzz_watch_fd(watch, process, watch->shared->slots[process][slot]);
	bool known;

	if (fd < 0)
		return false;
	known = !ioctl(fd, CHAN_IOC_INFO, info);
	close(fd);
	return known;
}

int fuzz_watch_interrupt(struct fuzz_watch *watch)
{
	struct fuzz_shared *shared = watch->shared;
	int task, left = -1;

	reap(watch);
	for (task = 0; task < FUZZ_TASKS; task++) {
		if (!(watch->requested & 1U << task) ||
		    __atomic_load_n(&shared->finished[task], __ATOMIC_ACQUIRE))
			continue;
		/* A task requested while the keeper was stopped may start now. */
		if (!fuzz_watch_started(watch, task))
			left = watch->dead ? left : task;
		else if (!syscall(SYS_tgkill, shared->pids[task], shared->tids[task], SIGUSR1))
			left = task;
	}
	return left;
}

void fuzz_watch_kill_children(struct fuzz_watch *watch)
{
	unsigned int call, tries;

	for (call = 0; call < FUZZ_CHILDREN_MAX; call++) {
		pid_t pid = watch->shared->children[call];

		if (pid <= 0)
			continue;
		for (tries = 0; !kill(pid, SIGKILL) && tries < CHILD_TRIES; tries++) {
			usleep(CHILD_NAP);
			reap(watch);
		}
	}
}

bool fuzz_watch_reap(struct fuzz_watch *watch)
{
	return reap(watch) || !kill(-watch->keeper, 0);
}

/* The remaining tasks may be anywhere; checking those that make calls is enough. */
bool fuzz_watch_any_runs(struct fuzz_watch *watch)
{
	unsigned int task;

	if (state_of(watch, FUZZ_TASKS) == 'R')
		return true;
	for (task = 0; task < FUZZ_TASKS; task++) {
		if (fuzz_watch_started(watch, task) && state_of(watch, task) == 'R')
			return true;
	}
	return false;
}

static void close_all(const int *fds, unsigned int count)
{
	while (count--) {
		if (fds[count] >= 0)
			close(fds[count]);
	}
}

void fuzz_watch_deinit(struct fuzz_watch *watch)
{
	close_all(watch->pidfds, FUZZ_PROCESSES);
	close_all(watch->states, FUZZ_TASKS + 1);
}
