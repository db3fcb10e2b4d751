/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of the fuzzer: a few calls, each by one of several tasks, on slots that hold file
 * descriptors. As text, a program has a line for each call, which begins with the number of its
 * task; see README.md.
 */
#ifndef _FUZZ_PROGRAM_H
#define _FUZZ_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_CALLS_MAX	24
#define FUZZ_SLOTS	8
#define FUZZ_FIELDS_MAX	8
/* Threads of the first process; each of the other tasks is a process. */
#define FUZZ_THREADS	4
#define FUZZ_PROCESSES	3
#define FUZZ_TASKS	(FUZZ_THREADS + FUZZ_PROCESSES - 1)
/* Maximum number of elements of one call with known values. */
#define FUZZ_ELEMS_MAX	128
/* Characters of a program as text. */
#define FUZZ_TEXT_MAX	8192

enum fuzz_operation {
	FUZZ_OPEN,
	FUZZ_MAKE,
	FUZZ_NEW,
	FUZZ_SEND,
	FUZZ_RECV,
	FUZZ_SENDV,
	FUZZ_RECVV,
	FUZZ_WRITE,
	FUZZ_READ,
	FUZZ_SELECT,
	FUZZ_SHUT,
	FUZZ_DUP,
	FUZZ_TIMER,
	FUZZ_INFO,
	FUZZ_QUERY,
	FUZZ_IOCTL,
	FUZZ_CLOSE,
	FUZZ_COPY,
	FUZZ_OVER,
	FUZZ_NONBLOCK,
	FUZZ_FILE,
	FUZZ_POLL,
	FUZZ_WATCH,
	FUZZ_WAIT,
	FUZZ_PASS,
	FUZZ_TAKE,
	FUZZ_FORK,
	FUZZ_SIGNAL,
	FUZZ_UNMAP,
	FUZZ_PROTECT,
	FUZZ_RELEASE,
	FUZZ_MAP,
	FUZZ_SHOW,
	FUZZ_URING,
	FUZZ_OPERATIONS
};

/* Memory of a call. */
enum fuzz_buffer {
	FUZZ_BUFFER_OK,
	FUZZ_BUFFER_NULL,
	FUZZ_BUFFER_KERNEL,
	FUZZ_BUFFER_WILD,
	FUZZ_BUFFER_NONE,	/* mapped, but inaccessible */
	FUZZ_BUFFER_READONLY,
	FUZZ_BUFFER_BORDER,	/* half of it is accessible */
	FUZZ_BUFFER_UNALIGNED,
	FUZZ_BUFFER_EOF,	/* of a file that ends before it */
	FUZZ_BUFFER_SLOW,	/* accesses wait until it is released: userfaultfd(2) */
	FUZZ_BUFFERS
};

enum fuzz_deadline {
	FUZZ_DEADLINE_NEVER,
	FUZZ_DEADLINE_ZERO,
	FUZZ_DEADLINE_PAST,
	FUZZ_DEADLINE_SOON,
	FUZZ_DEADLINE_LATE,
	FUZZ_DEADLINE_LAST,
	FUZZ_DEADLINES
};

enum fuzz_file {
	FUZZ_FILE_EPOLL,
	FUZZ_FILE_EVENTFD,
	FUZZ_FILE_PIPE,
	FUZZ_FILE_SOCKET,
	FUZZ_FILE_TIMERFD,
	FUZZ_FILE_MEMFD,
	FUZZ_FILE_PATH,
	FUZZ_FILES
};

enum fuzz_signal {
	FUZZ_SIGNAL_INTERRUPT,	/* handler without SA_RESTART */
	FUZZ_SIGNAL_RESTART,	/* handler with SA_RESTART */
	FUZZ_SIGNAL_STOP,
	FUZZ_SIGNAL_CONTINUE,
	FUZZ_SIGNAL_KILL,
	FUZZ_SIGNALS
};

/* Actions of a forked child. */
enum fuzz_child {
	FUZZ_CHILD_EXIT,
	FUZZ_CHILD_EXEC,
	FUZZ_CHILD_STAY,
	FUZZ_CHILD_SEND,
	FUZZ_CHILD_RECV,
	FUZZ_CHILDREN
};

enum fuzz_show {
	FUZZ_SHOW_FDINFO,
	FUZZ_SHOW_CHANNELS,
	FUZZ_SHOWS
};

/* Requests submitted to io_uring(7). */
enum fuzz_uring {
	FUZZ_URING_READ,
	FUZZ_URING_WRITE,
	FUZZ_URING_POLL,
	FUZZ_URING_CANCEL,
	FUZZ_URINGS
};

/* The element size that a call states: that of the channel, or another. */
enum fuzz_expect {
	FUZZ_EXPECT_RIGHT,
	FUZZ_EXPECT_LESS,
	FUZZ_EXPECT_MORE,
	FUZZ_EXPECT_FAR,
	FUZZ_EXPECTS
};

/* The values of a field, including the interesting ones. */
enum fuzz_set {
	FUZZ_SET_NONE,
	FUZZ_SET_SLOT,
	FUZZ_SET_CALL,
	FUZZ_SET_TASK,
	FUZZ_SET_BUFFER,
	FUZZ_SET_DEADLINE,
	FUZZ_SET_FILE,
	FUZZ_SET_SIGNAL,
	FUZZ_SET_CHILD,
	FUZZ_SET_SHOW,
	FUZZ_SET_URING,
	FUZZ_SET_EXPECT,
	FUZZ_SET_SIZE,
	FUZZ_SET_CAP,
	FUZZ_SET_COUNT,
	FUZZ_SET_FLAGS,
	FUZZ_SET_RIGHTS,
	FUZZ_SET_EVENTS,
	FUZZ_SET_CASES,
	FUZZ_SET_COMMAND,
	FUZZ_SET_SMALL,
	FUZZ_SET_NUMBER,
	FUZZ_SETS
};

/**
 * struct fuzz_set_of - the values of a field
 * @names: of its values, from 0 on; else numbers
 * @values: values worth trying
 * @limit: values are below; 0 is no limit
 */
struct fuzz_set_of {
	const char *const *names;
	const uint64_t *values;
	size_t count;
	uint64_t limit;
};

struct fuzz_field {
	const char *name;
	enum fuzz_set set;
};

/**
 * struct fuzz_form - name and fields of an operation
 * @weight: how often it is chosen, among all
 */
struct fuzz_form {
	const char *name;
	unsigned int weight;
	struct fuzz_field fields[FUZZ_FIELDS_MAX];
};

/**
 * struct fuzz_call - one call of a program
 * @operation: FUZZ_*
 * @task: which of the FUZZ_TASKS makes it
 * @fail: number of its allocation, or copy from and to user memory, that fails; or 0
 * @values: of the fields, in their order; the others are 0
 */
struct fuzz_call {
	uint16_t operation;
	uint16_t task;
	uint32_t fail;
	uint64_t values[FUZZ_FIELDS_MAX];
};

_Static_assert(sizeof(struct fuzz_call) == 8 + 8 * FUZZ_FIELDS_MAX, "without holes");

/**
 * struct fuzz_program - calls, in the order in which they begin
 * @collide: calls of the second half begin at once
 */
struct fuzz_program {
	uint32_t count;
	uint32_t collide;
	struct fuzz_call calls[FUZZ_CALLS_MAX];
};

extern const struct fuzz_form fuzz_forms[FUZZ_OPERATIONS];
extern const struct fuzz_set_of fuzz_sets[FUZZ_SETS];

/* Number of fields of an operation. */
unsigned int fuzz_form_fields(enum fuzz_operation operation);
/* The value of the @nth field of this set, from 0; 0 if there is none. */
uint64_t fuzz_call_value(const struct fuzz_call *call, enum fuzz_set set, unsigned int nth);
/* Clamp all numbers to their limits. */
void fuzz_call_limit(struct fuzz_call *call);

/* Writes at most FUZZ_TEXT_MAX characters, and a NUL. */
void fuzz_program_print(const struct fuzz_program *program, char *text);
/* Returns 0, or the number of the first line with a syntax error. */
unsigned int fuzz_program_parse(struct fuzz_program *program, const char *text);

#endif /* _FUZZ_PROGRAM_H */
