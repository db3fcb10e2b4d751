/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Variants of fixtures: the same tests for several capacities, and for operations that run in
 * threads and in processes. Included after kselftest_harness.h.
 */
#ifndef _COMMON_VARIANTS_H
#define _COMMON_VARIANTS_H

#include "operation.h"

#define CAPACITY_VARIANT(fixture, name, capacity, task) \
	FIXTURE_VARIANT_ADD(fixture, name) { .cap = capacity, .kind = task, }

/* A fixture with just its variants: variant->cap and variant->kind. */
#define CAPACITY_FIXTURE_BARE(fixture) \
	FIXTURE(fixture) {}; \
	FIXTURE_VARIANT(fixture) { unsigned int cap; enum task_kind kind; }; \
	FIXTURE_SETUP(fixture) {} \
	FIXTURE_TEARDOWN(fixture) {}

#define CAPACITY_FIXTURE(fixture) \
	CAPACITY_FIXTURE_BARE(fixture) \
	CAPACITY_VARIANT(fixture, cap_0_threads, 0, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_1_threads, 1, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_7_threads, 7, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_0_processes, 0, TASK_PROCESS); \
	CAPACITY_VARIANT(fixture, cap_1_processes, 1, TASK_PROCESS); \
	CAPACITY_VARIANT(fixture, cap_7_processes, 7, TASK_PROCESS)

/* With the capacities of Go's own tests. */
#define GO_CAPACITY_VARIANTS(fixture) \
	CAPACITY_VARIANT(fixture, cap_0_threads, 0, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_1_threads, 1, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_10_threads, 10, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_100_threads, 100, TASK_THREAD); \
	CAPACITY_VARIANT(fixture, cap_0_processes, 0, TASK_PROCESS); \
	CAPACITY_VARIANT(fixture, cap_1_processes, 1, TASK_PROCESS); \
	CAPACITY_VARIANT(fixture, cap_10_processes, 10, TASK_PROCESS); \
	CAPACITY_VARIANT(fixture, cap_100_processes, 100, TASK_PROCESS)

#define GO_CAPACITY_FIXTURE(fixture) \
	CAPACITY_FIXTURE_BARE(fixture) \
	GO_CAPACITY_VARIANTS(fixture)

/* A fixture with variant->kind only. */
#define TASK_FIXTURE(fixture) \
	FIXTURE(fixture) {}; \
	FIXTURE_VARIANT(fixture) { enum task_kind kind; }; \
	FIXTURE_SETUP(fixture) {} \
	FIXTURE_TEARDOWN(fixture) {} \
	FIXTURE_VARIANT_ADD(fixture, threads) { .kind = TASK_THREAD, }; \
	FIXTURE_VARIANT_ADD(fixture, processes) { .kind = TASK_PROCESS, }

#define SIZE_VARIANT(fixture, size, capacity) \
	FIXTURE_VARIANT_ADD(fixture, size_##size##_cap_##capacity) { \
		.elemsize = size, .cap = capacity, \
	}

#define SIZE_VARIANTS(fixture, size) \
	SIZE_VARIANT(fixture, size, 0); \
	SIZE_VARIANT(fixture, size, 1); \
	SIZE_VARIANT(fixture, size, 7)

/* A fixture for elements of several sizes: variant->elemsize and variant->cap. */
#define SIZE_FIXTURE(fixture) \
	FIXTURE(fixture) {}; \
	FIXTURE_VARIANT(fixture) { size_t elemsize; unsigned int cap; }; \
	FIXTURE_SETUP(fixture) {} \
	FIXTURE_TEARDOWN(fixture) {}

/* With all of ELEMENT_SIZES and the largest. */
#define ELEMENT_FIXTURE(fixture) \
	SIZE_FIXTURE(fixture) \
	SIZE_VARIANTS(fixture, 0); \
	SIZE_VARIANTS(fixture, 1); \
	SIZE_VARIANTS(fixture, 8); \
	SIZE_VARIANTS(fixture, 9); \
	SIZE_VARIANTS(fixture, 256); \
	SIZE_VARIANTS(fixture, 257); \
	SIZE_VARIANTS(fixture, 4096); \
	SIZE_VARIANTS(fixture, 65536); \
	SIZE_VARIANTS(fixture, 1048576)

/* A fixture with variant->cap only. */
#define CAPACITY_ONLY_FIXTURE(fixture) \
	FIXTURE(fixture) {}; \
	FIXTURE_VARIANT(fixture) { unsigned int cap; }; \
	FIXTURE_SETUP(fixture) {} \
	FIXTURE_TEARDOWN(fixture) {} \
	FIXTURE_VARIANT_ADD(fixture, cap_0) { .cap = 0, }; \
	FIXTURE_VARIANT_ADD(fixture, cap_1) { .cap = 1, }; \
	FIXTURE_VARIANT_ADD(fixture, cap_7) { .cap = 7, }

#endif /* _COMMON_VARIANTS_H */
