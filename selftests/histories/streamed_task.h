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

/**
 * struct form - one kind of stream
 * @elements: of each sender
 * @chance: how often it is chosen, compared to others
 */
struct form {
	unsigned int cap;
	unsigned int batch;
	uint32_t elements;
	unsigned int chance;
};

/**
 * struct log - what one task has done; shared, and it survives the task
 * @n: how many operations have ended
 * @call: of the operation that has not
 * @next: number of the next element, or how many were received
 * @count: how many elements are being sent
 * @finished: there is nothing more to do
 */
struct log {
	uint32_t n;
	uint64_t call;
	uint32_t next;
	uint32_t count;
	bool finished;
	struct stream_send *sends;
	struct stream_recv *recvs;
	uint64_t *values;
};

/**
 * struct streaming - one stream
 * @ticket: as in struct shared
 * @logs: of the senders, then of the receivers
 */
struct streaming {
	uint64_t ticket;
	int ch;
	struct form form;
	struct log logs[TASKS];
};

/* Task @i of the stream, from where it was when it was killed. */
pid_t streamed_task_start(struct streaming *streaming, unsigned int i);
/* Write down what task @i was doing when it was killed. */
void streamed_task_bury(struct streaming *streaming, unsigned int i);

#endif /* _HISTORIES_STREAMED_TASK_H */
