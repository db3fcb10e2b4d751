/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests that each consist of a sweep. Included after kselftest_harness.h. */
#ifndef _COMMON_SWEEP_TEST_H
#define _COMMON_SWEEP_TEST_H

#include "sweep.h"

/* A fixture for variant->path. */
#define SWEEP_FIXTURE(fixture) \
	FIXTURE(fixture) {}; \
	FIXTURE_VARIANT(fixture) { struct path path; }; \
	FIXTURE_SETUP(fixture) {} \
	FIXTURE_TEARDOWN(fixture) {} \
	TEST_F(fixture, G4_G11_each_fault_leaves_all_as_it_was) \
	{ \
		struct sweep out = sweep(&variant->path); \
		\
		TH_LOG("%u faults: %u ENOMEM, %u EFAULT", out.faults, out.enomem, out.efault); \
		EXPECT_EQ(0, out.broken); \
		EXPECT_LE(variant->path.enomem, out.enomem); \
		EXPECT_LE(variant->path.efault, out.efault); \
	}

/* The main function of a sweep program: without fault injection, all tests are skipped. */
#define SWEEP_MAIN \
	int main(int argc, char **argv) \
	{ \
		if (injection_exists()) \
			return test_harness_run(argc, argv); \
		printf("TAP version 13\n1..0 # SKIP the kernel has no fault injection\n"); \
		return KSFT_SKIP; \
	}

#endif /* _COMMON_SWEEP_TEST_H */
