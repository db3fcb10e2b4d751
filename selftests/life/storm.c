// SPDX-License-Identifier: GPL-2.0-only
/*
 * A storm of SIGKILL (G3): producers and consumers are killed at any instruction and restarted, for
 * many rounds. Consumers receive directly into shared memory, so a received element is visible even
 * if its receiver died before its call returned. In the end each element with a completed send is
 * there once, and each whose send may have completed at most once.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/task.h"
#include "common/variants.h"

#define PRODUCERS	3
#define CONSUMERS	3
#define WORKERS		(PRODUCERS + CONSUMERS)
#define ROUNDS		60
#define BATCH		3
/* Maximum number of elements per producer, and of slots per consumer. */
#define ELEMS		20000
#define SLOTS		(PRODUCERS * ELEMS + BATCH)

/* Never 0, the initial value of a slot. */
#define VALUE(producer, number)	((uint64_t)(producer) << 32 | (number))
#define PRODUCER(value)		((value) >> 32)
#define NUMBER(value)		((uint32_t)(value))

/**
 * struct producer - progress of all incarnations of a producer; shared
 * @begun: number of the last element that may have been sent
 * @sent: by number: its send was completed
 */
struct producer {
	uint32_t begun;
	uint8_t sent[ELEMS + 1];
};

/**
 * struct storm - shared by the test and the workers
 * @ch: the channel
 * @elemsize: of it
 * @slotsize: distance of two slots; a slot lies within one page, so that it is filled entirely
 *	or not at all
 * @producers: the elements sent
 * @slots: of each consumer, filled from the first one on
 * @received: approximate number of elements received by all consumers
 */
struct storm {
	int ch;
	size_t elemsize;
	size_t slotsize;
	struct producer producers[PRODUCERS];
	char *slots[CONSUMERS];
	uint64_t received;
};

static uint64_t value_at(const void *slot)
{
	uint64_t value;

	memcpy(&value, slot, sizeof(value));
	return value;
}

/* Alternates single elements and batches. */
static void produce(struct storm *storm, unsigned int me)
{
	struct producer *producer = &storm->producers[me];
	char elems[BATCH * 300];
	uint32_t next = producer->begun + 1;
	int n, i, done;

	while (next + BATCH <= ELEMS) {
		n = next % 2 ? 1 : BATCH;
		for (i = 0; i < n; i++)
			element_fill(elems + i * storm->elemsize, storm->elemsize,
				     VALUE(me, next + i));
		__atomic_store_n(&producer->begun, next + n - 1, __ATOMIC_RELEASE);
		if (n > 1)
			done = chan_sendv(storm->ch, elems, storm->elemsize, n);
		else
			done = chan_send(storm->ch, elems, storm->elemsize) ? -1 : 1;
		if (done < 1)
			give_up("producer %u: a send failed", me);
		for (i = 0; i < done; i++)
			producer->sent[next + i] = 1;
		next += done;
	}
}

/* Small elements are adjacent, and several are received at once. */
static void consume(struct storm *storm, unsigned int me)
{
	char *slot = storm->slots[me];
	const bool close_together = storm->slotsize == storm->elemsize;
	int got;

	while (value_at(slot))
		slot += storm->slotsize;
	for (;;) {
		got = close_together ? chan_recvv(storm->ch, slot, storm->elemsize, BATCH)
				     : chan_recv(storm->ch, slot, storm->elemsize);
		if (got < 1)
			give_up("consumer %u: a receive failed", me);
		__atomic_add_fetch(&storm->received, got, __ATOMIC_RELAXED);
		slot += got * storm->slotsize;
	}
}

static pid_t start_worker(struct storm *storm, unsigned int index)
{
	const pid_t pid = task_fork();

	if (pid)
		return pid;
	if (index < PRODUCERS)
		produce(storm, index);
	else
		consume(storm, index - PRODUCERS);
	/* A producer that has sent all elements only waits to be killed. */
	for (;;)
		pause();
}

/* A worker that fails kills itself with another signal. */
static bool kill_worker(pid_t pid)
{
	int status;

	if (kill(pid, SIGKILL) || waitpid(pid, &status, 0) != pid)
		give_up("a worker cannot be killed: %s", strerror(errno));
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static struct storm *storm_new(size_t elemsize, unsigned int cap)
{
	struct storm *storm = shared_alloc(sizeof(*storm));
	unsigned int i;

	storm->ch = channel_make_elems(elemsize, cap);
	storm->elemsize = elemsize;
	storm->slotsize = elemsize == 8 ? 8 : 512;
	for (i = 0; i < CONSUMERS; i++)
		storm->slots[i] = shared_alloc(SLOTS * storm->slotsize);
	return storm;
}

static bool storm_goes_on(const struct storm *storm, uint64_t received)
{
	unsigned int i;

	if (__atomic_load_n(&storm->received, __ATOMIC_RELAXED) >= received)
		return true;
	for (i = 0; i < PRODUCERS; i++) {
		if (__atomic_load_n(&storm->producers[i].begun, __ATOMIC_RELAXED) < ELEMS - BATCH)
			return false;
	}
	return true;
}

/* Returns how many workers ended other than by SIGKILL. */
static int storm_run(struct storm *storm)
{
	pid_t workers[WORKERS];
	int i, round, failed = 0;

	for (i = 0; i < WORKERS; i++)
		workers[i] = start_worker(storm, i);
	for (round = 0; round < ROUNDS; round++) {
		/* Some kills hit workers that have just started, some after a while. */
		if (round % 2)
			wait_until(storm_goes_on(storm, storm->received + rand() % 40));
		i = rand() % WORKERS;
		failed += !kill_worker(workers[i]);
		/* Two at once: the second dies before the first is restarted. */
		if (round % 3 == 0) {
			const int other = (i + 1 + rand() % (WORKERS - 1)) % WORKERS;

			failed += !kill_worker(workers[other]);
			workers[other] = start_worker(storm, other);
		}
		workers[i] = start_worker(storm, i);
	}
	for (i = 0; i < WORKERS; i++)
		failed += !kill_worker(workers[i]);
	return failed;
}

/* Enter an element into the account. Returns whether it is a valid one. */
static bool count(const struct storm *storm, const void *elem, uint8_t counts[][ELEMS + 1])
{
	const uint64_t value = value_at(elem);

	if (PRODUCER(value) >= PRODUCERS ||
	    NUMBER(value) > storm->producers[PRODUCER(value)].begun)
		return false;
	counts[PRODUCER(value)][NUMBER(value)]++;
	return element_is(elem, storm->elemsize, value);
}

/**
 * struct account - the fate of the elements
 * @lost: sent, and not there
 * @doubled: there more than once
 * @invented: there, and never sent, or damaged
 * @sent: completed sends
 */
struct account {
	unsigned int lost;
	unsigned int doubled;
	unsigned int invented;
	unsigned int sent;
};

static struct account storm_account(const struct storm *storm)
{
	static uint8_t counts[PRODUCERS][ELEMS + 1];
	struct account account = {};
	char elem[300];
	const char *slot;
	unsigned int i, j;

	for (i = 0; i < CONSUMERS; i++) {
		for (slot = storm->slots[i]; value_at(slot); slot += storm->slotsize)
			account.invented += !count(storm, slot, counts);
	}
	while (chan_try_recv(storm->ch, elem, storm->elemsize) == 1)
		account.invented += !count(storm, elem, counts);
	for (i = 0; i < PRODUCERS; i++) {
		for (j = 1; j <= ELEMS; j++) {
			account.sent += storm->producers[i].sent[j];
			account.lost += storm->producers[i].sent[j] && !counts[i][j];
			account.doubled += counts[i][j] > 1;
		}
	}
	return account;
}

SIZE_FIXTURE(storm);
SIZE_VARIANTS(storm, 8);
SIZE_VARIANTS(storm, 300);

TEST_F(storm, G3_nothing_is_lost_doubled_or_invented)
{
	struct storm *storm = storm_new(variant->elemsize, variant->cap);
	struct account account;
	struct chan_info info;

	srand(variant->elemsize + variant->cap);
	EXPECT_EQ(0, storm_run(storm));
	info = channel_info(storm->ch);
	EXPECT_EQ(0, info.sendq);
	EXPECT_EQ(0, info.recvq);
	EXPECT_GE(variant->cap, info.maxlen);

	account = storm_account(storm);
	EXPECT_LT(ROUNDS, account.sent);
	EXPECT_EQ(0, account.lost);
	EXPECT_EQ(0, account.doubled);
	EXPECT_EQ(0, account.invented);
	info = channel_info(storm->ch);
	EXPECT_EQ(0, info.len);
	EXPECT_EQ(0, info.requeued);
}

TEST_HARNESS_MAIN
