/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What channels did with very many elements: no search for an order, which would take too
 * long, but all that can be said of each pair of them. Every element is different, so that
 *
 * - none is lost, doubled or invented (G3): what was sent is received once, what was not sent
 *   never; of what a task was sending when it was killed, the first so many. A select sends
 *   through one of its channels, or receives from one (G5);
 * - if one was sent before another through the same channel, the other is not received before it
 *   (G1), and nothing after somebody was told "closed and drained" (G6). Elements that break this
 *   are late. There are as many as were requeued to the channel at the most (G4);
 * - who was told that nothing can be received at once was told so at a moment when the channel may
 *   have been empty: not if more was sent before than all may have received until after it. The
 *   same of sends and a full buffer (G5).
 */
#ifndef _HISTORIES_STREAM_H
#define _HISTORIES_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_SENDERS	8
#define STREAM_CHANNELS	4
/* Of a send that has sent nothing, or was killed: it is not known through which. */
#define STREAM_ANY	STREAM_CHANNELS

/* Element @number, from 0 on, of a sender; never 0. */
#define STREAM_VALUE(sender, number)	(((uint64_t)(sender) + 1) << 40 | (number))

/**
 * struct stream_send - elements that were sent at once
 * @call: ticket before
 * @ret: ticket after, or that of the sender's death
 * @first: number of the first element
 * @count: how many
 * @done: how many of these were sent; not known if @killed
 * @channel: through which; or STREAM_ANY
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
 * struct stream_refusal - somebody was told that a channel is not ready
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
 * @requeues: how many elements were requeued
 */
struct stream_channel {
	uint32_t cap;
	uint64_t requeues;
};

/**
 * struct stream - all of it
 * @counts: how many elements each sender has begun to send
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
 * struct stream_verdict - what is wrong
 * @what: NULL if nothing is
 * @value: an element of which that is true; 0: none
 */
struct stream_verdict {
	const char *what;
	uint64_t value;
};

struct stream_verdict stream_check(const struct stream *stream);

#endif /* _HISTORIES_STREAM_H */
