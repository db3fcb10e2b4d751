/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of which each is a sweep. Included after kselftest_harness.h.
 */
#ifndef _COMMON_SWEEP_TEST_H
#define _COMMON_SWEEP_TEST_H

#include "sweep.h"

/*
 * A fixture for variant->path, and for how many allocations and copies at the least must make it
 * fail with ENOMEM and EFAULT. An allocation that has a substitute makes nothing fail, nor do
 * copies of a single word, which the kernel does not inject faults into.
 */
#define SWEEP_FIXTURE(fixture) \
	FIXTURE(fixture) {}; \
	FIXTURE_VARIANT(fixture) { \
		struct path path; \
		unsigned int enomem; \
		unsigned int efault; \
	}; \
	FIXTURE_SETUP(fixture) {} \
	FIXTURE_TEARDOWN(fixture) {} \
	TEST_F(fixture, G4_G11_each_fault_leaves_all_as_it_was) \
	{ \
		struct sweep copies = sweep(&variant->path, INJECTION_COPIES); \
		struct sweep all = sweep(&variant->path, INJECTION_ALL); \
		\
		TH_LOG("%u faults: %u ENOMEM, %u EFAULT", all.faults, all.enomem, all.efault); \
		EXPECT_EQ(0, copies.broken); \
		EXPECT_EQ(0, all.broken); \
		EXPECT_LE(variant->enomem, all.enomem); \
		EXPECT_LE(variant->efault, all.efault); \
		/* Who has no memory is told so, and nobody else. */ \
		EXPECT_EQ(0, copies.enomem); \
		EXPECT_EQ(copies.efault, all.efault); \
	}

/* The main function of a program of sweeps: without faults to inject, none of them can run. */
#define SWEEP_MAIN \
	int main(int argc, char **argv) \
	{ \
		if (injection_exists()) \
			return test_harness_run(argc, argv); \
		printf("TAP version 13\n1..0 # SKIP the kernel injects no faults\n"); \
		return KSFT_SKIP; \
	}

#endif /* _COMMON_SWEEP_TEST_H */
