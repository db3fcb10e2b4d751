/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is known of channels, of who holds them and of who waits in them.
 */
#ifndef COMMON_MODEL_H
#define COMMON_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define COMMAND_SIZE	64
#define RIGHTS_SIZE	32
#define SIDE_SIZE	16
/* A type has up to 31 bytes, each of which may be shown by four. */
#define FACT_SIZE	128

/* What fdinfo tells of a channel beside its number; shown as it is told. */
enum fact {
	FACT_TYPE,
	FACT_ELEMSIZE,
	FACT_CAP,
	FACT_LEN,
	FACT_CLOSED,
	FACT_SENDQ,
	FACT_RECVQ,
	FACT_FLAGS,
	FACT_SENDERS,
	FACT_RECEIVERS,
	FACT_CLOSERS,
	FACTS,
};

/* A file descriptor of a channel. */
struct holder {
	pid_t pid;
	char command[COMMAND_SIZE];
	int fd;
	char rights[RIGHTS_SIZE];
	unsigned long refs;	/* to its open file */
};

/* A parked operation; a select has one for each of its channels. */
struct waiter {
	pid_t pid;
	char command[COMMAND_SIZE];
	char side[SIDE_SIZE];
	uint64_t age;	/* nanoseconds */
	bool send;
	bool select;
	bool deadline;	/* it gives up at some time */
	bool file;	/* its select waits for files as well */
	bool ref;	/* its call holds references to open files */
};

/* How many operations took each path. */
struct paths {
	uint64_t handoff;
	uint64_t ring;
	uint64_t park;
};

struct channel {
	uint64_t id;
	char facts[FACTS][FACT_SIZE];
	struct paths sends;
	struct paths recvs;
	struct holder *holders;
	size_t holder_count;
	struct waiter *waiters;
	size_t waiter_count;
	unsigned long more_waiters;	/* beside these */
};

/**
 * struct model - channels
 * @channels: in the order in which they were found
 * @by_id: the same by number, to find them
 * @count: how many
 */
struct model {
	struct channel **channels;
	struct channel **by_id;
	size_t count;
};

/**
 * model_add() - a channel was seen in the hands of a holder
 * @model: what is known already
 * @seen: the channel, without holders; its waiters are taken over, also on errors
 * @holder: who holds it; NULL is not known
 *
 * What was seen of a channel first is kept, so that all of it is of one moment.
 *
 * Return: 0 or -ENOMEM.
 */
int model_add(struct model *model, const struct channel *seen, const struct holder *holder);
int channel_add_waiter(struct channel *channel, const struct waiter *waiter);
/* NULL if it is not known. */
struct channel *model_find(const struct model *model, uint64_t id);
/* By the process that was found first to hold them, and its descriptor. All have a holder. */
void model_sort(struct model *model);
void model_free(struct model *model);

#endif /* COMMON_MODEL_H */
