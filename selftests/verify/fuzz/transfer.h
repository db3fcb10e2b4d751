/* SPDX-License-Identifier: GPL-2.0-only */
/* Elements that a call moves between a channel and its memory, and their known values. */
#ifndef _FUZZ_TRANSFER_H
#define _FUZZ_TRANSFER_H

#include <linux/chan.h>

#include "buffer.h"

/**
 * struct fuzz_transfer - elements of one call
 * @count: how many the call is to move; of @known, the values are known
 * @size: of an element, as the call states it
 */
struct fuzz_transfer {
	int fd;
	struct chan_info info;
	struct fuzz_memory memory;
	uint64_t count;
	uint32_t size;
	unsigned int known;
};

/* From the channel and the memory that the call names. */
struct fuzz_transfer fuzz_transfer_new(struct fuzz_task *task, uint64_t count);
/* For the given number of bytes: whole elements and a remainder. @size: of an element. */
struct fuzz_transfer fuzz_transfer_bytes(struct fuzz_task *task, uint64_t *bytes, uint64_t *size);

/* The call is about to send them. */
void fuzz_transfer_offer(struct fuzz_task *task, const struct fuzz_transfer *transfer);
/* It has sent or received that many of them; or @moved is a negative errno. */
void fuzz_transfer_settle(struct fuzz_task *task, const struct fuzz_transfer *transfer,
			  int64_t moved);
void fuzz_transfer_receive(struct fuzz_task *task, const struct fuzz_transfer *transfer,
			   int64_t moved);

#endif /* _FUZZ_TRANSFER_H */
