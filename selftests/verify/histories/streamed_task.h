/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tasks of a stream: each sends or receives until all is done, and logs its operations in
 * memory that survives it.
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
/* Limit per task. Later ones are not logged. */
#define REFUSALS_MAX	65536

/**
 * struct form - one kind of stream
 * @batch: elements that are sent or received at once; 1 if there are several channels
 * @elements: of each sender
 * @chance: its weight among all
 * @channels: with several, tasks select
 */
struct form {
	unsigned int cap;
	unsigned int batch;
	uint32_t elements;
	unsigned int chance;
	unsigned int channels;
};

/**
 * struct log - the operations of one task; shared, and it survives the task
 * @n: number of operations that have ended
 * @call: ticket of the current operation; 0: there is none
 * @next: number of the next element, or of received elements
 * @first: @next when the operation began
 * @count: number of elements being sent
 * @channel: their channel; or STREAM_ANY
 * @closed: bits of the channels that are closed and drained
 * @finished: all work is done
 * @random: state of the random numbers
 * @values: buffer for received elements: for each, one place per channel
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

/* Whether all has been sent, which is final. */
bool streamed_senders_finished(const struct streaming *streaming);
/* Run task @i of the stream, from the point where it was killed. */
pid_t streamed_task_start(struct streaming *streaming, unsigned int i);
/* Log the operation that task @i was killed in. */
void streamed_task_bury(struct streaming *streaming, unsigned int i);

#endif /* _HISTORIES_STREAMED_TASK_H */
