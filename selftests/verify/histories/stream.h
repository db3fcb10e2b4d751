/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Judges very many elements: there is no search for an order, which would take too long, but all
 * rules about pairs of elements are checked. Every element is different, so that
 *
 * - none is lost, doubled or invented (G3): a sent element is received once, others never; of the
 *   elements that a killed task was sending, a prefix. A select sends through one of its channels,
 *   or receives from one (G5);
 * - if one was sent before another through the same channel, the other is not received before it
 *   (G1), and none after a receive that returned "closed and drained" (G6). Elements that break
 *   this are late. Each channel has at most as many of them as requeued elements (G4);
 * - a receive that returned "not ready" did so at a moment when the channel may have been empty:
 *   not if more elements were sent before than may have been received until after it. The same
 *   applies to sends and a full buffer (G5).
 */
#ifndef _HISTORIES_STREAM_H
#define _HISTORIES_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_SENDERS	8
#define STREAM_CHANNELS	4
/* A send that sent nothing, or was killed: its channel is not known. */
#define STREAM_ANY	STREAM_CHANNELS

/* Element @number, from 0 on, of a sender; never 0. */
#define STREAM_VALUE(sender, number)	(((uint64_t)(sender) + 1) << 40 | (number))

/**
 * struct stream_send - elements that were sent at once
 * @call: ticket before
 * @ret: ticket after, or that of the sender's death
 * @first: number of the first element
 * @count: number of elements
 * @done: how many of these were sent; not known if @killed
 * @channel: its channel; or STREAM_ANY
 */
struct stream_send {
	uint64_t call;
	uint64_t ret;
	uint32_t first;
	uint32_t count;
	uint32_t done;
	uint32_t sender;
	uint8_t channel;
	bool killed;
};

/**
 * struct stream_recv - elements that were received at once
 * @values: the elements
 * @done: how many; none: the channel was closed and drained
 */
struct stream_recv {
	uint64_t call;
	uint64_t ret;
	const uint64_t *values;
	uint32_t done;
	uint8_t channel;
};

/**
 * struct stream_refusal - an operation found a channel not ready
 * @sends: to send; else to receive
 */
struct stream_refusal {
	uint64_t call;
	uint64_t ret;
	uint8_t channel;
	bool sends;
};

/**
 * struct stream_channel - one of the channels
 * @requeues: number of requeued elements
 */
struct stream_channel {
	uint32_t cap;
	uint64_t requeues;
};

/**
 * struct stream - all of it
 * @counts: number of elements that each sender has begun to send
 * @sends: by sender, and by number
 */
struct stream {
	struct stream_channel channels[STREAM_CHANNELS];
	uint32_t counts[STREAM_SENDERS];
	struct stream_send *sends;
	uint32_t nsends;
	struct stream_recv *recvs;
	uint32_t nrecvs;
	struct stream_refusal *refusals;
	uint32_t nrefusals;
};

/**
 * struct stream_verdict - the error found
 * @what: NULL if there is none
 * @value: a wrong element; 0: none
 */
struct stream_verdict {
	const char *what;
	uint64_t value;
};

struct stream_verdict stream_check(const struct stream *stream);

#endif /* _HISTORIES_STREAM_H */
