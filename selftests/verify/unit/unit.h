/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unit tests of the module's core: channels, and operations on them in separate tasks. A test's
 * name begins with the promise (G) or the invariant (I, see module/hchan.c) that it checks.
 *
 * Only the test itself asserts; operations in other tasks return a result. After each test its
 * tasks are killed, its files released, and nothing may be left.
 */
#ifndef _UNIT_H
#define _UNIT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/file.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "elem.h"
#include "file.h"
#include "hchan.h"
#include "user.h"
#include "shim.h"
#include "xfer.h"

#define ARRAY_LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* Element sizes that take different paths through the module. */
#define UNIT_ELEMSIZES		{ 0, 1, 8, 9, 256, 257, 300 }
#define UNIT_ELEMSIZE_MAX	300

/* Inaccessible memory. */
#define UNIT_BAD_ADDRESS	((void *)8)

int unit_setup(void **state);
int unit_teardown(void **state);

#define UNIT_TEST(function) \
	cmocka_unit_test_setup_teardown(function, unit_setup, unit_teardown)

/* The test program's main(): prints TAP. */
#define UNIT_RUN(tests) \
	(setvbuf(stdout, NULL, _IOLBF, 0), cmocka_set_message_output(CM_OUTPUT_TAP), \
	 cmocka_run_group_tests(tests, NULL, NULL) ? EXIT_FAILURE : EXIT_SUCCESS)

/* Wait for an effect of another task; fails the test after a timeout. */
#define unit_wait_until(condition) \
	do { \
		unsigned int naps; \
		\
		for (naps = 0; !(condition); naps++) { \
			if (naps == UNIT_NAPS_MAX) \
				fail_msg("timed out waiting for: %s", #condition); \
			unit_nap(); \
		} \
	} while (0)

#define UNIT_NAPS_MAX	100000

void unit_nap(void);

/* Elements whose bytes all depend on @value, as far as their size permits. */
void element_fill(void *elem, u32 elemsize, u64 value);
bool element_is(const void *elem, u32 elemsize, u64 value);

/* An open file of a new channel. It has all rights. */
struct chan_file *channel_open(void);
struct chan_file *channel_make(u32 elemsize, u32 cap);
/* A timer channel: @first on @clock, and then in these intervals, or never again. */
struct chan_file *channel_ticker(clockid_t clock, s64 first, s64 interval);
/* Set it again; KTIME_MAX stops it. Returns as chan_hchan_set_ticker(). */
int channel_set_ticker(struct chan_file *cf, clockid_t clock, s64 first, s64 interval);
struct chan_make channel_form(u32 elemsize, u32 cap);

/* Another open file, as made by CHAN_IOC_DUP; close(2) of one. */
struct chan_file *channel_dup(struct chan_file *cf, u32 rights);
void channel_release(struct chan_file *cf);

int channel_fd(struct chan_file *cf);
struct file *channel_file(struct chan_file *cf);
struct chan_info channel_info(struct chan_file *cf);

/* For elements of 8 bytes: one non-blocking transfer. */
long channel_try_send(struct chan_file *cf, u64 value);
long channel_try_recv(struct chan_file *cf, u64 *value);

/* Wait for @events; returns the current ones, or -EINTR. */
long channel_poll(struct chan_file *cf, __poll_t events);

/* Assert that it does not block. */
void channel_send(struct chan_file *cf, u64 value);
void channel_send_range(struct chan_file *cf, u64 from, u64 to);
void channel_expect(struct chan_file *cf, u64 value);
void channel_expect_range(struct chan_file *cf, u64 from, u64 to);
/* Assert that nothing can be received, now or later. */
void channel_expect_empty(struct chan_file *cf);
void channel_expect_drained(struct chan_file *cf);

/**
 * struct operation - an operation that runs in its own task
 * @run: its function
 * @cf: its file
 * @elems: elements to send, or buffer for received ones
 * @count: number of elements
 * @min: minimum to wait for
 * @deadline: how long
 * @data: @run's own
 * @task: the task; the test may change it before the start
 * @result: of @run
 * @done: @run has returned
 * @started: it has a thread
 * @joined: that thread is gone, and @task as well
 * @thread: its thread
 * @node: in the list of all operations of the test
 */
struct operation {
	long			(*run)(struct operation *op);
	struct chan_file	*cf;
	u8			*elems;
	size_t			count;
	size_t			min;
	struct chan_deadline	deadline;
	void			*data;
	struct task_struct	*task;
	long			result;
	bool			done;
	bool			started;
	bool			joined;
	pthread_t		thread;
	struct list_head	node;
};

/* Functions for operations. */
long operation_run_send(struct operation *op);
long operation_run_recv(struct operation *op);
long operation_run_close(struct operation *op);
/* @data is the __poll_t of the events to wait for; returns those that are ready. */
long operation_run_poll(struct operation *op);

/* For @count elements, waiting for all of them without a deadline. */
struct operation *operation_new(long (*run)(struct operation *op), struct chan_file *cf,
				size_t count);
void operation_start(struct operation *op);
bool operation_done(struct operation *op);
/* Done, asleep or stopped: nothing more happens by itself. */
bool operation_settled(struct operation *op);
/* All that were started, at one moment: none of them can still wake another. */
bool operations_settled(struct operation *const *ops, unsigned int n);
long operation_join(struct operation *op);
/* The @index'th element, of 8 bytes. */
u64 operation_value(struct operation *op, size_t index);

/* Start one, and wait until it is parked. */
struct operation *operation_park_send(struct chan_file *cf, u64 value);
struct operation *operation_park_recv(struct chan_file *cf);
void operation_park(struct operation *op);

/* Start one that stops at a point, and wait until it does. */
void operation_start_stopped(struct operation *op, enum shim_point point, unsigned int nth);
void operation_continue(struct operation *op);

#endif /* _UNIT_H */
