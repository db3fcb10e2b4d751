// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared memory: with a futex, a slot for one message; with semaphores, a ring.
 */
#include <errno.h>
#include <linux/futex.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

enum slot {
	SLOT_EMPTY,
	SLOT_BUSY,
	SLOT_FULL,
};

/**
 * struct shared - shared by the tasks of a line
 * @state: the futex: an enum slot
 * @senders: parked, or about to park
 * @receivers: the same
 * @space: semaphore of free slots
 * @items: semaphore of messages
 * @lock: semaphore that protects the rest
 * @sendx: slot of the next send
 * @recvx: slot of the next receive
 * @bytes: of the mapping
 * @slots: the messages
 */
struct shared {
	_Atomic(uint32_t) state;
	_Atomic(uint32_t) senders;
	_Atomic(uint32_t) receivers;
	sem_t space;
	sem_t items;
	sem_t lock;
	unsigned int sendx;
	unsigned int recvx;
	size_t bytes;
	unsigned char slots[];
};

static int shared_open(struct line *line)
{
	const unsigned int slots = line->capacity ? line->capacity : 1;
	const size_t bytes = sizeof(struct shared) + slots * line->size;
	struct shared *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return -errno;
	shared->bytes = bytes;
	sem_init(&shared->space, 1, slots);
	sem_init(&shared->items, 1, 0);
	sem_init(&shared->lock, 1, 1);
	line->shared = shared;
	return 0;
}

static void shared_close(struct line *line)
{
	munmap(line->shared, line->shared->bytes);
}

static int futex_open(struct line *line)
{
	return line->capacity > 1 ? -EOPNOTSUPP : shared_open(line);
}

/* Change the state from one to another, and wait while it differs. */
static void slot_take(struct shared *shared, uint32_t from, _Atomic(uint32_t) *waiters)
{
	uint32_t state = from;

	while (!atomic_compare_exchange_strong(&shared->state, &state, SLOT_BUSY)) {
		atomic_fetch_add(waiters, 1);
		if (atomic_load(&shared->state) != from)
			syscall(SYS_futex, &shared->state, FUTEX_WAIT, state, NULL, NULL, 0);
		atomic_fetch_sub(waiters, 1);
		state = from;
	}
}

/* All wait on one futex, both senders and receivers, so wake all if both do. */
static void slot_give(struct shared *shared, uint32_t to, const _Atomic(uint32_t) *waiters,
		      const _Atomic(uint32_t) *others)
{
	atomic_store(&shared->state, to);
	if (atomic_load(waiters) || atomic_load(others))
		syscall(SYS_futex, &shared->state, FUTEX_WAKE, atomic_load(others) ? INT32_MAX : 1,
			NULL, NULL, 0);
}

static int futex_send(const struct line *line)
{
	struct shared *shared = line->shared;

	slot_take(shared, SLOT_EMPTY, &shared->senders);
	memcpy(shared->slots, line->messages, line->size);
	slot_give(shared, SLOT_FULL, &shared->receivers, &shared->senders);
	return 0;
}

static int futex_receive(const struct line *line)
{
	struct shared *shared = line->shared;

	slot_take(shared, SLOT_FULL, &shared->receivers);
	memcpy(line->messages, shared->slots, line->size);
	slot_give(shared, SLOT_EMPTY, &shared->senders, &shared->receivers);
	return 0;
}

static int futex_try_receive(const struct line *line)
{
	return atomic_load(&line->shared->state) == SLOT_FULL ? futex_receive(line) : -EAGAIN;
}

/* Add one to the index of a slot, within the capacity. */
static unsigned char *next_slot(const struct line *line, unsigned int *index)
{
	unsigned char *slot = line->shared->slots + *index * line->size;

	*index = *index + 1 < line->capacity ? *index + 1 : 0;
	return slot;
}

static int semaphore_send(const struct line *line)
{
	struct shared *shared = line->shared;

	sem_wait(&shared->space);
	sem_wait(&shared->lock);
	memcpy(next_slot(line, &shared->sendx), line->messages, line->size);
	sem_post(&shared->lock);
	sem_post(&shared->items);
	return 0;
}

static int semaphore_take(const struct line *line)
{
	struct shared *shared = line->shared;

	sem_wait(&shared->lock);
	memcpy(line->messages, next_slot(line, &shared->recvx), line->size);
	sem_post(&shared->lock);
	sem_post(&shared->space);
	return 0;
}

static int semaphore_receive(const struct line *line)
{
	sem_wait(&line->shared->items);
	return semaphore_take(line);
}

static int semaphore_try_receive(const struct line *line)
{
	return sem_trywait(&line->shared->items) ? -errno : semaphore_take(line);
}

const struct mechanism futex_mechanism = {
	.name = "futex",
	.open = futex_open,
	.close = shared_close,
	.send = futex_send,
	.receive = futex_receive,
	.try_receive = futex_try_receive,
};

const struct mechanism semaphore_mechanism = {
	.name = "semaphore",
	.open = shared_open,
	.close = shared_close,
	.send = semaphore_send,
	.receive = semaphore_receive,
	.try_receive = semaphore_try_receive,
};
