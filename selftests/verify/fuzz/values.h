/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fates of the elements of one program. Each element of at least 8 bytes has a unique value,
 * which encodes the sending call and the index; all of its other bytes depend on it.
 */
#ifndef _FUZZ_VALUES_H
#define _FUZZ_VALUES_H

#include "program.h"

enum fuzz_fate {
	FUZZ_FATE_NONE,
	FUZZ_FATE_OFFERED,	/* its call has not returned */
	FUZZ_FATE_SENT,
	FUZZ_FATE_REFUSED,
};

/**
 * struct fuzz_values - in memory that all tasks share
 * @fates: enum fuzz_fate
 * @received: how often; changed atomically, as are those below
 * @channels: to which it was sent
 * @unknown: some calls may send elements without such a value
 * @unsure: a call may have met another channel than it seemed, or memory may have lost elements
 * @killed: a task was killed that may have received unreported elements
 * @invented: a value was received that no call has sent
 * @torn: a received element has bytes that do not match its value
 */
struct fuzz_values {
	uint8_t fates[FUZZ_CALLS_MAX][FUZZ_ELEMS_MAX];
	uint8_t received[FUZZ_CALLS_MAX][FUZZ_ELEMS_MAX];
	uint64_t channels[FUZZ_CALLS_MAX][FUZZ_ELEMS_MAX];
	uint32_t unknown;
	uint32_t unsure;
	uint32_t killed;
	uint64_t invented;
	uint64_t torn;
};

/* Make this the @element'th of a call, in memory of @size bytes. */
void fuzz_element_fill(void *memory, size_t size, unsigned int call, unsigned int element);

/* A call is about to send @count elements, the first of which is @first. */
void fuzz_values_offer(struct fuzz_values *values, unsigned int call, unsigned int first,
		       unsigned int count, uint64_t channel);
/* It has sent @sent of those, and not the rest. */
void fuzz_values_settle(struct fuzz_values *values, unsigned int call, unsigned int first,
			unsigned int count, unsigned int sent);
/* One was received, of that many bytes. */
void fuzz_values_receive(struct fuzz_values *values, const void *memory, size_t size);

/*
 * Final check of all elements. @drained: channels that were drained completely. Returns false and
 * the reason in @reason, or true.
 */
bool fuzz_values_judge(const struct fuzz_values *values, const uint64_t *drained,
		       unsigned int channels, char *reason, size_t room);

#endif /* _FUZZ_VALUES_H */
