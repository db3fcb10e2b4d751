// SPDX-License-Identifier: GPL-2.0-only
/* Converts programs of the fuzzer to text and back. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

/* Output position, and the space left. */
struct output {
	char *text;
	size_t room;
};

static __attribute__((format(printf, 2, 3))) void add(struct output *out, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(out->text, out->room, format, arguments);
	va_end(arguments);
	if (length >= out->room)
		length = out->room - 1;
	out->text += length;
	out->room -= length;
}

static void print_value(struct output *out, const struct fuzz_field *field, uint64_t value)
{
	const struct fuzz_set_of *set = &fuzz_sets[field->set];

	if (set->names)
		add(out, " %s=%s", field->name, set->names[value]);
	else if (value < 1 << 20 && field->set != FUZZ_SET_CASES)
		add(out, " %s=%" PRIu64, field->name, value);
	else
		add(out, " %s=0x%" PRIx64, field->name, value);
}

/* Zero fields are omitted, except for the first one. */
static void print_call(struct output *out, const struct fuzz_call *call)
{
	const struct fuzz_form *form = &fuzz_forms[call->operation];
	unsigned int i, fields = fuzz_form_fields(call->operation);

	add(out, "%u %s", call->task, form->name);
	for (i = 0; i < fields; i++) {
		if (!i || call->values[i])
			print_value(out, &form->fields[i], call->values[i]);
	}
	if (call->fail)
		add(out, " fail=%u", call->fail);
	add(out, "\n");
}

void fuzz_program_print(const struct fuzz_program *program, char *text)
{
	struct output out = { text, FUZZ_TEXT_MAX + 1 };
	unsigned int i;

	*text = '\0';
	if (program->collide)
		add(&out, "collide\n");
	for (i = 0; i < program->count; i++)
		print_call(&out, &program->calls[i]);
}

static bool parse_number(const char *word, uint64_t *number)
{
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*number = strtoull(word, &end, 0);
	return !errno && !*end;
}

static bool parse_value(const struct fuzz_set_of *set, const char *word, uint64_t *value)
{
	if (!set->names)
		return parse_number(word, value) && (!set->limit || *value < set->limit);
	for (*value = 0; *value < set->limit; ++*value) {
		if (!strcmp(word, set->names[*value]))
			return true;
	}
	return false;
}

/* @word: NAME=VALUE */
static bool parse_field(struct fuzz_call *call, char *word)
{
	const struct fuzz_field *fields = fuzz_forms[call->operation].fields;
	char *value = strchr(word, '=');
	uint64_t fail;
	unsigned int i;

	if (!value)
		return false;
	*value++ = '\0';
	if (!strcmp(word, "fail")) {
		if (!parse_number(value, &fail) || fail > UINT16_MAX)
			return false;
		call->fail = fail;
		return true;
	}
	for (i = 0; i < fuzz_form_fields(call->operation); i++) {
		if (!strcmp(word, fields[i].name))
			return parse_value(&fuzz_sets[fields[i].set], value, &call->values[i]);
	}
	return false;
}

static bool parse_operation(struct fuzz_call *call, const char *word)
{
	for (call->operation = 0; call->operation < FUZZ_OPERATIONS; call->operation++) {
		if (!strcmp(word, fuzz_forms[call->operation].name))
			return true;
	}
	return false;
}

static bool parse_call(struct fuzz_call *call, char *line)
{
	char *state, *word = strtok_r(line, " \t", &state);
	uint64_t task;

	memset(call, 0, sizeof(*call));
	if (!word || !parse_number(word, &task) || task >= FUZZ_TASKS)
		return false;
	call->task = task;
	word = strtok_r(NULL, " \t", &state);
	if (!word || !parse_operation(call, word))
		return false;
	while ((word = strtok_r(NULL, " \t", &state))) {
		if (!parse_field(call, word))
			return false;
	}
	return true;
}

/* Empty lines and lines that begin with "#" are skipped. */
static bool parse_line(struct fuzz_program *program, char *line)
{
	if (!*line || *line == '#')
		return true;
	if (!strcmp(line, "collide")) {
		program->collide = 1;
		return true;
	}
	return program->count < FUZZ_CALLS_MAX &&
	       parse_call(&program->calls[program->count++], line);
}

unsigned int fuzz_program_parse(struct fuzz_program *program, const char *text)
{
	char line[FUZZ_TEXT_MAX + 1];
	unsigned int number;

	memset(program, 0, sizeof(*program));
	for (number = 1; *text; number++) {
		size_t length = strcspn(text, "\n");

		if (length >= sizeof(line))
			return number;
		memcpy(line, text, length);
		line[length] = '\0';
		if (!parse_line(program, line))
			return number;
		text += length + (text[length] == '\n');
	}
	return 0;
}
