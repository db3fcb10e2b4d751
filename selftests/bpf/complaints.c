// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF tools cause no kernel splat, even on both CPUs at once and under PREEMPT_RT, where most locks
 * may sleep but tracepoint programs must not.
 */
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "bpf/observer.h"

/* Loading a program takes seconds on an emulated machine, more if it is busy. */
#define TIMEOUT		240
/* Of the load, each time. */
#define ELEMENTS	5000
#define TIMES		3
#define SEEDED		"chan: seeded by a test"

static regex_t patterns[64];
static int pattern_count;

static void read_patterns(void)
{
	FILE *stream = fopen(SPLATS, "re");
	char line[128];

	if (!stream)
		give_up("%s: %s", SPLATS, strerror(errno));
	while (fgets(line, sizeof(line), stream)) {
		line[strcspn(line, "\n")] = '\0';
		if (pattern_count == ARRAY_LENGTH(patterns) ||
		    regcomp(&patterns[pattern_count++], line, REG_EXTENDED | REG_NOSUB))
			give_up("%s: invalid pattern, or too many patterns", line);
	}
	fclose(stream);
}

/* Whether this line of the kernel log is one that fails a run. */
static bool is_complaint(const char *line)
{
	if (!pattern_count)
		read_patterns();
	for (int i = 0; i < pattern_count; i++) {
		if (!regexec(&patterns[i], line, 0, NULL, 0))
			return true;
	}
	return false;
}

/* New lines of the kernel log from now on. */
static int open_log(void)
{
	const int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log < 0 || lseek(log, 0, SEEK_END))
		give_up("/dev/kmsg: %s", strerror(errno));
	return log;
}

static bool is_seeded(const char *line)
{
	return strstr(line, SEEDED);
}

/* The number of lines of this kind. Each read returns one. */
static int lines_in(int log, bool (*is_of_kind)(const char *line))
{
	char line[8192];
	ssize_t length;
	int lines = 0;

	while ((length = read(log, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[length > 0 ? length : 0] = '\0';
		if (!is_of_kind(line))
			continue;
		printf("# %s\n", line);
		lines++;
	}
	return lines;
}

static int send_until_closed(struct operation *op)
{
	while (!chan_send(op->ch, op->elems, op->elemsize))
		;
	return 0;
}

static int receive_until_closed(struct operation *op)
{
	while (chan_recv(op->ch, op->elems, op->elemsize) == 1)
		;
	return 0;
}

/**
 * struct load - keeps both CPUs in tracepoints
 * @chs: with a sender and a receiver each
 * @ops: these
 */
struct load {
	int chs[2];
	struct operation *ops[4];
};

static void load_start(struct load *load)
{
	for (int i = 0; i < 2; i++) {
		load->chs[i] = channel_make(8 * i);
		load->ops[2 * i] = operation_start_new(TASK_PROCESS, send_until_closed,
						       load->chs[i], NULL);
		load->ops[2 * i + 1] = operation_start_new(TASK_PROCESS, receive_until_closed,
							   load->chs[i], NULL);
	}
}

static void load_stop(struct load *load)
{
	for (int i = 0; i < 2; i++)
		chan_close(load->chs[i]);
	for (int i = 0; i < 4; i++)
		operation_join(load->ops[i]);
}

static uint64_t elements_of(const struct load *load)
{
	return channel_paths_sum(channel_info(load->chs[0]).recvs) +
	       channel_paths_sum(channel_info(load->chs[1]).recvs);
}

/* Its output would fill its pipe. */
#define SILENT(command)	{ "sh", "-c", "exec " BPF "/" command " >/dev/null", NULL }

FIXTURE(tool) {};
FIXTURE_VARIANT(tool)
{
	const char *arguments[4];
	long waits_in;
};

FIXTURE_VARIANT_ADD(tool, chansnoop)
{
	.arguments = SILENT("chansnoop -k all"), .waits_in = SYS_epoll_wait,
};

FIXTURE_VARIANT_ADD(tool, chanlat)
{
	.arguments = SILENT("chanlat"), .waits_in = SYS_pselect6,
};

FIXTURE_VARIANT_ADD(tool, chanpark)
{
	.arguments = SILENT("chanpark -w"), .waits_in = SYS_pselect6,
};

FIXTURE_SETUP(tool) {}

FIXTURE_TEARDOWN(tool)
{
	if (_metadata->exit_code)
		TH_LOG("it printed:\n%s", observer.text);
}

TEST_F_TIMEOUT(tool, attaches_runs_and_detaches_without_a_complaint, TIMEOUT)
{
	const int log = open_log();
	struct load load;
	uint64_t elements;

	for (int i = 0; i < TIMES; i++) {
		observer_watch(variant->waits_in, variant->arguments);
		load_start(&load);
		wait_until(elements_of(&load) > ELEMENTS);
		EXPECT_EQ(0, observer_stop());
		elements = elements_of(&load);
		wait_until(elements_of(&load) > elements);
		load_stop(&load);
	}
	EXPECT_EQ(0, lines_in(log, is_complaint));
}

TEST(seeded_complaints_are_seen)
{
	EXPECT_TRUE(is_complaint("3,1,2,-;BUG: scheduling while atomic: worker/171/0x00000002"));
	EXPECT_TRUE(is_complaint("3,1,2,-;BUG: sleeping function called from invalid context at "
				 "kernel/locking/spinlock_rt.c:46"));
	EXPECT_TRUE(is_complaint("4,1,2,-;WARNING: CPU: 1 PID: 171 at mm/slub.c:1"));
	EXPECT_TRUE(is_complaint("3,1,2,-;rcu: INFO: rcu_preempt self-detected stall on CPU"));
	EXPECT_FALSE(is_complaint("6,1,2,-;chan: loading out-of-tree module taints kernel."));
}

TEST(what_the_kernel_says_is_seen)
{
	static const char line[] = "<6>" SEEDED "\n";
	const int log = open_log(), kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

	EXPECT_EQ(0, lines_in(log, is_seeded));
	ASSERT_LT(0, write(kmsg, line, strlen(line)));
	EXPECT_EQ(1, lines_in(log, is_seeded));
	close(kmsg);
	close(log);
}

TEST_HARNESS_MAIN
