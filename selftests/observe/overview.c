// SPDX-License-Identifier: GPL-2.0-only
/*
 * All channels at once, for root: the file "channels" in debugfs, and the counters in the module
 * parameters. A reader misses no channel, however many there are.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/kernel.h"
#include "common/operation.h"
#include "common/task.h"

#define CHANNELS	"/sys/kernel/debug/chan/channels"

#define MANY		8000
#define MANY_CHECKED	2000
/* Returned by a failed measurement. */
#define ROUNDS		3

static unsigned int many(void)
{
	return kernel_is_checked() ? MANY_CHECKED : MANY;
}

static int *new_channels(unsigned int n, int (*new)(void))
{
	const struct rlimit limit = { MANY + 100, MANY + 100 };
	int *chs = calloc(n, sizeof(*chs));
	unsigned int i;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		give_up("setrlimit: %s", strerror(errno));
	for (i = 0; i < n; i++)
		chs[i] = new();
	return chs;
}

static int *open_channels(unsigned int n)
{
	return new_channels(n, channel_open);
}

static int make_unbuffered(void)
{
	return channel_make(0);
}

/* Unlike nil channels, these have an ID. */
static int *make_channels(unsigned int n)
{
	return new_channels(n, make_unbuffered);
}

static void close_channels(const int *chs, unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		close(chs[from]);
}

static FILE *open_overview(void)
{
	FILE *stream = fopen(CHANNELS, "re");

	if (!stream)
		give_up(CHANNELS ": %s", strerror(errno));
	return stream;
}

/* The next listed channel; 0 at the end. */
static uint64_t next_id(FILE *stream)
{
	unsigned long long id;
	char line[512];

	while (fgets(line, sizeof(line), stream)) {
		if (sscanf(line, "chan-id:\t%llu", &id) == 1)
			return id;
	}
	return 0;
}

static unsigned int count_listed(void)
{
	FILE *stream = open_overview();
	unsigned int n = 0;

	while (next_id(stream))
		n++;
	fclose(stream);
	return n;
}

/* CPU time to read the list of that many channels. */
static int64_t cost_of_list(unsigned int n)
{
	int *chs = open_channels(n);
	int64_t cost = -clock_read(CLOCK_PROCESS_CPUTIME_ID);

	if (count_listed() != n)
		give_up("not all of %u channels are listed", n);
	cost += clock_read(CLOCK_PROCESS_CPUTIME_ID);
	close_channels(chs, 0, n);
	free(chs);
	return cost;
}

/* Four times as many cost about four times as much; a quadratic cost would be sixteen times. */
TEST(G12_cost_of_the_list_grows_with_the_number_of_channels)
{
	const unsigned int n = many();
	bool cheap = false;
	int64_t few, all;
	int i;

	for (i = 0; i < ROUNDS && !cheap; i++) {
		few = cost_of_list(n / 4);
		all = cost_of_list(n);
		TH_LOG("%lld us, %lld us", (long long)few / 1000, (long long)all / 1000);
		cheap = all < 7 * few;
	}
	EXPECT_TRUE(cheap);
}

#define SOME	400
#define GONE	100

static bool is_among(const uint64_t *ids, unsigned int n, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* How many of the channels the rest of the list shows, counting duplicates. */
static unsigned int count_of(FILE *stream, const int *chs, unsigned int n)
{
	uint64_t ids[n], id;
	unsigned int i, count = 0;

	for (i = 0; i < n; i++)
		ids[i] = channel_info(chs[i]).id;
	while ((id = next_id(stream)))
		count += is_among(ids, n, id);
	return count;
}

TEST(list_misses_no_channel_because_others_are_released)
{
	int *chs = make_channels(SOME);
	FILE *stream = open_overview();

	ASSERT_EQ(channel_info(chs[0]).id, next_id(stream));
	close_channels(chs, 0, GONE);
	EXPECT_EQ(SOME - GONE, count_of(stream, chs + GONE, SOME - GONE));
	fclose(stream);
	close_channels(chs, GONE, SOME);
}

TEST(list_shows_no_channel_twice_because_others_are_made)
{
	int *chs = make_channels(SOME), *more;
	FILE *stream = open_overview();

	ASSERT_EQ(channel_info(chs[0]).id, next_id(stream));
	more = make_channels(SOME);
	EXPECT_EQ(SOME - 1, count_of(stream, chs, SOME));
	fclose(stream);
	close_channels(chs, 0, SOME);
	close_channels(more, 0, SOME);
}

/* The channel at which a read stopped is released before the next read. */
TEST(list_goes_on_where_a_channel_was_released)
{
	int *chs = open_channels(SOME), fd = open(CHANNELS, O_RDONLY | O_CLOEXEC);
	unsigned int i, n = 0;
	char part[4096], *at;
	ssize_t got;

	ASSERT_LE(0, fd);
	for (i = 0; (got = read(fd, part, sizeof(part) - 1)) > 0; i++) {
		part[got] = 0;
		for (at = part; (at = strstr(at, "chan-id:")); at++)
			n++;
		/* The listed text, and a little more. */
		if (n < SOME)
			close(chs[n]);
		if (n + 1 < SOME)
			close(chs[n + 1]);
	}
	EXPECT_EQ(0, got);
	/* At most two channels of each part are released before they are listed. */
	EXPECT_GE(n + 2 * i, SOME);
	close(fd);
}

TEST(counters_are_exact)
{
	int *chs = open_channels(SOME), ch = channel_make(4);
	struct operation *op = operation_park_recv(TASK_THREAD, ch);

	EXPECT_EQ(SOME + 1, module_parameter("live_channels"));
	EXPECT_EQ(1, module_parameter("live_waiters"));
	EXPECT_EQ(32, module_parameter("live_bytes"));
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(0, module_parameter("live_waiters"));
	close_channels(chs, 0, SOME);
	EXPECT_EQ(1, module_parameter("live_channels"));
}

TEST_HARNESS_MAIN
