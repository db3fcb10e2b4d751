/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tasks of a stream: each sends or receives until all is done, and writes down what it did
 * where it is still found when it was killed.
 */
#ifndef _HISTORIES_STREAMED_TASK_H
#define _HISTORIES_STREAMED_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "stream.h"

#define SENDERS		3
#define RECEIVERS	3
#define TASKS		(SENDERS + RECEIVERS)
#define BATCH_MAX	512
/* Of one task. Those that come later are not written down. */
#define REFUSALS_MAX	65536

/**
 * struct form - one kind of stream
 * @batch: elements that are sent or received at once; 1 if there are several channels
 * @elements: of each sender
 * @chance: how often it is chosen, compared to others
 * @channels: among several, tasks select
 */
struct form {
	unsigned int cap;
	unsigned int batch;
	uint32_t elements;
	unsigned int chance;
	unsigned int channels;
};

/**
 * struct log - what one task has done; shared, and it survives the task
 * @n: how many operations have ended
 * @call: of the operation that has not; 0: there is none
 * @next: number of the next element, or how many were received
 * @first: @next when the operation began
 * @count: how many elements are being sent
 * @channel: through which; or STREAM_ANY
 * @closed: bits of the channels that are closed and drained
 * @finished: there is nothing more to do
 * @random: state of what is random
 * @values: room for elements that are received: for each, one place of each channel
 */
struct log {
	uint32_t n;
	uint32_t nrefusals;
	uint64_t call;
	uint32_t next;
	uint32_t first;
	uint32_t count;
	uint8_t channel;
	uint8_t closed;
	bool finished;
	uint64_t random;
	struct stream_send *sends;
	struct stream_recv *recvs;
	struct stream_refusal *refusals;
	uint64_t *values;
};

/**
 * struct streaming - one stream
 * @ticket: as in struct shared
 * @logs: of the senders, then of the receivers
 */
struct streaming {
	uint64_t ticket;
	int chs[STREAM_CHANNELS];
	struct form form;
	struct log logs[TASKS];
};

/* Has all been sent? From then on it stays so. */
bool streamed_senders_finished(const struct streaming *streaming);
/* Task @i of the stream, from where it was when it was killed. */
pid_t streamed_task_start(struct streaming *streaming, unsigned int i);
/* Write down what task @i was doing when it was killed. */
void streamed_task_bury(struct streaming *streaming, unsigned int i);

#endif /* _HISTORIES_STREAMED_TASK_H */
