// SPDX-License-Identifier: GPL-2.0-only
/* Reports of chanctl doctor: how it describes deadlocks, and its other findings. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/passing.h"
#include "tools/common/output.h"
#include "tools/common/part.h"

#define DEADLOCK	3
#define LEAK		4

#define doctor(arguments, ...)	run("LC_ALL=C " CHANCTL " doctor " arguments, ##__VA_ARGS__)

/* Set each age to 0. */
static void forget_ages(void)
{
	char *from = printed, *to = printed;
	unsigned int whole, part;
	int length;

	while (*from) {
		length = 0;
		if (sscanf(from, " %u.%3u s%n", &whole, &part, &length) == 2 && length) {
			to = stpcpy(to, *from == ' ' ? " AGE" : "AGE");
			from += length;
		} else if (sscanf(from, "\"age\": %*u%n", &length) == 0 && length) {
			to = stpcpy(to, "\"age\": 0");
			from += length;
		} else {
			*to++ = *from++;
		}
	}
	*to = 0;
}

FIXTURE(doctor_report) {};

FIXTURE_SETUP(doctor_report)
{
	keep_only(0);
}

FIXTURE_TEARDOWN(doctor_report)
{
}

TEST_F(doctor_report, says_who_waits_for_whom)
{
	const struct pair pair = start_pair();

	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	forget_ages();
	EXPECT_STREQ(text("Deadlock of 2 tasks: nobody else can wake them.\n"
			  "baker %d waits for waiter %d to send to order #%llu\n"
			  "waiter %d waits for baker %d to send to bill #%llu\n\n"
			  "TASK WAITS TO CHANNEL FD PARKED\n"
			  "baker %d receive order #%llu %d AGE\n"
			  "waiter %d receive bill #%llu %d AGE\n\n"
			  "2 channels, 2 parked tasks.\n",
			  pair.baker, pair.waiter, pair.orders,
			  pair.waiter, pair.baker, pair.bills,
			  pair.baker, pair.orders, pair.orders_fd,
			  pair.waiter, pair.bills, pair.bills_fd), words());
}

TEST_F(doctor_report, tells_deadlocks_apart)
{
	int ch;

	start_pair();
	keep_only(0);
	ch = make("job");
	start_sender("lonely", ch, BIT(ch));
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 1 task"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
}

TEST_F(doctor_report, pid_leaves_deadlocks_that_have_to_do_with_it)
{
	const struct pair pair = start_pair();
	pid_t lonely;
	int ch;

	keep_only(0);
	ch = make("job");
	lonely = start_sender("lonely", ch, BIT(ch));
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks -p %d 2>&1", lonely));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 1 task"));
	EXPECT_EQ(NULL, strstr(printed, "Deadlock of 2 tasks"));
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks --pid %d 2>&1", pair.waiter));
	EXPECT_EQ(NULL, strstr(printed, "Deadlock of 1 task"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
	EXPECT_EQ(0, doctor("--pid %d 2>&1", getpid()));
}

TEST_F(doctor_report, shows_where_in_the_kernel_they_sleep)
{
	start_pair();
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("2>&1"));
	EXPECT_NE(NULL, strstr(printed, " sleeps in\n    chan_sleeper_"));
	EXPECT_NE(NULL, strstr(printed, "\n    chan_hchan_recv\n"));
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_EQ(NULL, strstr(printed, "sleeps in"));
}

TEST_F(doctor_report, json_has_all_of_it)
{
	const struct pair pair = start_pair();

	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--json --no-stacks 2>&1"));
	forget_ages();
	EXPECT_STREQ(text("{\"deadlocks\":[{\"cycle\":["
		"{\"task\":%d,\"waits_for\":%d,\"to\":\"send\",\"channel\":%llu},"
		"{\"task\":%d,\"waits_for\":%d,\"to\":\"send\",\"channel\":%llu}],\"tasks\":["
		"{\"tid\":%d,\"pid\":%d,\"command\":\"baker\",\"operations\":[{\"channel\":%llu,"
		"\"type\":\"order\",\"side\":\"recv\",\"fds\":[%d],\"age\":0,"
		"\"helpers\":[%d,%d]}]},"
		"{\"tid\":%d,\"pid\":%d,\"command\":\"waiter\",\"operations\":[{\"channel\":%llu,"
		"\"type\":\"bill\",\"side\":\"recv\",\"fds\":[%d],\"age\":0,"
		"\"helpers\":[%d,%d]}]}]}],"
		"\"doubtful\":[],\"parked_longer\":[]," "\"stranded\":[],\"unheld\":[],\"changing\":0,"
		"\"channels\":2,\"parked\":2}",
		pair.baker, pair.waiter, pair.orders, pair.waiter, pair.baker, pair.bills,
		pair.baker, pair.baker, pair.orders, pair.orders_fd, pair.baker, pair.waiter,
		pair.waiter, pair.waiter, pair.bills, pair.bills_fd, pair.baker, pair.waiter), json());
	ASSERT_EQ(DEADLOCK, doctor("-J 2>&1"));
	EXPECT_NE(NULL, strstr(json(), "\"stack\":[\"chan_sleeper_"));
}

TEST_F(doctor_report, json_has_whom_only_what_is_unseen_could_wake)
{
	const int orders = make("order"), bills = make("bill");

	start_with_message(orders, bills, bills);
	EXPECT_EQ(0, doctor("--json 2>&1"));
	EXPECT_NE(NULL, strstr(json(), "{\"deadlocks\":[],\"doubtful\":[{\"tid\":"));
	EXPECT_NE(NULL, strstr(printed, "\"command\":\"waiter\""));
}

TEST_F(doctor_report, json_is_valid_whatever_a_process_is_named)
{
	const int ch = make("job");

	start_sender("\"\\\n\x01\xff\u00e9", ch, BIT(ch));
	keep_only(0);
	EXPECT_EQ(DEADLOCK, doctor("--json --no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(json(), "\"command\":\"\\\"\\\\\\\\x0a\\\\x01\\\\xff\u00e9\""));
}

TEST_F(doctor_report, dot_has_the_cycle_in_red)
{
	const struct pair pair = start_pair();

	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--dot 2>&1"));
	forget_ages();
	EXPECT_STREQ(text("digraph channels {\n"
		"\tnode [fontname=\"sans-serif\"];\n"
		"\tedge [fontname=\"sans-serif\", fontsize=10];\n"
		"\ttask%d [shape=box, label=\"baker %d\", color=red];\n"
		"\ttask%d -> channel%llu [label=\"waits to receive\\nAGE\", color=red, penwidth=2];\n"
		"\ttask%d [shape=box, label=\"waiter %d\", color=red];\n"
		"\ttask%d -> channel%llu [label=\"waits to receive\\nAGE\", color=red, penwidth=2];\n"
		"\tchannel%llu [label=\"order #%llu\"];\n"
		"\tchannel%llu -> task%d [label=\"could send\", style=dashed];\n"
		"\tchannel%llu -> task%d [label=\"could send\", color=red, penwidth=2];\n"
		"\tchannel%llu [label=\"bill #%llu\"];\n"
		"\tchannel%llu -> task%d [label=\"could send\", color=red, penwidth=2];\n"
		"\tchannel%llu -> task%d [label=\"could send\", style=dashed];\n}\n",
		pair.baker, pair.baker, pair.baker, pair.orders,
		pair.waiter, pair.waiter, pair.waiter, pair.bills,
		pair.orders, pair.orders, pair.orders, pair.baker, pair.orders, pair.waiter,
		pair.bills, pair.bills, pair.bills, pair.baker, pair.bills, pair.waiter), printed);
}

TEST_F(doctor_report, dot_has_processes_that_could_help)
{
	const int ch = make("job");
	const pid_t helper = start_holder("\"helper\"", ch, BIT(ch));

	start_receiver("worker", ch, BIT(ch));
	keep_only(0);
	ASSERT_EQ(0, doctor("--dot 2>&1"));
	EXPECT_NE(NULL, strstr(printed, text("\tprocess%d [shape=box, style=dashed, "
					     "label=\"\\\"helper\\\" %d\"];\n", helper, helper)));
	EXPECT_NE(NULL, strstr(printed, text(" -> process%d [label=\"could send\", "
					     "style=dashed];\n", helper)));
	EXPECT_EQ(NULL, strstr(printed, "red"));
}

TEST_F(doctor_report, tells_of_elements_that_nobody_may_receive)
{
	const int ch = chan_make_typed(sizeof(element), 2, CHAN_F_NOHUP, "job");
	const unsigned long long id = id_of(ch);
	const int send = channel_dup(ch, CHAN_RIGHT_SEND);

	channel_send_range(ch, 1, 2);
	close(ch);
	ASSERT_EQ(LEAK, doctor("2>&1"));
	EXPECT_STREQ(text("No process may receive from job #%llu: 2 elements stranded.\n\n"
			  "No deadlock: 1 channel, 0 parked tasks.\n", id), printed);
	ASSERT_EQ(LEAK, doctor("--json 2>&1"));
	EXPECT_NE(NULL, strstr(json(), text("\"stranded\":[{\"channel\":%llu,\"type\":\"job\","
					    "\"len\":2}]", id)));
	close(send);
}

TEST_F(doctor_report, tells_of_channels_that_only_a_message_holds)
{
	const int ch = make("job");
	const unsigned long long id = id_of(ch);
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ch);
	keep_only(BIT(sockets[1]));
	ASSERT_EQ(LEAK, doctor("2>&1"));
	EXPECT_STREQ(text("No process holds job #%llu: it is in a message not yet received.\n\n"
			  "No deadlock: 0 channels, 0 parked tasks.\n", id), printed);
	ASSERT_EQ(LEAK, doctor("--json 2>&1"));
	EXPECT_NE(NULL, strstr(json(), text("\"unheld\":[{\"channel\":%llu,\"type\":\"job\","
					    "\"len\":0}]", id)));
}

TEST_F(doctor_report, tells_who_could_wake_tasks_that_are_parked_for_longer)
{
	const int a = make("a"), b = make("b");
	const unsigned long long ids[] = { id_of(a), id_of(b) };
	struct part *part = part_new("pool", BIT(b));
	pid_t helper, worker;
	int recv;

	part_receives(part, b);
	part_thread(part);
	part_start(part, b);
	helper = start_holder("helper", a, BIT(a));
	recv = channel_dup(a, CHAN_RIGHT_RECV);
	worker = start_receiver("worker", recv, BIT(recv));
	keep_only(0);
	EXPECT_EQ(0, doctor("--parked-longer 1h 2>&1"));
	wait_until(doctor("--parked-longer 1 -p %d,%d 2>&1", worker, part->threads[0].tid) == LEAK &&
		   strstr(printed, "2 operations"));
	forget_ages();
	EXPECT_STREQ(text("2 operations parked for longer than 1 s.\n\n"
			  "TASK WAITS TO CHANNEL FD PARKED WHO COULD WAKE IT\n"
			  "pool %d receive b #%llu %d AGE only its own process\n"
			  "worker %d receive a #%llu %d AGE helper %d\n\n"
			  "No deadlock: 2 channels, 2 parked tasks.\n",
			  part->threads[0].tid, ids[1], b, worker, ids[0], recv, helper), words());
}

TEST_F(doctor_report, watch_waits_until_something_is_found)
{
	struct pair pair;
	FILE *stream;

	stream = popen("exec " CHANCTL " doctor --watch 1 --no-stacks 2>&1", "re");
	ASSERT_NE(NULL, stream);
	pair = start_pair();
	keep_only(BIT(fileno(stream)));
	printed[fread(printed, 1, TEXT_MAX - 1, stream)] = 0;
	EXPECT_EQ(DEADLOCK, WEXITSTATUS(pclose(stream)));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
	EXPECT_NE(NULL, strstr(printed, text("baker %d", pair.baker)));
}

TEST_F(doctor_report, refuses_bad_usage_in_one_line)
{
	static const char *const usages[][2] = {
		{ "channels", "unexpected argument 'channels'" },
		{ "-p 0", "'0' is not a list of PIDs" },
		{ "-p 1,", "'1,' is not a list of PIDs" },
		{ "--parked-longer 0", "'0' is not a time" },
		{ "--parked-longer -1", "'-1' is not a time" },
		{ "--parked-longer 1x", "'1x' is not a time" },
		{ "--parked-longer 1ss", "'1ss' is not a time" },
		{ "-w 0", "'0' is not a number of seconds" },
		{ "-w 1,2", "'1,2' is not a number of seconds" },
		{ "--json --dot", "--json and --dot are exclusive" },
	};

	for (int i = 0; i < ARRAY_LENGTH(usages); i++) {
		EXPECT_EQ(2, doctor("%s 2>&1", usages[i][0]));
		EXPECT_STREQ(text("chanctl doctor: %s\n", usages[i][1]), printed);
	}
	EXPECT_EQ(2, doctor("--unknown 2>/dev/null"));
	EXPECT_STREQ("", printed);
}

TEST_F(doctor_report, fails_if_it_cannot_print)
{
	EXPECT_EQ(1, doctor("2>&1 >/dev/full"));
	EXPECT_STREQ("chanctl doctor: cannot print: No space left on device\n", printed);
}

TEST_F(doctor_report, fails_where_it_cannot_look)
{
	EXPECT_EQ(1, run("prlimit --nofile=4 " CHANCTL " doctor 2>&1"));
	EXPECT_STREQ("chanctl doctor: /proc: Too many open files\n", printed);
}

TEST(chanctl_needs_a_command_that_there_is)
{
	EXPECT_EQ(2, run(CHANCTL " 2>&1"));
	EXPECT_STREQ("chanctl: missing command: see --help\n", printed);
	EXPECT_EQ(2, run(CHANCTL " surgeon 2>&1"));
	EXPECT_STREQ("chanctl: unknown command 'surgeon'\n", printed);
	EXPECT_EQ(0, run(CHANCTL " --help 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "\n  doctor  "));
}

TEST_HARNESS_MAIN
