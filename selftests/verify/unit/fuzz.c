// SPDX-License-Identifier: GPL-2.0-only
/* The parts of the fuzzer that need no kernel: programs, and the judgement of their results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <linux/chan.h>

#include "corpus.h"
#include "coverage.h"
#include "mutate.h"
#include "values.h"

#define PROGRAMS	20000
#define CHANNEL		7

static void assert_in_limits(const struct fuzz_program *program)
{
	struct fuzz_call call;
	unsigned int i;

	assert_in_range(program->count, 0, FUZZ_CALLS_MAX);
	for (i = 0; i < program->count; i++) {
		call = program->calls[i];
		fuzz_call_limit(&call);
		assert_memory_equal(&call, &program->calls[i], sizeof(call));
	}
}

static void assert_survives_text(const struct fuzz_program *program)
{
	static struct fuzz_program parsed;
	char text[FUZZ_TEXT_MAX + 1], again[FUZZ_TEXT_MAX + 1];

	fuzz_program_print(program, text);
	assert_true(strlen(text) < FUZZ_TEXT_MAX);
	assert_int_equal(fuzz_program_parse(&parsed, text), 0);
	assert_int_equal(parsed.count, program->count);
	assert_int_equal(parsed.collide, program->collide);
	assert_memory_equal(parsed.calls, program->calls,
			    program->count * sizeof(program->calls[0]));
	fuzz_program_print(&parsed, again);
	assert_string_equal(text, again);
}

static void generated_programs_survive_text(void **state)
{
	struct fuzz_random random = fuzz_random_new(1);
	static struct fuzz_program program;
	unsigned int i;

	(void)state;
	for (i = 0; i < PROGRAMS; i++) {
		fuzz_program_generate(&program, &random);
		assert_in_limits(&program);
		assert_survives_text(&program);
	}
}

static void mutated_programs_survive_text(void **state)
{
	struct fuzz_random random = fuzz_random_new(2);
	static struct fuzz_program program, other;
	unsigned int i;

	(void)state;
	fuzz_program_generate(&program, &random);
	for (i = 0; i < PROGRAMS; i++) {
		fuzz_program_generate(&other, &random);
		fuzz_program_mutate(&program, &other, &random);
		assert_in_limits(&program);
		assert_survives_text(&program);
	}
}

static void every_operation_is_generated(void **state)
{
	struct fuzz_random random = fuzz_random_new(3);
	static struct fuzz_program program;
	bool seen[FUZZ_OPERATIONS] = {};
	unsigned int i, call;

	(void)state;
	for (i = 0; i < PROGRAMS; i++) {
		fuzz_program_generate(&program, &random);
		for (call = 0; call < program.count; call++)
			seen[program.calls[call].operation] = true;
	}
	for (i = 0; i < FUZZ_OPERATIONS; i++)
		assert_true(seen[i]);
}

/* Maximum length of a text. */
static void longest_program_fits(void **state)
{
	static struct fuzz_program program;
	unsigned int operation, i;

	(void)state;
	for (operation = 0; operation < FUZZ_OPERATIONS; operation++) {
		memset(&program, 0, sizeof(program));
		program.count = FUZZ_CALLS_MAX;
		program.collide = 1;
		for (i = 0; i < program.count; i++) {
			struct fuzz_call *call = &program.calls[i];

			memset(call, 0xff, sizeof(*call));
			call->operation = operation;
			call->fail = UINT16_MAX;
			fuzz_call_limit(call);
		}
		assert_survives_text(&program);
	}
}

static void what_is_not_understood_is_refused(void **state)
{
	static const char *const lines[] = {
		"0", "0 jump slot=0", "6 send slot=0", "0 send slot=8", "0 send slot=-1",
		"0 send slot=", "0 send slot", "0 send slat=0", "0 send buffer=odd",
		"0 send fail=65536", "0 make size=1x", "0 make size=18446744073709551616",
		"collided",
	};
	static struct fuzz_program program;
	char text[256];
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), "# nothing\n0 make slot=0\n%s\n1 send slot=0\n",
			 lines[i]);
		assert_int_equal(fuzz_program_parse(&program, text), 3);
	}
}

static void more_calls_than_there_are_is_refused(void **state)
{
	char text[FUZZ_TEXT_MAX + 1] = "";
	static struct fuzz_program program;
	unsigned int i;

	(void)state;
	for (i = 0; i < FUZZ_CALLS_MAX; i++)
		strcat(text, "0 open slot=0\n");
	assert_int_equal(fuzz_program_parse(&program, text), 0);
	strcat(text, "0 open slot=0\n");
	assert_int_equal(fuzz_program_parse(&program, text), FUZZ_CALLS_MAX + 1);
}

static void names_of_calls_follow_a_removal(void **state)
{
	char text[FUZZ_TEXT_MAX + 1];
	static struct fuzz_program program;

	(void)state;
	assert_int_equal(fuzz_program_parse(&program, "0 open slot=0\n0 open slot=1\n"
					    "0 recv slot=0 buffer=slow\n1 release call=2\n"
					    "1 unmap call=0\n"), 0);
	fuzz_program_remove(&program, 1);
	fuzz_program_print(&program, text);
	assert_string_equal(text, "0 open slot=0\n0 recv slot=0 buffer=slow\n1 release call=1\n"
			    "1 unmap call=0\n");
}

static void corpus_is_as_it_would_be_printed(void **state)
{
	struct fuzz_corpus corpus = {};
	unsigned int i;

	(void)state;
	fuzz_corpus_load(&corpus, FUZZ_CORPUS);
	assert_true(corpus.count > 0);
	for (i = 0; i < corpus.count; i++) {
		assert_true(corpus.entries[i].program.count > 0);
		assert_in_limits(&corpus.entries[i].program);
		assert_survives_text(&corpus.entries[i].program);
	}
	free(corpus.entries);
}

static struct fuzz_values *values_new(void)
{
	struct fuzz_values *values = test_calloc(1, sizeof(*values));

	assert_non_null(values);
	return values;
}

static void receive(struct fuzz_values *values, unsigned int call, unsigned int element,
		    size_t size)
{
	char *memory = test_calloc(1, size);

	fuzz_element_fill(memory, size, call, element);
	fuzz_values_receive(values, memory, size);
	test_free(memory);
}

/* Returns the error found; NULL if there is none. Frees them. */
static const char *judge(struct fuzz_values *values, bool drained)
{
	static char reason[256];
	const uint64_t channel = CHANNEL;
	bool good = fuzz_values_judge(values, &channel, drained, reason, sizeof(reason));

	test_free(values);
	return good ? NULL : reason;
}

/* Three of call 2, of which that many were sent. */
static struct fuzz_values *values_sent(unsigned int sent)
{
	struct fuzz_values *values = values_new();

	fuzz_values_offer(values, 2, 0, 3, CHANNEL);
	fuzz_values_settle(values, 2, 0, 3, sent);
	return values;
}

static void G3_received_as_sent_is_right(void **state)
{
	static const size_t sizes[] = { 8, 9, 256, 1024, 1025, 65536 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fuzz_values *values = values_sent(2);

		receive(values, 2, 1, sizes[i]);
		receive(values, 2, 0, sizes[i]);
		assert_null(judge(values, true));
	}
}

static void G3_lost_is_found(void **state)
{
	struct fuzz_values *values = values_sent(2);

	(void)state;
	receive(values, 2, 0, 8);
	assert_string_equal(judge(values, true), "element 1 of call 2 is lost");
}

static void G3_not_received_is_not_lost_elsewhere(void **state)
{
	struct fuzz_values *values = values_sent(3);

	(void)state;
	assert_null(judge(values, false));
	values = values_sent(3);
	values->killed = 1;
	assert_null(judge(values, true));
	values = values_sent(3);
	values->unsure = 1;
	assert_null(judge(values, true));
}

static void G3_doubled_is_found(void **state)
{
	struct fuzz_values *values = values_sent(3);

	(void)state;
	values->killed = values->unsure = values->unknown = 1;
	receive(values, 2, 1, 8);
	receive(values, 2, 1, 8);
	assert_string_equal(judge(values, false),
			    "element 1 of call 2 is received more than once");
}

static void G3_invented_is_found(void **state)
{
	struct fuzz_values *values = values_sent(0);
	uint64_t other = 42;

	(void)state;
	receive(values, 1, 0, 8);
	assert_string_equal(judge(values, false),
			    "element 0 of call 1 is received, and never sent");
	values = values_sent(0);
	fuzz_values_receive(values, &other, sizeof(other));
	assert_string_equal(judge(values, false), "element 0x2a was received, and never sent");
	values = values_sent(0);
	values->unknown = 1;
	fuzz_values_receive(values, &other, sizeof(other));
	assert_null(judge(values, false));
}

static void G4_received_of_a_send_that_failed_is_found(void **state)
{
	struct fuzz_values *values = values_sent(1);

	(void)state;
	values->killed = values->unsure = values->unknown = 1;
	receive(values, 2, 2, 8);
	assert_string_equal(judge(values, false),
			    "element 2 of call 2 is received, and its send failed");
}

static void G3_of_who_was_killed_in_a_send_both_is_right(void **state)
{
	struct fuzz_values *values = values_new();

	(void)state;
	fuzz_values_offer(values, 2, 0, 2, CHANNEL);
	receive(values, 2, 0, 8);
	assert_null(judge(values, true));
}

static void torn_is_found(void **state)
{
	static const size_t places[] = { 8, 511, 4096 - 512, 4095 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct fuzz_values *values = values_sent(3);
		char memory[4096];

		fuzz_element_fill(memory, sizeof(memory), 2, 0);
		memory[places[i]] ^= 1;
		fuzz_values_receive(values, memory, sizeof(memory));
		assert_non_null(strstr(judge(values, false), "has bytes of another"));
	}
}

/* Coverage of a run with these program counters and this final state of the channel. */
static struct fuzz_features *reached(const uint64_t *cover, unsigned int len)
{
	struct fuzz_trace *trace = test_calloc(1, sizeof(*trace));
	struct chan_info info = { .cap = 7, .len = len };
	struct fuzz_features *features;

	fuzz_trace_clear(trace);
	fuzz_trace_add_cover(trace, cover);
	fuzz_trace_add_state(trace, FUZZ_SEND, 0, &info);
	features = fuzz_trace_features(trace);
	test_free(trace);
	return features;
}

static void assert_new(struct fuzz_map *map, const uint64_t *cover, unsigned int len,
		       unsigned int new)
{
	struct fuzz_features *features = reached(cover, len);
	struct fuzz_features *lacking = fuzz_features_new(features, map);

	assert_int_equal(fuzz_map_lacks(map, features), new);
	assert_int_equal(lacking->count, new);
	fuzz_map_add(map, features);
	assert_int_equal(fuzz_map_lacks(map, features), 0);
	free(features);
	free(lacking);
}

static void blocks_edges_counts_and_states_are_features(void **state)
{
	static const uint64_t once[] = { 2, 0x1000, 0x2000 };
	static const uint64_t back[] = { 2, 0x2000, 0x1000 };
	static const uint64_t often[] = { 6, 0x1000, 0x2000, 0x1000, 0x2000, 0x1000, 0x2000 };
	struct fuzz_map *map = test_calloc(1, sizeof(*map));

	(void)state;
	assert_new(map, once, 0, 5);
	assert_new(map, once, 0, 0);
	assert_new(map, once, 1, 1);
	assert_new(map, back, 1, 2);
	assert_new(map, often, 1, 2);
	assert_int_equal(map->reached[FUZZ_STATE], 2);
	assert_int_equal(map->reached[FUZZ_BLOCK], 2);
	assert_int_equal(map->reached[FUZZ_EDGE], 4);
	test_free(map);
}

static void add_entry(struct fuzz_corpus *corpus, const char *name, unsigned int calls,
		      const uint64_t *cover)
{
	struct fuzz_random random = fuzz_random_new(calls);
	static struct fuzz_program program;

	do {
		fuzz_program_generate(&program, &random);
	} while (program.count != calls);
	fuzz_corpus_add(corpus, name, &program, reached(cover, 0));
}

static void saved_is_what_adds_something(void **state)
{
	static const uint64_t some[] = { 2, 0x1000, 0x2000 };
	static const uint64_t more[] = { 3, 0x1000, 0x2000, 0x3000 };
	char directory[] = "/tmp/fuzz-corpus.XXXXXX", path[64];
	struct fuzz_corpus corpus = {}, again = {};
	unsigned int i;

	(void)state;
	assert_non_null(mkdtemp(directory));
	add_entry(&corpus, "some.txt", 6, some);
	add_entry(&corpus, "longer.txt", 12, more);
	add_entry(&corpus, "more.txt", 6, more);
	assert_int_equal(fuzz_corpus_save(&corpus, directory), 1);
	fuzz_corpus_load(&again, directory);
	assert_int_equal(again.count, 1);
	assert_string_equal(again.entries[0].name, "more.txt");
	assert_memory_equal(&again.entries[0].program, &corpus.entries[2].program,
			    sizeof(again.entries[0].program));
	snprintf(path, sizeof(path), "%s/more.txt", directory);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(directory), 0);
	for (i = 0; i < corpus.count; i++)
		free(corpus.entries[i].features);
	free(corpus.entries);
	free(again.entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generated_programs_survive_text),
		cmocka_unit_test(mutated_programs_survive_text),
		cmocka_unit_test(every_operation_is_generated),
		cmocka_unit_test(longest_program_fits),
		cmocka_unit_test(what_is_not_understood_is_refused),
		cmocka_unit_test(more_calls_than_there_are_is_refused),
		cmocka_unit_test(names_of_calls_follow_a_removal),
		cmocka_unit_test(corpus_is_as_it_would_be_printed),
		cmocka_unit_test(G3_received_as_sent_is_right),
		cmocka_unit_test(G3_lost_is_found),
		cmocka_unit_test(G3_not_received_is_not_lost_elsewhere),
		cmocka_unit_test(G3_doubled_is_found),
		cmocka_unit_test(G3_invented_is_found),
		cmocka_unit_test(G4_received_of_a_send_that_failed_is_found),
		cmocka_unit_test(G3_of_who_was_killed_in_a_send_both_is_right),
		cmocka_unit_test(torn_is_found),
		cmocka_unit_test(blocks_edges_counts_and_states_are_features),
		cmocka_unit_test(saved_is_what_adds_something),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL) ? EXIT_FAILURE : EXIT_SUCCESS;
}
