// SPDX-License-Identifier: GPL-2.0-only
/* Tracepoints: each event of a channel is traced once, in order, with the right fields. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/events.h"
#include "common/memory.h"
#include "common/operation.h"

#define EVENTS_MAX	64

static struct event events[EVENTS_MAX];

static uint64_t id_of(int ch)
{
	return channel_info(ch).id;
}

/* Stop tracing, and expect that many events of the channel. */
#define EXPECT_EVENTS(n, id) do { \
	size_t n_ = events_stop(id, events, EVENTS_MAX); \
	\
	EXPECT_EQ(n, n_); \
	for (size_t i_ = 0; n_ != (n) && i_ < n_; i_++) \
		TH_LOG("%s: %s", events[i_].name, events[i_].fields); \
} while (0)

/* The fields after the channel's ID, up to those that depend on time and tasks. */
#define EXPECT_EVENT(i, event_name, rest) do { \
	const char *fields_ = strchr(events[i].fields, ' '); \
	\
	EXPECT_STREQ(event_name, events[i].name); \
	EXPECT_EQ(0, strncmp(fields_ + 1, rest, strlen(rest))) { \
		TH_LOG("%s: %s", events[i].name, events[i].fields); \
	} \
} while (0)

TEST(life_of_a_buffered_channel)
{
	uint64_t id;
	int ch;

	events_start();
	ch = channel_make(2);
	id = id_of(ch);
	channel_send_range(ch, 1, 2);
	channel_recv(ch);
	chan_close(ch);
	close(ch);
	EXPECT_EVENTS(6, id);
	EXPECT_EVENT(0, "make", "elemsize=8 cap=2 flags=0");
	EXPECT_EVENT(1, "send", "path=ring len=1 peer=0 parked=0");
	EXPECT_EVENT(2, "send", "path=ring len=2 peer=0 parked=0");
	EXPECT_EVENT(3, "recv", "path=ring len=1 peer=0 parked=0");
	EXPECT_EVENT(4, "close", "cause=1 receivers=0 senders=0");
	EXPECT_EVENT(5, "release", "len=1");
	EXPECT_EQ(getpid(), events[1].tid);
}

FIXTURE(task) {};
FIXTURE_VARIANT(task) { enum task_kind kind; };
FIXTURE_SETUP(task) {}
FIXTURE_TEARDOWN(task) {}
FIXTURE_VARIANT_ADD(task, thread) { .kind = TASK_THREAD };
FIXTURE_VARIANT_ADD(task, process) { .kind = TASK_PROCESS };

TEST_F(task, handoff_to_a_parked_receiver)
{
	const int ch = channel_make(0);
	struct operation *op;
	pid_t tid;

	events_start();
	op = operation_park_recv(variant->kind, ch);
	tid = op->tid;
	channel_send(ch, 1);
	operation_join(op);
	EXPECT_EVENTS(4, id_of(ch));
	EXPECT_EVENT(0, "park", "side=recv waiters=1 select=0");
	EXPECT_EVENT(1, "send", "path=handoff len=0");
	EXPECT_EQ(tid, event_number(&events[1], "peer"));
	EXPECT_EVENT(2, "wake", "side=recv result=1");
	EXPECT_EVENT(3, "recv", "path=park len=0");
	EXPECT_EQ(gettid(), event_number(&events[3], "peer"));
	EXPECT_LT(0, event_number(&events[3], "parked"));
	EXPECT_EQ(event_number(&events[2], "parked"), event_number(&events[3], "parked"));
	EXPECT_EQ(tid, events[0].tid);
	EXPECT_EQ(tid, events[3].tid);
}

TEST_F(task, handoff_from_a_parked_sender)
{
	const int ch = channel_make(0);
	struct operation *op;
	pid_t tid;

	events_start();
	op = operation_park_send(variant->kind, ch, 1);
	tid = op->tid;
	channel_recv(ch);
	operation_join(op);
	EXPECT_EVENTS(4, id_of(ch));
	EXPECT_EVENT(0, "park", "side=send waiters=1 select=0");
	EXPECT_EVENT(1, "recv", "path=handoff len=0");
	EXPECT_EQ(tid, event_number(&events[1], "peer"));
	EXPECT_EVENT(2, "wake", "side=send result=0");
	EXPECT_EVENT(3, "send", "path=park len=0");
	EXPECT_EQ(gettid(), event_number(&events[3], "peer"));
}

TEST_F(task, receive_tells_whose_element_took_the_place_in_the_ring)
{
	const int ch = channel_make(1);
	struct operation *op;
	pid_t tid;

	channel_send(ch, 1);
	events_start();
	op = operation_park_send(variant->kind, ch, 2);
	tid = op->tid;
	channel_recv(ch);
	operation_join(op);
	EXPECT_EVENTS(4, id_of(ch));
	EXPECT_EVENT(1, "recv", "path=ring len=1");
	EXPECT_EQ(tid, event_number(&events[1], "peer"));
	EXPECT_EVENT(3, "send", "path=park len=1");
	EXPECT_EQ(gettid(), event_number(&events[3], "peer"));
}

TEST_F(task, operation_that_gives_up_moves_nothing)
{
	const int ch = channel_make(0);
	uint64_t elem = 1;

	events_start();
	EXPECT_EQ(-ETIMEDOUT, chan_recv_until(ch, &elem, sizeof(elem), chan_deadline(1000)));
	EXPECT_EQ(-ETIMEDOUT, chan_send_until(ch, &elem, sizeof(elem), chan_deadline(1000)));
	EXPECT_EQ(-EAGAIN, chan_try_recv(ch, &elem, sizeof(elem)));
	EXPECT_EVENTS(4, id_of(ch));
	EXPECT_EVENT(0, "park", "side=recv");
	EXPECT_EVENT(1, "wake", "side=recv result=-110");
	EXPECT_EVENT(2, "park", "side=send");
	EXPECT_EVENT(3, "wake", "side=send result=-110");
}

TEST_F(task, close_tells_who_was_parked)
{
	const int ch = channel_make(0);
	struct operation *ops[2];

	events_start();
	for (int i = 0; i < 2; i++)
		ops[i] = operation_park_recv(variant->kind, ch);
	chan_close(ch);
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(0, operation_join(ops[i]));
	EXPECT_EVENTS(5, id_of(ch));
	EXPECT_EVENT(1, "park", "side=recv waiters=2 select=0");
	EXPECT_EVENT(2, "close", "cause=1 receivers=2 senders=0");
	EXPECT_EVENT(3, "wake", "side=recv result=0");
	EXPECT_EVENT(4, "wake", "side=recv result=0");
}

TEST(select_that_is_ready)
{
	const int ch = channel_make(1), other = channel_make(0);
	uint64_t elem, sent = 1;
	struct chan_case cases[] = {
		chan_case_recv(other, &elem, sizeof(elem)),
		chan_case_send(ch, &sent, sizeof(sent)),
	};

	events_start();
	EXPECT_EQ(1, chan_select(cases, 2));
	EXPECT_EVENTS(2, id_of(ch));
	EXPECT_EVENT(0, "send", "path=ring len=1");
	EXPECT_EVENT(1, "select", "cases=2 winner=1 result=0");
}

TEST_F(task, select_that_was_parked)
{
	const int ch = channel_make(0), other = channel_make(0);
	struct operation *op;
	uint64_t elem;
	struct chan_case cases[] = {
		chan_case_recv(other, &elem, sizeof(elem)),
		chan_case_recv(ch, &elem, sizeof(elem)),
	};

	events_start();
	op = operation_new(variant->kind, operation_send_one, ch, 1);
	operation_start(op);
	channel_wait_parked(ch, 1, 0);
	EXPECT_EQ(1, chan_select(cases, 2));
	operation_join(op);
	EXPECT_EVENTS(5, id_of(ch));
	EXPECT_EVENT(1, "recv", "path=handoff");
	EXPECT_EQ(0, events_stop(id_of(other), events, EVENTS_MAX));
}

TEST(select_parks_on_each_of_its_channels)
{
	const int ch = channel_make(0), other = channel_make(0);
	uint64_t elem, none;
	struct chan_case cases[] = {
		chan_case_recv(other, &elem, sizeof(elem)),
		chan_case_send(ch, &elem, sizeof(elem)),
	};

	events_start();
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(cases, 2, chan_deadline(1000)));
	EXPECT_EVENTS(1, id_of(ch));
	EXPECT_EVENT(0, "park", "side=send waiters=1 select=1");
	EXPECT_EQ(1, events_stop(id_of(other), events, EVENTS_MAX));
	EXPECT_EVENT(0, "park", "side=recv waiters=1 select=1");
	none = events_stop(0, events, EVENTS_MAX);
	EXPECT_EQ(2, none);
	EXPECT_EVENT(0, "wake", "side=recv result=-110");
	EXPECT_EVENT(1, "select", "cases=2 winner=-1 result=-110");
}

TEST(select_whose_file_is_ready)
{
	const int ch = channel_make(0);
	uint64_t elem;
	struct chan_case cases[] = {
		chan_case_recv(ch, &elem, sizeof(elem)), chan_case_poll(eventfd(1, 0), POLLIN),
	};

	events_start();
	EXPECT_EQ(1, chan_select(cases, 2));
	EXPECT_EQ(1, events_stop(0, events, EVENTS_MAX));
	EXPECT_EVENT(0, "select", "cases=2 winner=1 result=0");
	EXPECT_EQ(0, events_stop(id_of(ch), events, EVENTS_MAX));
}

TEST(element_that_is_requeued)
{
	const int ch = channel_make(1);

	events_start();
	channel_send(ch, 1);
	EXPECT_EQ(-EFAULT, chan_recv(ch, MEMORY_BAD, sizeof(uint64_t)));
	channel_recv(ch);
	EXPECT_EVENTS(4, id_of(ch));
	EXPECT_EVENT(1, "recv", "path=ring len=0");
	EXPECT_EVENT(2, "requeue", "requeued=1 peer=0");
	EXPECT_EVENT(3, "recv", "path=ring len=0");
}

TEST(each_operation_is_told_once)
{
	const int ch = channel_make(5);
	unsigned int sends = 0, recvs = 0;
	size_t n;

	events_start();
	for (int i = 0; i < 23; i++) {
		if (i % 2)
			channel_recv(ch);
		else
			channel_send(ch, i);
	}
	n = events_stop(id_of(ch), events, EVENTS_MAX);
	EXPECT_EQ(23, n);
	for (size_t i = 0; i < n; i++) {
		sends += !strcmp(events[i].name, "send");
		recvs += !strcmp(events[i].name, "recv");
	}
	EXPECT_EQ(12, sends);
	EXPECT_EQ(11, recvs);
}

/* The channel's ID comes first, and each field is a plain number of a basic type. */
static bool format_is_simple(const char *name)
{
	char path[512], line[256];
	int field = 0, wrong = 0;
	FILE *stream;

	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/chan/%s/format", name);
	stream = fopen(path, "re");
	if (!stream)
		give_up("no %s", path);
	while (fgets(line, sizeof(line), stream)) {
		if (!strstr(line, "\tfield:") || strstr(line, " common_"))
			continue;
		if (!field++)
			wrong += !strstr(line, "field:unsigned long long id;\t");
		wrong += !strstr(line, ":unsigned ") && !strstr(line, ":int ");
		wrong += !!strpbrk(line, "[*");
	}
	fclose(stream);
	return field && !wrong;
}

TEST(fields_are_numbers)
{
	DIR *directory = opendir("/sys/kernel/tracing/events/chan");
	struct dirent *entry;
	int n = 0;

	ASSERT_NE(NULL, directory);
	while ((entry = readdir(directory))) {
		if (strncmp(entry->d_name, "chan_", 5))
			continue;
		EXPECT_TRUE(format_is_simple(entry->d_name)) {
			TH_LOG("%s", entry->d_name);
		}
		n++;
	}
	EXPECT_EQ(9, n);
	closedir(directory);
}

TEST_HARNESS_MAIN
