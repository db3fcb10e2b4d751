// SPDX-License-Identifier: GPL-2.0-only
/* Tests the judge of histories with handmade ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "linear.h"

struct example {
	const char *name;
	const char *text;
};

#include "bad.h"
#include "good.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

static enum linear_verdict judge(const char *text)
{
	static struct history history;

	assert_int_equal(history_parse(&history, text), 0);
	return linear_check(&history);
}

static void is_explained(void **state)
{
	assert_int_equal(judge(*state), LINEAR_EXPLAINED);
}

static void is_wrong(void **state)
{
	assert_int_equal(judge(*state), LINEAR_WRONG);
}

static void text_survives_being_read_and_printed(void **state)
{
	static struct history history, again;
	char *text = NULL;
	size_t size, i;

	for (i = 0; i < LENGTH(good); i++) {
		FILE *stream = open_memstream(&text, &size);

		assert_int_equal(history_parse(&history, good[i].text), 0);
		history_print(&history, stream);
		fclose(stream);
		assert_int_equal(history_parse(&again, text), 0);
		assert_memory_equal(&history, &again, sizeof(history));
		free(text);
	}
}

static void what_is_no_history_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"1 2 A wait send:0:1 = done:0",
		"channels 9",
		"channels",
		"channels 0 0 0 0",
		"channels 1\n1 2 A wait send:1:1 = done:0",
		"channels 1\n1 2 A wait = done:0",
		"channels 1\n1 2 A wait send:0 = done:0",
		"channels 1\n1 2 A wait send:0:1 = done:1",
		"channels 1\n1 2 A wait send:0:1 = done",
		"channels 1\n1 2 A wait recv:0 = done:0",
		"channels 1\n1 2 ? wait recv:0 = killed",
		"channels 1\n1 2 A sleep recv:0 = killed",
		"channels 1\n1 2 A wait recv:0 = killed asleep",
		"channels 1\n1 2 A wait recv:0 killed",
		"channels 1\n1 2 A wait recv:0 = shows:1:0:0",
		"channels 1\n1 2 A wait take:0 = killed",
		"channels 1\n1 x A wait recv:0 = killed",
		"channels 1\nchannels 1",
	};
	static struct history history;
	size_t i;

	for (i = 0; i < LENGTH(texts); i++)
		assert_int_not_equal(history_parse(&history, texts[i]), 0);
}

int main(void)
{
	static struct CMUnitTest tests[LENGTH(good) + LENGTH(bad) + 2] = {
		cmocka_unit_test(text_survives_being_read_and_printed),
		cmocka_unit_test(what_is_no_history_is_refused),
	};
	struct CMUnitTest *test = tests + 2;
	size_t i;

	for (i = 0; i < LENGTH(good); i++, test++) {
		test->name = good[i].name;
		test->test_func = is_explained;
		test->initial_state = (void *)good[i].text;
	}
	for (i = 0; i < LENGTH(bad); i++, test++) {
		test->name = bad[i].name;
		test->test_func = is_wrong;
		test->initial_state = (void *)bad[i].text;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
