// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs programs: starts the processes, releases the calls in order, and consults the oracle in
 * between and afterwards.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kcov.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/chan.h>

#include "buffer.h"
#include "oracle.h"
#include "reached.h"
#include "run.h"
#include "task.h"
#include "watch.h"

/* In milliseconds: how long a task may take to end, asleep; and how slow a machine may be. */
#define END_MAX		5000
#define SLOW_MAX	60000
/* Maximum delay between two calls, whether or not the first one sleeps. */
#define CALL_MAX	100
#define START_MAX	2000
/* In microseconds: polling interval. */
#define NAP		500

/* KCOV_INIT_TRACE of a 64-bit kernel, also in a program of 32 bits. */
#define COVER_INIT	_IOR('c', 1, uint64_t)

static struct fuzz_machine machine;
static struct fuzz_watch watch;
static struct fuzz_trace trace;

static void *map_shared(size_t size, int fd)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (map == MAP_FAILED)
		err(2, "mmap");
	return map;
}

static bool open_kcov(unsigned int task)
{
	int fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);

	machine.kcov[task] = fd;
	if (fd < 0 || ioctl(fd, COVER_INIT, FUZZ_COVER_SIZE)) {
		machine.kcov[task] = -1;
		return false;
	}
	machine.covers[task] = map_shared(FUZZ_COVER_SIZE * sizeof(uint64_t), fd);
	return true;
}

bool fuzz_run_init(void)
{
	bool covers = true;
	unsigned int task;

	/* Become the subreaper: orphans are reparented to this process. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		err(2, "prctl");
	fuzz_reached_init();
	machine.arena_fd = memfd_create("arena", MFD_CLOEXEC);
	if (machine.arena_fd < 0 || ftruncate(machine.arena_fd, FUZZ_ARENA))
		err(2, "memfd_create");
	machine.arena = map_shared(FUZZ_ARENA, machine.arena_fd);
	machine.shared = map_shared(sizeof(*machine.shared), -1);
	for (task = 0; task < FUZZ_TASKS; task++)
		covers &= open_kcov(task);
	return covers;
}

static void reset(const struct fuzz_program *program)
{
	struct fuzz_shared *shared = machine.shared;
	unsigned int task;

	memset(shared, 0, sizeof(*shared));
	shared->program = *program;
	memset(shared->slots, -1, sizeof(shared->slots));
	memset(shared->faults, -1, sizeof(shared->faults));
	if (fallocate(machine.arena_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, FUZZ_ARENA))
		err(2, "fallocate");
	for (task = 0; task < FUZZ_TASKS; task++) {
		if (machine.kcov[task] >= 0)
			machine.covers[task][0] = 0;
	}
}

static void start(void)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets))
		err(2, "socketpair");
	fuzz_watch_init(&watch, machine.shared);
	watch.keeper = fork();
	if (watch.keeper < 0)
		err(2, "fork");
	if (!watch.keeper) {
		setpgid(0, 0);
		fuzz_keeper_run(&machine, sockets);
	}
	setpgid(watch.keeper, watch.keeper);
	close(sockets[0]);
	close(sockets[1]);
}

static void request(uint32_t what)
{
	__atomic_or_fetch(&machine.shared->requests, what, __ATOMIC_ACQ_REL);
	fuzz_futex_wake(&machine.shared->requests);
}

static void release(uint32_t calls)
{
	__atomic_store_n(&machine.shared->released, calls, __ATOMIC_RELEASE);
	fuzz_futex_wake(&machine.shared->released);
}

/* If the keeper is stopped, the task starts once it continues. */
static void start_task(unsigned int task)
{
	const uint64_t end = fuzz_watch_now() + START_MAX;

	if (watch.requested & 1U << task)
		return;
	watch.requested |= 1U << task;
	request(1U << task);
	while (!fuzz_watch_started(&watch, task) && fuzz_watch_keeper_runs(&watch) &&
	       fuzz_watch_now() < end)
		fuzz_watch_nap(&watch, NAP);
}

/* Until the call has returned, or its task cannot proceed by itself. */
static void await_call(unsigned int call)
{
	const uint64_t end = fuzz_watch_now() + CALL_MAX;

	while (!fuzz_watch_ended(&watch, call) && fuzz_watch_now() < end) {
		/* Its task may still be in the call before it. */
		if (fuzz_watch_stuck(&watch, machine.shared->program.calls[call].task))
			break;
		fuzz_watch_nap(&watch, NAP);
	}
}

/* Reads the state of the call's channel. */
static void add_state(unsigned int index)
{
	const struct fuzz_call *call = &machine.shared->program.calls[index];
	struct chan_info info;

	if (fuzz_watch_info(&watch, fuzz_task_process(call->task),
			    fuzz_call_value(call, FUZZ_SET_SLOT, 0), &info))
		fuzz_trace_add_state(&trace, call->operation, call->operation == FUZZ_SELECT ?
				     fuzz_call_value(call, FUZZ_SET_SMALL, 0) : 0, &info);
}

static void run_calls(void)
{
	const struct fuzz_program *program = &machine.shared->program;
	unsigned int i, first = program->collide ? program->count / 2 : program->count;

	for (i = 0; i < first; i++) {
		start_task(program->calls[i].task);
		release(i + 1);
		await_call(i);
		add_state(i);
	}
	for (i = first; i < program->count; i++)
		start_task(program->calls[i].task);
	release(program->count);
	for (i = first; i < program->count; i++) {
		await_call(i);
		add_state(i);
	}
}

/* Release all memory, and continue all stopped tasks. */
static void help(void)
{
	unsigned int call;

	kill(-watch.keeper, SIGCONT);
	for (call = 0; call < FUZZ_CALLS_MAX; call++) {
		const struct fuzz_view *view = fuzz_buffer_view(machine.shared, call);
		int fd;

		if (!view || view->kind != FUZZ_BUFFER_SLOW)
			continue;
		fd = fuzz_watch_fd(&watch, view->process, machine.shared->faults[view->process]);
		if (fd < 0)
			continue;
		fuzz_buffer_release(&machine, call, fd);
		close(fd);
	}
}

/* Interrupt all tasks until none makes a call any more. */
static bool finish_tasks(char *reason, size_t room)
{
	const uint64_t slow = fuzz_watch_now() + SLOW_MAX;
	uint64_t end = fuzz_watch_now() + END_MAX;
	int task;

	__atomic_store_n(&machine.shared->ending, 1, __ATOMIC_RELEASE);
	release(UINT32_MAX);
	for (;;) {
		help();
		task = fuzz_watch_interrupt(&watch);
		if (task < 0)
			return true;
		/* Distinguish a slow machine from a sleeping task. */
		if (!fuzz_watch_stuck(&watch, task) && fuzz_watch_now() < slow)
			end = fuzz_watch_now() + END_MAX;
		if (fuzz_watch_now() > end) {
			snprintf(reason, room, "task %d does not end when it is interrupted", task);
			return false;
		}
		fuzz_watch_nap(&watch, NAP);
	}
}

static bool drain(char *reason, size_t room)
{
	const uint64_t end = fuzz_watch_now() + SLOW_MAX;

	if (!fuzz_watch_keeper_runs(&watch))
		return true;
	request(FUZZ_REQUEST_DRAIN);
	while (__atomic_load_n(&machine.shared->ending, __ATOMIC_ACQUIRE) != 2) {
		if (!fuzz_watch_keeper_runs(&watch))
			return true;
		if (fuzz_watch_now() > end) {
			snprintf(reason, room, "a channel cannot be drained");
			return false;
		}
		fuzz_watch_nap(&watch, NAP);
	}
	return true;
}

/* Kill all, and wait for their deaths. */
static bool end_tasks(char *reason, size_t room)
{
	const uint64_t slow = fuzz_watch_now() + SLOW_MAX;
	uint64_t end = fuzz_watch_now() + END_MAX;

	kill(-watch.keeper, SIGKILL);
	while (fuzz_watch_reap(&watch)) {
		if (fuzz_watch_any_runs(&watch) && fuzz_watch_now() < slow)
			end = fuzz_watch_now() + END_MAX;
		if (fuzz_watch_now() > end) {
			snprintf(reason, room, "a task does not die when it is killed");
			return false;
		}
		usleep(500);
	}
	fuzz_watch_deinit(&watch);
	return true;
}

static bool judge_values(char *reason, size_t room)
{
	const struct fuzz_shared *shared = machine.shared;

	if (shared->uneven) {
		snprintf(reason, room, "the counters of channel %" PRIu64 " do not agree",
			 shared->uneven);
		return false;
	}
	return fuzz_values_judge(&shared->values, shared->drained, shared->channels, reason, room);
}

static void add_covers(void)
{
	unsigned int task;

	for (task = 0; task < FUZZ_TASKS; task++) {
		if (machine.kcov[task] < 0)
			continue;
		fuzz_trace_add_cover(&trace, machine.covers[task]);
		fuzz_reached_add(machine.covers[task]);
	}
}

struct fuzz_features *fuzz_run(const struct fuzz_program *program, char *reason, size_t room)
{
	bool good;

	fuzz_trace_clear(&trace);
	reset(program);
	start();
	run_calls();
	good = finish_tasks(reason, room);
	if (good) {
		fuzz_watch_kill_children(&watch);
		good = drain(reason, room);
	}
	if (!end_tasks(reason, room))
		return NULL;
	add_covers();
	if (!fuzz_oracle_kernel(reason, room) || !good || !judge_values(reason, room) ||
	    !fuzz_oracle_counters(reason, room))
		return NULL;
	return fuzz_trace_features(&trace);
}

bool fuzz_run_result(unsigned int call, int64_t *result)
{
	*result = machine.shared->results[call];
	return machine.shared->progress[call] == FUZZ_ENDED;
}
