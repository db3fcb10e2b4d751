/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory of calls: its kinds, and its manipulation by later calls. */
#ifndef _FUZZ_BUFFER_H
#define _FUZZ_BUFFER_H

#include "task.h"

/**
 * struct fuzz_memory - memory of a call
 * @address: argument of the call
 * @content: the same memory, always accessible. Of slow memory, its content once
 *	released
 * @result: the same memory again; of slow memory, its current content
 * @size: bytes
 */
struct fuzz_memory {
	uint64_t address;
	char *content;
	char *result;
	size_t size;
};

/*
 * For the task's call, of the given kind; zeroed. @size: up to FUZZ_REGION less a few pages, else
 * it is less.
 */
struct fuzz_memory fuzz_buffer_new(struct fuzz_task *task, size_t size);
/*
 * From now on other calls may unmap, protect or release it: data to send must be there already, or
 * other data is sent.
 */
void fuzz_buffer_publish(struct fuzz_task *task);
/* Memory of a call that can be manipulated; or NULL. */
const struct fuzz_view *fuzz_buffer_view(const struct fuzz_shared *shared, unsigned int call);
/* Memory of a call of the same process. */
void fuzz_buffer_unmap(struct fuzz_task *task, unsigned int call);
void fuzz_buffer_protect(struct fuzz_task *task, unsigned int call);
/* Provide slow memory. @fault_fd: of its process. */
void fuzz_buffer_release(struct fuzz_machine *machine, unsigned int call, int fault_fd);

#endif /* _FUZZ_BUFFER_H */
