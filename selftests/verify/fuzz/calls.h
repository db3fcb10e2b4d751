/* SPDX-License-Identifier: GPL-2.0-only */
/* Executes the calls of programs. */
#ifndef _FUZZ_CALLS_H
#define _FUZZ_CALLS_H

#include "task.h"

struct chan_info;

/* Call it first. @sockets: to pass file descriptors through. */
void fuzz_calls_init(const int sockets[2]);
/* The task's current call. Returns its result, or a negative errno. */
int64_t fuzz_call_run(struct fuzz_task *task);

/* Argument of the call: the value of the @nth field of a set. */
uint64_t fuzz_task_value(const struct fuzz_task *task, enum fuzz_set set, unsigned int nth);
/* The slot that the call names, the @nth of them from 0. */
unsigned int fuzz_task_slot(const struct fuzz_task *task, unsigned int nth);
/* Its content; -1 is none. */
int fuzz_task_fd(const struct fuzz_task *task, unsigned int nth);
int fuzz_slot_fd(const struct fuzz_task *task, unsigned int slot);
/* Put it into the slot and close the previous content. Returns it; errors change nothing. */
int64_t fuzz_slot_set(struct fuzz_task *task, unsigned int slot, int64_t fd);
/* Info of the channel; all 0 if it is none. */
struct chan_info fuzz_fd_info(int fd);
/* Now, or the absolute time given to the call. */
uint64_t fuzz_task_deadline(const struct fuzz_task *task);
/* The size that the call states for elements of this size. */
uint32_t fuzz_task_size(const struct fuzz_task *task, uint32_t size);
/* The same for poll(2), in milliseconds from now. */
int fuzz_task_timeout(const struct fuzz_task *task);

int64_t fuzz_call_select(struct fuzz_task *task);

int64_t fuzz_call_close(struct fuzz_task *task);
int64_t fuzz_call_copy(struct fuzz_task *task);
int64_t fuzz_call_over(struct fuzz_task *task);
int64_t fuzz_call_nonblock(struct fuzz_task *task);
int64_t fuzz_call_file(struct fuzz_task *task);
int64_t fuzz_call_poll(struct fuzz_task *task);
int64_t fuzz_call_watch(struct fuzz_task *task);
int64_t fuzz_call_wait(struct fuzz_task *task);
int64_t fuzz_call_pass(struct fuzz_task *task);
int64_t fuzz_call_take(struct fuzz_task *task);
int64_t fuzz_call_map(struct fuzz_task *task);
int64_t fuzz_call_show(struct fuzz_task *task);

int64_t fuzz_call_uring(struct fuzz_task *task);

int64_t fuzz_call_fork(struct fuzz_task *task);
int64_t fuzz_call_signal(struct fuzz_task *task);
int64_t fuzz_call_unmap(struct fuzz_task *task);
int64_t fuzz_call_protect(struct fuzz_task *task);
int64_t fuzz_call_release(struct fuzz_task *task);

#endif /* _FUZZ_CALLS_H */
