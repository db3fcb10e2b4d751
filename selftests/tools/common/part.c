// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"
#include "common/task.h"
#include "part.h"

#define FD_MAX	64

uint64_t element;

void keep_only(uint64_t keep)
{
	for (int fd = 3; fd < FD_MAX; fd++) {
		if (!(keep & BIT(fd)))
			close(fd);
	}
}

static void *run_thread(void *arg)
{
	struct thread *thread = arg;

	__atomic_store_n(&thread->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	if (!thread->count)
		pause();
	else if (thread->count > 1)
		chan_select_until(thread->cases, thread->count, thread->deadline);
	else if (thread->cases[0].op == CHAN_CASE_SEND)
		chan_send_until(thread->cases[0].fd, &element, sizeof(element), thread->deadline);
	else
		chan_recv_until(thread->cases[0].fd, &element, sizeof(element), thread->deadline);
	return NULL;
}

static void start_process(struct thread *thread)
{
	const long pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (pid < 0)
		give_up("clone: %s", strerror(errno));
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_thread(thread);
	_exit(0);
}

static int run_part(struct operation *op)
{
	struct part *part = op->data;
	pthread_t other;

	keep_only(part->keep);
	prctl(PR_SET_NAME, part->name);
	if (part->user && (setgid(part->user) || setuid(part->user) ||
			   prctl(PR_SET_DUMPABLE, 1) || prctl(PR_SET_PDEATHSIG, SIGKILL)))
		give_up("cannot be another user");
	for (unsigned int i = 1; i < part->count; i++) {
		if (part->processes)
			start_process(&part->threads[i]);
		else if (pthread_create(&other, NULL, run_thread, &part->threads[i]))
			give_up("no thread");
	}
	run_thread(&part->threads[0]);
	return 0;
}

struct part *part_new(const char *name, uint64_t keep)
{
	struct part *part = shared_alloc(sizeof(*part));

	snprintf(part->name, sizeof(part->name), "%s", name);
	part->keep = keep;
	return part;
}

struct thread *part_thread(struct part *part)
{
	struct thread *thread = &part->threads[part->count++];

	thread->deadline = CHAN_DEADLINE_NONE;
	return thread;
}

void thread_add(struct thread *thread, struct chan_case added)
{
	thread->cases[thread->count++] = added;
}

void part_sends(struct part *part, int ch)
{
	thread_add(part_thread(part), chan_case_send(ch, &element, sizeof(element)));
}

void part_receives(struct part *part, int ch)
{
	thread_add(part_thread(part), chan_case_recv(ch, &element, sizeof(element)));
}

static bool thread_sleeps(const struct thread *thread)
{
	const pid_t tid = __atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE);

	return tid && task_sleeps_in(tid, thread->count ? SYS_ioctl : SYS_pause);
}

pid_t part_start(struct part *part, int ch)
{
	struct operation *op = operation_start_new(TASK_PROCESS, run_part, ch, part);

	for (unsigned int i = 0; i < part->count; i++)
		wait_until(thread_sleeps(&part->threads[i]));
	return op->pid;
}

pid_t start_receiver(const char *name, int ch, uint64_t keep)
{
	struct part *part = part_new(name, keep);

	part_receives(part, ch);
	return part_start(part, ch);
}

pid_t start_sender(const char *name, int ch, uint64_t keep)
{
	struct part *part = part_new(name, keep);

	part_sends(part, ch);
	return part_start(part, ch);
}

pid_t start_holder(const char *name, int ch, uint64_t keep)
{
	struct part *part = part_new(name, keep);

	part_thread(part);
	return part_start(part, ch);
}

int make(const char *type)
{
	const int ch = chan_make_typed(sizeof(element), 0, 0, type);

	if (ch < 0)
		give_up("chan_make_typed: %s", strerror(-ch));
	return ch;
}

unsigned long long id_of(int ch)
{
	return channel_info(ch).id;
}

struct pair start_pair(void)
{
	const int orders = make("order"), bills = make("bill");
	const struct pair pair = {
		.orders = id_of(orders),
		.bills = id_of(bills),
		.orders_fd = orders,
		.bills_fd = bills,
		.baker = start_receiver("baker", orders, BIT(orders) | BIT(bills)),
		.waiter = start_receiver("waiter", bills, BIT(orders) | BIT(bills)),
	};

	return pair;
}

int start_with_message(int orders, int bills, int fd)
{
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], fd);
	start_receiver("baker", orders, BIT(orders) | BIT(bills));
	start_receiver("waiter", bills, BIT(orders) | BIT(bills));
	keep_only(BIT(sockets[1]));
	return sockets[1];
}
