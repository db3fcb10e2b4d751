// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many receivers hold many elements each and cannot keep them: all are requeued in the order in
 * which they were sent, in whatever order the receivers end (G3, G4). The cost is linear in the
 * number of elements, not quadratic (G12).
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/kernel.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/task.h"

/* Elements taken by one pass. */
#define EACH	32
#define MANY	1000
/* On a debug kernel, a task costs ten times as much or more. */
#define MANY_CHECKED	100
/* Returned by a failed measurement. */
#define ROUNDS		3

/**
 * struct holders - threads that each have taken EACH elements, and wait for their memory
 * @ch: their channel
 * @n: number of threads
 * @slow: the memory, shared by all
 * @threads: the threads
 * @faults: number of receives that returned EFAULT
 */
struct holders {
	int ch;
	unsigned int n;
	struct memory_slow slow;
	pthread_t threads[MANY];
	unsigned int faults;
};

static unsigned int many(void)
{
	return kernel_is_checked() ? MANY_CHECKED : MANY;
}

static void *hold(void *arg)
{
	struct holders *h = arg;
	const struct chan_xfer xfer = {
		.elems = (uintptr_t)h->slow.page, .count = EACH, .min = EACH,
		.elemsize = sizeof(uint64_t),
		.deadline = CHAN_DEADLINE_NONE,
	};

	if (channel_ioctl(h->ch, CHAN_IOC_RECVV, &xfer) == -EFAULT)
		__atomic_add_fetch(&h->faults, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Returns when they have taken all elements of the channel. */
static struct holders *holders_start(int ch, unsigned int n)
{
	struct holders *h = shared_alloc(sizeof(*h));
	pthread_attr_t attr;
	unsigned int i;

	h->ch = ch;
	h->n = n;
	h->slow = memory_slow_new();
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	for (i = 0; i < n; i++) {
		if (pthread_create(&h->threads[i], &attr, hold, h))
			give_up("pthread_create failed");
	}
	wait_until(!channel_info(ch).len);
	return h;
}

/* Their memory is lost. Returns how many receives failed with EFAULT. */
static unsigned int holders_fault(struct holders *h)
{
	unsigned int i;

	memory_slow_lose(&h->slow);
	for (i = 0; i < h->n; i++)
		pthread_join(h->threads[i], NULL);
	return h->faults;
}

static int run_hold(struct operation *op)
{
	holders_start(op->ch, (uintptr_t)op->data);
	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	return pause();
}

static int full_channel(unsigned int n)
{
	const int ch = channel_make(n);
	uint64_t *elems = calloc(n, sizeof(*elems));
	unsigned int i;

	for (i = 0; i < n; i++)
		elems[i] = i + 1;
	if (chan_sendv(ch, elems, sizeof(*elems), n) != n)
		give_up("cannot fill a channel");
	free(elems);
	return ch;
}

/* Whether all elements come in the order in which they were sent. */
static bool comes_in_order(int ch, unsigned int n)
{
	uint64_t *elems = calloc(n, sizeof(*elems));
	bool in_order = chan_recvv(ch, elems, sizeof(*elems), n) == n;
	unsigned int i;

	for (i = 0; i < n && in_order; i++)
		in_order = elems[i] == i + 1;
	free(elems);
	return in_order && chan_try_recv(ch, &(uint64_t){ 0 }, sizeof(uint64_t)) == -EAGAIN;
}

TEST(G3_G4_elements_of_many_faulting_receivers_come_back_in_order)
{
	const unsigned int n = many() / 2, all = n * EACH;
	int ch = full_channel(all);
	struct holders *h = holders_start(ch, n);

	EXPECT_EQ(n, holders_fault(h));
	EXPECT_EQ(all, channel_info(ch).requeued);
	EXPECT_TRUE(comes_in_order(ch, all));
}

TEST(G3_G11_elements_of_many_dying_receivers_come_back_in_order)
{
	const unsigned int n = many() / 2, all = n * EACH;
	int ch = full_channel(all);
	struct operation *op = operation_start_new(TASK_PROCESS, run_hold, ch,
						   (void *)(uintptr_t)n);

	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE));
	operation_kill(op);
	EXPECT_EQ(all, channel_info(ch).requeued);
	EXPECT_TRUE(comes_in_order(ch, all));
}

#define SERVED	4

/* Receives until the channel is closed; counts each value. */
static int run_receive(struct operation *op)
{
	unsigned int *count = op->data;
	uint64_t value;
	int ret;

	while ((ret = chan_recv(op->ch, &value, sizeof(value))) == 1)
		__atomic_add_fetch(&count[value], 1, __ATOMIC_RELAXED);
	return ret;
}

/* Others receive meanwhile, both requeued and new elements. */
TEST(G3_G11_others_are_served_while_many_die)
{
	const unsigned int n = many() / 2, all = n * EACH;
	unsigned int *count = shared_alloc((all + EACH + 1) * sizeof(*count)), i, wrong = 0;
	int ch = full_channel(all);
	struct operation *dying = operation_start_new(TASK_PROCESS, run_hold, ch,
						      (void *)(uintptr_t)n);
	struct operation *served[SERVED];

	wait_until(__atomic_load_n(&dying->progress, __ATOMIC_ACQUIRE));
	for (i = 0; i < SERVED; i++)
		served[i] = operation_start_new(TASK_PROCESS, run_receive, ch, count);
	channel_wait_parked(ch, 0, SERVED);
	operation_signal(dying, SIGKILL);
	for (i = 1; i <= EACH; i++)
		ASSERT_EQ(0, chan_send(ch, &(uint64_t){ all + i }, sizeof(uint64_t)));
	EXPECT_EQ(OPERATION_KILLED, operation_wait(dying));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_TRUE(operations_succeed(served, SERVED));
	for (i = 1; i <= all + EACH; i++)
		wrong += count[i] != 1;
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(0, channel_info(ch).requeued);
}

#define ORDERS	5
#define FEW	12

/* Each holder is a process, and they die in any order. */
TEST(G4_elements_come_back_in_order_in_any_order_of_deaths)
{
	struct operation *ops[FEW], *op;
	unsigned int i, j, other;

	srandom(1);
	for (i = 0; i < ORDERS; i++) {
		int ch = full_channel(FEW * EACH);

		for (j = 0; j < FEW; j++) {
			ops[j] = operation_start_new(TASK_PROCESS, run_hold, ch, (void *)1);
			wait_until(channel_info(ch).len == (FEW - 1 - j) * EACH);
		}
		for (j = FEW; j; j--) {
			other = random() % j;
			op = ops[other];
			ops[other] = ops[j - 1];
			operation_kill(op);
			operation_join(op);
		}
		EXPECT_TRUE(comes_in_order(ch, FEW * EACH));
		close(ch);
	}
}

/**
 * struct holder - a thread that has taken EACH elements, and waits for its own memory
 * @ch: its channel
 * @slow: the memory
 * @thread: the thread
 * @result: of its receive
 */
struct holder {
	int ch;
	struct memory_slow slow;
	pthread_t thread;
	int result;
};

static void *hold_alone(void *arg)
{
	struct holder *h = arg;
	const struct chan_xfer xfer = {
		.elems = (uintptr_t)h->slow.page, .count = EACH, .min = EACH,
		.elemsize = sizeof(uint64_t),
		.deadline = CHAN_DEADLINE_NONE,
	};

	h->result = channel_ioctl(h->ch, CHAN_IOC_RECVV, &xfer);
	return NULL;
}

/* One after the other, so that the first holds the first elements. */
static struct holder *hold_all(int ch, unsigned int n)
{
	struct holder *holders = calloc(n, sizeof(*holders)), *h;
	unsigned int len = n * EACH;

	for (h = holders; h < holders + n; h++) {
		h->ch = ch;
		h->slow = memory_slow_new();
		if (pthread_create(&h->thread, NULL, hold_alone, h))
			give_up("pthread_create failed");
		len -= EACH;
		wait_until(channel_info(ch).len == len);
	}
	return holders;
}

/* The order in which receivers requeue, by the position of their elements. */
static void upwards(unsigned int *order, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		order[i] = i;
}

static void downwards(unsigned int *order, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		order[i] = n - 1 - i;
}

static void shuffled(unsigned int *order, unsigned int n)
{
	unsigned int i, other, place;

	srandom(1);
	upwards(order, n);
	for (i = n; i; i--) {
		other = random() % i;
		place = order[other];
		order[other] = order[i - 1];
		order[i - 1] = place;
	}
}

FIXTURE(order) {};
FIXTURE_VARIANT(order)
{
	void (*arrange)(unsigned int *order, unsigned int n);
};
FIXTURE_SETUP(order)
{
	const struct rlimit limit = { 4096, 4096 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		give_up("setrlimit: %s", strerror(errno));
}
FIXTURE_TEARDOWN(order) {}

FIXTURE_VARIANT_ADD(order, upwards) { upwards };
FIXTURE_VARIANT_ADD(order, downwards) { downwards };
FIXTURE_VARIANT_ADD(order, shuffled) { shuffled };

/* Let @n receivers requeue in this order. Returns the CPU time used, or -1 on failure. */
static int64_t give_back(unsigned int n, void (*arrange)(unsigned int *order, unsigned int n))
{
	const int ch = full_channel(n * EACH);
	struct holder *holders = hold_all(ch, n), *h;
	unsigned int *order = calloc(n, sizeof(*order)), i;
	bool right = true;
	int64_t cost;

	arrange(order, n);
	cost = -clock_read(CLOCK_PROCESS_CPUTIME_ID);
	for (i = 0; i < n; i++) {
		h = &holders[order[i]];
		memory_slow_lose(&h->slow);
		pthread_join(h->thread, NULL);
		right &= h->result == -EFAULT;
	}
	cost += clock_read(CLOCK_PROCESS_CPUTIME_ID);
	right &= comes_in_order(ch, n * EACH);
	for (i = 0; i < n; i++)
		close(holders[i].slow.fd);
	close(ch);
	free(order);
	free(holders);
	return right ? cost : -1;
}

/*
 * Four times as many cost about four times as much; a quadratic cost would be sixteen times. A
 * regression must show in each round, as CPU time is inexact on an emulated machine.
 */
TEST_F(order, G4_G12_elements_come_back_in_order_and_cost_no_more_each)
{
	const unsigned int n = many() / 4;
	bool cheap = false;
	int64_t few, all;
	int i;

	task_pin();
	for (i = 0; i < ROUNDS && !cheap; i++) {
		few = give_back(n / 4, variant->arrange);
		all = give_back(n, variant->arrange);
		ASSERT_LT(0, few);
		ASSERT_LT(0, all);
		TH_LOG("%lld us, %lld us", (long long)few / 1000, (long long)all / 1000);
		cheap = all < 7 * few;
	}
	EXPECT_TRUE(cheap);
}

TEST_HARNESS_MAIN
