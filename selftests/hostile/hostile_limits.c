// SPDX-License-Identifier: GPL-2.0-only
/*
 * An unprivileged user trying to exceed the limits on channels and bytes (G12): by changing which
 * user is charged, by sharing, by races, by many processes, by a more privileged program.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"
#include "common/user.h"

#define CHANNELS	20
#define BYTES		100000
#define LARGE		1000
#define TASKS		8

FIXTURE(hostile_limits)
{
	unsigned long long channels;
	unsigned long long bytes;
};

FIXTURE_SETUP(hostile_limits)
{
	self->channels = module_parameter("user_channels");
	self->bytes = module_parameter("user_bytes");
	module_set_parameter("user_channels", CHANNELS);
	module_set_parameter("user_bytes", BYTES);
}

/* The harness runs it in the parent of the test, which is still root. */
FIXTURE_TEARDOWN_PARENT(hostile_limits)
{
	module_set_parameter("user_channels", self->channels);
	module_set_parameter("user_bytes", self->bytes);
}

static void set_users(uid_t real, uid_t effective, uid_t saved)
{
	if (setresuid(real, effective, saved))
		give_up("setresuid: %s", strerror(errno));
}

static int run_make_as(struct operation *op)
{
	user_become((uintptr_t)op->data);
	return chan_make(1, 1, 0);
}

static int make_as(uid_t user, int ch)
{
	return operation_join(operation_start_new(TASK_PROCESS, run_make_as, ch,
						  (void *)(uintptr_t)user));
}

TEST_F(hostile_limits, G12_who_becomes_another_user_leaves_the_bill_behind_and_no_more)
{
	int ch, other = channel_make(0);

	set_users(20201, 20201, 0);
	ch = channel_make_elems(1, BYTES);
	EXPECT_EQ(-EDQUOT, chan_make(1, 1, 0));
	set_users(0, 0, 0);
	EXPECT_EQ(-EDQUOT, make_as(20201, other));
	EXPECT_LE(0, make_as(20202, other));
	user_become(20202);
	EXPECT_EQ(0, channel_query().user_channels);
	EXPECT_EQ(0, channel_query().user_bytes);
	/* The charge is returned to the user that made the channel. */
	close(ch);
	ch = channel_make_elems(1, BYTES);
	EXPECT_EQ(BYTES, channel_query().user_bytes);
}

TEST_F(hostile_limits, G12_what_others_hold_of_a_channel_its_maker_pays_for)
{
	int ch, made = channel_make(0);
	uint64_t word;
	struct operation *op;

	op = operation_new(TASK_PROCESS, operation_recv_one, made, 1);
	set_users(20203, 20203, 0);
	ch = channel_make_elems(1, BYTES);
	set_users(0, 0, 0);
	/* Its process has a descriptor of the channel, too. */
	operation_park(op);
	close(ch);
	EXPECT_EQ(-EDQUOT, make_as(20203, made));
	word = 1;
	EXPECT_EQ(0, chan_send(made, &word, sizeof(word)));
	EXPECT_EQ(1, operation_wait(op));
	EXPECT_LE(0, make_as(20203, made));
}

TEST_F(hostile_limits, G12_copies_are_one_channel)
{
	int ch, sockets[2], fds[3 * CHANNELS], i;

	user_become(20204);
	passing_pair(sockets);
	ch = channel_make_elems(1, BYTES);
	for (i = 0; i < CHANNELS; i++) {
		fds[3 * i] = dup(ch);
		fds[3 * i + 1] = channel_dup(ch, 1 + i % CHAN_RIGHTS_ALL);
		passing_send(sockets[0], ch);
		fds[3 * i + 2] = passing_recv(sockets[1]);
	}
	EXPECT_EQ(1, channel_query().user_channels);
	EXPECT_EQ(BYTES, channel_query().user_bytes);
	/* They are also requeued once. */
	close(ch);
	for (i = 0; i < 3 * CHANNELS; i++) {
		EXPECT_EQ(1, channel_query().user_channels);
		close(fds[i]);
	}
	EXPECT_EQ(0, channel_query().user_channels);
	EXPECT_EQ(0, channel_query().user_bytes);
	EXPECT_LE(0, channel_make_elems(1, BYTES));
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		give_up("%s: %s", path, strerror(errno));
	close(fd);
}

/* Root in that namespace, with all capabilities there. */
TEST_F(hostile_limits, G12_root_of_a_user_namespace_has_the_limits_of_who_it_is)
{
	int ch;

	user_become(20205);
	ch = channel_make_elems(1, BYTES);
	if (unshare(CLONE_NEWUSER))
		SKIP(return, "no user namespaces");
	write_file("/proc/self/uid_map", "0 20205 1");
	ASSERT_EQ(0, getuid());
	EXPECT_EQ(-EDQUOT, chan_make(1, 1, 0));
	EXPECT_EQ(BYTES, channel_query().user_bytes);
	EXPECT_EQ(1, channel_query().user_channels);
	close(ch);
	EXPECT_LE(0, channel_make_elems(1, BYTES));
}

/* A file opened by a user and written by a more privileged program. */
TEST_F(hostile_limits, G12_program_with_more_rights_that_writes_gives_no_more_bytes)
{
	static uint8_t elem[LARGE];
	int ch, i, fit;

	set_users(20206, 20206, 0);
	ch = channel_make_elems(LARGE, 2 * BYTES / LARGE);
	fit = (BYTES - channel_query().user_bytes) / LARGE;
	set_users(20206, 0, 0);
	for (i = 0; i < fit; i++)
		ASSERT_EQ(LARGE, write(ch, elem, LARGE));
	EXPECT_EQ(-EDQUOT, result_of(write(ch, elem, LARGE)));
	EXPECT_EQ(fit, chan_len(ch));
	/* Its own requests are allowed. */
	EXPECT_EQ(0, chan_send(ch, elem, sizeof(elem)));
	set_users(20206, 20206, 0);
	EXPECT_EQ(-EDQUOT, chan_send(ch, elem, sizeof(elem)));
}

TEST_F(hostile_limits, capability_lifts_the_limits_of_a_write_to_a_file_that_was_opened_with_it)
{
	static uint8_t elem[LARGE];
	int ch = channel_make_elems(LARGE, 2 * BYTES / LARGE), i;

	for (i = 0; i < 2 * BYTES / LARGE; i++)
		ASSERT_EQ(LARGE, write(ch, elem, LARGE));
}

/**
 * struct race - shared by all tasks of one race
 * @go: they may begin
 * @stop: they shall end
 */
struct race {
	bool go;
	bool stop;
};

static bool race_goes_on(struct race *race)
{
	while (!__atomic_load_n(&race->go, __ATOMIC_ACQUIRE))
		wait_a_moment();
	return !__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE);
}

/* Sends and receives large elements, up to the limit. */
static int run_send_and_receive(struct operation *op)
{
	static uint8_t elem[LARGE];
	int ret;

	while (race_goes_on(op->data)) {
		ret = chan_try_send(op->ch, elem, sizeof(elem));
		if (ret == -EDQUOT)
			op->progress++;
		else if (ret && ret != -EAGAIN)
			return ret;
		if (ret && chan_try_recv(op->ch, elem, sizeof(elem)) != 1)
			continue;
	}
	return 0;
}

/* Makes channels with rings up to the limit, then releases all. */
static int run_make_and_close(struct operation *op)
{
	int chs[CHANNELS + 1], n, ret;

	while (race_goes_on(op->data)) {
		for (n = 0; n <= CHANNELS; n++) {
			chs[n] = chan_make(LARGE / 10, 30, 0);
			if (chs[n] < 0)
				break;
		}
		ret = n > CHANNELS ? 0 : chs[n];
		if (ret != -EDQUOT)
			return ret ? ret : 1;
		op->progress++;
		while (n--)
			close(chs[n]);
	}
	return 0;
}

/* The total never exceeds the limit; the race ends when each task has met it. */
static bool race_stays_within(int (*run)(struct operation *op), int ch, unsigned int laps)
{
	struct race *race = shared_alloc(sizeof(*race));
	struct operation *ops[TASKS];
	struct chan_query query;
	bool within = true;
	int i;

	for (i = 0; i < TASKS; i++)
		ops[i] = operation_start_new(TASK_PROCESS, run, ch, race);
	__atomic_store_n(&race->go, true, __ATOMIC_RELEASE);
	for (i = 0; i < TASKS; i++) {
		while (__atomic_load_n(&ops[i]->progress, __ATOMIC_RELAXED) < laps &&
		       !operation_done(ops[i])) {
			query = channel_query();
			within &= query.user_channels <= CHANNELS && query.user_bytes <= BYTES;
		}
	}
	__atomic_store_n(&race->stop, true, __ATOMIC_RELEASE);
	return operations_succeed(ops, TASKS) && within;
}

TEST_F(hostile_limits, G12_racing_sends_stay_within_the_limit)
{
	uint64_t ring;
	int ch;

	user_become(20207);
	ch = channel_make_elems(LARGE, 2 * BYTES / LARGE);
	ring = channel_query().user_bytes;
	EXPECT_TRUE(race_stays_within(run_send_and_receive, ch, 50));
	EXPECT_EQ(ring + chan_len(ch) * LARGE, channel_query().user_bytes);
	close(ch);
	EXPECT_EQ(0, channel_query().user_bytes);
}

TEST_F(hostile_limits, G12_racing_rings_stay_within_the_limit)
{
	int ch;

	user_become(20208);
	ch = channel_make(0);
	EXPECT_TRUE(race_stays_within(run_make_and_close, ch, 20));
	wait_until(channel_query().user_channels == 1);
	EXPECT_EQ(0, channel_query().user_bytes);
	EXPECT_LE(0, channel_make_elems(1, BYTES));
}

/* Killed at arbitrary points, they leave no charge behind. */
TEST_F(hostile_limits, G11_G12_who_is_killed_in_a_race_has_given_all_back)
{
	struct race *race = shared_alloc(sizeof(*race));
	struct operation *ops[TASKS];
	int ch, i, round;

	user_become(20209);
	ch = channel_make_elems(LARGE, 1);
	race->go = true;
	for (round = 0; round < 10; round++) {
		for (i = 0; i < TASKS; i++)
			ops[i] = operation_start_new(TASK_PROCESS, i % 2 ? run_make_and_close :
						     run_send_and_receive, ch, race);
		for (i = 0; i < TASKS; i++)
			wait_until(i % 2 == 0 || __atomic_load_n(&ops[i]->progress, __ATOMIC_RELAXED));
		for (i = 0; i < TASKS; i++)
			operation_kill(ops[i]);
		wait_until(channel_query().user_channels == 1);
		EXPECT_EQ(16 + LARGE * (chan_len(ch) + channel_info(ch).requeued),
			  channel_query().user_bytes);
	}
}

TEST_HARNESS_MAIN
