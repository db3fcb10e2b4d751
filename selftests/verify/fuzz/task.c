// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks: each makes its calls of the program in turn, as soon as they are released. The first
 * process has a thread, the keeper, that makes no calls and starts the other tasks.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/kcov.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "calls.h"
#include "drain.h"
#include "task.h"

/* In microseconds. A woken task never sleeps that long. */
#define SLEEP_MAX	1000000

static struct fuzz_task tasks[FUZZ_TASKS];

void fuzz_futex_wait(uint32_t *word, uint32_t value, unsigned int microseconds)
{
	struct timespec timeout = {
		.tv_sec = microseconds / 1000000,
		.tv_nsec = microseconds % 1000000 * 1000L,
	};

	syscall(SYS_futex, word, FUTEX_WAIT, value, &timeout, NULL, 0);
}

void fuzz_futex_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, 1024, NULL, NULL, 0);
}

void fuzz_shared_change(struct fuzz_shared *shared)
{
	__atomic_add_fetch(&shared->changes, 1, __ATOMIC_RELEASE);
	fuzz_futex_wake(&shared->changes);
}

/* Without CAP_SYS_RESOURCE, limits hold; with it, a task may inject faults. */
static void set_privileged(bool privileged)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	const uint32_t bit = 1U << CAP_SYS_RESOURCE;

	if (syscall(SYS_capget, &header, data))
		return;
	data[0].effective = privileged ? data[0].effective | bit : data[0].effective & ~bit;
	syscall(SYS_capset, &header, data);
}

static void fail_nth(struct fuzz_task *task, unsigned int nth)
{
	char number[8];
	int length = snprintf(number, sizeof(number), "%u", nth);

	if (pwrite(task->fail_fd, number, length, 0) < 0)
		return;
}

/* Without fault injection in the kernel, nothing fails. */
static void arm(struct fuzz_task *task)
{
	unsigned int nth = task->shared->program.calls[task->call].fail;

	if (nth && task->fail_fd == -1)
		task->fail_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth && task->fail_fd >= 0) {
		set_privileged(true);
		fail_nth(task, nth);
	}
}

static void disarm(struct fuzz_task *task)
{
	if (!task->shared->program.calls[task->call].fail || task->fail_fd < 0)
		return;
	fail_nth(task, 0);
	set_privileged(false);
}

/* Coverage of the preparations of a call does not count. */
long fuzz_task_syscall(struct fuzz_task *task, long number, long a, long b, long c, long d, long e)
{
	long result;
	int error;

	fuzz_buffer_publish(task);
	arm(task);
	if (task->cover)
		task->cover[0] = task->mark;
	result = syscall(number, a, b, c, d, e, 0L);
	error = errno;
	if (task->cover)
		task->mark = task->cover[0];
	disarm(task);
	return result < 0 ? -error : result;
}

static bool may_begin(struct fuzz_task *task)
{
	struct fuzz_shared *shared = task->shared;
	uint32_t released;

	for (;;) {
		released = __atomic_load_n(&shared->released, __ATOMIC_ACQUIRE);
		if (__atomic_load_n(&shared->ending, __ATOMIC_ACQUIRE))
			return false;
		if (task->call < released)
			return true;
		fuzz_futex_wait(&shared->released, released, SLEEP_MAX);
	}
}

static void cover_start(struct fuzz_task *task)
{
	int fd = task->machine->kcov[task->index];

	task->fail_fd = -1;
	task->mark = 0;
	task->cover = NULL;
	if (fd >= 0 && !ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		task->cover = task->machine->covers[task->index];
}

static void cover_stop(struct fuzz_task *task)
{
	if (!task->cover)
		return;
	ioctl(task->machine->kcov[task->index], KCOV_DISABLE, 0);
	task->cover[0] = task->mark;
}

static void *task_run(void *argument)
{
	struct fuzz_task *task = argument;
	struct fuzz_shared *shared = task->shared;

	cover_start(task);
	shared->pids[task->index] = getpid();
	__atomic_store_n(&shared->tids[task->index], gettid(), __ATOMIC_RELEASE);
	fuzz_shared_change(shared);
	for (task->call = 0; task->call < shared->program.count; task->call++) {
		if (shared->program.calls[task->call].task != task->index)
			continue;
		if (!may_begin(task))
			break;
		task->view = (struct fuzz_view){};
		__atomic_store_n(&shared->progress[task->call], FUZZ_BEGUN, __ATOMIC_RELEASE);
		shared->results[task->call] = fuzz_call_run(task);
		__atomic_store_n(&shared->progress[task->call], FUZZ_ENDED, __ATOMIC_RELEASE);
		fuzz_shared_change(shared);
	}
	cover_stop(task);
	__atomic_store_n(&shared->finished[task->index], 1, __ATOMIC_RELEASE);
	fuzz_shared_change(shared);
	return NULL;
}

/* The process lives until the program ends, as its descriptors keep channels open. */
static void process_run(struct fuzz_task *task)
{
	struct fuzz_shared *shared = task->shared;
	uint32_t released;

	task_run(task);
	for (;;) {
		released = __atomic_load_n(&shared->released, __ATOMIC_ACQUIRE);
		if (__atomic_load_n(&shared->ending, __ATOMIC_ACQUIRE))
			_exit(0);
		fuzz_futex_wait(&shared->released, released, SLEEP_MAX);
	}
}

static void start(struct fuzz_machine *machine, unsigned int index)
{
	struct fuzz_shared *shared = machine->shared;
	struct fuzz_task *task = &tasks[index];
	unsigned int slot;
	pthread_t thread;

	task->machine = machine;
	task->shared = shared;
	task->index = index;
	task->process = fuzz_task_process(index);
	if (!task->process) {
		pthread_create(&thread, NULL, task_run, task);
		return;
	}
	for (slot = 0; slot < FUZZ_SLOTS; slot++)
		shared->slots[task->process][slot] = shared->slots[0][slot];
	if (!fork())
		process_run(task);
}

static void nothing(int signal)
{
	(void)signal;
}

static void set_signals(void)
{
	struct sigaction action = { .sa_handler = nothing };

	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGCHLD, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
	/* The keeper ignores signals to the whole process. */
	action.sa_handler = SIG_DFL;
	sigaction(SIGINT, &action, NULL);
}

void fuzz_keeper_run(struct fuzz_machine *machine, const int sockets[2])
{
	struct fuzz_shared *shared = machine->shared;
	unsigned int index;
	uint32_t requests;

	set_signals();
	set_privileged(false);
	fuzz_calls_init(sockets);
	for (;;) {
		requests = __atomic_exchange_n(&shared->requests, 0, __ATOMIC_ACQ_REL);
		for (index = 0; index < FUZZ_TASKS; index++) {
			if (requests & 1U << index)
				start(machine, index);
		}
		if (requests & FUZZ_REQUEST_DRAIN) {
			fuzz_drain(machine);
			__atomic_store_n(&shared->ending, 2, __ATOMIC_RELEASE);
			fuzz_shared_change(shared);
		}
		if (!requests)
			fuzz_futex_wait(&shared->requests, 0, SLEEP_MAX);
	}
}
