// SPDX-License-Identifier: GPL-2.0-only
/*
 * libchan in use: typed channels, loops, waits and their ends, threads, processes.
 */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

struct job {
	uint32_t id;
	char name[12];
};

struct other_job {
	uint32_t id;
	char name[12];
};

CHAN_TYPE(jobs, struct job);
CHAN_TYPE(other_jobs, struct other_job);
CHAN_TYPE(longs, long);

/* No error has this number: whoever changes errno is noticed. */
#define UNTOUCHED	4711

/* An operation in a thread of its own. */
struct task {
	pthread_t thread;
	int ch;
	int (*run)(struct task *task);
	int ret;
	int errno_after;
	long elem;
};

static void *task_main(void *arg)
{
	struct task *task = arg;

	errno = UNTOUCHED;
	task->ret = task->run(task);
	task->errno_after = errno;
	return NULL;
}

static void task_start(struct task *task)
{
	if (pthread_create(&task->thread, NULL, task_main, task))
		abort();
}

static int task_join(struct task *task)
{
	if (pthread_join(task->thread, NULL) || task->errno_after != UNTOUCHED)
		abort();
	return task->ret;
}

static int run_send(struct task *task)
{
	return chan_send(task->ch, &task->elem);
}

static int run_recv(struct task *task)
{
	return chan_recv(task->ch, &task->elem);
}

static int run_send_until(struct task *task)
{
	return chan_send_until(task->ch, &task->elem, CHAN_DEADLINE_NONE);
}

static int run_recv_until(struct task *task)
{
	return chan_recv_until(task->ch, &task->elem, CHAN_DEADLINE_NONE);
}

static int run_sendv(struct task *task)
{
	long elems[] = { 1, 2, 3, 4, 5 };

	return chan_sendv(task->ch, elems, 5);
}

static struct chan_info info_of(int ch)
{
	struct chan_info info;

	if (chan_get_info(ch, &info))
		abort();
	return info;
}

static void wait_parked(int ch, unsigned int sendq, unsigned int recvq)
{
	while (info_of(ch).sendq != sendq || info_of(ch).recvq != recvq)
		sched_yield();
}

static int make_longs(unsigned int cap)
{
	int ch = chan_make(sizeof(long), cap, 0);

	if (ch < 0)
		abort();
	return ch;
}

TEST(typed_make_and_attach)
{
	struct jobs jobs = jobs_make(2, CHAN_F_NOHUP);
	struct chan_info info;
	int bare = chan_make(sizeof(struct job), 1, 0);

	ASSERT_GE(jobs.fd, 0);
	ASSERT_GE(bare, 0);
	ASSERT_EQ(0, chan_get_info(jobs.fd, &info));
	EXPECT_EQ(sizeof(struct job), info.elemsize);
	EXPECT_EQ(2, info.cap);
	EXPECT_EQ(CHAN_F_NOHUP, info.flags);
	EXPECT_STREQ("struct job", info.type);

	EXPECT_EQ(jobs.fd, jobs_attach(jobs.fd).fd);
	EXPECT_EQ(-EINVAL, other_jobs_attach(jobs.fd).fd);
	EXPECT_EQ(-EMSGSIZE, longs_attach(jobs.fd).fd);
	EXPECT_EQ(-EINVAL, jobs_attach(bare).fd);
	EXPECT_EQ(-EBADF, jobs_attach(-1).fd);
	EXPECT_EQ(bare, chan_attach(bare, sizeof(struct job), ""));
	EXPECT_EQ(-EINVAL, chan_attach(jobs.fd, sizeof(struct job), "struct jo"));
	EXPECT_EQ(-EINVAL, chan_attach(jobs.fd, sizeof(struct job), "struct jobs"));
	EXPECT_EQ(-EINVAL, jobs_make(1, ~0U).fd);
}

TEST(typed_operations)
{
	struct jobs jobs = jobs_make(2, 0);
	struct jobs recv = jobs_dup(jobs, CHAN_RIGHT_RECV);
	struct job in[2] = { { 1, "one" }, { 2, "two" } };
	struct job out[2];

	ASSERT_GE(recv.fd, 0);
	EXPECT_EQ(0, jobs_send(jobs, &in[0]));
	EXPECT_EQ(0, jobs_try_send(jobs, &in[1]));
	EXPECT_EQ(-ETIMEDOUT, jobs_send_until(jobs, &in[1], 0));
	EXPECT_EQ(-EBADF, jobs_send(recv, &in[0]));
	EXPECT_EQ(1, jobs_recv(recv, &out[0]));
	EXPECT_EQ(1, jobs_try_recv(recv, &out[1]));
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
	EXPECT_EQ(-ETIMEDOUT, jobs_recv_until(recv, &out[0], 0));
	EXPECT_EQ(2, jobs_sendv(jobs, in, 2));
	memset(out, 0, sizeof(out));
	EXPECT_EQ(2, jobs_recvv(recv, out, 2));
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
	EXPECT_EQ(0, chan_close(jobs.fd));
	EXPECT_EQ(0, jobs_recv(recv, &out[0]));
}

TEST(foreach)
{
	long elems[] = { 1, 2, 3, 4 };
	long x, sum = 0;
	int ch = chan_make(sizeof(long), 4, 0);
	int ret = 1;

	ASSERT_EQ(4, chan_sendv(ch, elems, 4));
	ASSERT_EQ(0, chan_close(ch));
	chan_foreach_result(ch, &x, ret) {
		if (x == 1)
			continue;
		if (x == 3)
			break;
		sum += x;
	}
	EXPECT_EQ(2, sum);
	EXPECT_EQ(1, ret);
	chan_foreach(ch, &x)
		sum += x;
	EXPECT_EQ(6, sum);
	EXPECT_EQ(0, x);
	chan_foreach_result(ch, &x, ret)
		sum += x;
	EXPECT_EQ(0, ret);
	EXPECT_EQ(6, sum);
}

TEST(foreach_error)
{
	long x = 1, sum = 0;
	int ch = chan_make(sizeof(long), 2, 0);
	int ret;

	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, chan_send(ch, &x));
	chan_foreach_result(ch, &x, ret)
		sum += x;
	EXPECT_EQ(-EAGAIN, ret);
	EXPECT_EQ(1, sum);
	chan_foreach(-1, &x)
		sum += x;
	EXPECT_EQ(1, sum);
}

TEST(close_tells_parked)
{
	int ch = make_longs(0);
	struct task sender = { .ch = ch, .run = run_send };
	struct task receiver = { .ch = make_longs(0), .run = run_recv, .elem = 1 };

	task_start(&sender);
	task_start(&receiver);
	wait_parked(sender.ch, 1, 0);
	wait_parked(receiver.ch, 0, 1);
	EXPECT_EQ(0, chan_close(sender.ch));
	EXPECT_EQ(0, chan_close(receiver.ch));
	EXPECT_EQ(-EPIPE, task_join(&sender));
	EXPECT_EQ(0, task_join(&receiver));
	EXPECT_EQ(0, receiver.elem);
}

TEST(sendv_waits_until_all_are_sent)
{
	long elems[8] = { 0 };
	struct task task = { .ch = make_longs(2), .run = run_sendv };
	int i, ret, got = 0;

	task_start(&task);
	wait_parked(task.ch, 1, 0);
	while (got < 5) {
		ret = chan_recvv(task.ch, elems + got, 8 - got);
		ASSERT_GT(ret, 0);
		got += ret;
	}
	EXPECT_EQ(5, task_join(&task));
	EXPECT_EQ(5, got);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(i + 1, elems[i]);
}

TEST(sendv_tells_how_many_were_sent)
{
	long elems[8];
	struct task task = { .ch = make_longs(2), .run = run_sendv };

	task_start(&task);
	wait_parked(task.ch, 1, 0);
	EXPECT_EQ(0, chan_close(task.ch));
	EXPECT_EQ(2, task_join(&task));
	EXPECT_EQ(2, chan_recvv(task.ch, elems, 8));
}

static void on_signal(int signal)
{
	(void)signal;
}

static void catch_signal(int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	if (sigaction(SIGUSR1, &action, NULL))
		abort();
}

TEST(signal_interrupts)
{
	struct task tasks[] = {
		{ .ch = make_longs(0), .run = run_send },
		{ .ch = make_longs(0), .run = run_recv },
		{ .ch = make_longs(0), .run = run_send_until },
		{ .ch = make_longs(0), .run = run_recv_until },
	};
	int i;

	catch_signal(0);
	for (i = 0; i < 4; i++) {
		task_start(&tasks[i]);
		wait_parked(tasks[i].ch, i % 2 == 0, i % 2 == 1);
		pthread_kill(tasks[i].thread, SIGUSR1);
		EXPECT_EQ(-EINTR, task_join(&tasks[i]));
		EXPECT_EQ(0, info_of(tasks[i].ch).sendq);
		EXPECT_EQ(0, info_of(tasks[i].ch).recvq);
	}
}

TEST(signal_restarts)
{
	struct task task = { .ch = make_longs(0), .run = run_recv };
	long x = 9;

	catch_signal(SA_RESTART);
	task_start(&task);
	wait_parked(task.ch, 0, 1);
	pthread_kill(task.thread, SIGUSR1);
	while (info_of(task.ch).recv_parks < 2)
		sched_yield();
	EXPECT_EQ(0, chan_send(task.ch, &x));
	EXPECT_EQ(1, task_join(&task));
	EXPECT_EQ(9, task.elem);
}

#define THREADS	4
#define ELEMS	500

struct worker {
	pthread_t thread;
	struct longs ch;
	long first;
	long count;
	long sum;
	int ret;
};

static void *produce(void *arg)
{
	struct worker *worker = arg;
	long i;

	for (i = worker->first; i < worker->first + ELEMS; i++) {
		worker->ret = longs_send(worker->ch, &i);
		if (worker->ret)
			break;
	}
	return NULL;
}

static void *consume(void *arg)
{
	struct worker *worker = arg;
	long x;

	chan_foreach_result(worker->ch.fd, &x, worker->ret) {
		worker->count++;
		worker->sum += x;
	}
	return NULL;
}

FIXTURE(threads)
{
};

FIXTURE_VARIANT(threads)
{
	unsigned int cap;
};

FIXTURE_VARIANT_ADD(threads, rendezvous)
{
	.cap = 0,
};

FIXTURE_VARIANT_ADD(threads, buffered)
{
	.cap = 8,
};

FIXTURE_SETUP(threads)
{
}

FIXTURE_TEARDOWN(threads)
{
}

TEST_F(threads, every_element_once)
{
	struct longs ch = longs_make(variant->cap, 0);
	struct worker producers[THREADS], consumers[THREADS];
	const long all = THREADS * ELEMS;
	long count = 0, sum = 0;
	int i;

	ASSERT_GE(ch.fd, 0);
	for (i = 0; i < THREADS; i++) {
		producers[i] = (struct worker){ .ch = ch, .first = (long)i * ELEMS };
		consumers[i] = (struct worker){ .ch = ch };
		ASSERT_EQ(0, pthread_create(&producers[i].thread, NULL, produce, &producers[i]));
		ASSERT_EQ(0, pthread_create(&consumers[i].thread, NULL, consume, &consumers[i]));
	}
	for (i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_join(producers[i].thread, NULL));
		EXPECT_EQ(0, producers[i].ret);
	}
	ASSERT_EQ(0, chan_close(ch.fd));
	for (i = 0; i < THREADS; i++) {
		ASSERT_EQ(0, pthread_join(consumers[i].thread, NULL));
		EXPECT_EQ(0, consumers[i].ret);
		count += consumers[i].count;
		sum += consumers[i].sum;
	}
	EXPECT_EQ(all, count);
	EXPECT_EQ(all * (all - 1) / 2, sum);
}

/* A child squares what it gets; the loop ends when the child is gone. */
TEST(processes)
{
	struct longs requests = longs_make(0, 0);
	struct longs both = longs_make(0, 0);
	struct longs replies = longs_dup(both, CHAN_RIGHT_RECV);
	long x, expected = 1;
	int status;
	pid_t pid;

	ASSERT_GE(requests.fd, 0);
	ASSERT_GE(replies.fd, 0);
	pid = fork();
	if (!pid) {
		close(replies.fd);
		while (longs_recv(requests, &x) == 1) {
			x *= x;
			longs_send(both, &x);
		}
		_exit(0);
	}
	close(both.fd);
	for (x = 1; x <= 10; x++) {
		long reply;

		EXPECT_EQ(0, longs_send(requests, &x));
		EXPECT_EQ(1, longs_recv(replies, &reply));
		EXPECT_EQ(expected * expected, reply);
		expected++;
	}
	EXPECT_EQ(0, chan_close(requests.fd));
	EXPECT_EQ(0, longs_recv(replies, &x));
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
}

TEST_HARNESS_MAIN
