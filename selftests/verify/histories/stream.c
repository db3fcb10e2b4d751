// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "stream_judge.h"

#define SENDER(value)	((unsigned int)((value) >> 40) - 1)
#define NUMBER(value)	((uint32_t)(value))

void *stream_allocate(size_t n, size_t size)
{
	void *memory = calloc(n ? n : 1, size);

	if (!memory)
		abort();
	return memory;
}

void stream_find_wrong(struct judge *judge, const char *what, uint64_t value)
{
	if (judge->verdict.what)
		return;
	judge->verdict.what = what;
	judge->verdict.value = value;
}

static void enter(struct judge *judge, uint32_t recv, uint64_t value)
{
	const unsigned int sender = SENDER(value);
	struct element *e;

	if (sender >= STREAM_SENDERS || value != STREAM_VALUE(sender, NUMBER(value)) ||
	    NUMBER(value) >= judge->stream->counts[sender]) {
		stream_find_wrong(judge, "invented", value);
		return;
	}
	e = element_at(judge, sender, NUMBER(value));
	if (e->recv)
		stream_find_wrong(judge, "doubled", value);
	e->recv = recv + 1;
}

/* Within one receive, elements of one sender are in order. */
static void enter_recv(struct judge *judge, uint32_t recv)
{
	const struct stream_recv *r = &judge->stream->recvs[recv];
	uint32_t next[STREAM_SENDERS] = {}, i;

	for (i = 0; i < r->done; i++) {
		const unsigned int sender = SENDER(r->values[i]);

		enter(judge, recv, r->values[i]);
		if (judge->verdict.what)
			return;
		if (NUMBER(r->values[i]) < next[sender])
			element_at(judge, sender, NUMBER(r->values[i]))->late = true;
		else
			next[sender] = NUMBER(r->values[i]) + 1;
	}
}

/* A killed task has sent a prefix. */
static void account_send(struct judge *judge, const struct stream_send *send)
{
	bool missing = false;
	uint32_t i;

	for (i = 0; i < send->count; i++) {
		const uint32_t number = send->first + i;
		const struct element *e = element_at(judge, send->sender, number);
		const bool received = e->recv;
		const uint64_t value = STREAM_VALUE(send->sender, number);

		if (!send->killed && i < send->done && !received)
			stream_find_wrong(judge, "lost", value);
		if (!send->killed && i < send->done && !came_through(judge, e, send->channel))
			stream_find_wrong(judge, "received from another channel", value);
		if (send->killed && received && missing)
			stream_find_wrong(judge, "sent after an unsent one", value);
		missing |= !received;
	}
}

/* Elements that an operation has not sent are either sent by the sender's next one, or never. */
static void account_unsent(struct judge *judge)
{
	const struct stream *stream = judge->stream;
	uint32_t i, j;

	for (i = 0; i < stream->nsends; i++) {
		const struct stream_send *send = &stream->sends[i];
		const bool last = i + 1 == stream->nsends || send[1].sender != send->sender;

		if (send->killed || !last)
			continue;
		for (j = send->done; j < send->count; j++) {
			if (element_at(judge, send->sender, send->first + j)->recv)
				stream_find_wrong(judge, "received, but not sent",
					   STREAM_VALUE(send->sender, send->first + j));
		}
	}
}

static void account(struct judge *judge)
{
	uint32_t i;

	for (i = 0; i < judge->stream->nrecvs && !judge->verdict.what; i++)
		enter_recv(judge, i);
	if (judge->verdict.what)
		return;
	for (i = 0; i < judge->stream->nsends; i++)
		account_send(judge, &judge->stream->sends[i]);
	account_unsent(judge);
	stream_judge_order(judge);
	stream_judge_refusals(judge);
}

struct stream_verdict stream_check(const struct stream *stream)
{
	struct judge judge = { .stream = stream };
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < STREAM_SENDERS; i++) {
		judge.begin[i] = n;
		n += stream->counts[i];
	}
	judge.elements = stream_allocate(n, sizeof(*judge.elements));
	account(&judge);
	free(judge.elements);
	return judge.verdict;
}
