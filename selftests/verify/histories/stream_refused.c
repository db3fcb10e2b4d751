// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations that found a ready channel not ready. The number of elements in a channel at a moment
 * has known bounds, from the elements certainly sent or received by then, and those possibly so.
 */
#include <stdlib.h>

#include "stream_judge.h"

/**
 * struct moment - a number of elements at a ticket; in struct moments, cumulative
 */
struct moment {
	uint64_t ticket;
	uint64_t elements;
};

/**
 * struct moments - of one kind, by ticket
 */
struct moments {
	struct moment *at;
	uint32_t n;
};

static void moments_add(struct moments *moments, uint64_t ticket, uint64_t elements)
{
	moments->at[moments->n++] = (struct moment){ ticket, elements };
}

static int compare_moments(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	return (x->ticket > y->ticket) - (x->ticket < y->ticket);
}

static void moments_sum(struct moments *moments)
{
	uint32_t i;

	qsort(moments->at, moments->n, sizeof(*moments->at), compare_moments);
	for (i = 1; i < moments->n; i++)
		moments->at[i].elements += moments->at[i - 1].elements;
}

/* Number of elements before @ticket. */
static uint64_t elements_before(const struct moments *moments, uint64_t ticket)
{
	uint32_t from = 0, to = moments->n;

	while (from < to) {
		const uint32_t middle = from + (to - from) / 2;

		if (moments->at[middle].ticket < ticket)
			from = middle + 1;
		else
			to = middle;
	}
	return from ? moments->at[from - 1].elements : 0;
}

/**
 * struct bounds - of one channel: when elements went in and out
 * @sent: certainly, when the operation had returned
 * @offered: possibly, as soon as it had begun
 * @received: certainly
 * @taken: possibly
 */
struct bounds {
	struct moments sent;
	struct moments offered;
	struct moments received;
	struct moments taken;
};

static void bounds_init(struct bounds *bounds, const struct stream *stream, unsigned int channel)
{
	uint32_t i;

	bounds->sent.at = stream_allocate(stream->nsends, sizeof(struct moment));
	bounds->offered.at = stream_allocate(stream->nsends, sizeof(struct moment));
	bounds->received.at = stream_allocate(stream->nrecvs, sizeof(struct moment));
	bounds->taken.at = stream_allocate(stream->nrecvs, sizeof(struct moment));
	for (i = 0; i < stream->nsends; i++) {
		const struct stream_send *send = &stream->sends[i];

		if (send->channel == channel && !send->killed)
			moments_add(&bounds->sent, send->ret, send->done);
		/*
		 * Includes elements not sent in the end: the buffer may have been full meanwhile.
		 */
		if (send->channel == channel || send->channel == STREAM_ANY)
			moments_add(&bounds->offered, send->call, send->count);
	}
	for (i = 0; i < stream->nrecvs; i++) {
		const struct stream_recv *recv = &stream->recvs[i];

		if (recv->channel != channel)
			continue;
		moments_add(&bounds->received, recv->ret, recv->done);
		moments_add(&bounds->taken, recv->call, recv->done);
	}
	moments_sum(&bounds->sent);
	moments_sum(&bounds->offered);
	moments_sum(&bounds->received);
	moments_sum(&bounds->taken);
}

static void bounds_deinit(struct bounds *bounds)
{
	free(bounds->sent.at);
	free(bounds->offered.at);
	free(bounds->received.at);
	free(bounds->taken.at);
}

/* A requeued element is missing until then. */
static bool was_never_empty(const struct bounds *bounds, const struct stream_channel *channel,
			    const struct stream_refusal *refusal)
{
	return elements_before(&bounds->sent, refusal->call) >
	       elements_before(&bounds->taken, refusal->ret) + channel->requeues;
}

static bool was_never_full(const struct bounds *bounds, const struct stream_channel *channel,
			   const struct stream_refusal *refusal)
{
	return elements_before(&bounds->offered, refusal->ret) <
	       elements_before(&bounds->received, refusal->call) + channel->cap;
}

static void judge_channel(struct judge *judge, unsigned int number)
{
	const struct stream *stream = judge->stream;
	const struct stream_channel *channel = &stream->channels[number];
	struct bounds bounds = {};
	uint32_t i;

	bounds_init(&bounds, stream, number);
	for (i = 0; i < stream->nrefusals; i++) {
		const struct stream_refusal *refusal = &stream->refusals[i];

		if (refusal->channel != number)
			continue;
		if (refusal->sends && was_never_full(&bounds, channel, refusal))
			stream_find_wrong(judge, "a send was refused although the buffer had space", 0);
		if (!refusal->sends && was_never_empty(&bounds, channel, refusal))
			stream_find_wrong(judge, "a receive was refused although there was an element",
					  0);
	}
	bounds_deinit(&bounds);
}

void stream_judge_refusals(struct judge *judge)
{
	unsigned int channel;

	for (channel = 0; channel < STREAM_CHANNELS; channel++)
		judge_channel(judge, channel);
}
