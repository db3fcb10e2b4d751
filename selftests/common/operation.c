// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "operation.h"
#include "task.h"

static int operation_xfer(struct operation *op, unsigned long command)
{
	struct chan_xfer xfer = {
		.elems = (uintptr_t)op->elems,
		.count = op->count,
		.min = op->min,
		.flags = op->flags,
		.elemsize = op->elemsize,
		.deadline = op->deadline,
	};

	return channel_ioctl(op->ch, command, &xfer);
}

int operation_send(struct operation *op)
{
	return operation_xfer(op, CHAN_IOC_SENDV);
}

int operation_recv(struct operation *op)
{
	return operation_xfer(op, CHAN_IOC_RECVV);
}

int operation_send_one(struct operation *op)
{
	return chan_send(op->ch, op->elems, op->elemsize);
}

int operation_recv_one(struct operation *op)
{
	return chan_recv(op->ch, op->elems, op->elemsize);
}

int operation_send_numbers(struct operation *op)
{
	const uintptr_t end = (uintptr_t)op->data;
	uint64_t i;
	int ret = 0;

	for (i = 0; i < end && !ret; i++)
		ret = chan_send(op->ch, &i, sizeof(i));
	return ret;
}

int operation_close(struct operation *op)
{
	return chan_close(op->ch);
}

int operation_select(struct operation *op)
{
	return chan_select(op->data, op->count);
}

void *shared_alloc(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		give_up("no shared memory: %s", strerror(errno));
	return memory;
}

struct operation *operation_new(enum task_kind kind, int (*run)(struct operation *op), int ch,
				unsigned int count)
{
	const size_t elemsize = channel_info(ch).elemsize;
	const size_t size = sizeof(struct operation) + count * elemsize;
	struct operation *op = shared_alloc(size);

	op->kind = kind;
	op->run = run;
	op->ch = ch;
	op->elems = op + 1;
	op->elemsize = elemsize;
	op->count = count;
	op->min = count;
	op->deadline = CHAN_DEADLINE_NONE;
	op->size = size;
	return op;
}

static void *operation_main(void *arg)
{
	struct operation *op = arg;

	__atomic_store_n(&op->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	op->result = op->run(op);
	__atomic_store_n(&op->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void operation_fork(struct operation *op)
{
	const pid_t pid = task_fork();

	if (!pid) {
		operation_main(op);
		_exit(0);
	}
	op->pid = pid;
}

void operation_start(struct operation *op)
{
	int err;

	if (op->kind == TASK_PROCESS) {
		operation_fork(op);
		return;
	}
	op->pid = getpid();
	err = pthread_create(&op->thread, NULL, operation_main, op);
	if (err)
		give_up("pthread_create: %s", strerror(err));
}

struct operation *operation_start_new(enum task_kind kind, int (*run)(struct operation *op),
				      int ch, const void *data)
{
	struct operation *op = operation_new(kind, run, ch, 1);

	op->data = (void *)data;
	operation_start(op);
	return op;
}

static uint64_t operation_parked(const struct operation *op)
{
	struct chan_info info = channel_info(op->ch);

	return info.sendq + info.recvq;
}

void operation_park(struct operation *op)
{
	const uint64_t before = operation_parked(op);

	operation_start(op);
	wait_until(operation_parked(op) > before);
}

struct operation *operation_park_send(enum task_kind kind, int ch, uint64_t value)
{
	struct operation *op = operation_new(kind, operation_send_one, ch, 1);

	memcpy(op->elems, &value, sizeof(value));
	operation_park(op);
	return op;
}

struct operation *operation_park_recv(enum task_kind kind, int ch)
{
	struct operation *op = operation_new(kind, operation_recv_one, ch, 1);

	operation_park(op);
	return op;
}

struct operation *operation_park_select(enum task_kind kind, int ch, const struct chan_case *cases,
					unsigned int n)
{
	struct operation *op = operation_new(kind, operation_select, ch, n);

	op->data = shared_alloc(n * sizeof(*cases));
	memcpy(op->data, cases, n * sizeof(*cases));
	operation_park(op);
	return op;
}

uint64_t operation_value(const struct operation *op)
{
	uint64_t value;

	memcpy(&value, op->elems, sizeof(value));
	return value;
}

bool operation_done(const struct operation *op)
{
	return __atomic_load_n(&op->done, __ATOMIC_ACQUIRE);
}

static pid_t operation_tid(const struct operation *op)
{
	return __atomic_load_n(&op->tid, __ATOMIC_ACQUIRE);
}

void operation_signal(struct operation *op, int signal)
{
	wait_until(operation_tid(op));
	if (syscall(SYS_tgkill, op->pid, op->tid, signal))
		give_up("tgkill: %s", strerror(errno));
}

static void operation_reap(struct operation *op)
{
	int status;

	if (waitpid(op->pid, &status, 0) != op->pid)
		give_up("waitpid: %s", strerror(errno));
	if (!operation_done(op))
		op->result = OPERATION_KILLED;
	op->pid = 0;
}

void operation_kill(struct operation *op)
{
	if (op->kind != TASK_PROCESS)
		give_up("cannot kill a single thread");
	if (kill(op->pid, SIGKILL))
		give_up("kill: %s", strerror(errno));
	operation_reap(op);
}

int operation_wait(struct operation *op)
{
	int err;

	if (!op->pid)
		return op->result;
	if (op->kind == TASK_PROCESS) {
		operation_reap(op);
		return op->result;
	}
	err = pthread_join(op->thread, NULL);
	if (err)
		give_up("pthread_join: %s", strerror(err));
	op->pid = 0;
	return op->result;
}

int operation_join(struct operation *op)
{
	int result = operation_wait(op);

	munmap(op, op->size);
	return result;
}

bool operations_succeed(struct operation **ops, unsigned int n)
{
	bool succeed = true;
	unsigned int i;
	int result;

	for (i = 0; i < n; i++) {
		result = operation_join(ops[i]);
		if (!result)
			continue;
		fprintf(stderr, "# operation %u: %d\n", i, result);
		succeed = false;
	}
	return succeed;
}

static void on_signal(int signal)
{
}

void catch_signal(int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	if (sigaction(SIGUSR1, &action, NULL))
		give_up("sigaction: %s", strerror(errno));
}

struct operation *operation_new_nil(enum task_kind kind, int (*run)(struct operation *op), int ch)
{
	int made = channel_make(0);
	struct operation *op = operation_new(kind, run, made, 1);

	op->ch = ch;
	close(made);
	return op;
}

int operation_write(struct operation *op)
{
	return result_of(write(op->ch, op->elems, op->count * op->elemsize));
}

int operation_read(struct operation *op)
{
	return result_of(read(op->ch, op->elems, op->count * op->elemsize));
}

void operation_wait_state(const struct operation *op, char state)
{
	wait_until(operation_tid(op) && task_state(op->tid) == state);
}

bool operation_asleep(const struct operation *op)
{
	const pid_t tid = operation_tid(op);

	return tid && task_sleeps_on(tid, op->ch);
}

void operation_wait_asleep(const struct operation *op)
{
	wait_until(operation_asleep(op));
}

bool operation_sleeps_in(const struct operation *op, long syscall_number)
{
	const pid_t tid = operation_tid(op);

	return tid && task_sleeps_in(tid, syscall_number);
}

void operation_park_in(struct operation *op, long syscall_number)
{
	operation_start(op);
	wait_until(operation_sleeps_in(op, syscall_number));
}

/* Before it went to sleep, it woke the pollers of its channel. */
static struct operation *operation_settle(struct operation *op)
{
	operation_wait_asleep(op);
	return op;
}

struct operation *operation_offer(enum task_kind kind, int ch, uint64_t value)
{
	const struct chan_info info = channel_info(ch);

	if (info.len == info.cap)
		return operation_settle(operation_park_send(kind, ch, value));
	channel_send(ch, value);
	return NULL;
}

struct operation *operation_demand(enum task_kind kind, int ch)
{
	if (!channel_info(ch).len)
		return operation_settle(operation_park_recv(kind, ch));
	channel_recv(ch);
	return NULL;
}
