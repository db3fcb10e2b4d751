// SPDX-License-Identifier: GPL-2.0-only
/* libchan in use: typed channels, loops, bounded waits, threads and processes. */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

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
CHAN_TYPE(numbers, int64_t);

/* No error has this number, so any change of errno is noticed. */
#define UNTOUCHED	4711

/* Run by operations: the function must not change errno. */
static int untouched(int ret, int errno_after)
{
	if (errno_after != UNTOUCHED)
		give_up("errno was changed to %d", errno_after);
	return ret;
}

#define RUN(name, call) \
static int name(struct operation *op) \
{ \
	int ret = (errno = UNTOUCHED, (call)); \
	\
	return untouched(ret, errno); \
}

RUN(run_send, chan_send(op->ch, op->elems, op->elemsize))
RUN(run_recv, chan_recv(op->ch, op->elems, op->elemsize))
RUN(run_send_until, chan_send_until(op->ch, op->elems, op->elemsize, op->deadline))
RUN(run_recv_until, chan_recv_until(op->ch, op->elems, op->elemsize, op->deadline))
RUN(run_sendv, chan_sendv(op->ch, op->elems, op->elemsize, op->count))

/* Parked. */
static struct operation *park(int (*run)(struct operation *op), int ch, unsigned int count)
{
	struct operation *op = operation_new(TASK_THREAD, run, ch, count);
	unsigned int i;

	for (i = 0; i < count; i++)
		((int64_t *)op->elems)[i] = i + 1;
	operation_park(op);
	return op;
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
	EXPECT_EQ(-EMSGSIZE, numbers_attach(jobs.fd).fd);
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

TEST(typed_batches)
{
	struct jobs jobs = jobs_make(2, 0);
	struct job in[3] = { { 1, "one" }, { 2, "two" }, { 3, "three" } };
	struct job out[3] = { 0 };

	EXPECT_EQ(-EAGAIN, jobs_try_recvv(jobs, out, 3));
	EXPECT_EQ(2, jobs_try_sendv(jobs, in, 3));
	EXPECT_EQ(-ETIMEDOUT, jobs_sendv_until(jobs, in, 3, 0));
	EXPECT_EQ(2, jobs_try_recvv(jobs, out, 3));
	EXPECT_EQ(0, memcmp(in, out, 2 * sizeof(*in)));
	EXPECT_EQ(-ETIMEDOUT, jobs_recvv_until(jobs, out, 3, 0));
	EXPECT_EQ(1, jobs_sendv_until(jobs, &in[2], 1, CHAN_DEADLINE_NONE));
	EXPECT_EQ(1, jobs_recvv_until(jobs, out, 3, CHAN_DEADLINE_NONE));
	EXPECT_EQ(0, memcmp(&in[2], out, sizeof(*in)));
}

TEST(typed_cases)
{
	struct jobs jobs = jobs_make(1, 0);
	struct numbers numbers = numbers_make(1, 0);
	struct job in = { 1, "one" }, out;
	int64_t number = 5;
	struct chan_case cases[] = {
		jobs_case_send(jobs, &in),
		numbers_case_recv(numbers, &number),
	};

	EXPECT_EQ(0, chan_select(cases, 2));
	cases[0] = jobs_case_recv(jobs, &out);
	cases[1] = numbers_case_send(numbers, &number);
	EXPECT_LE(0, chan_select(cases, 2));
	EXPECT_LE(0, chan_select(cases, 2));
	EXPECT_EQ(0, memcmp(&in, &out, sizeof(in)));
	EXPECT_EQ(1, chan_len(numbers.fd));
	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 2));
}

TEST(typed_loop)
{
	struct numbers numbers = numbers_make(3, 0);
	const int64_t in[] = { 1, 2, 3 };
	int64_t x = 0, sum = 0;

	ASSERT_EQ(3, numbers_sendv(numbers, in, 3));
	ASSERT_EQ(0, chan_close(numbers.fd));
	while (numbers_next(numbers, &x))
		sum += x;
	EXPECT_EQ(6, sum);
	EXPECT_EQ(0, numbers_next((struct numbers){ -1 }, &x));
}

TEST(foreach)
{
	int64_t elems[] = { 1, 2, 3, 4 };
	int64_t x, sum = 0;
	int ch = chan_make(sizeof(int64_t), 4, 0);
	int ret = 1;

	ASSERT_EQ(4, chan_sendv(ch, elems, sizeof(*elems), 4));
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
	int64_t x = 1, sum = 0;
	int ch = chan_make(sizeof(int64_t), 2, 0);
	int ret;

	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, chan_send(ch, &x, sizeof(x)));
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
	struct operation *sender = park(run_send, channel_make(0), 1);
	struct operation *receiver = park(run_recv, channel_make(0), 1);

	EXPECT_EQ(0, chan_close(sender->ch));
	EXPECT_EQ(0, chan_close(receiver->ch));
	EXPECT_EQ(-EPIPE, operation_join(sender));
	EXPECT_EQ(0, operation_wait(receiver));
	EXPECT_EQ(0, operation_value(receiver));
}

TEST(sendv_waits_until_all_are_sent)
{
	int ch = channel_make(2);
	struct operation *sender = park(run_sendv, ch, 5);
	int64_t elems[8] = { 0 };
	int i, ret, got = 0;

	while (got < 5) {
		ret = chan_recvv(ch, elems + got, sizeof(*elems), 8 - got);
		ASSERT_GT(ret, 0);
		got += ret;
	}
	EXPECT_EQ(5, operation_join(sender));
	EXPECT_EQ(5, got);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(i + 1, elems[i]);
}

TEST(sendv_tells_how_many_were_sent)
{
	int ch = channel_make(2);
	struct operation *sender = park(run_sendv, ch, 5);
	int64_t elems[8];

	EXPECT_EQ(0, chan_close(ch));
	EXPECT_EQ(2, operation_join(sender));
	EXPECT_EQ(2, chan_recvv(ch, elems, sizeof(*elems), 8));
}

TEST(signal_interrupts)
{
	int (*const runs[])(struct operation *op) = {
		run_send, run_recv, run_send_until, run_recv_until,
	};
	struct operation *op;
	int i, ch;

	catch_signal(0);
	for (i = 0; i < ARRAY_LENGTH(runs); i++) {
		ch = channel_make(0);
		op = park(runs[i], ch, 1);
		operation_signal(op, SIGUSR1);
		EXPECT_EQ(-EINTR, operation_join(op));
		EXPECT_EQ(0, channel_info(ch).sendq);
		EXPECT_EQ(0, channel_info(ch).recvq);
	}
}

TEST(signal_restarts)
{
	int ch = channel_make(0);
	struct operation *op;

	catch_signal(SA_RESTART);
	op = park(run_recv, ch, 1);
	operation_signal(op, SIGUSR1);
	wait_until(channel_info(ch).recv_parks == 2);
	channel_send(ch, 9);
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_EQ(9, operation_value(op));
}

#define THREADS	4
#define ELEMS	500

struct worker {
	pthread_t thread;
	struct numbers ch;
	int64_t first;
	int64_t count;
	int64_t sum;
	int ret;
};

static void *produce(void *arg)
{
	struct worker *worker = arg;
	int64_t i;

	for (i = worker->first; i < worker->first + ELEMS; i++) {
		worker->ret = numbers_send(worker->ch, &i);
		if (worker->ret)
			break;
	}
	return NULL;
}

static void *consume(void *arg)
{
	struct worker *worker = arg;
	int64_t x;

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
	struct numbers ch = numbers_make(variant->cap, 0);
	struct worker producers[THREADS], consumers[THREADS];
	const int64_t all = THREADS * ELEMS;
	int64_t count = 0, sum = 0;
	int i;

	ASSERT_GE(ch.fd, 0);
	for (i = 0; i < THREADS; i++) {
		producers[i] = (struct worker){ .ch = ch, .first = (int64_t)i * ELEMS };
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

/* A child squares each number; the loop ends when the child exits. */
TEST(processes)
{
	struct numbers requests = numbers_make(0, 0);
	struct numbers both = numbers_make(0, 0);
	struct numbers replies = numbers_dup(both, CHAN_RIGHT_RECV);
	int64_t x, expected = 1;
	int status;
	pid_t pid;

	ASSERT_GE(requests.fd, 0);
	ASSERT_GE(replies.fd, 0);
	pid = fork();
	if (!pid) {
		close(replies.fd);
		while (numbers_recv(requests, &x) == 1) {
			x *= x;
			numbers_send(both, &x);
		}
		_exit(0);
	}
	close(both.fd);
	for (x = 1; x <= 10; x++) {
		int64_t reply;

		EXPECT_EQ(0, numbers_send(requests, &x));
		EXPECT_EQ(1, numbers_recv(replies, &reply));
		EXPECT_EQ(expected * expected, reply);
		expected++;
	}
	EXPECT_EQ(0, chan_close(requests.fd));
	EXPECT_EQ(0, numbers_recv(replies, &x));
	EXPECT_EQ(pid, waitpid(pid, &status, 0));
}

TEST_HARNESS_MAIN
