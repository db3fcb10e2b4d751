// SPDX-License-Identifier: GPL-2.0-only
/*
 * chanctl doctor: which tasks it reports as deadlocked, and which it does not although they may
 * seem stuck.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/passing.h"
#include "tools/common/fake.h"
#include "tools/common/output.h"
#include "tools/common/part.h"

#define DEADLOCK	3
#define NOBODY		65534

#define doctor(arguments, ...)	run("LC_ALL=C " CHANCTL " doctor " arguments, ##__VA_ARGS__)

FIXTURE(doctor) {};

FIXTURE_SETUP(doctor)
{
	keep_only(0);
}

FIXTURE_TEARDOWN(doctor)
{
}

TEST_F(doctor, finds_a_ring_of_three)
{
	const char *const names[] = { "one", "two", "three" };
	unsigned long long ids[3];
	int send[3], recv[3];
	pid_t pids[3];

	for (int i = 0; i < 3; i++) {
		const int ch = make(names[i]);

		ids[i] = id_of(ch);
		send[i] = channel_dup(ch, CHAN_RIGHT_SEND);
		recv[i] = channel_dup(ch, CHAN_RIGHT_RECV);
		close(ch);
	}
	for (int i = 0; i < 3; i++)
		pids[i] = start_receiver(names[i], recv[i], BIT(recv[i]) | BIT(send[(i + 1) % 3]));
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, text("Deadlock of 3 tasks: nobody else can wake them.\n"
		"  one %d waits for three %d to send to one #%llu\n"
		"  three %d waits for two %d to send to three #%llu\n"
		"  two %d waits for one %d to send to two #%llu\n\n",
		pids[0], pids[2], ids[0], pids[2], pids[1], ids[2], pids[1], pids[0], ids[1])));
}

TEST_F(doctor, finds_a_task_that_waits_for_itself)
{
	const int ch = make("job");
	const unsigned long long id = id_of(ch);
	const pid_t pid = start_sender("lonely", ch, BIT(ch));

	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, text("Deadlock of 1 task: nobody else can wake it.\n"
		"  lonely %d waits for itself to receive from job #%llu\n\n", pid, id)));
}

TEST_F(doctor, finds_a_process_whose_threads_are_all_parked)
{
	const int ch = make("job");
	struct part *part = part_new("pool", BIT(ch));

	for (int i = 0; i < 3; i++)
		part_receives(part, ch);
	part_start(part, ch);
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 3 tasks"));
	EXPECT_NE(NULL, strstr(printed, text("pool %d of %d", part->threads[2].tid,
					     part->threads[0].tid)));
}

TEST_F(doctor, finds_selects_none_of_whose_cases_can_be_carried_out)
{
	const int a = make("a"), b = make("b");
	struct part *part = part_new("chooser", BIT(a) | BIT(b));
	struct thread *thread = part_thread(part);

	thread_add(thread, chan_case_recv(a, &element, sizeof(element)));
	thread_add(thread, chan_case_send(b, &element, sizeof(element)));
	part_start(part, a);
	start_receiver("other", a, BIT(a));
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
}

TEST_F(doctor, finds_selects_of_threads)
{
	const int a = make("a"), b = make("b");
	struct part *part = part_new("chooser", BIT(a) | BIT(b));

	for (int i = 0; i < 2; i++) {
		struct thread *thread = part_thread(part);

		thread_add(thread, chan_case_recv(a, &element, sizeof(element)));
		thread_add(thread, chan_case_recv(b, &element, sizeof(element)));
	}
	part_start(part, a);
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
}

TEST_F(doctor, finds_processes_of_many_threads_that_wait_for_each_other)
{
	const int a = make("a"), b = make("b");
	struct part *left = part_new("left", BIT(a) | BIT(b)),
		    *right = part_new("right", BIT(a) | BIT(b));

	for (int i = 0; i < 2; i++) {
		part_sends(left, a);
		part_receives(right, b);
	}
	part_start(left, a);
	part_start(right, b);
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 4 tasks"));
}

static struct part *new_processes(int ch)
{
	struct part *part = part_new("baker", BIT(ch));

	part->processes = true;
	part_receives(part, ch);
	part_receives(part, ch);
	return part;
}

TEST_F(doctor, finds_processes_that_share_file_descriptors)
{
	const int ch = make("job");

	part_start(new_processes(ch), ch);
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
}

TEST_F(doctor, finds_a_task_that_nobody_is_left_to_wake)
{
	const int ch = chan_make_typed(sizeof(element), 0, CHAN_F_NOHUP, "job");
	const unsigned long long id = id_of(ch);
	const int recv = channel_dup(ch, CHAN_RIGHT_RECV);
	const pid_t pid = start_receiver("lonely", recv, BIT(recv));

	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, text("Deadlock of 1 task: nobody else can wake it.\n"
		"  lonely %d waits to receive from job #%llu, and nobody may send\n\n", pid, id)));
}

TEST_F(doctor, who_may_not_do_what_is_waited_for_is_no_help)
{
	const int ch = make("job"), recv = channel_dup(ch, CHAN_RIGHT_RECV);

	start_receiver("lonely", ch, BIT(ch));
	start_holder("onlooker", recv, BIT(recv));
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 1 task"));
}

/* The tests below are about tasks that only seem to be deadlocked. */

#define EXPECT_NOTHING(channels, parked) do { \
	EXPECT_EQ(0, doctor("2>&1")); \
	EXPECT_STREQ(text("No deadlock: %d channels, %d parked tasks.\n", channels, parked), \
		     printed); \
} while (0)

TEST_F(doctor, finds_nothing_where_there_is_nothing)
{
	EXPECT_NOTHING(0, 0);
}

TEST_F(doctor, another_holder_may_help)
{
	const int ch = make("job");

	start_receiver("worker", ch, BIT(ch));
	start_receiver("worker", ch, BIT(ch));
	start_holder("helper", ch, BIT(ch));
	keep_only(0);
	EXPECT_EQ(0, doctor("2>&1"));
	EXPECT_STREQ("No deadlock: 1 channel, 2 parked tasks.\n", printed);
}

TEST_F(doctor, another_holder_of_one_channel_may_help_those_of_both)
{
	const int orders = make("order"), bills = make("bill");

	start_receiver("baker", orders, BIT(orders) | BIT(bills));
	start_receiver("waiter", bills, BIT(orders) | BIT(bills));
	start_holder("helper", bills, BIT(bills));
	keep_only(0);
	EXPECT_NOTHING(2, 2);
}

TEST_F(doctor, who_may_close_may_help)
{
	const int orders = make("order"), bills = make("bill");
	const int close_only = channel_dup(bills, CHAN_RIGHT_CLOSE);

	start_receiver("baker", orders, BIT(orders) | BIT(bills));
	start_receiver("waiter", bills, BIT(orders) | BIT(bills));
	start_holder("helper", close_only, BIT(close_only));
	keep_only(0);
	EXPECT_NOTHING(2, 2);
}

TEST_F(doctor, another_thread_may_help)
{
	const int a = make("a"), b = make("b");
	struct part *part = part_new("pool", BIT(a) | BIT(b));

	part_receives(part, a);
	part_sends(part, b);
	part_thread(part);
	part_start(part, a);
	keep_only(0);
	EXPECT_NOTHING(2, 2);
}

TEST_F(doctor, timer_may_help)
{
	const int ch = make("job"), timer = chan_after(3600 * 1000000000ULL);
	struct part *part = part_new("patient", BIT(ch) | BIT(timer));
	struct thread *thread = part_thread(part);

	thread_add(thread, chan_case_recv(ch, &element, sizeof(element)));
	thread_add(thread, chan_case_recv(timer, &element, sizeof(element)));
	part_start(part, ch);
	keep_only(0);
	EXPECT_EQ(0, doctor("2>&1"));
	EXPECT_STREQ("No deadlock: 2 channels, 1 parked task.\n", printed);
}

TEST_F(doctor, deadline_may_help)
{
	const int a = make("a"), b = make("b");
	struct part *part = part_new("patient", BIT(a) | BIT(b));

	part_receives(part, a);
	part->threads[0].deadline = chan_deadline(3600 * 1000000000ULL);
	part_start(part, a);
	start_sender("other", b, BIT(a) | BIT(b));
	keep_only(0);
	EXPECT_NOTHING(2, 2);
}

TEST_F(doctor, file_of_a_select_may_help)
{
	struct thread *thread;
	struct part *part;
	int ch, ends[2];

	ASSERT_EQ(0, pipe(ends));
	ch = make("job");
	part = part_new("patient", BIT(ch) | BIT(ends[0]) | BIT(ends[1]));
	thread = part_thread(part);
	thread_add(thread, chan_case_recv(ch, &element, sizeof(element)));
	thread_add(thread, chan_case_poll(ends[0], POLLIN));
	part_start(part, ch);
	keep_only(0);
	EXPECT_EQ(0, doctor("2>&1"));
	EXPECT_STREQ("No deadlock: 1 channel, 1 parked task.\n", printed);
}

#define EXPECT_DOUBT() do { \
	EXPECT_EQ(0, doctor("2>&1")); \
	EXPECT_NE(NULL, strstr(printed, "Perhaps stuck: baker ")); \
	EXPECT_EQ(NULL, strstr(printed, "eadlock")); \
} while (0)

TEST_F(doctor, message_with_one_of_their_files_may_help)
{
	const int orders = make("order"), bills = make("bill");

	start_with_message(orders, bills, bills);
	EXPECT_DOUBT();
}

TEST_F(doctor, message_with_a_file_of_its_own_may_help)
{
	const int orders = make("order"), bills = make("bill");

	start_with_message(orders, bills, channel_dup(bills, CHAN_RIGHT_SEND));
	EXPECT_DOUBT();
}

TEST_F(doctor, message_with_a_file_that_can_only_close_may_help)
{
	const int orders = make("order"), bills = make("bill");

	start_with_message(orders, bills, channel_dup(bills, CHAN_RIGHT_CLOSE));
	EXPECT_DOUBT();
}

TEST_F(doctor, message_may_help_threads_and_their_selects)
{
	const int a = make("a"), b = make("b");
	struct part *part = part_new("baker", BIT(a) | BIT(b));
	struct thread *thread;
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], a);
	for (int i = 0; i < 2; i++) {
		thread = part_thread(part);
		thread_add(thread, chan_case_recv(a, &element, sizeof(element)));
		thread_add(thread, chan_case_send(b, &element, sizeof(element)));
	}
	part_start(part, a);
	keep_only(BIT(sockets[1]));
	EXPECT_DOUBT();
}

TEST_F(doctor, message_may_help_processes_that_share_file_descriptors)
{
	const int ch = make("job");
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ch);
	part_start(new_processes(ch), ch);
	keep_only(BIT(sockets[1]));
	EXPECT_DOUBT();
}

TEST_F(doctor, message_that_may_not_do_what_is_waited_for_is_no_help)
{
	const int orders = make("order"), bills = make("bill");

	start_with_message(orders, bills, channel_dup(bills, CHAN_RIGHT_RECV));
	EXPECT_EQ(DEADLOCK, doctor("2>&1"));
}

TEST_F(doctor, finds_them_once_the_message_is_taken_and_its_taker_is_parked)
{
	const int orders = make("order"), bills = make("bill");
	const int socket = start_with_message(orders, bills, bills);
	const int taken = passing_recv(socket);

	start_receiver("taker", taken, BIT(taken));
	keep_only(0);
	ASSERT_EQ(DEADLOCK, doctor("--no-stacks 2>&1"));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 3 tasks"));
}

TEST_F(doctor, process_that_is_not_for_the_caller_to_see_may_help)
{
	const int orders = make("order"), bills = make("bill");
	const uint64_t both = BIT(orders) | BIT(bills);
	struct part *baker = part_new("baker", both), *waiter = part_new("waiter", both);

	part_receives(baker, orders);
	part_receives(waiter, bills);
	baker->user = waiter->user = NOBODY;
	part_start(baker, orders);
	part_start(waiter, bills);
	start_holder("hidden", bills, BIT(bills));
	keep_only(0);
	EXPECT_EQ(0, run("folder=$(mktemp -d) && chmod 755 $folder && cp %s $folder && "
			 "setpriv --reuid=%d --regid=%d --clear-groups "
			 "$folder/chanctl doctor 2>&1", CHANCTL, NOBODY, NOBODY));
	EXPECT_NE(NULL, strstr(printed, "Perhaps stuck: baker "));
}

TEST_F(doctor, tells_a_user_of_deadlocks_of_its_own_processes)
{
	const int orders = make("order"), bills = make("bill");
	const uint64_t both = BIT(orders) | BIT(bills);
	struct part *baker = part_new("baker", both), *waiter = part_new("waiter", both);

	part_receives(baker, orders);
	part_receives(waiter, bills);
	baker->user = waiter->user = NOBODY;
	part_start(baker, orders);
	part_start(waiter, bills);
	keep_only(0);
	EXPECT_EQ(DEADLOCK, run("folder=$(mktemp -d) && chmod 755 $folder && cp %s $folder && "
				"setpriv --reuid=%d --regid=%d --clear-groups "
				"$folder/chanctl doctor 2>&1", CHANCTL, NOBODY, NOBODY));
	EXPECT_NE(NULL, strstr(printed, "Deadlock of 2 tasks"));
	EXPECT_NE(NULL, strstr(printed, "\nOnly your own processes were inspected, without kernel "
			       "stacks: run as root to see all.\n"));
}

#define ALONE \
	"chan-refs:\t1\nchan-senders:\t1\nchan-receivers:\t1\nchan-closers:\t1\n"

TEST_F(doctor, is_sure_only_of_tasks_that_are_parked_all_the_time)
{
	fake_proc();
	fake_process(7, "steady");
	fake_channel(7, 3, 1, ALONE "chan-parked:\t7 recv 3600000000000\n");
	ASSERT_EQ(DEADLOCK, doctor("2>&1"));
	fake_process(7, "restless");
	fake_channel(7, 3, 1, ALONE "chan-parked:\t7 recv 5000\n");
	EXPECT_EQ(0, doctor("2>&1"));
	EXPECT_STREQ("Some tasks seem to be stuck, but did not stay parked: try again.\n\n"
		     "1 channel, 1 parked task.\n", printed);
}

TEST_HARNESS_MAIN
