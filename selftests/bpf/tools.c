// SPDX-License-Identifier: GPL-2.0-only
/* chansnoop and chanlat: their counts and output for known operations, and their errors. */
#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/task.h"
#include "bpf/observer.h"

/* Loading a program takes seconds on an emulated machine. */
#define TIMEOUT		120
#define OPERATIONS	23

static char channel_text[32];

static unsigned long long id_of(int ch)
{
	return channel_info(ch).id;
}

/* Its ID, as an argument. */
static const char *channel_argument(int ch)
{
	snprintf(channel_text, sizeof(channel_text), "%llu", id_of(ch));
	return channel_text;
}

/* They return once the tool waits for events; the system call differs. */
#define SNOOP(...) observer_watch(SYS_epoll_wait, (const char *[]){ BPF "/chansnoop", \
	##__VA_ARGS__, NULL })
#define LATENCY(...) observer_watch(SYS_pselect6, (const char *[]){ BPF "/chanlat", \
	##__VA_ARGS__, NULL })

/* How often it has printed this. */
static int times(const char *what)
{
	const char *at;
	int n = 0;

	for (at = strstr(observer.text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

static int lines(void)
{
	return times("\n");
}

/* 12 sends and 11 receives, by each path. */
static void operate(int ring, int ch)
{
	struct operation *op;

	channel_send_range(ring, 1, 8);
	for (int i = 0; i < 7; i++)
		channel_recv(ring);
	for (int i = 0; i < 2; i++) {
		op = operation_park_recv(TASK_PROCESS, ch);
		channel_send(ch, 1);
		operation_join(op);
		op = operation_park_send(TASK_PROCESS, ch, 1);
		channel_recv(ch);
		operation_join(op);
	}
}

FIXTURE(tool) {};
FIXTURE_SETUP(tool) {}
FIXTURE_TEARDOWN(tool)
{
	if (_metadata->exit_code)
		TH_LOG("it printed:\n%s", observer.text);
}

TEST_F_TIMEOUT(tool, snoop_prints_a_line_for_each_operation, TIMEOUT)
{
	const int ring = channel_make(8), ch = channel_make(0);

	SNOOP("-H");
	operate(ring, ch);
	EXPECT_EQ(0, observer_stop());
	/* The numbers of events and of lost events. */
	EXPECT_EQ(OPERATIONS + 1, lines());
	EXPECT_TRUE(observer_said("23 events, 0 lost\n"));
	EXPECT_EQ(12, times(" send "));
	EXPECT_EQ(11, times(" recv "));
	EXPECT_EQ(15, times(" ring "));
	EXPECT_EQ(4, times(" handoff "));
	EXPECT_EQ(4, times(" park "));
}

/* Number of lines printed for operate() with these options; -1 on failure. */
#define SNOOPED(ring, ch, ...) ({ \
	SNOOP("-H", __VA_ARGS__); \
	operate(ring, ch); \
	observer_stop() ? -1 : lines() - 1; \
})

TEST_F_TIMEOUT(tool, snoop_prints_what_is_asked_for, TIMEOUT)
{
	const int ring = channel_make(8), ch = channel_make(0);
	char pid[16];

	EXPECT_EQ(15, SNOOPED(ring, ch, "-c", channel_argument(ring)));
	channel_recv(ring);
	EXPECT_EQ(4, SNOOPED(ring, ch, "-P", "park"));
	channel_recv(ring);
	EXPECT_EQ(12, SNOOPED(ring, ch, "-s", "send"));
	channel_recv(ring);
	EXPECT_EQ(2, SNOOPED(ring, ch, "-s", "recv", "-k", "park"));
	channel_recv(ring);
	/* Except for the work of its children. */
	snprintf(pid, sizeof(pid), "%d", getpid());
	EXPECT_EQ(OPERATIONS - 4, SNOOPED(ring, ch, "-p", pid));
	channel_recv(ring);
	/* A park and a wake for each of four. */
	EXPECT_EQ(OPERATIONS + 8, SNOOPED(ring, ch, "-k", "all"));
}

TEST_F_TIMEOUT(tool, snoop_ends_after_so_many, TIMEOUT)
{
	const int ring = channel_make(8);

	SNOOP("-H", "-n", "5");
	channel_send_range(ring, 1, 8);
	EXPECT_EQ(0, observer_end());
	EXPECT_EQ(6, lines());
}

/* The JSON objects of the first @count lines. NULL if a line is not JSON. */
static json_t *parse_lines(int count)
{
	json_t *all = json_array(), *object;
	char *line = observer.text;

	for (int i = 0; i < count; i++) {
		object = json_loadb(line, strcspn(line, "\n"), JSON_REJECT_DUPLICATES, NULL);
		if (!object)
			return NULL;
		json_array_append_new(all, object);
		line = strchr(line, '\n') + 1;
	}
	return all;
}

TEST_F_TIMEOUT(tool, snoop_prints_json_with_what_the_event_tells, TIMEOUT)
{
	const int other = channel_make(0);
	uint64_t elem;
	const char *kind, *path, *side;
	int pid, tid, len, cap, waiters, result;
	json_int_t channel, id;
	json_t *all;
	int ch;

	SNOOP("-J", "-k", "make,send,park,wake,close,release");
	ch = channel_make(3);
	id = id_of(ch);
	channel_send(ch, 1);
	chan_recv_until(other, &elem, sizeof(elem), chan_deadline(1000));
	chan_close(ch);
	close(ch);
	EXPECT_EQ(0, observer_stop());
	all = parse_lines(6);
	ASSERT_NE(NULL, all);
	EXPECT_EQ(0, json_unpack(json_array_get(all, 0), "{s:I, s:s, s:i}", "channel", &channel,
				 "kind", &kind, "cap", &cap));
	EXPECT_EQ(id, channel);
	EXPECT_STREQ("make", kind);
	EXPECT_EQ(3, cap);
	EXPECT_EQ(0, json_unpack(json_array_get(all, 1), "{s:i, s:i, s:s, s:i}", "pid", &pid,
				 "tid", &tid, "path", &path, "len", &len));
	EXPECT_EQ(getpid(), pid);
	EXPECT_EQ(gettid(), tid);
	EXPECT_STREQ("ring", path);
	EXPECT_EQ(1, len);
	EXPECT_EQ(0, json_unpack(json_array_get(all, 2), "{s:s, s:i}", "side", &side, "waiters",
				 &waiters));
	EXPECT_STREQ("recv", side);
	EXPECT_EQ(1, waiters);
	EXPECT_EQ(0, json_unpack(json_array_get(all, 3), "{s:i}", "result", &result));
	EXPECT_EQ(-ETIMEDOUT, result);
	EXPECT_EQ(0, json_unpack(json_array_get(all, 5), "{s:s, s:i}", "kind", &kind, "len",
				 &len));
	EXPECT_STREQ("release", kind);
	EXPECT_EQ(1, len);
	json_decref(all);
}

TEST_F_TIMEOUT(tool, snoop_counts_what_was_lost, TIMEOUT)
{
	const int ring = channel_make(1);
	unsigned long long events, lost;
	const char *end;

	SNOOP("-H", "--buffer", "4096");
	/* While stopped, it does not read. */
	kill(observer.pid, SIGSTOP);
	wait_until(task_state(observer.pid) == 'T');
	for (int i = 0; i < 100; i++) {
		channel_send(ring, 1);
		channel_recv(ring);
	}
	kill(observer.pid, SIGCONT);
	EXPECT_EQ(0, observer_stop());
	end = strstr(observer.text, " events, ");
	ASSERT_NE(NULL, end);
	while (end[-1] != '\n')
		end--;
	ASSERT_EQ(2, sscanf(end, "%llu events, %llu lost", &events, &lost));
	EXPECT_EQ(lines() - 1, events);
	EXPECT_LT(0, lost);
	EXPECT_EQ(200, events + lost);
}

/* The histogram of a channel in JSON; NULL if there is none. */
static json_t *histogram(json_t *root, int ch, const char *what)
{
	json_t *h;
	size_t i;

	json_array_foreach(json_object_get(root, "histograms"), i, h) {
		if (json_integer_value(json_object_get(h, "channel")) == id_of(ch) &&
		    !strcmp(json_string_value(json_object_get(h, "what")), what))
			return h;
	}
	return NULL;
}

/* The number of counted events, which must be the sum of its slots and within its bounds. */
static long long counted(json_t *root, int ch, const char *what)
{
	json_t *h = histogram(root, ch, what), *slot;
	long long count, sum, longest, from, to, n, all = 0, most = 0, least = 0;
	size_t i;

	if (!h)
		return 0;
	json_unpack(h, "{s:I, s:I, s:I}", "count", &count, "sum", &sum, "longest", &longest);
	json_array_foreach(json_object_get(h, "slots"), i, slot) {
		json_unpack(slot, "{s:I, s:I, s:I}", "from", &from, "to", &to, "count", &n);
		all += n;
		least += n * from;
		most += n * to;
	}
	if (all != count || sum < least || sum > most || longest < from || longest > to)
		return -1;
	return count;
}

/* Its output, as one line. */
static json_t *parse(void)
{
	json_t *root = json_loads(observer.text, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK,
				  NULL);

	if (!root)
		give_up("no JSON: %s", observer.text);
	return root;
}

static long long number(json_t *root, const char *name)
{
	return json_integer_value(json_object_get(root, name));
}

TEST_F_TIMEOUT(tool, latency_counts_each_wait_and_each_element, TIMEOUT)
{
	const int ring = channel_make(8), ch = channel_make(0);
	json_t *root;

	LATENCY("-J");
	operate(ring, ch);
	channel_recv(ring);
	EXPECT_EQ(0, observer_stop());
	root = parse();
	EXPECT_EQ(8, counted(root, ring, "element"));
	EXPECT_EQ(0, counted(root, ring, "parked_recv"));
	EXPECT_EQ(0, counted(root, ring, "parked_send"));
	EXPECT_EQ(4, counted(root, ch, "element"));
	EXPECT_EQ(2, counted(root, ch, "parked_recv"));
	EXPECT_EQ(2, counted(root, ch, "parked_send"));
	EXPECT_EQ(0, number(root, "lost"));
	EXPECT_EQ(0, number(root, "skipped"));
	json_decref(root);
}

/* Duration of the longest operation in nanoseconds. */
static long long longest(json_t *root, int ch, const char *what)
{
	return number(histogram(root, ch, what), "longest");
}

TEST_F_TIMEOUT(tool, latency_knows_each_element_of_a_ring, TIMEOUT)
{
	const int ring = channel_make(2), old = channel_make(4);
	struct operation *op;
	uint64_t begun;
	json_t *root;

	channel_send_range(old, 1, 2);
	LATENCY("-J");
	/* Two that existed before, and a new one. */
	channel_send(old, 3);
	for (int i = 0; i < 3; i++)
		channel_recv(old);
	/* A parked sender's element follows the others, and its age includes the wait. */
	channel_send_range(ring, 1, 2);
	op = operation_park_send(TASK_PROCESS, ring, 3);
	begun = chan_deadline(0);
	wait_until(chan_deadline(0) > begun + 50000000);
	channel_recv(ring);
	channel_recv(ring);
	operation_join(op);
	channel_recv(ring);
	EXPECT_EQ(0, observer_stop());
	root = parse();
	EXPECT_EQ(1, counted(root, old, "element"));
	EXPECT_EQ(2, number(root, "skipped"));
	EXPECT_EQ(3, counted(root, ring, "element"));
	EXPECT_EQ(1, counted(root, ring, "parked_send"));
	EXPECT_LE(50000000, longest(root, ring, "element"));
	EXPECT_LE(50000000, longest(root, ring, "parked_send"));
	json_decref(root);
}

TEST_F_TIMEOUT(tool, latency_takes_no_element_requeued_for_another, TIMEOUT)
{
	const int ring = channel_make(4);
	json_t *root;

	LATENCY("-J");
	channel_send_range(ring, 1, 3);
	/* Received and requeued, then received again: when it was sent is unknown. */
	EXPECT_EQ(-EFAULT, chan_recv(ring, (void *)1, sizeof(uint64_t)));
	EXPECT_EQ(1, channel_recv(ring));
	channel_recv(ring);
	channel_recv(ring);
	EXPECT_EQ(0, observer_stop());
	root = parse();
	EXPECT_EQ(3, counted(root, ring, "element"));
	EXPECT_EQ(1, number(root, "skipped"));
	json_decref(root);
}

TEST_F_TIMEOUT(tool, latency_counts_what_is_asked_for, TIMEOUT)
{
	const int ring = channel_make(8), ch = channel_make(0);
	char pid[16];
	json_t *root;

	snprintf(pid, sizeof(pid), "%d", getpid());
	LATENCY("-J", "-c", channel_argument(ch), "-p", pid);
	operate(ring, ch);
	EXPECT_EQ(0, observer_stop());
	root = parse();
	EXPECT_EQ(0, counted(root, ring, "element"));
	/* Except for the receives and waits of its children. */
	EXPECT_EQ(2, counted(root, ch, "element"));
	EXPECT_EQ(0, counted(root, ch, "parked_recv"));
	EXPECT_EQ(0, counted(root, ch, "parked_send"));
	EXPECT_EQ(0, number(root, "skipped"));
	json_decref(root);
}

TEST_F_TIMEOUT(tool, latency_prints_text_at_each_interval, TIMEOUT)
{
	const int ring = channel_make(8);
	char line[128];

	LATENCY("-i", "1", "-n", "2");
	channel_send(ring, 1);
	channel_recv(ring);
	EXPECT_EQ(0, observer_end());
	snprintf(line, sizeof(line), "\nchannel %llu, elements from send to receive: 1, mean ",
		 id_of(ring));
	/* Events already printed are not counted again. */
	EXPECT_EQ(1, times(line));
	EXPECT_EQ(2, times("\n0 lost, 0 elements skipped\n"));
}

/* A command expected to fail with this one line of output; returns its status. */
static int complaint(bool as_nobody, const char *const arguments[])
{
	observer_start(as_nobody ? (const char *[]){ "setpriv", "--reuid", "65534", "--clear-groups",
						     arguments[0], arguments[1], arguments[2],
						     NULL } : arguments);
	return observer_end();
}

#define COMPLAINT(as_nobody, ...) complaint(as_nobody, (const char *[]){ __VA_ARGS__, NULL, NULL })

#define EXPECT_COMPLAINT(status, says, as_nobody, ...) do { \
	EXPECT_EQ(status, COMPLAINT(as_nobody, __VA_ARGS__)); \
	EXPECT_EQ(1, lines()); \
	EXPECT_TRUE(observer_said(says)) { \
		TH_LOG("it says %s", observer.text); \
	} \
} while (0)

TEST(bad_input_is_refused_in_one_line)
{
	EXPECT_COMPLAINT(2, "'x' is not a list of IDs", false, BPF "/chansnoop", "-cx");
	EXPECT_COMPLAINT(2, "'0' is not a list of PIDs", false, BPF "/chansnoop", "-p0");
	EXPECT_COMPLAINT(2, "unknown path 'rings'", false, BPF "/chansnoop", "-Prings");
	EXPECT_COMPLAINT(2, "unknown kind 'sending'", false, BPF "/chansnoop", "-ksending");
	EXPECT_COMPLAINT(2, "unknown side 'both'", false, BPF "/chansnoop", "-sboth");
	EXPECT_COMPLAINT(2, "no event matches", false, BPF "/chansnoop", "-kmake", "-ssend");
	EXPECT_COMPLAINT(2, "'-1' is not a positive number", false, BPF "/chansnoop", "-n-1");
	EXPECT_COMPLAINT(2, "unexpected argument 'here'", false, BPF "/chansnoop", "here");
	EXPECT_COMPLAINT(2, "'1,,2' is not a list of IDs", false, BPF "/chanlat", "-c1,,2");
	EXPECT_COMPLAINT(2, "--count needs --interval", false, BPF "/chanlat", "-n1");
	EXPECT_COMPLAINT(2, "unexpected argument 'here'", false, BPF "/chanlat", "here");
}

TEST(others_than_root_are_told)
{
	EXPECT_COMPLAINT(1, "needs root", true, BPF "/chansnoop");
	EXPECT_COMPLAINT(1, "needs root", true, BPF "/chanlat");
}

/* Only in this test. */
static void hide(const char *folder)
{
	if (mount("hidden", folder, "tmpfs", 0, NULL))
		give_up("cannot hide %s: %s", folder, strerror(errno));
}

static void leave_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		give_up("no mount namespace: %s", strerror(errno));
}

TEST(tracefs_that_is_absent_is_to_be_mounted)
{
	leave_mounts();
	hide("/sys/kernel/tracing");
	hide("/sys/kernel/debug");
	EXPECT_COMPLAINT(1, "mount -t tracefs", false, BPF "/chansnoop");
	EXPECT_COMPLAINT(1, "mount -t tracefs", false, BPF "/chanlat");
}

TEST(module_that_is_absent_is_to_be_inserted)
{
	leave_mounts();
	hide("/sys/kernel/tracing");
	if (mkdir("/sys/kernel/tracing/events", 0755))
		give_up("mkdir: %s", strerror(errno));
	EXPECT_COMPLAINT(1, "modprobe chan", false, BPF "/chansnoop");
	EXPECT_COMPLAINT(1, "modprobe chan", false, BPF "/chanlat");
}

/* Only in this test, one field of chan_release has another offset. */
static void move_field(void)
{
	static const char command[] =
		"formats=$(mktemp -d) && cd /sys/kernel/tracing && "
		"cp --parents events/chan/*/format events/task/*/format $formats && "
		"sed -i 's/ len;\toffset:[0-9]*/ len;\toffset:400/' "
			"$formats/events/chan/chan_release/format && "
		"mount --bind $formats /sys/kernel/tracing";

	leave_mounts();
	if (system(command))
		give_up("%s", command);
}

TEST(field_that_has_moved_alone_is_refused)
{
	move_field();
	EXPECT_COMPLAINT(1, "tracepoint chan_release does not match", false, BPF "/chansnoop");
	EXPECT_COMPLAINT(1, "tracepoint chan_release does not match", false, BPF "/chanlat");
}

TEST_HARNESS_MAIN
