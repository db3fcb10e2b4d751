/* SPDX-License-Identifier: GPL-2.0-only */
/* Internals of the judge of streams. */
#ifndef _HISTORIES_STREAM_JUDGE_H
#define _HISTORIES_STREAM_JUDGE_H

#include <stddef.h>

#include "stream.h"

/**
 * struct element - the fate of one element
 * @recv: number of the receive that returned it, starting at 1; 0: none
 * @late: it should have come earlier
 */
struct element {
	uint32_t recv;
	bool late;
};

/**
 * struct judge - state of the judge
 * @elements: of all senders
 * @begin: the first element of each
 */
struct judge {
	const struct stream *stream;
	struct element *elements;
	size_t begin[STREAM_SENDERS];
	struct stream_verdict verdict;
};

/* Zeroed; never NULL. */
void *stream_allocate(size_t n, size_t size);
/* Keeps the first error. */
void stream_find_wrong(struct judge *judge, const char *what, uint64_t value);

static inline struct element *element_at(const struct judge *judge, unsigned int sender,
					 uint32_t number)
{
	return &judge->elements[judge->begin[sender] + number];
}

/* The receive that returned it. */
static inline const struct stream_recv *recv_of(const struct judge *judge, const struct element *e)
{
	return &judge->stream->recvs[e->recv - 1];
}

/* Whether it was received through this channel. */
static inline bool came_through(const struct judge *judge, const struct element *e,
				unsigned int channel)
{
	return e->recv && recv_of(judge, e)->channel == channel;
}

/* stream_order.c: late elements, and whether there are too many. */
void stream_judge_order(struct judge *judge);
/* stream_refused.c: operations that found a ready channel not ready. */
void stream_judge_refusals(struct judge *judge);

#endif /* _HISTORIES_STREAM_JUDGE_H */
