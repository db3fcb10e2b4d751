// SPDX-License-Identifier: GPL-2.0-only
/* What chanbench prints, apart from the numbers. */
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

#include "tools/common/output.h"

/* With little effort. */
#define chanbench(arguments)	run("LC_ALL=C " CHANBENCH " -n 4 -r 2 " arguments)

TEST(chanbench_brief_has_three_medians)
{
	double pair, select, trip;
	char rest;

	ASSERT_EQ(0, chanbench("--brief"));
	EXPECT_EQ(3, sscanf(printed, "%lf %lf %lf\n%c", &pair, &select, &trip, &rest));
	EXPECT_EQ(1, strspn(strpbrk(printed, "\n"), "\n"));
}

/* Each mechanism that can do it has a cost. */
TEST(chanbench_measures_each_mechanism)
{
	ASSERT_EQ(0, chanbench("--rows Pair/8 --csv | cut -d , -f 1-3"));
	EXPECT_STREQ("benchmark,mechanism,bytes\nPair/8,chan,8\nPair/8,pipe,8\nPair/8,stream,8\n"
		     "Pair/8,seqpacket,8\nPair/8,mqueue,8\nPair/8,sysv,8\nPair/8,eventfd,8\n"
		     "Pair/8,futex,8\nPair/8,semaphore,8\n", printed);
}

TEST(chanbench_measures_each_row_of_channels)
{
	ASSERT_EQ(0, run(CHANBENCH " --list | sed '/^$/,$d' | cut -d ' ' -f 1 >listed; " CHANBENCH
			 " -n 1 -r 1 -m chan --csv | sed 1d | cut -d , -f 1 | diff listed - &&"
			 " rm listed"));
	EXPECT_STREQ("", printed);
}

TEST(chanbench_table_has_80_columns)
{
	ASSERT_EQ(0, chanbench("--rows 'Null Pair/* Select*' | awk 'length > 80'"));
	EXPECT_STREQ("", printed);
}

TEST(chanbench_json_has_counts)
{
	ASSERT_EQ(0, run("%s", "LC_ALL=C " CHANBENCH " -n 64 -r 2 --rows Batch64 -m chan --json "
			 "--count | grep -o '\"calls\": [^}]*'"));
	/* A batch is one call to send and one to receive; or the kernel cannot count. */
	if (strcmp(printed, "\"calls\": null\n") != 0)
		EXPECT_STREQ("\"calls\": 0.031\n", printed);
}

TEST(chanbench_needs_a_known_row_to_profile)
{
	EXPECT_EQ(3, chanbench("--profile Nothing 2>&1"));
	EXPECT_STREQ("chanbench: cannot run this row: Invalid argument\n", printed);
	EXPECT_EQ(2, chanbench("-n 0 2>&1"));
}

TEST_HARNESS_MAIN
