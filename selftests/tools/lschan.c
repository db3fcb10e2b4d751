// SPDX-License-Identifier: GPL-2.0-only
/* Output of lschan for channels of known processes, and for a /proc made by the test. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "tools/common/fake.h"
#include "tools/common/output.h"

#define NOBODY		65534
#define HEADINGS	"ID TYPE ELEMSIZE CAP LEN CLOSED SENDQ RECVQ HOLDERS"

#define lschan(arguments, ...)	run("LC_ALL=C " LSCHAN " " arguments, ##__VA_ARGS__)

static unsigned long long id_of(int ch)
{
	return channel_info(ch).id;
}

static int make_jobs(void)
{
	const int ch = chan_make_typed(8, 4, 0, "struct job");

	if (ch < 0)
		give_up("chan_make_typed: %s", strerror(-ch));
	return ch;
}

/* A duplicate with a higher number than the original. */
static int copy_after(int ch, unsigned int rights)
{
	const int copy = channel_dup(ch, rights);
	const int after = fcntl(copy, F_DUPFD_CLOEXEC, ch + 1);

	close(copy);
	return after;
}

static int hold(struct operation *op)
{
	prctl(PR_SET_NAME, "worker");
	close(op->ch);
	__atomic_store_n(&op->progress, 1, __ATOMIC_RELEASE);
	pause();
	return 0;
}

static int hold_as_nobody(struct operation *op)
{
	/* Changing the user hides a process from others, and lets it outlive its parent. */
	if (setgid(NOBODY) || setuid(NOBODY) || prctl(PR_SET_DUMPABLE, 1) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL))
		give_up("cannot become user nobody: %s", strerror(errno));
	return hold(op);
}

/* A process named worker that inherits all descriptors of the test except @ch. */
static struct operation *start_holder(int (*run)(struct operation *op), int ch)
{
	struct operation *op = operation_start_new(TASK_PROCESS, run, ch, NULL);

	wait_until(__atomic_load_n(&op->progress, __ATOMIC_ACQUIRE));
	return op;
}

FIXTURE(lschan) {};

FIXTURE_SETUP(lschan)
{
	prctl(PR_SET_NAME, "boss");
}

FIXTURE_TEARDOWN(lschan)
{
}

TEST_F(lschan, has_a_row_for_each_channel)
{
	const int nil = channel_open(), jobs = make_jobs(), pairs = channel_make_elems(16, 0);
	unsigned long long id;

	ASSERT_EQ(0, run("sed -n 's/^chan-id:\\t//p' /proc/%d/fdinfo/%d", getpid(), nil));
	ASSERT_EQ(1, sscanf(printed, "%llu", &id));
	channel_send_range(jobs, 1, 3);
	ASSERT_EQ(0, chan_close(pairs));
	ASSERT_EQ(0, lschan("-p %d", getpid()));
	/* The library opened another nil file to make the channel with. */
	EXPECT_STREQ(text(HEADINGS "\n%llu 0 0 0 nil 0 0 1\n%llu struct job 8 4 3 no 0 0 1\n"
			  "%llu 16 0 0 close 0 0 1\n", id, id_of(jobs), id_of(pairs)), words());
	close(nil);
}

TEST_F(lschan, aligns_columns)
{
	size_t length;

	make_jobs();
	channel_make(100000);
	ASSERT_EQ(0, lschan("-p %d", getpid()));
	length = strcspn(printed, "\n") + 1;
	EXPECT_EQ(3 * length, strlen(printed));
	EXPECT_EQ('\n', printed[2 * length - 1]);
}

TEST_F(lschan, shows_how_many_are_parked)
{
	const int empty = channel_make(0), full = channel_make(0);

	operation_park_recv(TASK_THREAD, empty);
	operation_park_recv(TASK_THREAD, empty);
	operation_park_send(TASK_THREAD, full, 1);
	ASSERT_EQ(0, lschan("-p %d -o SENDQ,RECVQ", getpid()));
	EXPECT_STREQ("SENDQ RECVQ\n0 2\n1 0\n", words());
	ASSERT_EQ(0, chan_close(empty));
	ASSERT_EQ(0, chan_close(full));
}

TEST_F(lschan, tree_has_holders_below_each_channel)
{
	const int jobs = make_jobs(), recv = copy_after(jobs, CHAN_RIGHT_RECV);
	struct operation *worker = start_holder(hold, jobs);
	const char *expected = text(HEADINGS " PID COMMAND FD RIGHTS\n"
				    "%llu struct job 8 4 0 no 0 0 3\n"
				    "|- %d boss %d send,recv,close\n|- %d boss %d recv\n"
				    "`- %d worker %d recv\n",
				    id_of(jobs), getpid(), jobs, getpid(), recv, worker->pid, recv);

	ASSERT_EQ(0, lschan("-t -p %d,%d", worker->pid, getpid()));
	EXPECT_STREQ(expected, words());
	ASSERT_EQ(0, lschan("--list --tree -i %llu", id_of(jobs)));
	EXPECT_STREQ(expected, words());
	operation_kill(worker);
}

TEST_F(lschan, list_is_the_default_and_the_last_of_list_and_tree_counts)
{
	const unsigned long long id = id_of(make_jobs());
	const char *expected = text(HEADINGS "\n%llu struct job 8 4 0 no 0 0 1\n", id);

	ASSERT_EQ(0, lschan("--id %llu", id));
	EXPECT_STREQ(expected, words());
	ASSERT_EQ(0, lschan("--id %llu -t -l", id));
	EXPECT_STREQ(expected, words());
}

TEST_F(lschan, list_with_columns_of_holders_has_a_row_for_each)
{
	const int jobs = make_jobs(), send = copy_after(jobs, CHAN_RIGHT_SEND);
	struct operation *worker = start_holder(hold, jobs);
	const unsigned long long id = id_of(jobs);

	ASSERT_EQ(0, lschan("-i %llu -o id,pid,fd,rights", id));
	EXPECT_STREQ(text("ID PID FD RIGHTS\n%llu %d %d send,recv,close\n%llu %d %d send\n"
			  "%llu %d %d send\n", id, getpid(), jobs, id, getpid(), send, id,
			  worker->pid, send), words());
	operation_kill(worker);
}

TEST_F(lschan, columns_stand_in_the_order_in_which_they_are_named)
{
	const unsigned long long id = id_of(make_jobs());

	ASSERT_EQ(0, lschan("-i %llu --output cap,Type,ID", id));
	EXPECT_STREQ(text("CAP TYPE ID\n4 struct job %llu\n", id), words());
}

TEST_F(lschan, raw_has_one_blank_between_cells_and_none_in_them)
{
	const unsigned long long jobs = id_of(make_jobs()), longs = id_of(channel_make(2));

	ASSERT_EQ(0, lschan("--raw -i %llu,%llu", jobs, longs));
	EXPECT_STREQ(text(HEADINGS "\n%llu struct\\x20job 8 4 0 no 0 0 1\n"
			  "%llu  8 2 0 no 0 0 1\n", jobs, longs), printed);
}

TEST_F(lschan, noheadings_leaves_the_rows)
{
	const unsigned long long id = id_of(make_jobs());

	ASSERT_EQ(0, lschan("-i %llu --noheadings", id));
	EXPECT_STREQ(text("%llu struct job 8 4 0 no 0 0 1\n", id), words());
}

TEST_F(lschan, json_has_numbers_and_strings)
{
	const unsigned long long id = id_of(make_jobs());

	ASSERT_EQ(0, lschan("-i %llu --json", id));
	EXPECT_STREQ(text("{\"channels\":[{\"id\":%llu,\"type\":\"struct job\",\"elemsize\":8,"
			  "\"cap\":4,\"len\":0,\"closed\":\"no\",\"sendq\":0,\"recvq\":0,"
			  "\"holders\":1}]}", id), json());
}

TEST_F(lschan, json_of_a_tree_has_holders_as_children)
{
	const int jobs = make_jobs();
	const unsigned long long id = id_of(jobs);

	ASSERT_EQ(0, lschan("-i %llu --json --tree -o id,pid,command,fd", id));
	EXPECT_STREQ(text("{\"channels\":[{\"id\":%llu,\"pid\":null,\"command\":null,\"fd\":null,"
			  "\"children\":[{\"id\":null,\"pid\":%d,\"command\":\"boss\",\"fd\":%d}]"
			  "}]}", id, getpid(), jobs), json());
}

TEST_F(lschan, pid_leaves_only_holders_in_these_processes)
{
	const int jobs = make_jobs(), more = channel_make(0);
	struct operation *worker = start_holder(hold, more);

	ASSERT_EQ(0, lschan("-n -o ID,HOLDERS --pid %d", worker->pid));
	EXPECT_STREQ(text("%llu 1\n", id_of(jobs)), words());
	ASSERT_EQ(0, lschan("-n -o ID,HOLDERS -p %d -p %d", worker->pid, getpid()));
	EXPECT_STREQ(text("%llu 2\n%llu 1\n", id_of(jobs), id_of(more)), words());
	operation_kill(worker);
}

TEST_F(lschan, id_leaves_only_these_channels)
{
	const unsigned long long first = id_of(channel_make(0)), second = id_of(channel_make(0)),
				 third = id_of(channel_make(0));

	ASSERT_EQ(0, lschan("-n -o ID --id %llu", second));
	EXPECT_STREQ(text("%llu\n", second), words());
	ASSERT_EQ(0, lschan("-n -o ID -i %llu,%llu", third, first));
	EXPECT_STREQ(text("%llu\n%llu\n", first, third), words());
}

TEST_F(lschan, without_channels_prints_nothing)
{
	ASSERT_EQ(0, lschan("-p %d 2>&1", getpid()));
	EXPECT_STREQ("", printed);
	ASSERT_EQ(0, lschan("-t -p %d 2>&1", getpid()));
	EXPECT_STREQ("", printed);
	ASSERT_EQ(0, lschan("-J -p %d 2>&1", getpid()));
	EXPECT_STREQ("{\"channels\":[]}", json());
}

TEST_F(lschan, refuses_bad_usage_in_one_line)
{
	static const char *const usages[][2] = {
		{ "channels", "unexpected argument 'channels'" },
		{ "-o ID,NAME", "unknown column 'NAME'" },
		{ "-o ID,", "unknown column ''" },
		{ "-o ID,id", "duplicate column ID" },
		{ "-p 0", "'0' is not a list of PIDs" },
		{ "-p -1", "'-1' is not a list of PIDs" },
		{ "-p 1,", "'1,' is not a list of PIDs" },
		{ "-p '1 2'", "'1 2' is not a list of PIDs" },
		{ "-p 2147483648", "'2147483648' is not a list of PIDs" },
		{ "-i x", "'x' is not a list of IDs" },
		{ "-i ''", "'' is not a list of IDs" },
		{ "-i 18446744073709551616", "'18446744073709551616' is not a list of IDs" },
		{ "-J -r", "--json and --raw are exclusive" },
	};

	make_jobs();
	for (int i = 0; i < ARRAY_LENGTH(usages); i++) {
		EXPECT_EQ(2, lschan("%s 2>&1", usages[i][0]));
		EXPECT_STREQ(text("lschan: %s\n", usages[i][1]), printed);
	}
	EXPECT_EQ(2, lschan("--unknown 2>/dev/null"));
	EXPECT_STREQ("", printed);
}

TEST_F(lschan, fails_if_it_cannot_print)
{
	make_jobs();
	EXPECT_EQ(1, lschan("2>&1 >/dev/full"));
	EXPECT_STREQ("lschan: cannot print: No space left on device\n", printed);
}

TEST_F(lschan, shows_a_user_what_its_processes_hold_and_nothing_else)
{
	const int hidden = channel_make(0), shared = channel_make(0);
	struct operation *worker = start_holder(hold_as_nobody, hidden);

	ASSERT_EQ(0, run("folder=$(mktemp -d) && chmod 755 $folder && cp %s $folder && "
			 "setpriv --reuid=%d --regid=%d --clear-groups "
			 "$folder/lschan -n -o ID,PID,FD 2>&1", LSCHAN, NOBODY, NOBODY));
	EXPECT_STREQ(text("%llu %d %d\n", id_of(shared), worker->pid, shared), words());
	operation_kill(worker);
}

TEST_F(lschan, passes_over_what_vanishes)
{
	fake_proc();
	ASSERT_EQ(0, symlink("nowhere", "/proc/5"));
	fake_process(6, "going");
	ASSERT_EQ(0, unlink("/proc/6/comm"));
	ASSERT_EQ(0, rmdir("/proc/6/fdinfo"));
	fake_process(7, "closing");
	ASSERT_EQ(0, symlink("nowhere", "/proc/7/fdinfo/3"));
	fake_channel(7, 4, 2, "");
	ASSERT_EQ(0, lschan("-n -o ID,PID,COMMAND,FD 2>&1"));
	EXPECT_STREQ("2 7 closing 4\n", words());
}

TEST_F(lschan, tree_has_waiters_below_each_channel)
{
	const char *const parked = "chan-parked:\t8 send 1234567890\n"
				   "chan-parked:\t9 recv 5000000 select\n";

	fake_proc();
	fake_process(7, "boss");
	fake_process(8, "worker");
	fake_channel(7, 3, 1, parked);
	ASSERT_EQ(0, lschan("-t 2>&1"));
	EXPECT_STREQ(HEADINGS " PID COMMAND FD RIGHTS SIDE AGE\n1 8 1 0 no 0 0 1\n"
		     "|- 7 boss 3 send,recv,close\n|- 8 worker send 1.234\n`- 9 recv,select 0.005\n", words());
	ASSERT_EQ(0, lschan("-n -o ID,PID,SIDE,AGE 2>&1"));
	EXPECT_STREQ("1 8 send 1.234\n1 9 recv,select 0.005\n", words());
}

TEST_F(lschan, json_is_valid_whatever_a_process_is_named)
{
	fake_proc();
	fake_process(7, "\"\\\n\x01\xff\u00e9");
	fake_channel(7, 3, 1, "");
	ASSERT_EQ(0, lschan("-J -o PID,COMMAND"));
	EXPECT_STREQ("{\"channels\":[{\"pid\":7,\"command\":\"\\\"\\\\\\n\\u0001\\\\xff\u00e9\"}]}",
		     json());
}

TEST_F(lschan, lists_channels_in_the_order_of_their_descriptors)
{
	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 10, "");
	fake_channel(7, 4, 9, "");
	fake_channel(7, 5, 100, "");
	ASSERT_EQ(0, lschan("-n -o ID 2>&1"));
	EXPECT_STREQ("10\n9\n100\n", words());
}

TEST_F(lschan, fails_where_it_cannot_look_for_another_reason)
{
	EXPECT_EQ(1, run("prlimit --nofile=4 %s 2>&1", LSCHAN));
	EXPECT_STREQ("lschan: /proc: Too many open files\n", printed);
}

TEST_F(lschan, fails_if_it_cannot_read_what_it_has_found)
{
	fake_proc();
	fake_process(7, "boss");
	ASSERT_EQ(0, mkdir("/proc/7/fdinfo/3", 0755));
	EXPECT_EQ(1, lschan("2>&1"));
	EXPECT_STREQ("lschan: /proc: Is a directory\n", printed);
}

TEST_F(lschan, takes_the_largest_numbers)
{
	ASSERT_EQ(0, lschan("-p 2147483647 -i 18446744073709551615 2>&1"));
	EXPECT_STREQ("", printed);
}

TEST_F(lschan, json_escapes_a_character_that_is_cut_off)
{
	fake_proc();
	fake_process(7, "\u00e9\xc3");
	fake_channel(7, 3, 1, "");
	ASSERT_EQ(0, run("LC_ALL=C.UTF-8 " LSCHAN " -J -o PID,COMMAND"));
	EXPECT_STREQ("{\"channels\":[{\"pid\":7,\"command\":\"\u00e9\\\\xc3\"}]}", json());
}

TEST_F(lschan, any_column_of_holders_has_a_row_for_each)
{
	static const char *const columns[][2] = {
		{ "PID", "7" }, { "COMMAND", "boss" }, { "FD", "3" }, { "RIGHTS", "send,recv,close" },
	};

	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 1, "");
	for (int i = 0; i < ARRAY_LENGTH(columns); i++) {
		ASSERT_EQ(0, lschan("-n -o ID,%s 2>&1", columns[i][0]));
		EXPECT_STREQ(text("1 %s\n", columns[i][1]), words());
	}
}

TEST_HARNESS_MAIN
