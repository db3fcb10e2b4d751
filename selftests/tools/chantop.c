// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of chantop without a terminal. The test decides when samples are taken, so it knows
 * the changes between two of them.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"
#include "tools/common/fake.h"
#include "tools/common/output.h"

#define HEADINGS	"SECONDS ID TYPE STATE LEN CAP SENDS RECVS HANDOFF RING PARK SENDQ RECVQ " \
			"OLDEST HOLDERS\n"

#define chantop(arguments, ...)	run(CHANTOP " " arguments, ##__VA_ARGS__)

/* The test triggers the second sample. */
struct program {
	pid_t pid;
	FILE *output;
};

static struct program start(const char *more)
{
	struct program program;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		give_up("no pipe");
	program.pid = fork();
	if (!program.pid) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", text("exec " CHANTOP " -b -n 2 -d 3600 -p %d %s",
						  getppid(), more), NULL);
		give_up("no shell");
	}
	close(ends[1]);
	program.output = fdopen(ends[0], "r");
	return program;
}

/* The next sample, without the unpredictable seconds of its rows. */
static const char *sample(struct program *program)
{
	char line[1024];

	*printed = 0;
	while (fgets(line, sizeof(line), program->output) && *line != '\n')
		strcat(printed, strncmp(line, "SECONDS", 7) ? strchr(line, ' ') + 1 : line);
	return printed;
}

static const char *next_sample(struct program *program)
{
	kill(program->pid, SIGUSR1);
	return sample(program);
}

static int finish(struct program *program)
{
	int status;

	fclose(program->output);
	return waitpid(program->pid, &status, 0) == program->pid ? status : -1;
}

static unsigned long long id_of(int ch)
{
	return channel_info(ch).id;
}

TEST(first_sample_counts_since_the_channel_was_made)
{
	const int ch = channel_make(4);

	channel_send_range(ch, 1, 3);
	channel_recv(ch);
	ASSERT_EQ(0, chantop("-b -n 1 -p %d", getpid()));
	EXPECT_STREQ(text(HEADINGS "0.000 %llu - open 2 4 3 1 0 4 0 0 0 0.000 1\n\n", id_of(ch)),
		     printed);
}

TEST(next_sample_counts_what_happened_since_the_one_before)
{
	const int ch = channel_make(4);
	struct program program;

	channel_send_range(ch, 1, 3);
	program = start("");
	EXPECT_STREQ(text(HEADINGS "%llu - open 3 4 3 0 0 3 0 0 0 0.000 1\n", id_of(ch)),
		     sample(&program));
	channel_recv(ch);
	channel_recv(ch);
	channel_send(ch, 4);
	EXPECT_STREQ(text(HEADINGS "%llu - open 2 4 1 2 0 3 0 0 0 0.000 1\n", id_of(ch)),
		     next_sample(&program));
	EXPECT_EQ(0, finish(&program));
}

TEST(counts_each_path)
{
	const int ch = channel_make(0);
	struct program program = start("");
	struct operation *op;

	sample(&program);
	op = operation_park_recv(TASK_THREAD, ch);
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(op));
	EXPECT_STREQ(text(HEADINGS "%llu - open 0 0 1 1 1 0 1 0 0 0.000 1\n", id_of(ch)),
		     next_sample(&program));
	EXPECT_EQ(0, finish(&program));
}

TEST(a_new_channel_counts_since_it_was_made)
{
	struct program program = start("");
	int ch;

	EXPECT_STREQ(HEADINGS, sample(&program));
	ch = channel_make(4);
	channel_send_range(ch, 1, 2);
	EXPECT_STREQ(text(HEADINGS "%llu - open 2 4 2 0 0 2 0 0 0 0.000 1\n", id_of(ch)),
		     next_sample(&program));
	EXPECT_EQ(0, finish(&program));
}

TEST(says_between_which_seconds_it_counts)
{
	double seconds;

	channel_make(1);
	ASSERT_EQ(0, chantop("-b -n 2 -d 1 -p %d | sed -n 5p", getpid()));
	ASSERT_EQ(1, sscanf(printed, "%lf ", &seconds));
	EXPECT_GE(seconds, 1.0);
}

TEST(shows_type_state_and_file_descriptors)
{
	const int ch = chan_make_typed(8, 4, 0, "struct job");

	channel_dup(ch, CHAN_RIGHT_RECV);
	ASSERT_EQ(0, chan_close(ch));
	ASSERT_EQ(0, chantop("-b -n 1 -p %d", getpid()));
	EXPECT_STREQ(text(HEADINGS "0.000 %llu struct\\x20job close 0 4 0 0 0 0 0 0 0 0.000 2\n\n",
			  id_of(ch)), printed);
}

TEST(shows_root_a_channel_that_is_only_in_a_message)
{
	const int ch = channel_make(4), other = channel_make(1);
	const unsigned long long id = id_of(ch);
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ch);
	close(ch);
	ASSERT_EQ(0, chantop("-b -n 1 -f %llu", id));
	EXPECT_STREQ(text(HEADINGS "0.000 %llu - open 0 4 0 0 0 0 0 0 0 0.000 0\n\n", id), printed);
	ASSERT_EQ(0, chantop("-b -n 1 -f %llu -p %d", id, getpid()));
	EXPECT_STREQ(HEADINGS "\n", printed);
	close(other);
}

TEST(oldest_is_the_age_of_who_is_parked_for_longest)
{
	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 1, "chan-sendq:\t2\nchan-parked:\t8 send 1234567890\n"
			      "chan-parked:\t9 send 7000000\n");
	ASSERT_EQ(0, chantop("-b -n 1 -p 7"));
	EXPECT_STREQ(HEADINGS "0.000 1 - open 0 1 0 0 0 0 0 2 0 1.234 1\n\n", printed);
}

static void fake_channels(void)
{
	fake_proc();
	fake_process(7, "boss");
	fake_channel(7, 3, 10, "chan-type:\tstruct job\nchan-sends:\thandoff=1 ring=2 park=4\n");
	fake_channel(7, 4, 9, "chan-type:\tlong\nchan-len:\t1\n");
	fake_channel(7, 5, 100, "chan-type:\tjobs\nchan-closed:\tno-senders\n");
}

TEST(sorts_by_a_field)
{
	static const char *const orders[][2] = {
		{ "", "10 9 100" },
		{ "-s ID", "9 10 100" },
		{ "--sort id --reverse", "100 10 9" },
		{ "-s TYPE", "100 9 10" },
		{ "-s LEN", "9 10 100" },
		{ "-s CAP", "10 9 100" },
		{ "-s STATE", "100 10 9" },
		{ "-s SENDS -r", "100 9 10" },
	};

	fake_channels();
	for (int i = 0; i < ARRAY_LENGTH(orders); i++) {
		ASSERT_EQ(0, chantop("-b -n 1 -p 7 %s | sed 1d | cut -d ' ' -f 2 | xargs",
				     orders[i][0]));
		EXPECT_STREQ(text("%s\n", orders[i][1]), printed);
	}
}

TEST(filter_leaves_an_id_or_types_that_contain_it)
{
	static const char *const filters[][2] = {
		{ "-f job", "10 100" },
		{ "--filter 10", "10" },
		{ "-f none", "" },
		{ "-f 10x", "" },
		{ "-f ''", "9 10 100" },
	};

	fake_channels();
	for (int i = 0; i < ARRAY_LENGTH(filters); i++) {
		ASSERT_EQ(0, chantop("-b -n 1 -p 7 -s ID %s | sed 1d | cut -d ' ' -f 2 | xargs",
				     filters[i][0]));
		EXPECT_STREQ(text("%s\n", filters[i][1]), printed);
	}
}

TEST(refuses_bad_usage_in_one_line)
{
	static const char *const usages[][2] = {
		{ "", "there is no terminal: use --batch" },
		{ "-n 1", "--iterations needs --batch" },
		{ "-b -n 0", "'0' is not a number of samples" },
		{ "-b -n 1,2", "'1,2' is not a number of samples" },
		{ "-b -d 0", "'0' is not a number of seconds up to an hour" },
		{ "-b -d 3601", "'3601' is not a number of seconds up to an hour" },
		{ "-b -s NAME", "unknown field 'NAME'" },
		{ "-b -p x", "'x' is not a list of PIDs" },
		{ "-b channels", "unexpected argument 'channels'" },
		{ "-b -f 12345678901234567890123456789012",
		  "'12345678901234567890123456789012' is too long" },
	};

	for (int i = 0; i < ARRAY_LENGTH(usages); i++) {
		EXPECT_EQ(2, chantop("%s 2>&1 </dev/null", usages[i][0]));
		EXPECT_STREQ(text("chantop: %s\n", usages[i][1]), printed);
	}
}

TEST(fails_if_it_cannot_print)
{
	EXPECT_EQ(1, chantop("-b 2>&1 >/dev/full"));
	EXPECT_STREQ("chantop: cannot print: No space left on device\n", printed);
}

TEST(fails_where_it_cannot_look)
{
	EXPECT_EQ(1, run("prlimit --nofile=4 " CHANTOP " -b -n 1 2>&1"));
	EXPECT_STREQ("chantop: cannot read channels: Too many open files\n", printed);
}

TEST(ends_quietly_when_nobody_reads_on)
{
	EXPECT_EQ(0, chantop("-b -d 1 -p 1 2>&1 | head -n 1"));
	EXPECT_STREQ(HEADINGS, printed);
}

TEST_HARNESS_MAIN
