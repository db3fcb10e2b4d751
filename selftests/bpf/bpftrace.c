// SPDX-License-Identifier: GPL-2.0-only
/* The scripts of bpf/bt: each counts its events exactly, and ends when it is interrupted. */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "common/task.h"
#include "bpf/observer.h"

/* Starting a script takes many seconds on an emulated machine. */
#define SCRIPT_TIMEOUT	120
#define OPERATIONS	23

/* Returns when the script sees events: it prints its first line once all probes are attached. */
static void script_start(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s.bt", SCRIPTS, name);
	observer_start((const char *[]){ "bpftrace", "-B", "line", path, NULL });
	observer_wait("Ctrl-C ends.\n");
}

/* The number after "@name[keys]: " when it was last printed; 0 if it never was. */
static long long script_count(const char *name)
{
	const char *at, *last = NULL;

	for (at = strstr(observer.text, name); at; at = strstr(at + 1, name))
		last = at;
	return last ? atoll(last + strlen(name)) : 0;
}

/* The sum of the bars of a histogram. */
static long long script_sum(const char *name)
{
	const char *line = strstr(observer.text, name);
	long long sum = 0;

	if (!line)
		return 0;
	for (line = strchr(line, '\n') + 1; *line == '[' || *line == '('; line = strchr(line, '\n') + 1)
		sum += atoll(strpbrk(line, "])") + 1);
	return sum;
}

static const char *named(const char *format, int ch)
{
	static char name[128];

	snprintf(name, sizeof(name), format, (unsigned long long)channel_info(ch).id);
	return name;
}

#define EXPECT_COUNT(n, format, ch)	EXPECT_EQ(n, script_count(named(format, ch)))
#define EXPECT_SUM(n, format, ch)	EXPECT_EQ(n, script_sum(named(format, ch)))

/* Receive once with a task that was parked asleep. Returns its pid. */
static pid_t receive_parked(int ch)
{
	struct operation *op = operation_park_recv(TASK_PROCESS, ch);
	const pid_t tid = op->tid;

	operation_wait_asleep(op);
	channel_send(ch, 1);
	operation_join(op);
	return tid;
}

static pid_t send_parked(int ch)
{
	struct operation *op = operation_park_send(TASK_PROCESS, ch, 1);
	const pid_t tid = op->tid;

	operation_wait_asleep(op);
	channel_recv(ch);
	operation_join(op);
	return tid;
}

FIXTURE(script) {};

FIXTURE_SETUP(script)
{
	if (system("command -v bpftrace >/dev/null"))
		SKIP(return, "there is no bpftrace");
}

FIXTURE_TEARDOWN(script)
{
	if (!_metadata->exit_code || _metadata->exit_code == KSFT_SKIP)
		return;
	TH_LOG("the script printed:\n%s", observer.text);
}

#define SCRIPT_TEST(name)	TEST_F_TIMEOUT(script, name, SCRIPT_TIMEOUT)

static const char *handoff_line(int ch, pid_t from, pid_t to)
{
	static char line[128];

	snprintf(line, sizeof(line), " %16llu  %7d %-16s %7d %s\n",
		 (unsigned long long)channel_info(ch).id, from, "bpftrace", to, "bpftrace");
	return line;
}

SCRIPT_TEST(handoffs_tells_each_with_its_tasks)
{
	const int ch = channel_make(0);
	pid_t tids[OPERATIONS];

	script_start("handoffs");
	/* Events of one CPU arrive in order. */
	task_pin();
	for (int i = 0; i < OPERATIONS; i++)
		tids[i] = i % 2 ? send_parked(ch) : receive_parked(ch);
	observer_wait(handoff_line(ch, gettid(), tids[OPERATIONS - 1]));
	EXPECT_EQ(0, observer_stop());
	for (int i = 0; i < OPERATIONS; i++)
		EXPECT_TRUE(observer_said(handoff_line(ch, i % 2 ? tids[i] : gettid(),
						     i % 2 ? gettid() : tids[i])));
	EXPECT_EQ(OPERATIONS, script_count("@handoffs: "));
	EXPECT_FALSE(observer_said("@name"));
}

SCRIPT_TEST(parktime_counts_each_wait)
{
	const int ch = channel_make(0);
	uint64_t elem;
	struct chan_case cases[] = { chan_case_recv(ch, &elem, sizeof(elem)) };

	script_start("parktime");
	for (int i = 0; i < OPERATIONS; i++)
		i % 2 ? send_parked(ch) : receive_parked(ch);
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(cases, 1, chan_deadline(1000)));
	EXPECT_EQ(0, observer_stop());
	EXPECT_SUM(OPERATIONS / 2 + 1, "@parked_us[%llu, recv]:", ch);
	EXPECT_SUM(OPERATIONS / 2, "@parked_us[%llu, send]:", ch);
	EXPECT_EQ(1, script_sum("@selects_in_vain_us:"));
	EXPECT_FALSE(observer_said("@side"));
}

SCRIPT_TEST(paths_counts_each_element)
{
	const int ch = channel_make(0), ring = channel_make(OPERATIONS);

	script_start("paths");
	for (int i = 0; i < OPERATIONS; i++)
		receive_parked(ch);
	for (int i = 0; i < 3; i++)
		send_parked(ch);
	channel_send_range(ring, 1, OPERATIONS);
	channel_recv(ring);
	EXPECT_EQ(0, observer_stop());
	EXPECT_COUNT(OPERATIONS, "@elements[%llu, send, handoff]: ", ch);
	EXPECT_COUNT(OPERATIONS, "@elements[%llu, recv, park]: ", ch);
	EXPECT_COUNT(3, "@elements[%llu, recv, handoff]: ", ch);
	EXPECT_COUNT(3, "@elements[%llu, send, park]: ", ch);
	EXPECT_COUNT(OPERATIONS, "@elements[%llu, send, ring]: ", ring);
	EXPECT_COUNT(1, "@elements[%llu, recv, ring]: ", ring);
	EXPECT_FALSE(observer_said("@path"));
}

/* The line of a task that is parked to receive, up to the milliseconds. */
static const char *parked_line(int ch, pid_t tid)
{
	static char line[128];

	snprintf(line, sizeof(line), "\n%7d %-16s %16llu %-6s ", tid, "bpftrace",
		 (unsigned long long)channel_info(ch).id, "recv");
	return line;
}

/* The milliseconds in the last table; -1 if the task is not there. */
static long long parked_age(int ch, pid_t tid)
{
	const char *table = NULL, *at;

	for (at = strstr(observer.text, "TASK "); at; at = strstr(at + 1, "TASK "))
		table = at;
	at = table ? strstr(table, parked_line(ch, tid)) : NULL;
	return at ? atoll(at + strlen(parked_line(ch, tid))) : -1;
}

SCRIPT_TEST(parked_shows_who_has_not_run_again)
{
	const int ch = channel_make(0);
	struct operation *ops[OPERATIONS + 1];
	int64_t begun, parked, shown;

	script_start("parked");
	begun = clock_read(CLOCK_MONOTONIC);
	for (int i = 0; i < OPERATIONS; i++)
		ops[i] = operation_park_recv(TASK_PROCESS, ch);
	parked = clock_read(CLOCK_MONOTONIC);
	observer_wait(parked_line(ch, ops[0]->tid));
	channel_send(ch, 1);
	operation_wait(ops[0]);
	shown = clock_read(CLOCK_MONOTONIC);
	ops[OPERATIONS] = operation_park_recv(TASK_PROCESS, ch);
	observer_wait(parked_line(ch, ops[OPERATIONS]->tid));
	observer_forget();
	observer_wait("TASK ");
	for (int i = 0; i < OPERATIONS; i++)
		observer_read_line();
	EXPECT_EQ(0, observer_stop());
	EXPECT_EQ(-1, parked_age(ch, ops[0]->tid));
	EXPECT_LE(0, parked_age(ch, ops[OPERATIONS]->tid));
	for (int i = 1; i < OPERATIONS; i++) {
		EXPECT_LE((shown - parked) / 1000000, parked_age(ch, ops[i]->tid));
		EXPECT_GE((clock_read(CLOCK_MONOTONIC) - begun) / 1000000,
			  parked_age(ch, ops[i]->tid));
	}
	EXPECT_TRUE(observer_said("@not_shown: 0\n"));
	EXPECT_FALSE(observer_said("["));
	chan_close(ch);
	for (int i = 0; i <= OPERATIONS; i++)
		operation_join(ops[i]);
}

/* A process with this number, which receives once. */
static void receive_as(pid_t pid, int ch)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1,
	};
	const pid_t child = syscall(SYS_clone3, &args, sizeof(args));
	uint64_t elem;

	if (child < 0)
		give_up("no process %d: %s", pid, strerror(errno));
	if (!child)
		_exit(chan_recv(ch, &elem, sizeof(elem)));
}

SCRIPT_TEST(parked_counts_who_finds_no_place)
{
	const int ch = channel_make(0);
	struct operation *op;

	script_start("parked");
	op = operation_park_recv(TASK_PROCESS, ch);
	receive_as(op->tid + 256, ch);
	channel_wait_parked(ch, 0, 2);
	observer_wait(" recv ");
	EXPECT_EQ(0, observer_stop());
	EXPECT_TRUE(observer_said(parked_line(ch, op->tid)));
	EXPECT_TRUE(observer_said("@not_shown: 1\n"));
	EXPECT_FALSE(observer_said(parked_line(ch, op->tid + 256)));
	chan_close(ch);
	operation_join(op);
	wait(NULL);
}

SCRIPT_TEST(wakelat_counts_whom_a_peer_has_woken)
{
	const int ch = channel_make(0);
	uint64_t elem;

	script_start("wakelat");
	for (int i = 0; i < OPERATIONS; i++)
		i % 2 ? send_parked(ch) : receive_parked(ch);
	EXPECT_EQ(-ETIMEDOUT, chan_recv_until(ch, &elem, sizeof(elem),
					      chan_deadline(CLOCK_SECOND / 10)));
	EXPECT_EQ(0, observer_stop());
	EXPECT_EQ(OPERATIONS / 2 + 1, script_sum("@wake_to_run_us[recv]:"));
	EXPECT_EQ(OPERATIONS / 2, script_sum("@wake_to_run_us[send]:"));
	EXPECT_FALSE(observer_said("@parked"));
	EXPECT_FALSE(observer_said("@side"));
}

SCRIPT_TEST(depth_shows_channels_until_they_are_released)
{
	const int ch = channel_make(OPERATIONS), released = channel_make(1);
	char released_depth[64], released_peak[64];

	strcpy(released_depth, named("@depth[%llu]: 1\n", released));
	strcpy(released_peak, named("@peak[%llu]: 1\n", released));
	script_start("depth");
	channel_send(released, 1);
	observer_wait(released_depth);
	observer_wait(released_peak);
	close(released);
	channel_send_range(ch, 1, OPERATIONS);
	for (int i = 0; i < 3; i++)
		channel_recv(ch);
	observer_wait(named("@depth[%llu]: 20\n", ch));
	observer_forget();
	EXPECT_EQ(0, observer_stop());
	EXPECT_COUNT(OPERATIONS - 3, "@depth[%llu]: ", ch);
	EXPECT_COUNT(OPERATIONS, "@peak[%llu]: ", ch);
	EXPECT_FALSE(observer_said(released_depth));
	EXPECT_FALSE(observer_said(released_peak));
}

/* Carry out a select that has parked on both; the first wins. */
static void select_parked(int winner, int loser)
{
	uint64_t elem;
	struct chan_case cases[] = {
		chan_case_recv(loser, &elem, sizeof(elem)),
		chan_case_recv(winner, &elem, sizeof(elem)),
	};
	struct operation *op = operation_park_select(TASK_PROCESS, winner, cases, 2);

	channel_send(winner, 1);
	operation_join(op);
}

SCRIPT_TEST(selects_counts_parked_and_won)
{
	const int ch = channel_make(1), other = channel_make(0);
	uint64_t elem;
	struct chan_case cases[] = {
		chan_case_recv(other, &elem, sizeof(elem)),
		chan_case_recv(ch, &elem, sizeof(elem)),
	};

	script_start("selects");
	for (int i = 0; i < OPERATIONS; i++)
		i % 3 ? select_parked(ch, other) : select_parked(other, ch);
	for (int i = 0; i < 5; i++) {
		channel_send(ch, 1);
		EXPECT_EQ(1, chan_select(cases, 2));
	}
	EXPECT_EQ(-ETIMEDOUT, chan_select_until(cases, 1, chan_deadline(1000)));
	EXPECT_EQ(0, observer_stop());
	EXPECT_COUNT(OPERATIONS, "@parked[%llu]: ", ch);
	EXPECT_COUNT(OPERATIONS + 1, "@parked[%llu]: ", other);
	EXPECT_COUNT(15, "@won[%llu]: ", ch);
	EXPECT_COUNT(8, "@won[%llu]: ", other);
	EXPECT_COUNT(5, "@won_at_once[%llu]: ", ch);
	EXPECT_COUNT(0, "@won_at_once[%llu]: ", other);
	EXPECT_FALSE(observer_said("@selecting"));
}

TEST_HARNESS_MAIN
