/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of the elements of one program. Each of at least 8 bytes has a value of its own,
 * which says which call sends it and as the how manieth; all of its other bytes depend on it.
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
 * @killed: somebody was killed who may have received what nobody knows of
 * @invented: a value was received that none of these can be
 * @torn: an element was received of whose bytes some do not belong to its value
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
/* It has sent @sent of those, and the rest not. */
void fuzz_values_settle(struct fuzz_values *values, unsigned int call, unsigned int first,
			unsigned int count, unsigned int sent);
/* One was received, of so many bytes. */
void fuzz_values_receive(struct fuzz_values *values, const void *memory, size_t size);

/*
 * When all is over: is anything wrong? @drained: channels from which all that was left has been
 * received, too. Returns false and says what in @reason, or true.
 */
bool fuzz_values_judge(const struct fuzz_values *values, const uint64_t *drained,
		       unsigned int channels, char *reason, size_t room);

#endif /* _FUZZ_VALUES_H */
