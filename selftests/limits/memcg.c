// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups (G12): memory of a channel is charged to the group of the task that requests it.
 * At its limit, that task gets an error or is killed; other groups are not affected.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

#define GROUP	"/sys/fs/cgroup/chan-memcg"
#define MIB	(1024UL * 1024)

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		give_up("%s: %s", path, strerror(errno));
	close(fd);
}

static unsigned long group_number(const char *name)
{
	char path[128];
	unsigned long value;
	FILE *stream;

	snprintf(path, sizeof(path), GROUP "/%s", name);
	stream = fopen(path, "re");
	if (!stream || fscanf(stream, "%lu", &value) != 1)
		give_up("%s: %s", path, strerror(errno));
	fclose(stream);
	return value;
}

FIXTURE(memcg)
{
};

FIXTURE_SETUP(memcg)
{
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755))
		give_up("%s: %s", GROUP, strerror(errno));
}

/* Runs in the parent: the test itself may have been killed. */
FIXTURE_TEARDOWN_PARENT(memcg)
{
	wait_until(!rmdir(GROUP) || errno == ENOENT);
}

static void enter_group(const char *max)
{
	char pid[16];

	write_file(GROUP "/memory.max", max);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	write_file(GROUP "/cgroup.procs", pid);
}

static int run_hold_ring(struct operation *op)
{
	unsigned long before;
	int ch;

	enter_group("max");
	before = group_number("memory.current");
	ch = channel_make_elems(64, 8 * MIB / 64);
	op->progress = group_number("memory.current") - before;
	close(ch);
	return 0;
}

TEST_F(memcg, G12_ring_is_charged)
{
	struct operation *op = operation_new(TASK_PROCESS, run_hold_ring, channel_make(0), 1);

	operation_start(op);
	EXPECT_EQ(0, operation_wait(op));
	EXPECT_GE(op->progress, 8 * MIB);
	EXPECT_LE(op->progress, 10 * MIB);
}

static int run_hold_elements(struct operation *op)
{
	void *elem = calloc(1, CHAN_ELEM_MAX);
	unsigned long before;
	int i;

	enter_group("max");
	before = group_number("memory.current");
	for (i = 0; i < 8; i++) {
		if (chan_send(op->ch, elem, CHAN_ELEM_MAX))
			return 1;
	}
	op->progress = group_number("memory.current") - before;
	return 0;
}

TEST_F(memcg, G12_large_elements_are_charged_to_the_sender)
{
	int ch = channel_make_elems(CHAN_ELEM_MAX, 8);
	struct operation *op = operation_new(TASK_PROCESS, run_hold_elements, ch, 1);

	operation_start(op);
	EXPECT_EQ(0, operation_wait(op));
	EXPECT_GE(op->progress, 8 * MIB);
	EXPECT_LE(op->progress, 10 * MIB);
}

#define FILES	4000

static int open_null(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int open_timer(void)
{
	return chan_after(3600000000000ULL);
}

static int open_copy(void)
{
	static int ch = -1;

	if (ch < 0)
		ch = channel_make(0);
	return chan_dup(ch, CHAN_RIGHT_RECV);
}

/* The increase of the group's charge with all of them open. */
static int run_open(struct operation *op)
{
	int (*const open_one)(void) = op->data;
	const struct rlimit limit = { FILES + 100, FILES + 100 };
	unsigned long before;
	int i;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	enter_group("max");
	before = group_number("memory.current");
	for (i = 0; i < FILES; i++) {
		if (open_one() < 0)
			return 1;
	}
	op->progress = group_number("memory.current") - before;
	return 0;
}

static uint64_t memory_of_each(int (*open_one)(void))
{
	struct operation *op = operation_start_new(TASK_PROCESS, run_open, channel_make(0),
						   open_one);
	uint64_t progress;

	if (operation_wait(op))
		give_up("not all could be opened");
	progress = op->progress / FILES;
	operation_join(op);
	return progress;
}

/* Objects that no user limit counts, or not separately. A plain open file is the measure. */
TEST_F(memcg, G12_nil_channels_are_charged)
{
	EXPECT_GE(memory_of_each(channel_open), memory_of_each(open_null) + 256);
}

TEST_F(memcg, G12_timers_are_charged)
{
	EXPECT_GE(memory_of_each(open_timer), memory_of_each(channel_open) + 128);
}

TEST_F(memcg, G12_copies_are_charged)
{
	EXPECT_GE(memory_of_each(open_copy), memory_of_each(open_null) + 16);
}

#define SELECTS	5000
#define CASES	16

/* Receives elements sent by a thread of the same group. */
static void select_often(int ch, struct chan_case *cases)
{
	struct operation *sender = operation_start_new(TASK_THREAD, operation_send_numbers, ch,
						       (void *)SELECTS);
	int i;

	for (i = 0; i < SELECTS; i++) {
		if (chan_select(cases, CASES) != 0)
			give_up("another case was carried out");
	}
	if (operation_join(sender))
		give_up("a send failed");
}

/* Many cases, a large element and a file: every kind of allocation. */
static int run_selects(struct operation *op)
{
	static const uint8_t elem[CHAN_ELEM_INLINE + 1];
	uint64_t value;
	struct chan_case cases[CASES];
	unsigned long before, after;
	int i;

	enter_group("max");
	for (i = 0; i < CASES; i++)
		cases[i] = chan_case_recv(i ? channel_make(0) : op->ch, &value, sizeof(value));
	cases[CASES - 2] = chan_case_send(channel_make_elems(sizeof(elem), 0), elem, sizeof(elem));
	cases[CASES - 1] = chan_case_poll(eventfd(0, EFD_CLOEXEC), POLLIN);
	select_often(op->ch, cases);
	before = group_number("memory.current");
	select_often(op->ch, cases);
	after = group_number("memory.current");
	op->progress = after > before ? after - before : 0;
	return 0;
}

/* The allowance is below the smallest object allocated each time. */
TEST_F(memcg, G12_selects_leave_no_memory_behind)
{
	struct operation *op = operation_new(TASK_PROCESS, run_selects, channel_make(0), 1);

	operation_start(op);
	EXPECT_EQ(0, operation_wait(op));
	EXPECT_LE(op->progress, MIB / 4);
}

static int run_overrun(struct operation *op)
{
	enter_group("16M");
	return chan_make(64, 64 * MIB / 64, 0);
}

/* Others use this channel and are not affected. */
TEST_F(memcg, G11_G12_who_has_no_memory_fails_alone)
{
	int ch = channel_make(1);
	struct operation *op = operation_new(TASK_PROCESS, run_overrun, ch, 1);
	int result;

	operation_start(op);
	result = operation_wait(op);
	EXPECT_TRUE(result == -ENOMEM || result == OPERATION_KILLED) {
		TH_LOG("result %d", result);
	}
	wait_until(module_parameter("live_channels") == 1);
	channel_send(ch, 1);
	EXPECT_EQ(1, channel_recv(ch));
}

static int run_fill(struct operation *op)
{
	void *elem = calloc(1, CHAN_ELEM_MAX);
	int ret;

	enter_group("16M");
	do {
		ret = chan_try_send(op->ch, elem, CHAN_ELEM_MAX);
		if (!ret)
			__atomic_add_fetch(&op->progress, 1, __ATOMIC_RELAXED);
	} while (!ret);
	return ret;
}

TEST_F(memcg, G3_G12_who_runs_out_of_memory_has_sent_what_it_sent)
{
	int ch = channel_make_elems(CHAN_ELEM_MAX, 64);
	struct operation *op = operation_new(TASK_PROCESS, run_fill, ch, 1);
	int result;

	operation_start(op);
	result = operation_wait(op);
	EXPECT_TRUE(result == -ENOMEM || result == OPERATION_KILLED) {
		TH_LOG("result %d", result);
	}
	EXPECT_GT(op->progress, 0);
	EXPECT_LE(op->progress, 16);
	EXPECT_EQ(op->progress, chan_len(ch));
}

TEST_HARNESS_MAIN
