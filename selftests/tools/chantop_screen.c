// SPDX-License-Identifier: GPL-2.0-only
/* The screen of chantop, for a /proc made by the test, and how keys change it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "tools/common/fake.h"
#include "tools/common/output.h"
#include "tools/common/terminal.h"

/* Line numbers on the terminal: status, first row, and the last of 24 lines. */
#define STATUS	0
#define SORT	1
#define HEADING	2
#define FIRST	3
#define LAST	23

/* Samples are far apart, so only keys and signals change the screen. */
#define COMMAND	"exec " CHANTOP " -d 3600 "

/* @sends: per ring */
static void fake_jobs(int id, const char *type, int len, int sends)
{
	fake_channel(7, id + 2, id,
		     text("chan-type:\t%s\nchan-cap:\t10\nchan-len:\t%d\n"
			  "chan-sends:\thandoff=0 ring=%d park=0\n", type, len, sends));
}

static void fake_channels(void)
{
	fake_proc();
	fake_process(7, "boss");
	fake_jobs(1, "struct job", 3, 10);
	fake_jobs(2, "long", 10, 30);
	fake_jobs(3, "struct result", 0, 20);
}

static struct terminal *start(const char *more)
{
	struct terminal *terminal = terminal_start(24, 80, text("%s%s", COMMAND, more));

	terminal_wait(terminal, STATUS, "chantop");
	terminal_wait(terminal, LAST, "q quit");
	return terminal;
}

/* Whether these channels are on top; rows above @more have scrolled away. */
static void wait_rows(struct terminal *terminal, const char *first, const char *second,
		      const char *third)
{
	terminal_wait(terminal, FIRST, first);
	terminal_wait(terminal, FIRST + 1, second);
	terminal_wait(terminal, FIRST + 2, third);
}

static void quit(struct __test_metadata *_metadata, struct terminal *terminal)
{
	terminal_type(terminal, "q");
	EXPECT_EQ(0, terminal_join(terminal));
	EXPECT_TRUE(terminal_is_restored(terminal));
}

FIXTURE(chantop) {};

FIXTURE_SETUP(chantop)
{
	fake_channels();
}

FIXTURE_TEARDOWN(chantop)
{
}

TEST_F(chantop, draws_a_line_for_each_channel)
{
	struct terminal *terminal = start("");

	EXPECT_STREQ("chantop  channels: 3  parked: 0  every: 3600 s", terminal_line(terminal, STATUS));
	EXPECT_STREQ("              ID TYPE      STATE   LEN/CAP SEND/s RECV/s MIX   SQ  RQ   AGE HOLD",
		     terminal_line(terminal, HEADING));
	EXPECT_STREQ("               2 long      open    10/10        -      - RRRR   0   0          1",
		     terminal_line(terminal, FIRST));
	EXPECT_STREQ("               3 struct re open     0/10        -      - RRRR   0   0          1",
		     terminal_line(terminal, FIRST + 1));
	EXPECT_STREQ("               1 struct jo open     3/10        -      - RRRR   0   0          1",
		     terminal_line(terminal, FIRST + 2));
	EXPECT_STREQ("", terminal_line(terminal, FIRST + 3));
	quit(_metadata, terminal);
}

TEST_F(chantop, draws_who_is_parked_and_why_a_channel_is_closed)
{
	struct terminal *terminal;

	fake_channel(7, 3, 1, "chan-closed:\tno-senders\n"
			      "chan-sends:\thandoff=1 ring=0 park=1\nchan-sendq:\t2\nchan-recvq:\t1\n"
			      "chan-parked:\t8 send 5000000000\nchan-parked:\t9 send 7500000000\n"
			      "chan-parked:\t10 recv 900000000000\n");
	terminal = start("-f 1");
	EXPECT_STREQ("chantop  channels: 1  parked: 3  every: 3600 s", terminal_line(terminal, STATUS));
	EXPECT_STREQ("               1           no-s     0/1         -      - HHPP   2   1   15m    1",
		     terminal_line(terminal, FIRST));
	quit(_metadata, terminal);
}

TEST_F(chantop, keys_choose_the_order)
{
	struct terminal *terminal = start("");

	wait_rows(terminal, "2 long", "3 struct", "1 struct");
	terminal_type(terminal, "d");
	wait_rows(terminal, "2 long", "1 struct", "3 struct");
	terminal_type(terminal, "i");
	wait_rows(terminal, "1 struct", "2 long", "3 struct");
	terminal_type(terminal, "R");
	wait_rows(terminal, "3 struct", "2 long", "1 struct");
	terminal_wait(terminal, SORT, "sort: ID, reversed");
	terminal_type(terminal, "R>");
	terminal_wait(terminal, SORT, "sort: TYPE  ");
	wait_rows(terminal, "2 long", "1 struct", "3 struct");
	terminal_type(terminal, "<<");
	terminal_wait(terminal, SORT, "sort: HOLDERS");
	terminal_type(terminal, "r");
	terminal_wait(terminal, SORT, "sort: RECVS");
	terminal_type(terminal, "p");
	terminal_wait(terminal, SORT, "sort: OLDEST");
	terminal_type(terminal, "s");
	wait_rows(terminal, "2 long", "3 struct", "1 struct");
	quit(_metadata, terminal);
}

TEST_F(chantop, filter_leaves_types_that_contain_it)
{
	struct terminal *terminal = start("");

	terminal_type(terminal, "/jobs\177");
	terminal_wait(terminal, SORT, "sort: SENDS  filter: job_");
	terminal_wait(terminal, STATUS, "chantop  channels: 1");
	terminal_wait(terminal, FIRST, "1 struct jo");
	/* The last line is drawn last and until then shows the old prompt. */
	terminal_wait(terminal, LAST, "Enter: apply");
	terminal_type(terminal, "\r");
	terminal_wait(terminal, LAST, "q quit");
	EXPECT_STREQ("sort: SENDS  filter: job", terminal_line(terminal, SORT));
	EXPECT_STREQ("", terminal_line(terminal, FIRST + 1));
	quit(_metadata, terminal);
}

TEST_F(chantop, filter_leaves_the_channel_of_a_number)
{
	struct terminal *terminal = start("");

	terminal_type(terminal, "/3\r");
	terminal_wait(terminal, STATUS, "chantop  channels: 1");
	terminal_wait(terminal, FIRST, "3 struct re");
	quit(_metadata, terminal);
}

TEST_F(chantop, escape_takes_the_filter_away)
{
	struct terminal *terminal = start("-f job");

	terminal_wait(terminal, STATUS, "chantop  channels: 1");
	terminal_type(terminal, "/\033");
	terminal_wait(terminal, STATUS, "chantop  channels: 3");
	quit(_metadata, terminal);
}

TEST_F(chantop, a_signal_asks_for_a_sample)
{
	struct terminal *terminal = start("");

	fake_jobs(4, "late", 0, 40);
	kill(terminal_pid(terminal), SIGUSR1);
	terminal_wait(terminal, STATUS, "chantop  channels: 4");
	terminal_wait(terminal, FIRST, "4 late");
	quit(_metadata, terminal);
}

TEST_F(chantop, keys_set_the_interval_and_pause)
{
	struct terminal *terminal = start("");

	terminal_type(terminal, "-");
	terminal_wait(terminal, STATUS, "chantop  channels: 3  parked: 0  every: 3599 s");
	terminal_type(terminal, "++");
	terminal_wait(terminal, STATUS, "chantop  channels: 3  parked: 0  every: 3600 s");
	terminal_type(terminal, " ");
	terminal_wait(terminal, STATUS, "chantop  channels: 3  parked: 0  every: 3600 s, paused");
	terminal_type(terminal, " ");
	terminal_wait(terminal, LAST, "q quit");
	wait_until(!strstr(terminal_line(terminal, STATUS), "paused"));
	quit(_metadata, terminal);
}

TEST_F(chantop, takes_a_sample_when_it_is_time)
{
	struct terminal *terminal = terminal_start(24, 80, "exec " CHANTOP " -d 1");

	terminal_wait(terminal, STATUS, "chantop  channels: 3");
	fake_jobs(4, "late", 0, 40);
	terminal_wait(terminal, STATUS, "chantop  channels: 4");
	quit(_metadata, terminal);
}

TEST_F(chantop, help_comes_and_goes)
{
	struct terminal *terminal = start("");

	terminal_type(terminal, "h");
	terminal_wait(terminal, 0, "s r d p i   sort");
	terminal_type(terminal, "?");
	terminal_wait(terminal, STATUS, "chantop  channels: 3");
	wait_rows(terminal, "2 long", "3 struct", "1 struct");
	quit(_metadata, terminal);
}

TEST_F(chantop, scrolls_to_channels_that_have_no_room)
{
	struct terminal *terminal;

	for (int id = 4; id <= 30; id++)
		fake_jobs(id, "many", 0, 0);
	terminal = start("-s ID");
	terminal_wait(terminal, LAST - 1, "20 many");
	terminal_type(terminal, "\033OB");
	terminal_wait(terminal, FIRST, "2 long");
	terminal_type(terminal, "\033[6~");
	terminal_wait(terminal, LAST - 1, "30 many");
	terminal_type(terminal, "\033[5~");
	terminal_wait(terminal, FIRST, "1 struct");
	quit(_metadata, terminal);
}

TEST_F(chantop, a_wider_terminal_shows_more_of_a_type)
{
	struct terminal *terminal = start("");

	terminal_resize(terminal, 30, 100);
	terminal_wait(terminal, 29, "q quit");
	terminal_wait(terminal, FIRST + 1, "3 struct result");
	EXPECT_EQ(100, strlen(terminal_line(terminal, HEADING)));
	quit(_metadata, terminal);
}

TEST_F(chantop, a_wider_terminal_shows_a_bar_and_more_of_the_mix)
{
	struct terminal *terminal = terminal_start(24, 91, COMMAND);

	terminal_wait(terminal, LAST, "q quit");
	EXPECT_STREQ("              ID TYPE       STATE         LEN/CAP SEND/s RECV/s MIX       SQ  RQ   AGE HOLD",
		     terminal_line(terminal, HEADING));
	EXPECT_STREQ("               2 long       open  #####   10/10        -      - RRRRRRRR   0   0          1",
		     terminal_line(terminal, FIRST));
	EXPECT_STREQ("               3 struct res open  .....    0/10        -      - RRRRRRRR   0   0          1",
		     terminal_line(terminal, FIRST + 1));
	EXPECT_STREQ("               1 struct job open  ##...    3/10        -      - RRRRRRRR   0   0          1",
		     terminal_line(terminal, FIRST + 2));
	quit(_metadata, terminal);
}

TEST_F(chantop, the_longest_number_fits)
{
	struct terminal *terminal;

	fake_channel(7, 100, (1ULL << 53) - 1, "chan-type:\tlongest\n");
	terminal = start("-f longest");
	EXPECT_STREQ("9007199254740991 longest   open     0/1         -      -        0   0          1",
		     terminal_line(terminal, FIRST));
	quit(_metadata, terminal);
}

TEST_F(chantop, a_small_terminal_cuts_lines)
{
	struct terminal *terminal = start("");

	terminal_resize(terminal, 8, 30);
	terminal_wait(terminal, 7, "q quit");
	wait_rows(terminal, "2 long", "3 struct re", "1 struct jo");
	EXPECT_STREQ("", terminal_line(terminal, FIRST + 3));
	quit(_metadata, terminal);
}

TEST_F(chantop, control_c_quits)
{
	struct terminal *terminal = start("");

	EXPECT_FALSE(terminal_is_restored(terminal));
	terminal_type(terminal, "\003");
	EXPECT_EQ(0, terminal_join(terminal));
	EXPECT_TRUE(terminal_is_restored(terminal));
}

TEST_F(chantop, a_signal_kills_it_and_restores_the_terminal)
{
	static const int signals[] = { SIGTERM, SIGHUP };

	for (int i = 0; i < ARRAY_LENGTH(signals); i++) {
		struct terminal *terminal = start("");

		kill(terminal_pid(terminal), signals[i]);
		EXPECT_EQ(signals[i], terminal_join(terminal));
		EXPECT_TRUE(terminal_is_restored(terminal));
	}
}

TEST_F(chantop, refuses_a_terminal_that_is_not_known)
{
	struct terminal *terminal = terminal_start(24, 80, "TERM=unknown exec " CHANTOP);

	EXPECT_EQ(W_EXITCODE(1, 0), terminal_join(terminal));
	EXPECT_STREQ("chantop: unknown terminal type: check TERM or use --batch",
		     terminal_line(terminal, 0));
}

TEST_HARNESS_MAIN
