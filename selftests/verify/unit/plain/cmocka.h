/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The subset of cmocka used by the unit tests, as a header, for architectures without an installed
 * cmocka. Prints TAP.
 */
#ifndef _PLAIN_CMOCKA_H
#define _PLAIN_CMOCKA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define CM_OUTPUT_TAP	1

struct CMUnitTest {
	const char *name;
	void (*test)(void **state);
	int (*setup)(void **state);
	int (*teardown)(void **state);
};

#define cmocka_unit_test_setup_teardown(function, setup, teardown) \
	{ #function, function, setup, teardown }

/* A failed assertion jumps here to end the test. */
extern jmp_buf *plain_failed;

__attribute__((noreturn, unused))
static void plain_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "# %s:%d: error: %s\n", file, line, what);
	longjmp(*plain_failed, 1);
}

#define plain_assert(condition, what) \
	((condition) ? (void)0 : plain_fail(__FILE__, __LINE__, what))

#define fail_msg(...) \
	do { \
		char message_[256]; \
		\
		snprintf(message_, sizeof(message_), __VA_ARGS__); \
		plain_fail(__FILE__, __LINE__, message_); \
	} while (0)

__attribute__((unused))
static bool plain_in_range(uintmax_t value, uintmax_t low, uintmax_t high)
{
	return value >= low && value <= high;
}

#define assert_true(c)		plain_assert(c, #c)
#define assert_false(c)		plain_assert(!(c), "not " #c)
#define assert_null(p)		plain_assert(!(p), #p " is NULL")
#define assert_non_null(p)	plain_assert(p, #p " is not NULL")
#define assert_ptr_equal(a, b)	plain_assert((a) == (b), #a " == " #b)
#define assert_int_equal(a, b) \
	plain_assert((uintmax_t)(a) == (uintmax_t)(b), #a " == " #b)
#define assert_int_not_equal(a, b) \
	plain_assert((uintmax_t)(a) != (uintmax_t)(b), #a " != " #b)
#define assert_in_range(value, low, high) \
	plain_assert(plain_in_range(value, low, high), #value " in " #low ".." #high)
#define assert_memory_equal(a, b, size)	plain_assert(!memcmp(a, b, size), #a " as " #b)
#define assert_string_equal(a, b)	plain_assert(!strcmp(a, b), #a " as " #b)

#define cmocka_set_message_output(output)	((void)(output))

__attribute__((unused))
static bool plain_run(const struct CMUnitTest *test)
{
	/* Preserved across the jump. */
	volatile bool failed = true;
	void *state = NULL;
	jmp_buf here;

	plain_failed = &here;
	if (!setjmp(here)) {
		if (test->setup && test->setup(&state))
			plain_fail(__FILE__, __LINE__, "setup");
		test->test(&state);
		failed = false;
	}
	if (test->teardown && test->teardown(&state))
		failed = true;
	return !failed;
}

__attribute__((unused))
static int plain_run_all(const struct CMUnitTest *tests, unsigned int n)
{
	unsigned int i;
	int failed = 0;

	printf("1..%u\n", n);
	for (i = 0; i < n; i++) {
		const bool ok = plain_run(&tests[i]);

		printf("%sok %u - %s\n", ok ? "" : "not ", i + 1, tests[i].name);
		failed += !ok;
	}
	return failed;
}

#define cmocka_run_group_tests(tests, setup, teardown) \
	plain_run_all(tests, sizeof(tests) / sizeof((tests)[0]))

#endif /* _PLAIN_CMOCKA_H */
