/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of calls: of each kind that a call may be given, and what can be done to it later.
 */
#ifndef _FUZZ_BUFFER_H
#define _FUZZ_BUFFER_H

#include "task.h"

/**
 * struct fuzz_memory - memory of a call
 * @address: what the call is told
 * @content: the same memory, always accessible. Of slow memory, what it shall have when it is
 *	released
 * @result: the same memory again; of slow memory, what it has
 * @size: bytes
 */
struct fuzz_memory {
	uint64_t address;
	char *content;
	char *result;
	size_t size;
};

/*
 * For the task's call, of the kind that it is told; zeroed. @size: up to FUZZ_REGION less a few
 * pages, else it is less.
 */
struct fuzz_memory fuzz_buffer_new(struct fuzz_task *task, size_t size);
/*
 * From now on others may unmap, protect or release it: what is sent must be there already, or
 * something else is sent.
 */
void fuzz_buffer_publish(struct fuzz_task *task);
/* Memory of a call, if it has any to which something can be done; or NULL. */
const struct fuzz_view *fuzz_buffer_view(const struct fuzz_shared *shared, unsigned int call);
/* Memory of a call of the same process. */
void fuzz_buffer_unmap(struct fuzz_task *task, unsigned int call);
void fuzz_buffer_protect(struct fuzz_task *task, unsigned int call);
/* Let slow memory be there. @fault_fd: of its process. */
void fuzz_buffer_release(struct fuzz_machine *machine, unsigned int call, int fault_fd);

#endif /* _FUZZ_BUFFER_H */
