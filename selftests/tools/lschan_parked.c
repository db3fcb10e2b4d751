// SPDX-License-Identifier: GPL-2.0-only
/* Output of lschan for parked tasks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/operation.h"
#include "tools/common/fake.h"
#include "tools/common/output.h"

#define MILLISECOND	1000000
/* The module reads a clock with the resolution of a tick, at most 10 ms. */
#define TICK		(10 * MILLISECOND)
/* Maximum number of tasks listed, see Documentation/chan.rst. */
#define NAMED		64

#define lschan(arguments, ...)	run("LC_ALL=C " LSCHAN " " arguments, ##__VA_ARGS__)

static unsigned long long id_of(int ch)
{
	return channel_info(ch).id;
}

/* The age that the last command printed, in nanoseconds, with a resolution of a millisecond. */
static int64_t printed_age(void)
{
	unsigned long long seconds, milliseconds;

	if (sscanf(printed, "%llu.%3llu", &seconds, &milliseconds) != 2)
		give_up("no age: %s", printed);
	return (seconds * 1000 + milliseconds) * MILLISECOND;
}

FIXTURE(lschan) {};

FIXTURE_SETUP(lschan)
{
	prctl(PR_SET_NAME, "boss");
}

FIXTURE_TEARDOWN(lschan)
{
}

TEST_F(lschan, tree_shows_a_task_that_is_parked_to_send)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_send(TASK_THREAD, ch, 1);

	ASSERT_EQ(0, lschan("-t -p %d -o ID,SENDQ,RECVQ,PID,COMMAND,FD,SIDE", getpid()));
	EXPECT_STREQ(text("ID SENDQ RECVQ PID COMMAND FD SIDE\n%llu 1 0\n|- %d boss %d\n"
			  "`- %d boss send\n", id_of(ch), getpid(), ch, op->tid), words());
	channel_recv(ch);
	EXPECT_EQ(0, operation_join(op));
}

TEST_F(lschan, tree_shows_a_task_that_is_parked_to_receive)
{
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_THREAD, ch);

	ASSERT_EQ(0, lschan("-t -p %d -o ID,SENDQ,RECVQ,PID,COMMAND,FD,SIDE", getpid()));
	EXPECT_STREQ(text("ID SENDQ RECVQ PID COMMAND FD SIDE\n%llu 0 1\n|- %d boss %d\n"
			  "`- %d boss recv\n", id_of(ch), getpid(), ch, op->tid), words());
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(op));
}

TEST_F(lschan, shows_a_parked_select_in_each_of_its_channels)
{
	const int from = channel_make(0), to = channel_make(0);
	uint64_t elem = 0;
	const struct chan_case cases[] = {
		chan_case_recv(from, &elem, sizeof(elem)),
		chan_case_send(to, &elem, sizeof(elem)),
	};
	struct operation *op = operation_park_select(TASK_THREAD, to, cases, 2);

	ASSERT_EQ(0, lschan("-n -p %d -o ID,PID,COMMAND,SIDE", getpid()));
	EXPECT_STREQ(text("%llu %d boss recv,select\n%llu %d boss send,select\n", id_of(from),
			  op->tid, id_of(to), op->tid), words());
	ASSERT_EQ(0, chan_close(from));
	EXPECT_EQ(0, operation_join(op));
}

TEST_F(lschan, names_the_process_that_is_parked)
{
	const int ch = channel_make(0);
	struct operation *first, *second;

	prctl(PR_SET_NAME, "first");
	first = operation_park_recv(TASK_PROCESS, ch);
	prctl(PR_SET_NAME, "second");
	second = operation_park_recv(TASK_PROCESS, ch);
	ASSERT_EQ(0, lschan("-n -p %d -o PID,COMMAND,SIDE", getpid()));
	EXPECT_STREQ(text("%d first recv\n%d second recv\n", first->pid, second->pid), words());
	operation_kill(first);
	operation_kill(second);
}

TEST_F(lschan, age_is_the_time_since_a_task_was_parked)
{
	const int64_t before = clock_read(CLOCK_MONOTONIC);
	const int ch = channel_make(0);
	struct operation *op = operation_park_recv(TASK_THREAD, ch);
	const int64_t parked = clock_read(CLOCK_MONOTONIC);
	int64_t from, to;

	for (int i = 1; i <= 2; i++) {
		/* More than a tick apart, so that no age is 0 and the second one is higher. */
		wait_until(clock_read(CLOCK_MONOTONIC) > parked + i * 5 * TICK);
		from = clock_read(CLOCK_MONOTONIC);
		ASSERT_EQ(0, lschan("-n -p %d -o AGE", getpid()));
		to = clock_read(CLOCK_MONOTONIC);
		EXPECT_GE(printed_age(), from - parked - MILLISECOND);
		EXPECT_LE(printed_age(), to - before + TICK);
	}
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(op));
}

TEST_F(lschan, tells_how_many_more_are_parked_than_it_names)
{
	const int ch = channel_make(0);
	struct operation *ops[NAMED + 2];

	for (int i = 0; i < ARRAY_LENGTH(ops); i++)
		ops[i] = operation_park_recv(TASK_THREAD, ch);
	ASSERT_EQ(0, lschan("-n -p %d -o RECVQ,MORE", getpid()));
	EXPECT_STREQ(text("%d 2\n", NAMED + 2), words());
	ASSERT_EQ(0, lschan("-n -p %d -o PID,SIDE | wc -l", getpid()));
	EXPECT_STREQ(text("%d\n", NAMED), words());
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_TRUE(operations_succeed(ops, ARRAY_LENGTH(ops)));
}

TEST_F(lschan, tree_shows_how_many_are_not_named_if_there_are_any)
{
	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 1, "chan-parked:\t8 send 1234567890\nchan-parked-more:\t36\n");
	fake_channel(7, 4, 2, "");
	ASSERT_EQ(0, lschan("-t 2>&1 | tr -s ' '"));
	EXPECT_STREQ("ID TYPE ELEMSIZE CAP LEN CLOSED SENDQ RECVQ HOLDERS "
		     "PID COMMAND FD RIGHTS SIDE AGE MORE\n1 8 1 0 no 0 0 1 36\n"
		     "|- 7 boss 3 send,recv,close\n`- 8 send 1.234\n2 8 1 0 no 0 0 1 0\n"
		     "`- 7 boss 4 send,recv,close\n", words());
	ASSERT_EQ(0, lschan("-J -o ID,MORE 2>&1"));
	EXPECT_STREQ("{\"channels\":[{\"id\":1,\"more\":36},{\"id\":2,\"more\":0}]}", json());
}

TEST_F(lschan, tree_does_not_tell_of_more_if_all_are_named)
{
	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 1, "chan-parked:\t8 send 1234567890\n");
	ASSERT_EQ(0, lschan("-t 2>&1 | head -n 1"));
	EXPECT_STREQ("ID TYPE ELEMSIZE CAP LEN CLOSED SENDQ RECVQ HOLDERS "
		     "PID COMMAND FD RIGHTS SIDE AGE\n", words());
}

TEST_F(lschan, later_words_and_lines_change_nothing)
{
	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 1, "chan-parked:\t8 send 1234567890 deadline later select\n"
			      "chan-later:\t1\nchan-parked:\tnonsense\n");
	ASSERT_EQ(0, lschan("-n -o ID,PID,SIDE,AGE 2>&1"));
	EXPECT_STREQ("1 8 send,select 1.234\n", words());
}

TEST_HARNESS_MAIN
