/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A history: the operations of several tasks on a few initially empty channels, with times. Time is
 * a ticket that all tasks draw from the same counter: one before each operation, and one after it.
 *
 * As text, a history is a line with the capacities of its channels, and one for each operation:
 *
 *   channels 0 2
 *   1 4 A wait send:0:17 = done:0
 *   2 3 B try recv:0 send:1:18 = done:0:17
 *
 * Ticket before, ticket after, task, whether it may wait, its cases, its outcome. A case is verb,
 * channel and, of a send, the value. An outcome is
 *
 *   done:I        case I, which was a send or a close, was carried out
 *   done:I:V      case I received the value V
 *   closed:I      case I found its channel closed
 *   shows:L:R:C   INFO: L elements in the buffer, R requeued, C is 1 if closed
 *   not-ready     no case was ready (EAGAIN, ETIMEDOUT)
 *   nothing       nothing happened (EINTR, ENOMEM)
 *   fault         nothing happened, as there was no memory for the element (EFAULT)
 *   killed        the task was killed before it returned, and kept no received element; the
 *                 second ticket is that of its death
 *   error:E       an error that must not be
 *
 * "asleep:T" at the end of a line: ticket T was drawn when the operation was parked, or completed
 * already, and nothing made the task leave its place in the queue. '#' begins a comment.
 */
#ifndef _HISTORIES_HISTORY_H
#define _HISTORIES_HISTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define HISTORY_CHANNELS	3
#define HISTORY_CASES		4
#define HISTORY_OPS		96
/* Tasks are called A, B and so on. */
#define HISTORY_TASKS		16
#define HISTORY_CAP_MAX		8

enum history_mode {
	MODE_WAIT,
	MODE_TRY,
	MODE_UNTIL,
};

enum history_verb {
	VERB_SEND,
	VERB_RECV,
	VERB_CLOSE,
	VERB_LOOK,
};

enum history_outcome {
	OUTCOME_DONE,
	OUTCOME_CLOSED,
	OUTCOME_NOT_READY,
	OUTCOME_NOTHING,
	OUTCOME_FAULT,
	OUTCOME_KILLED,
	OUTCOME_ERROR,
};

/**
 * struct history_case - one case of an operation
 * @value: that is sent, or was received; of an INFO, HISTORY_SHOWN()
 */
struct history_case {
	uint64_t value;
	uint8_t verb;
	uint8_t channel;
};

#define HISTORY_SHOWN(len, requeued, closed) \
	((uint64_t)(closed) << 32 | (uint64_t)(requeued) << 16 | (len))

/**
 * struct history_op - one operation
 * @call: ticket before it
 * @ret: ticket after it
 * @asleep: ticket at which it was parked or completed; 0: not known
 * @task: number of its task
 * @mode: enum history_mode
 * @n: number of cases
 * @outcome: enum history_outcome
 * @chosen: the case that was carried out; of an error, its number
 */
struct history_op {
	uint64_t call;
	uint64_t ret;
	uint64_t asleep;
	uint8_t task;
	uint8_t mode;
	uint8_t n;
	uint8_t outcome;
	uint8_t chosen;
	struct history_case cases[HISTORY_CASES];
};

struct history {
	unsigned int nchannels;
	unsigned int caps[HISTORY_CHANNELS];
	unsigned int n;
	struct history_op ops[HISTORY_OPS];
};

/* By the ticket after each operation. */
void history_sort(struct history *history);
void history_print(const struct history *history, FILE *stream);
/* Returns the line of the first syntax error, or 0. */
unsigned int history_parse(struct history *history, const char *text);

#endif /* _HISTORIES_HISTORY_H */
