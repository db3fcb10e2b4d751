// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "stream.h"

#define SENDER(value)	((unsigned int)((value) >> 40) - 1)
#define NUMBER(value)	((uint32_t)(value))

/**
 * struct element - what became of one
 * @recv: number of the receive that it came by, beginning at 1; 0: none
 * @late: it should have come earlier
 */
struct element {
	uint32_t recv;
	bool late;
};

/**
 * struct judge - a judge at work
 * @elements: of all senders
 * @begin: where those of each are
 */
struct judge {
	const struct stream *stream;
	struct element *elements;
	size_t begin[STREAM_SENDERS];
	struct stream_verdict verdict;
};

static void *allocate(size_t n, size_t size)
{
	void *memory = calloc(n ? n : 1, size);

	if (!memory)
		abort();
	return memory;
}

static void find_wrong(struct judge *judge, const char *what, uint64_t value)
{
	if (judge->verdict.what)
		return;
	judge->verdict.what = what;
	judge->verdict.value = value;
}

static struct element *element_at(const struct judge *judge, unsigned int sender, uint32_t number)
{
	return &judge->elements[judge->begin[sender] + number];
}

static const struct stream_recv *recv_of(const struct judge *judge, const struct element *e)
{
	return &judge->stream->recvs[e->recv - 1];
}

static void enter(struct judge *judge, uint32_t recv, uint64_t value)
{
	const unsigned int sender = SENDER(value);
	struct element *e;

	if (sender >= STREAM_SENDERS || value != STREAM_VALUE(sender, NUMBER(value)) ||
	    NUMBER(value) >= judge->stream->counts[sender]) {
		find_wrong(judge, "invented", value);
		return;
	}
	e = element_at(judge, sender, NUMBER(value));
	if (e->recv)
		find_wrong(judge, "doubled", value);
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

/* Who was killed has sent the first so many. */
static void account_send(struct judge *judge, const struct stream_send *send)
{
	bool missing = false;
	uint32_t i;

	for (i = 0; i < send->count; i++) {
		const uint32_t number = send->first + i;
		const bool received = element_at(judge, send->sender, number)->recv;
		const uint64_t value = STREAM_VALUE(send->sender, number);

		if (!send->killed && i < send->done && !received)
			find_wrong(judge, "lost", value);
		if (send->killed && received && missing)
			find_wrong(judge, "sent after one that was not", value);
		missing |= !received;
	}
}

/* What an operation has not sent, the sender's next one begins with, or nobody sends. */
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
				find_wrong(judge, "not sent, and received",
					   STREAM_VALUE(send->sender, send->first + j));
		}
	}
}

static bool overtaken(const struct judge *judge, const struct element *e, uint64_t earliest)
{
	return e->recv && earliest < recv_of(judge, e)->call;
}

/* One sender sends one after the other. */
static void find_late_of_sender(struct judge *judge, unsigned int sender)
{
	uint64_t earliest = UINT64_MAX;
	uint32_t i;

	for (i = judge->stream->counts[sender]; i--;) {
		struct element *e = element_at(judge, sender, i);

		e->late |= overtaken(judge, e, earliest);
		if (e->recv && recv_of(judge, e)->ret < earliest)
			earliest = recv_of(judge, e)->ret;
	}
}

/* How many elements it may have sent. */
static uint32_t sent_of(const struct stream_send *send)
{
	return send->killed ? send->count : send->done;
}

static uint64_t earliest_of(const struct judge *judge, const struct stream_send *send)
{
	uint64_t earliest = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < sent_of(send); i++) {
		const struct element *e = element_at(judge, send->sender, send->first + i);

		if (e->recv && recv_of(judge, e)->ret < earliest)
			earliest = recv_of(judge, e)->ret;
	}
	return earliest;
}

/* A send, and the earliest ticket after a receive of what it and all later ones have sent. */
struct later {
	uint64_t call;
	uint64_t earliest;
};

static int compare_later(const void *a, const void *b)
{
	const struct later *x = a, *y = b;

	return (x->call > y->call) - (x->call < y->call);
}

/* Of what was sent by calls that began after @ticket. */
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

static void find_late_of_all(struct judge *judge)
{
	const struct stream *stream = judge->stream;
	struct later *later = allocate(stream->nsends, sizeof(*later));
	uint32_t i, j;

	for (i = 0; i < stream->nsends; i++) {
		later[i].call = stream->sends[i].call;
		later[i].earliest = earliest_of(judge, &stream->sends[i]);
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

			e->late |= overtaken(judge, e, earliest);
		}
	}
	free(later);
}

static void count_late(struct judge *judge)
{
	const struct stream *stream = judge->stream;
	uint64_t drained = UINT64_MAX, value = 0;
	unsigned int sender;
	uint32_t i;

	for (i = 0; i < stream->nrecvs; i++) {
		if (!stream->recvs[i].done && stream->recvs[i].ret < drained)
			drained = stream->recvs[i].ret;
	}
	for (sender = 0; sender < STREAM_SENDERS; sender++) {
		for (i = 0; i < stream->counts[sender]; i++) {
			struct element *e = element_at(judge, sender, i);

			e->late |= overtaken(judge, e, drained);
			if (!e->late)
				continue;
			judge->verdict.late++;
			value = STREAM_VALUE(sender, i);
		}
	}
	if (judge->verdict.late > stream->givebacks)
		find_wrong(judge, "late, though too few were given back", value);
}

static void account(struct judge *judge)
{
	unsigned int sender;
	uint32_t i;

	for (i = 0; i < judge->stream->nrecvs && !judge->verdict.what; i++)
		enter_recv(judge, i);
	if (judge->verdict.what)
		return;
	for (i = 0; i < judge->stream->nsends; i++)
		account_send(judge, &judge->stream->sends[i]);
	account_unsent(judge);
	for (sender = 0; sender < STREAM_SENDERS; sender++)
		find_late_of_sender(judge, sender);
	find_late_of_all(judge);
	count_late(judge);
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
	judge.elements = allocate(n, sizeof(*judge.elements));
	account(&judge);
	free(judge.elements);
	return judge.verdict;
}
