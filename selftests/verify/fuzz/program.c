// SPDX-License-Identifier: GPL-2.0-only
/* Operations and fields of fuzzer programs. */
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>

#include <linux/chan.h>

#include "program.h"

#define ARRAY_LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

#define SLOT	{ "slot", FUZZ_SET_SLOT }
#define TO	{ "to", FUZZ_SET_SLOT }
#define CALL	{ "call", FUZZ_SET_CALL }
#define BUFFER	{ "buffer", FUZZ_SET_BUFFER }
#define COUNT	{ "count", FUZZ_SET_COUNT }
#define MIN	{ "min", FUZZ_SET_COUNT }
#define FLAGS	{ "flags", FUZZ_SET_FLAGS }
#define EVENTS	{ "events", FUZZ_SET_EVENTS }
#define UNTIL	{ "until", FUZZ_SET_DEADLINE }
#define EXPECT	{ "expect", FUZZ_SET_EXPECT }

const struct fuzz_form fuzz_forms[FUZZ_OPERATIONS] = {
	[FUZZ_OPEN] = { "open", 2, { SLOT, FLAGS } },
	[FUZZ_MAKE] = { "make", 12, { SLOT, { "size", FUZZ_SET_SIZE }, { "cap", FUZZ_SET_CAP },
				     FLAGS, { "type", FUZZ_SET_SMALL } } },
	[FUZZ_NEW] = { "new", 6, { SLOT, TO, { "other", FUZZ_SET_SLOT }, { "kind", FUZZ_SET_SMALL },
				  { "size", FUZZ_SET_SIZE }, { "cap", FUZZ_SET_CAP }, FLAGS,
				  UNTIL } },
	[FUZZ_SEND] = { "send", 14, { SLOT, BUFFER, EXPECT } },
	[FUZZ_RECV] = { "recv", 14, { SLOT, BUFFER, EXPECT } },
	[FUZZ_SENDV] = { "sendv", 10, { SLOT, BUFFER, COUNT, MIN, FLAGS, UNTIL, EXPECT } },
	[FUZZ_RECVV] = { "recvv", 10, { SLOT, BUFFER, COUNT, MIN, FLAGS, UNTIL, EXPECT } },
	[FUZZ_WRITE] = { "write", 3, { SLOT, BUFFER, { "bytes", FUZZ_SET_SIZE } } },
	[FUZZ_READ] = { "read", 3, { SLOT, BUFFER, { "bytes", FUZZ_SET_SIZE } } },
	[FUZZ_SELECT] = { "select", 16, { { "count", FUZZ_SET_SMALL }, { "cases", FUZZ_SET_CASES },
					 BUFFER, FLAGS, UNTIL, SLOT, { "bytes", FUZZ_SET_SIZE },
					 EXPECT } },
	[FUZZ_SHUT] = { "shut", 4, { SLOT } },
	[FUZZ_DUP] = { "dup", 4, { SLOT, TO, { "rights", FUZZ_SET_RIGHTS }, FLAGS } },
	[FUZZ_TIMER] = { "timer", 4, { SLOT, UNTIL, { "interval", FUZZ_SET_NUMBER }, FLAGS } },
	[FUZZ_INFO] = { "info", 1, { SLOT, BUFFER } },
	[FUZZ_QUERY] = { "query", 1, { SLOT, BUFFER } },
	[FUZZ_IOCTL] = { "ioctl", 4, { SLOT, { "command", FUZZ_SET_COMMAND }, BUFFER,
				      { "seed", FUZZ_SET_NUMBER } } },
	[FUZZ_CLOSE] = { "close", 6, { SLOT } },
	[FUZZ_COPY] = { "copy", 2, { SLOT, TO } },
	[FUZZ_OVER] = { "over", 1, { SLOT, TO } },
	[FUZZ_NONBLOCK] = { "nonblock", 2, { SLOT, FLAGS } },
	[FUZZ_FILE] = { "file", 3, { SLOT, { "kind", FUZZ_SET_FILE } } },
	[FUZZ_POLL] = { "poll", 4, { SLOT, TO, EVENTS, UNTIL } },
	[FUZZ_WATCH] = { "watch", 4, { SLOT, TO, EVENTS, { "change", FUZZ_SET_SMALL } } },
	[FUZZ_WAIT] = { "wait", 4, { SLOT, UNTIL } },
	[FUZZ_PASS] = { "pass", 2, { SLOT } },
	[FUZZ_TAKE] = { "take", 2, { SLOT } },
	[FUZZ_FORK] = { "fork", 3, { SLOT, { "child", FUZZ_SET_CHILD }, BUFFER } },
	[FUZZ_SIGNAL] = { "signal", 6, { { "task", FUZZ_SET_TASK },
					{ "signal", FUZZ_SET_SIGNAL } } },
	[FUZZ_UNMAP] = { "unmap", 2, { CALL } },
	[FUZZ_PROTECT] = { "protect", 2, { CALL } },
	[FUZZ_RELEASE] = { "release", 2, { CALL } },
	[FUZZ_MAP] = { "map", 1, { SLOT, FLAGS, { "bytes", FUZZ_SET_SIZE } } },
	[FUZZ_SHOW] = { "show", 1, { SLOT, { "what", FUZZ_SET_SHOW } } },
	[FUZZ_URING] = { "uring", 6, { SLOT, { "what", FUZZ_SET_URING }, BUFFER,
				      { "bytes", FUZZ_SET_SIZE }, EVENTS, FLAGS } },
};

static const char *const buffer_names[] = {
	"ok", "null", "kernel", "wild", "none", "readonly", "border", "unaligned", "eof", "slow",
};
static const char *const deadline_names[] = { "never", "zero", "past", "soon", "late", "last" };
static const char *const file_names[] = {
	"epoll", "eventfd", "pipe", "socket", "timerfd", "memfd", "path",
};
static const char *const signal_names[] = { "interrupt", "restart", "stop", "continue", "kill" };
static const char *const child_names[] = { "exit", "exec", "stay", "send", "recv" };
static const char *const show_names[] = { "fdinfo", "channels" };
static const char *const expect_names[] = { "right", "less", "more", "far" };
static const char *const uring_names[] = { "read", "write", "poll", "cancel" };

static const uint64_t size_values[] = {
	0, 1, 7, 8, 8, 8, 8, 9, 16, 64, 255, 256, 257, 1000, 4096, 65536, CHAN_ELEM_MAX,
	CHAN_ELEM_MAX + 1, UINT_MAX,
};
static const uint64_t cap_values[] = {
	0, 0, 0, 1, 1, 1, 2, 3, 7, 64, 100, 1000, 1 << 20, UINT_MAX,
};
static const uint64_t count_values[] = {
	0, 1, 1, 1, 2, 2, 3, 4, 5, 8, 16, 33, 64, 128, 129, 1000, INT_MAX, UINT_MAX,
};
static const uint64_t flags_values[] = { 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 9, 16, 1U << 31 };
static const uint64_t rights_values[] = { 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 7, 8 };
static const uint64_t events_values[] = {
	0, POLLIN, POLLIN, POLLOUT, POLLOUT, POLLIN | POLLOUT, POLLIN | POLLOUT, POLLHUP, POLLERR,
	EPOLLRDHUP, EPOLLIN | EPOLLET, EPOLLOUT | EPOLLET, EPOLLIN | EPOLLONESHOT,
	EPOLLIN | EPOLLEXCLUSIVE, EPOLLOUT | EPOLLEXCLUSIVE, EPOLLIN | EPOLLOUT | EPOLLET, UINT_MAX,
};
/* A byte for each of eight cases: see case_fill() in calls_select.c. */
static const uint64_t cases_values[] = {
	0x0, 0x0800, 0x0901, 0x09010800, 0x0001, 0x0808, 0x1100, 0x110901, 0x0908000108, 0x1018,
	0x0908, 0x00010203, 0x08090a0b, 0x0809000110, 0x20, 0x40, 0x80, 0x0800c0,
};
static const uint64_t command_values[] = {
	CHAN_IOC_QUERY, CHAN_IOC_MAKE, CHAN_IOC_NEW, CHAN_IOC_DUP, CHAN_IOC_CLOSE, CHAN_IOC_INFO, CHAN_IOC_TIMER,
	CHAN_IOC_SEND(8), CHAN_IOC_RECV(8), CHAN_IOC_SEND(0), CHAN_IOC_RECV(0),
	CHAN_IOC_SEND(CHAN_IOC_SIZE_MAX), CHAN_IOC_RECV(CHAN_IOC_SIZE_MAX + 1),
	CHAN_IOC_SENDV, CHAN_IOC_RECVV, CHAN_IOC_SELECT,
	_IOR(CHAN_IOC_TYPE, 0x00, char[72]), _IOR(CHAN_IOC_TYPE, 0x00, char[96]),
	_IOW(CHAN_IOC_TYPE, 0x01, char[64]), _IOW(CHAN_IOC_TYPE, 0x12, char[56]),
	_IOW(CHAN_IOC_TYPE, 0x13, char[56]), _IOW(CHAN_IOC_TYPE, 0x14, char[40]),
	_IOW(CHAN_IOC_TYPE, 0x14, char[8]), _IO(CHAN_IOC_TYPE, 0x06), 0x541b, 0x5421, 0,
};
static const uint64_t small_values[] = { 0, 1, 1, 2, 2, 3, 4, 5, 8, 9, 16, 63, 64, 65 };
static const uint64_t number_values[] = {
	0, 1, 2, 7, 8, 255, 256, 1000, 4096, 1000000, INT_MAX, UINT_MAX, INT64_MAX, UINT64_MAX,
};

#define NAMED(array)	{ .names = array, .limit = ARRAY_LENGTH(array) }
#define BELOW(number)	{ .limit = number }
#define VALUES(array)	{ .values = array, .count = ARRAY_LENGTH(array) }

const struct fuzz_set_of fuzz_sets[FUZZ_SETS] = {
	[FUZZ_SET_SLOT] = BELOW(FUZZ_SLOTS),
	[FUZZ_SET_CALL] = BELOW(FUZZ_CALLS_MAX),
	[FUZZ_SET_TASK] = BELOW(FUZZ_TASKS),
	[FUZZ_SET_BUFFER] = NAMED(buffer_names),
	[FUZZ_SET_DEADLINE] = NAMED(deadline_names),
	[FUZZ_SET_FILE] = NAMED(file_names),
	[FUZZ_SET_SIGNAL] = NAMED(signal_names),
	[FUZZ_SET_CHILD] = NAMED(child_names),
	[FUZZ_SET_SHOW] = NAMED(show_names),
	[FUZZ_SET_URING] = NAMED(uring_names),
	[FUZZ_SET_EXPECT] = NAMED(expect_names),
	[FUZZ_SET_SIZE] = VALUES(size_values),
	[FUZZ_SET_CAP] = VALUES(cap_values),
	[FUZZ_SET_COUNT] = VALUES(count_values),
	[FUZZ_SET_FLAGS] = VALUES(flags_values),
	[FUZZ_SET_RIGHTS] = VALUES(rights_values),
	[FUZZ_SET_EVENTS] = VALUES(events_values),
	[FUZZ_SET_CASES] = VALUES(cases_values),
	[FUZZ_SET_COMMAND] = VALUES(command_values),
	[FUZZ_SET_SMALL] = VALUES(small_values),
	[FUZZ_SET_NUMBER] = VALUES(number_values),
};

_Static_assert(ARRAY_LENGTH(buffer_names) == FUZZ_BUFFERS, "a name for each");
_Static_assert(ARRAY_LENGTH(deadline_names) == FUZZ_DEADLINES, "a name for each");
_Static_assert(ARRAY_LENGTH(file_names) == FUZZ_FILES, "a name for each");
_Static_assert(ARRAY_LENGTH(signal_names) == FUZZ_SIGNALS, "a name for each");
_Static_assert(ARRAY_LENGTH(child_names) == FUZZ_CHILDREN, "a name for each");
_Static_assert(ARRAY_LENGTH(show_names) == FUZZ_SHOWS, "a name for each");
_Static_assert(ARRAY_LENGTH(uring_names) == FUZZ_URINGS, "a name for each");
_Static_assert(ARRAY_LENGTH(expect_names) == FUZZ_EXPECTS, "a name for each");

unsigned int fuzz_form_fields(enum fuzz_operation operation)
{
	unsigned int n = 0;

	while (n < FUZZ_FIELDS_MAX && fuzz_forms[operation].fields[n].set)
		n++;
	return n;
}

uint64_t fuzz_call_value(const struct fuzz_call *call, enum fuzz_set set, unsigned int nth)
{
	const struct fuzz_field *fields = fuzz_forms[call->operation].fields;
	unsigned int i;

	for (i = 0; i < FUZZ_FIELDS_MAX; i++) {
		if (fields[i].set == set && !nth--)
			return call->values[i];
	}
	return 0;
}

void fuzz_call_limit(struct fuzz_call *call)
{
	unsigned int i, fields;

	call->operation %= FUZZ_OPERATIONS;
	call->task %= FUZZ_TASKS;
	fields = fuzz_form_fields(call->operation);
	for (i = 0; i < FUZZ_FIELDS_MAX; i++) {
		uint64_t limit = fuzz_sets[fuzz_forms[call->operation].fields[i].set].limit;

		if (i >= fields)
			call->values[i] = 0;
		else if (limit)
			call->values[i] %= limit;
	}
}
