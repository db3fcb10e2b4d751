/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels, their holders and their waiters, as far as known.
 */
#ifndef LIB_MODEL_H
#define LIB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define COMMAND_SIZE	64
#define RIGHTS_SIZE	32
#define SIDE_SIZE	16
/* A type name has up to 31 bytes, each of which may be escaped to four. */
#define FACT_SIZE	128

/* Fields of fdinfo other than the number; printed verbatim. */
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
	bool deadline;	/* has a deadline */
	bool file;	/* its select also polls files */
	bool ref;	/* its call holds references to open files */
};

/* Number of operations per path. */
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
	unsigned long more_waiters;	/* not listed by the module */
};

/**
 * struct model - a set of channels
 * @channels: in the order in which they were found
 * @by_id: the same, sorted by number
 * @count: number of channels
 */
struct model {
	struct channel **channels;
	struct channel **by_id;
	size_t count;
};

/**
 * model_add() - add a channel and one of its holders
 * @model: the model
 * @seen: the channel, without holders; takes ownership of its waiters, also on errors
 * @holder: the holder; NULL if unknown
 *
 * The first state seen of a channel is kept, so that it is a consistent snapshot.
 *
 * Return: 0 or -ENOMEM.
 */
int model_add(struct model *model, const struct channel *seen, const struct holder *holder);
int channel_add_waiter(struct channel *channel, const struct waiter *waiter);
/* NULL if it is unknown. */
struct channel *model_find(const struct model *model, uint64_t id);
/* Sort by the first holder found, and its descriptor. All channels have a holder. */
void model_sort(struct model *model);
void model_free(struct model *model);

#endif /* LIB_MODEL_H */
