// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/fdinfo of a channel: it agrees with INFO in every state, and lists the parked tasks.
 * debugfs shows the same for all channels.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"
#include "common/variants.h"

#define TEXT_MAX	2048

/* The text from "chan-id" on, without the parked tasks. */
static void read_fdinfo(int ch, char *text)
{
	char path[64], all[TEXT_MAX];
	const char *start;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ch);
	stream = fopen(path, "re");
	if (!stream)
		give_up("no %s", path);
	all[fread(all, 1, sizeof(all) - 1, stream)] = 0;
	fclose(stream);
	start = strstr(all, "chan-id:");
	if (!start)
		give_up("%s is not of a channel:\n%s", path, all);
	strcpy(text, start);
	start = strstr(text, "chan-parked");
	if (start)
		text[start - text] = 0;
}

static const char *name_of_rights(unsigned int rights)
{
	static const char *const names[] = {
		"", "send", "recv", "send,recv", "close", "send,close", "recv,close",
		"send,recv,close",
	};

	return names[rights];
}

static const char *name_of_flags(unsigned int flags)
{
	static const char *const names[] = { "", "nohup", "timer" };

	return names[flags];
}

#define PATHS(side) "chan-" side ":\thandoff=%llu ring=%llu park=%llu\n"

/* The expected text according to INFO; values that INFO lacks are parameters. */
static void expected_fdinfo(int ch, const char *type, const char *closed, unsigned int closers,
			    char *text)
{
	const struct chan_info info = channel_info(ch);

	snprintf(text, TEXT_MAX,
		 "chan-id:\t%llu\nchan-type:\t%s\nchan-flags:\t%s\nchan-elemsize:\t%u\n"
		 "chan-cap:\t%u\nchan-len:\t%u\nchan-closed:\t%s\nchan-rights:\t%s\n"
		 "chan-senders:\t%u\nchan-receivers:\t%u\nchan-closers:\t%u\n"
		 "chan-sendq:\t%u\nchan-recvq:\t%u\nchan-requeued:\t%u\n" PATHS("sends") PATHS("recvs"),
		 info.id, type, name_of_flags(info.flags), info.elemsize, info.cap, info.len,
		 closed, name_of_rights(info.rights), info.senders, info.receivers, closers,
		 info.sendq, info.recvq, info.requeued,
		 info.sends.handoff, info.sends.ring, info.sends.park,
		 info.recvs.handoff, info.recvs.ring, info.recvs.park);
}

static void expect_fdinfo(struct __test_metadata *_metadata, int ch, const char *type,
			  const char *closed, unsigned int closers)
{
	char expected[TEXT_MAX], text[TEXT_MAX];

	read_fdinfo(ch, text);
	expected_fdinfo(ch, type, closed, closers, expected);
	EXPECT_STREQ(expected, text);
}

static int make_typed(const char *type)
{
	int ch = chan_make_typed(8, 4, 0, type);

	if (ch < 0)
		give_up("chan_make_typed: %s", strerror(-ch));
	return ch;
}

TEST(of_a_nil_channel)
{
	char text[TEXT_MAX];
	unsigned long long id;
	const int ch = channel_open();
	const char *rest;

	read_fdinfo(ch, text);
	ASSERT_EQ(1, sscanf(text, "chan-id:\t%llu", &id));
	EXPECT_NE(0, id);
	rest = strchr(text, '\n');
	ASSERT_NE(NULL, rest);
	EXPECT_STREQ("\nchan-type:\t\nchan-flags:\t\nchan-elemsize:\t0\nchan-cap:\t0\n"
		     "chan-len:\t0\nchan-closed:\tnil\nchan-rights:\tsend,recv,close\n"
		     "chan-senders:\t1\nchan-receivers:\t1\nchan-closers:\t1\n"
		     "chan-sendq:\t0\nchan-recvq:\t0\nchan-requeued:\t0\n"
		     "chan-sends:\thandoff=0 ring=0 park=0\n"
		     "chan-recvs:\thandoff=0 ring=0 park=0\n", rest);
}

TEST(of_an_open_channel)
{
	const int ch = make_typed("struct job");

	expect_fdinfo(_metadata, ch, "struct job", "no", 1);
	channel_send_range(ch, 1, 3);
	expect_fdinfo(_metadata, ch, "struct job", "no", 1);
	channel_recv(ch);
	expect_fdinfo(_metadata, ch, "struct job", "no", 1);
	expect_fdinfo(_metadata, channel_make_elems(CHAN_ELEM_MAX, 3), "", "no", 1);
	expect_fdinfo(_metadata, channel_make_elems(0, ~0U), "", "no", 1);
}

TEST(of_files_with_all_rights)
{
	const int ch = make_typed("long");
	unsigned int closers = 1;

	for (unsigned int rights = 1; rights <= CHAN_RIGHTS_ALL; rights++) {
		closers += !!(rights & CHAN_RIGHT_CLOSE);
		expect_fdinfo(_metadata, channel_dup(ch, rights), "long", "no", closers);
	}
}

TEST(of_a_channel_that_was_closed)
{
	const int ch = make_typed("long");

	channel_send(ch, 1);
	ASSERT_EQ(0, chan_close(ch));
	expect_fdinfo(_metadata, ch, "long", "close", 1);
	channel_recv(ch);
	expect_fdinfo(_metadata, ch, "long", "close", 1);
}

TEST(of_a_channel_without_senders)
{
	const int ch = make_typed("long"), recv = channel_dup(ch, CHAN_RIGHT_RECV);

	close(ch);
	expect_fdinfo(_metadata, recv, "long", "no-senders", 0);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(recv).closed);
}

TEST(of_a_channel_without_receivers)
{
	const int ch = make_typed("long"), send = channel_dup(ch, CHAN_RIGHT_SEND);

	close(ch);
	expect_fdinfo(_metadata, send, "long", "no-receivers", 0);
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(send).closed);
}

CAPACITY_FIXTURE(parked);

TEST_F(parked, of_a_channel_with_parked_operations)
{
	const int empty = channel_make(variant->cap), full = channel_make(variant->cap);

	if (variant->cap)
		channel_send_range(full, 1, variant->cap);
	operation_park_recv(variant->kind, empty);
	operation_park_recv(variant->kind, empty);
	operation_park_send(variant->kind, full, 1);
	EXPECT_EQ(2, channel_info(empty).recvq);
	EXPECT_EQ(1, channel_info(full).sendq);
	expect_fdinfo(_metadata, empty, "", "no", 1);
	expect_fdinfo(_metadata, full, "", "no", 1);
	ASSERT_EQ(0, chan_close(empty));
	ASSERT_EQ(0, chan_close(full));
}

/* The lines of parked tasks, without their ages. */
static int read_parked_in(const char *path, char (*lines)[64], int max, unsigned int *more)
{
	FILE *stream = fopen(path, "re");
	unsigned long long age;
	char line[256], side[8];
	int n = 0, pid, words;

	*more = 0;
	if (!stream)
		give_up("no %s", path);
	while (fgets(line, sizeof(line), stream)) {
		line[strcspn(line, "\n")] = 0;
		sscanf(line, "chan-parked-more:\t%u", more);
		if (n < max &&
		    sscanf(line, "chan-parked:\t%d %7s %llu%n", &pid, side, &age, &words) == 3)
			snprintf(lines[n++], sizeof(lines[0]), "%d %s%s", pid, side, line + words);
	}
	fclose(stream);
	return n;
}

static int read_parked(int ch, char (*lines)[64], int max, unsigned int *more)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ch);
	return read_parked_in(path, lines, max, more);
}

/* With threads, the descriptor table is shared, so calls hold references to files. */
#define EXPECT_PARKED(line, op, words) do { \
	char expected_[64]; \
	\
	snprintf(expected_, sizeof(expected_), "%d " words "%s", (int)(op)->tid, \
		 (op)->kind == TASK_THREAD ? " ref" : ""); \
	EXPECT_STREQ(expected_, line); \
} while (0)

TEST_F(parked, tasks_are_listed_from_the_head_of_the_queue_on)
{
	const int ch = channel_make(variant->cap);
	struct operation *ops[3];
	char lines[8][64];
	unsigned int more;

	for (int i = 0; i < 3; i++)
		ops[i] = operation_park_recv(variant->kind, ch);
	ASSERT_EQ(3, read_parked(ch, lines, 8, &more));
	for (int i = 0; i < 3; i++)
		EXPECT_PARKED(lines[i], ops[i], "recv");
	EXPECT_EQ(0, more);
	channel_send(ch, 1);
	operation_join(ops[0]);
	ASSERT_EQ(2, read_parked(ch, lines, 8, &more));
	EXPECT_PARKED(lines[0], ops[1], "recv");
	ASSERT_EQ(0, chan_close(ch));
	operation_join(ops[1]);
	operation_join(ops[2]);
	EXPECT_EQ(0, read_parked(ch, lines, 8, &more));
}

static int run_select_send(struct operation *op)
{
	struct chan_case cases[] = {
		chan_case_send(op->ch, op->elems, op->elemsize),
		chan_case_recv(-1, op->elems, op->elemsize),
	};

	return chan_select(cases, 2);
}

TEST_F(parked, select_is_said_to_be_one)
{
	const int ch = channel_make(variant->cap);
	struct operation *op;
	char lines[8][64];
	unsigned int more;

	if (variant->cap)
		channel_send_range(ch, 1, variant->cap);
	op = operation_new(variant->kind, run_select_send, ch, 1);
	operation_park(op);
	ASSERT_EQ(1, read_parked(ch, lines, 8, &more));
	EXPECT_PARKED(lines[0], op, "send select");
	ASSERT_EQ(0, chan_close(ch));
	operation_join(op);
}

static int run_select_file(struct operation *op)
{
	struct chan_case cases[] = {
		chan_case_recv(op->ch, op->elems, op->elemsize),
		chan_case_poll((intptr_t)op->data, POLLIN),
	};

	return chan_select(cases, 2);
}

TEST_F(parked, select_that_waits_for_a_file_is_said_to)
{
	const int ch = channel_make(variant->cap);
	struct operation *op;
	char lines[8][64];
	unsigned int more;
	int ends[2];

	ASSERT_EQ(0, pipe(ends));
	op = operation_new(variant->kind, run_select_file, ch, 1);
	op->data = (void *)(intptr_t)ends[0];
	operation_park(op);
	ASSERT_EQ(1, read_parked(ch, lines, 8, &more));
	EXPECT_PARKED(lines[0], op, "recv select file");
	ASSERT_EQ(0, chan_close(ch));
	operation_join(op);
}

TEST_F(parked, operation_with_a_deadline_is_said_to_have_one)
{
	const int ch = channel_make(variant->cap);
	struct operation *op = operation_new(variant->kind, operation_recv, ch, 1);
	char lines[8][64];
	unsigned int more;

	op->deadline = CHAN_DEADLINE_NONE / 4;
	operation_park(op);
	ASSERT_EQ(1, read_parked(ch, lines, 8, &more));
	EXPECT_PARKED(lines[0], op, "recv deadline");
	ASSERT_EQ(0, chan_close(ch));
	operation_join(op);
}

/* The lines of two parked tasks, and their pids in the initial namespace. */
struct numbering {
	char outside[2][64];
	char inside[2][64];
	int pids[2];
};

/* The pid of the calling task in the /proc that the test started with. */
static int number_outside(void)
{
	char target[16] = "";

	return readlink("/proc/self", target, sizeof(target) - 1) < 0 ? -1 : atoi(target);
}

/* The first process of a pid namespace: it parks a second one and reads two mounts of /proc. */
static bool look_in_namespace(int ch, struct numbering *numbering)
{
	unsigned int more;
	uint64_t value;
	bool both;

	if (!fork()) {
		numbering->pids[1] = number_outside();
		chan_recv(ch, &value, sizeof(value));
		_exit(0);
	}
	channel_wait_parked(ch, 0, 2);
	both = read_parked(ch, numbering->outside, 2, &more) == 2;
	if (mount("inside", "/proc", "proc", 0, NULL))
		give_up("no /proc of its own: %s", strerror(errno));
	return both && read_parked(ch, numbering->inside, 2, &more) == 2;
}

TEST(tasks_are_numbered_as_the_proc_that_is_read_numbers_them)
{
	struct numbering *numbering = shared_alloc(sizeof(*numbering));
	const int ch = channel_make(0);
	int status;
	pid_t pid;

	numbering->pids[0] = operation_park_recv(TASK_PROCESS, ch)->pid;
	ASSERT_EQ(0, unshare(CLONE_NEWPID | CLONE_NEWNS));
	ASSERT_EQ(0, mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	pid = fork();
	if (!pid)
		_exit(look_in_namespace(ch, numbering) ? 0 : 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	for (int i = 0; i < 2; i++) {
		char expected[64];

		snprintf(expected, sizeof(expected), "%d recv", numbering->pids[i]);
		EXPECT_STREQ(expected, numbering->outside[i]);
	}
	EXPECT_STREQ("0 recv", numbering->inside[0]);
	EXPECT_STREQ("2 recv", numbering->inside[1]);
}

/* The parked tasks of one channel in debugfs. */
static int listed_parked(unsigned long long id, char (*lines)[64], int max)
{
	FILE *stream = fopen("/sys/kernel/debug/chan/channels", "re");
	unsigned long long other = 0;
	char line[256];
	int n = 0, pid;

	if (!stream)
		return -1;
	while (fgets(line, sizeof(line), stream)) {
		sscanf(line, "chan-id:\t%llu", &other);
		if (other == id && n < max && sscanf(line, "chan-parked:\t%d", &pid) == 1)
			snprintf(lines[n++], sizeof(lines[0]), "%d", pid);
	}
	fclose(stream);
	return n;
}

TEST(debugfs_numbers_tasks_as_the_initial_namespace_does)
{
	struct numbering *numbering = shared_alloc(sizeof(*numbering));
	const int ch = channel_make(0);
	const unsigned long long id = channel_info(ch).id;
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);
	char expected[64];
	int status;
	pid_t pid;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	pid = fork();
	if (!pid)
		_exit(listed_parked(id, numbering->outside, 2) == 1 ? 0 : 1);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	snprintf(expected, sizeof(expected), "%d", op->pid);
	EXPECT_STREQ(expected, numbering->outside[0]);
}

static long long refs_of(int ch)
{
	char path[64], line[256];
	long long refs = -1;
	FILE *stream;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ch);
	stream = fopen(path, "re");
	if (!stream)
		give_up("no %s", path);
	while (fgets(line, sizeof(line), stream))
		sscanf(line, "chan-refs:\t%lld", &refs);
	fclose(stream);
	return refs;
}

TEST(descriptors_of_an_open_file_are_counted)
{
	const int ch = channel_make(0), same = dup(ch), other = channel_dup(ch, CHAN_RIGHT_RECV);

	EXPECT_EQ(2, refs_of(ch));
	EXPECT_EQ(2, refs_of(same));
	EXPECT_EQ(1, refs_of(other));
	close(same);
	EXPECT_EQ(1, refs_of(ch));
}

TEST(messages_with_an_open_file_are_counted)
{
	const int ch = channel_make(0);
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ch);
	EXPECT_EQ(2, refs_of(ch));
	close(passing_recv(sockets[1]));
	EXPECT_EQ(1, refs_of(ch));
}

TEST_F(parked, operation_counts_if_it_is_said_to_hold_a_reference)
{
	const int ch = channel_make(variant->cap);
	const long long before = refs_of(ch);
	struct operation *op = operation_park_recv(variant->kind, ch);

	/* A process has a descriptor of its own; a thread's call holds a reference. */
	EXPECT_EQ(before + 1, refs_of(ch));
	ASSERT_EQ(0, chan_close(ch));
	operation_join(op);
}

TEST(G12_only_so_many_parked_tasks_are_listed)
{
	static char lines[128][64];
	const int ch = channel_make(0);
	unsigned int more;

	for (int i = 0; i < 70; i++)
		operation_park_recv(TASK_THREAD, ch);
	EXPECT_EQ(64, read_parked(ch, lines, 128, &more));
	EXPECT_EQ(6, more);
	ASSERT_EQ(0, chan_close(ch));
}

/* How many times debugfs lists the channel. */
static int listed(unsigned long long id)
{
	FILE *stream = fopen("/sys/kernel/debug/chan/channels", "re");
	unsigned long long other;
	char line[256];
	int n = 0;

	if (!stream)
		give_up("no list of channels in debugfs");
	while (fgets(line, sizeof(line), stream))
		n += sscanf(line, "chan-id:\t%llu", &other) == 1 && other == id;
	fclose(stream);
	return n;
}

TEST(debugfs_lists_each_channel_once)
{
	unsigned long long ids[200];
	int chs[200];

	for (int i = 0; i < 200; i++) {
		chs[i] = channel_make(0);
		ids[i] = channel_info(chs[i]).id;
	}
	for (int i = 0; i < 200; i += 33)
		EXPECT_EQ(1, listed(ids[i]));
	EXPECT_EQ(1, listed(ids[199]));
	for (int i = 0; i < 200; i++)
		close(chs[i]);
	EXPECT_EQ(0, listed(ids[0]));
	EXPECT_EQ(0, listed(ids[199]));
}

/* For each channel, the number of lines with its ID. */
static void count_listed(const char *text, const unsigned long long *ids, int *counts, int n)
{
	unsigned long long id;

	for (; (text = strstr(text, "chan-id:\t")); text++) {
		if (sscanf(text, "chan-id:\t%llu", &id) != 1)
			continue;
		for (int i = 0; i < n; i++)
			counts[i] += ids[i] == id;
	}
}

/* Channels missing from one read follow in the next, whatever was closed in between. */
TEST(debugfs_goes_on_where_it_stopped)
{
	enum { CHANNELS = 200 };
	static char text[1 << 20];
	const int file = open("/sys/kernel/debug/chan/channels", O_RDONLY | O_CLOEXEC);
	unsigned long long ids[CHANNELS];
	int chs[CHANNELS], counts[CHANNELS] = { 0 };
	ssize_t length = 0, n;

	ASSERT_LE(0, file);
	for (int i = 0; i < CHANNELS; i++) {
		chs[i] = channel_make(0);
		ids[i] = channel_info(chs[i]).id;
	}
	for (int i = 0; (n = read(file, text + length, 4096)) > 0; i++) {
		length += n;
		if (i < CHANNELS / 8)
			close(chs[i]);
	}
	EXPECT_EQ(0, n);
	count_listed(text, ids, counts, CHANNELS);
	for (int i = CHANNELS / 8; i < CHANNELS; i++)
		EXPECT_EQ(1, counts[i]);
	close(file);
}

TEST(debugfs_begins_anew_after_a_seek)
{
	static char text[2][1 << 16];
	const int file = open("/sys/kernel/debug/chan/channels", O_RDONLY | O_CLOEXEC);
	const int chs[] = { channel_make(0), channel_make(0) };
	ssize_t length;

	ASSERT_LE(0, file);
	length = pread(file, text[0], sizeof(text[0]), 0);
	ASSERT_LT(0, length);
	EXPECT_EQ(0, pread(file, text[1], sizeof(text[1]), length));
	EXPECT_EQ(length, pread(file, text[1], sizeof(text[1]), 0));
	EXPECT_STREQ(text[0], text[1]);
	EXPECT_EQ(length - 100, pread(file, text[1], sizeof(text[1]), 100));
	EXPECT_EQ(0, memcmp(text[0] + 100, text[1], length - 100));
	close(file);
	EXPECT_EQ(0, close(chs[0]));
}

/* A reader that stopped midway keeps the channel that it has reached, and nothing else. */
TEST(debugfs_of_a_reader_that_goes_leaves_nothing)
{
	const unsigned long long before = module_parameter("live_channels");
	const int file = open("/sys/kernel/debug/chan/channels", O_RDONLY | O_CLOEXEC);
	int chs[200];
	char text[64];

	ASSERT_LE(0, file);
	for (int i = 0; i < ARRAY_LENGTH(chs); i++)
		chs[i] = channel_make(0);
	ASSERT_EQ((ssize_t)sizeof(text), read(file, text, sizeof(text)));
	for (int i = 0; i < ARRAY_LENGTH(chs); i++)
		close(chs[i]);
	EXPECT_GE(before + 1, module_parameter("live_channels"));
	close(file);
	EXPECT_EQ(before, module_parameter("live_channels"));
}

TEST(unprintable_bytes_of_the_type_are_escaped)
{
	expect_fdinfo(_metadata, make_typed("a\nchan-rights:\tsend"),
		      "a\\nchan-rights:\\tsend", "no", 1);
	expect_fdinfo(_metadata, make_typed("\x01\x1b\x7f."), "\\001\\e\\177.", "no", 1);
	expect_fdinfo(_metadata, make_typed("\r\f\v\a"), "\\r\\f\\v\\a", "no", 1);
}

TEST(a_type_of_unprintable_bytes_only_is_escaped)
{
	char type[CHAN_TYPE_MAX] = "", escaped[4 * CHAN_TYPE_MAX] = "";

	for (int i = 0; i < CHAN_TYPE_MAX - 1; i++) {
		type[i] = 1;
		strcat(escaped, "\\001");
	}
	expect_fdinfo(_metadata, make_typed(type), escaped, "no", 1);
}

TEST(no_byte_of_the_type_breaks_the_line)
{
	for (int byte = 1; byte < 256; byte++) {
		const char type[] = { 'x', byte, 'y', 0 };
		char text[TEXT_MAX], *line, *end;
		int ch = make_typed(type);

		read_fdinfo(ch, text);
		line = strstr(text, "\nchan-type:\tx");
		ASSERT_NE(NULL, line);
		end = strstr(line, "y\nchan-flags:\t\n");
		ASSERT_NE(NULL, end);
		for (line = strchr(line, 'x'); line < end; line++) {
			EXPECT_TRUE((unsigned char)*line >= ' ' && *line != 0x7f) {
				TH_LOG("byte 0x%02x", byte);
			}
		}
		close(ch);
	}
}

TEST_HARNESS_MAIN
