// SPDX-License-Identifier: GPL-2.0-only
/*
 * Select calls of programs. A number describes the cases, one byte for each of eight, which are
 * repeated: three bits are the slot, two the operation; the others select errors.
 */
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>

#include <linux/chan.h>

#include "buffer.h"
#include "calls.h"

#define CASES_MAX	66
#define CASE_SIZE_MAX	4096
#define BYTE_SLOT	0x07
#define BYTE_OPERATION	0x18
#define BYTE_NIL	0x20
#define BYTE_NULL	0x40
#define BYTE_FD		0x80

#define FD_NOT_OPEN	1000

/**
 * struct selection - a select and its memory
 * @stride: from one case to the next, in bytes
 * @channels: of the cases; 0 is none
 * @size: size of one element's buffer
 * @fit: that many cases have their own buffer; further ones share these
 */
struct selection {
	uint32_t count;
	size_t stride;
	uint64_t bytes;
	struct fuzz_memory memory;
	size_t size;
	unsigned int fit;
	struct chan_info infos[CASES_MAX];
	char cases[CASES_MAX * CASE_SIZE_MAX] __attribute__((aligned(8)));
};

static struct selection selections[FUZZ_TASKS];

static unsigned int byte_of(const struct selection *s, unsigned int index)
{
	return s->bytes >> index % 8 * 8 & 0xff;
}

/* In a benign program, a case that can be empty is a poll. */
static unsigned int operation_of(unsigned int byte)
{
	switch ((byte & BYTE_OPERATION) >> 3) {
	case 0:
		return CHAN_CASE_RECV;
	case 1:
		return CHAN_CASE_SEND;
	case 2:
		return CHAN_CASE_POLL;
	default:
		return byte & BYTE_FD ? 0 : CHAN_CASE_POLL;
	}
}

static int fd_of(const struct fuzz_task *task, unsigned int byte)
{
	if (byte & BYTE_NIL)
		return -1;
	return byte & BYTE_FD ? FD_NOT_OPEN : fuzz_slot_fd(task, byte & BYTE_SLOT);
}

static unsigned int element_of(const struct selection *s, unsigned int index)
{
	return s->fit ? index % s->fit : 0;
}

/* The element of such a case has a known value. */
static bool is_known(const struct selection *s, unsigned int index)
{
	return operation_of(byte_of(s, index)) == CHAN_CASE_SEND && s->infos[index].id &&
	       s->infos[index].elemsize >= sizeof(uint64_t);
}

static void case_fill(struct fuzz_task *task, struct selection *s, unsigned int index)
{
	unsigned int byte = byte_of(s, index), element = element_of(s, index);
	struct fuzz_values *values = &task->shared->values;
	size_t elemsize = s->infos[index].elemsize;
	struct chan_case kase = { .fd = fd_of(task, byte), .op = operation_of(byte) };

	if (kase.op == CHAN_CASE_POLL)
		kase.events = POLLIN | (byte & 0x08 ? POLLOUT : 0);
	else if (!(byte & BYTE_NULL))
		kase.elem = s->memory.address + element * s->size;
	if (kase.op != CHAN_CASE_POLL)
		kase.size = fuzz_task_size(task, elemsize);
	/* Fields that the kernel must neither read nor write. */
	kase.length = kase.revents = kase.result = kase.user = s->bytes;
	if (is_known(s, index)) {
		fuzz_element_fill(s->memory.content + element * s->size, elemsize, task->call,
				  element);
		fuzz_values_offer(values, task->call, element, 1, s->infos[index].id);
	} else if (kase.op == CHAN_CASE_SEND && !s->infos[index].id) {
		values->unknown = 1;
	}
	memcpy(s->cases + index * s->stride, &kase, sizeof(kase));
}

static unsigned int known_cases(const struct selection *s)
{
	return s->count < CASES_MAX ? s->count : CASES_MAX;
}

static void selection_init(struct fuzz_task *task, struct selection *s)
{
	uint64_t casesize = fuzz_task_value(task, FUZZ_SET_SIZE, 0);
	unsigned int i, cases;

	s->count = fuzz_task_value(task, FUZZ_SET_SMALL, 0);
	s->bytes = fuzz_task_value(task, FUZZ_SET_CASES, 0);
	s->stride = casesize >= sizeof(struct chan_case) && casesize <= CASE_SIZE_MAX ?
		    casesize : sizeof(struct chan_case);
	s->size = sizeof(uint64_t);
	cases = known_cases(s);
	memset(s->cases, 0, cases * s->stride);
	for (i = 0; i < cases; i++) {
		s->infos[i] = fuzz_fd_info(fd_of(task, byte_of(s, i)));
		if (s->infos[i].elemsize > s->size)
			s->size = s->infos[i].elemsize;
	}
	s->memory = fuzz_buffer_new(task, cases * s->size);
	s->fit = s->memory.size / s->size;
	if (s->fit > cases)
		s->fit = cases;
	for (i = 0; i < cases; i++)
		case_fill(task, s, i);
}

/* All sends failed except that of the chosen case. */
static void selection_settle(struct fuzz_task *task, struct selection *s, long result)
{
	struct fuzz_values *values = &task->shared->values;
	unsigned int i, index = result & CHAN_SELECT_INDEX, cases = known_cases(s);

	for (i = 0; i < cases; i++) {
		if (fuzz_fd_info(fd_of(task, byte_of(s, i))).id != s->infos[i].id)
			values->unsure = 1;
		if (is_known(s, i))
			fuzz_values_settle(values, task->call, element_of(s, i), 1, 0);
	}
	if (result < 0 || index >= cases || result & CHAN_SELECT_CLOSED || !s->infos[index].id)
		return;
	/* A case with another size moves nothing. */
	if (fuzz_task_size(task, s->infos[index].elemsize) != s->infos[index].elemsize)
		return;
	if (is_known(s, index)) {
		fuzz_values_offer(values, task->call, element_of(s, index), 1, s->infos[index].id);
		fuzz_values_settle(values, task->call, element_of(s, index), 1, 1);
	}
	if (operation_of(byte_of(s, index)) == CHAN_CASE_RECV)
		fuzz_values_receive(values, s->memory.result + element_of(s, index) * s->size,
				    s->infos[index].elemsize);
}

int64_t fuzz_call_select(struct fuzz_task *task)
{
	struct selection *s = &selections[task->index];
	struct chan_select select = {};
	uint64_t casesize = fuzz_task_value(task, FUZZ_SET_SIZE, 0);
	long result;

	selection_init(task, s);
	select.cases = (uintptr_t)s->cases;
	select.ncases = s->count;
	select.casesize = casesize ? casesize : sizeof(struct chan_case);
	select.flags = fuzz_task_value(task, FUZZ_SET_FLAGS, 0);
	select.deadline = fuzz_task_deadline(task);
	result = fuzz_task_syscall(task, SYS_ioctl, fuzz_task_fd(task, 0), CHAN_IOC_SELECT,
				   (uintptr_t)&select, 0, 0);
	selection_settle(task, s, result);
	return result;
}
