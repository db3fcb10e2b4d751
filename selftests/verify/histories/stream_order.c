// SPDX-License-Identifier: GPL-2.0-only
/* The order in which elements of a stream were received. */
#include <stdlib.h>

#include "stream_judge.h"

/* Whether this element of the channel was received after another was, at @earliest. */
static bool overtaken(const struct judge *judge, unsigned int channel, const struct element *e,
		      uint64_t earliest)
{
	return came_through(judge, e, channel) && earliest < recv_of(judge, e)->call;
}

/* One sender sends one after the other. */
static void find_late_of_sender(struct judge *judge, unsigned int channel, unsigned int sender)
{
	uint64_t earliest = UINT64_MAX;
	uint32_t i;

	for (i = judge->stream->counts[sender]; i--;) {
		struct element *e = element_at(judge, sender, i);

		e->late |= overtaken(judge, channel, e, earliest);
		if (came_through(judge, e, channel) && recv_of(judge, e)->ret < earliest)
			earliest = recv_of(judge, e)->ret;
	}
}

/* How many elements it may have sent. */
static uint32_t sent_of(const struct stream_send *send)
{
	return send->killed ? send->count : send->done;
}

static uint64_t earliest_of(const struct judge *judge, unsigned int channel,
			    const struct stream_send *send)
{
	uint64_t earliest = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < sent_of(send); i++) {
		const struct element *e = element_at(judge, send->sender, send->first + i);

		if (came_through(judge, e, channel) && recv_of(judge, e)->ret < earliest)
			earliest = recv_of(judge, e)->ret;
	}
	return earliest;
}

/* A send, and the earliest ticket after a receive of an element of it or of any later send. */
struct later {
	uint64_t call;
	uint64_t earliest;
};

static int compare_later(const void *a, const void *b)
{
	const struct later *x = a, *y = b;

	return (x->call > y->call) - (x->call < y->call);
}

/* Of elements sent by calls that began after @ticket. */
static uint64_t earliest_after(const struct later *later, uint32_t n, uint64_t ticket)
{
	uint32_t from = 0, to = n;

	while (from < to) {
		const uint32_t middle = from + (to - from) / 2;

		if (later[middle].call > ticket)
			to = middle;
		else
			from = middle + 1;
	}
	return from < n ? later[from].earliest : UINT64_MAX;
}

static void find_late_of_all(struct judge *judge, unsigned int channel)
{
	const struct stream *stream = judge->stream;
	struct later *later = stream_allocate(stream->nsends, sizeof(*later));
	uint32_t i, j;

	for (i = 0; i < stream->nsends; i++) {
		later[i].call = stream->sends[i].call;
		later[i].earliest = earliest_of(judge, channel, &stream->sends[i]);
	}
	qsort(later, stream->nsends, sizeof(*later), compare_later);
	for (i = stream->nsends; i-- > 1;) {
		if (later[i].earliest < later[i - 1].earliest)
			later[i - 1].earliest = later[i].earliest;
	}
	for (i = 0; i < stream->nsends; i++) {
		const struct stream_send *send = &stream->sends[i];
		const uint64_t earliest = earliest_after(later, stream->nsends, send->ret);

		for (j = 0; j < sent_of(send); j++) {
			struct element *e = element_at(judge, send->sender, send->first + j);

			e->late |= overtaken(judge, channel, e, earliest);
		}
	}
	free(later);
}

/* When the channel was first found closed and drained. */
static uint64_t drained_at(const struct stream *stream, unsigned int channel)
{
	uint64_t drained = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < stream->nrecvs; i++) {
		const struct stream_recv *recv = &stream->recvs[i];

		if (!recv->done && recv->channel == channel && recv->ret < drained)
			drained = recv->ret;
	}
	return drained;
}

static void count_late(struct judge *judge, unsigned int channel)
{
	const uint64_t drained = drained_at(judge->stream, channel);
	uint64_t value = 0, late = 0;
	unsigned int sender;
	uint32_t i;

	for (sender = 0; sender < STREAM_SENDERS; sender++) {
		for (i = 0; i < judge->stream->counts[sender]; i++) {
			struct element *e = element_at(judge, sender, i);

			e->late |= overtaken(judge, channel, e, drained);
			if (!e->late || !came_through(judge, e, channel))
				continue;
			late++;
			value = STREAM_VALUE(sender, i);
		}
	}
	if (late > judge->stream->channels[channel].requeues)
		stream_find_wrong(judge, "late, with too few requeued elements", value);
}

void stream_judge_order(struct judge *judge)
{
	unsigned int channel, sender;

	for (channel = 0; channel < STREAM_CHANNELS; channel++) {
		for (sender = 0; sender < STREAM_SENDERS; sender++)
			find_late_of_sender(judge, channel, sender);
		find_late_of_all(judge, channel);
		count_late(judge, channel);
	}
}
