// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generates and mutates programs. Productive programs mostly have few channels used by many calls,
 * so small slot numbers are preferred.
 */
#include <string.h>

#include "mutate.h"

#define GENERATED_MIN	4
#define CHANGES_MAX	4
/* One of that many calls has an injected allocation or copy fault. */
#define FAIL_ONE_IN	12
#define FAIL_MAX	8

struct fuzz_random fuzz_random_new(uint64_t seed)
{
	return (struct fuzz_random){ seed ? seed : 1 };
}

/* xorshift64* */
static uint64_t random_next(struct fuzz_random *random)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return random->state * 0x2545f4914f6cdd1dULL;
}

uint64_t fuzz_random_below(struct fuzz_random *random, uint64_t limit)
{
	return (random_next(random) >> 11) % limit;
}

static bool one_in(struct fuzz_random *random, unsigned int n)
{
	return !fuzz_random_below(random, n);
}

static uint64_t random_value(enum fuzz_set set, struct fuzz_random *random)
{
	const struct fuzz_set_of *of = &fuzz_sets[set];

	switch (set) {
	case FUZZ_SET_SLOT:
		return fuzz_random_below(random, one_in(random, 4) ? FUZZ_SLOTS : 3);
	case FUZZ_SET_BUFFER:
		return one_in(random, 4) ? fuzz_random_below(random, of->limit) : FUZZ_BUFFER_OK;
	case FUZZ_SET_DEADLINE:
		return one_in(random, 2) ? fuzz_random_below(random, of->limit) :
			FUZZ_DEADLINE_NEVER;
	default:
		break;
	}
	if (of->limit)
		return fuzz_random_below(random, of->limit);
	if (one_in(random, 16))
		return random_next(random) >> fuzz_random_below(random, 64);
	return of->values[fuzz_random_below(random, of->count)];
}

static enum fuzz_operation random_operation(struct fuzz_random *random)
{
	unsigned int operation, sum = 0;
	uint64_t chosen;

	for (operation = 0; operation < FUZZ_OPERATIONS; operation++)
		sum += fuzz_forms[operation].weight;
	chosen = fuzz_random_below(random, sum);
	for (operation = 0; chosen >= fuzz_forms[operation].weight; operation++)
		chosen -= fuzz_forms[operation].weight;
	return operation;
}

static void fill_call(struct fuzz_call *call, enum fuzz_operation operation,
		      struct fuzz_random *random)
{
	unsigned int i;

	memset(call, 0, sizeof(*call));
	call->operation = operation;
	call->task = fuzz_random_below(random, FUZZ_TASKS);
	for (i = 0; i < fuzz_form_fields(operation); i++)
		call->values[i] = random_value(fuzz_forms[operation].fields[i].set, random);
	if (one_in(random, FAIL_ONE_IN))
		call->fail = 1 + fuzz_random_below(random, FAIL_MAX);
}

void fuzz_program_generate(struct fuzz_program *program, struct fuzz_random *random)
{
	unsigned int i, channels = 1 + fuzz_random_below(random, 2);

	memset(program, 0, sizeof(*program));
	program->count = GENERATED_MIN +
		fuzz_random_below(random, FUZZ_CALLS_MAX - GENERATED_MIN + 1);
	program->collide = one_in(random, 3);
	for (i = 0; i < program->count; i++) {
		fill_call(&program->calls[i], i < channels ? FUZZ_MAKE : random_operation(random),
			  random);
		if (i < channels)
			program->calls[i].values[0] = i;
	}
}

/* Shift references to calls from @index on by @by. */
static void renumber(struct fuzz_program *program, unsigned int index, int by)
{
	unsigned int i, field;

	for (i = 0; i < program->count; i++) {
		struct fuzz_call *call = &program->calls[i];

		for (field = 0; field < fuzz_form_fields(call->operation); field++) {
			if (fuzz_forms[call->operation].fields[field].set == FUZZ_SET_CALL &&
			    call->values[field] >= index &&
			    call->values[field] + by < FUZZ_CALLS_MAX)
				call->values[field] += by;
		}
	}
}

void fuzz_program_remove(struct fuzz_program *program, unsigned int index)
{
	program->count--;
	memmove(&program->calls[index], &program->calls[index + 1],
		(program->count - index) * sizeof(program->calls[0]));
	memset(&program->calls[program->count], 0, sizeof(program->calls[0]));
	renumber(program, index + 1, -1);
}

static void insert(struct fuzz_program *program, struct fuzz_random *random)
{
	unsigned int index = fuzz_random_below(random, program->count + 1);

	if (program->count == FUZZ_CALLS_MAX)
		return;
	renumber(program, index, 1);
	memmove(&program->calls[index + 1], &program->calls[index],
		(program->count - index) * sizeof(program->calls[0]));
	program->count++;
	fill_call(&program->calls[index], random_operation(random), random);
}

static void duplicate(struct fuzz_program *program, struct fuzz_random *random)
{
	if (program->count == FUZZ_CALLS_MAX || !program->count)
		return;
	program->calls[program->count] = program->calls[fuzz_random_below(random, program->count)];
	program->count++;
}

static void splice(struct fuzz_program *program, const struct fuzz_program *other,
		   struct fuzz_random *random)
{
	unsigned int keep = fuzz_random_below(random, program->count + 1);
	unsigned int from = fuzz_random_below(random, other->count + 1);

	program->count = keep;
	while (from < other->count && program->count < FUZZ_CALLS_MAX)
		program->calls[program->count++] = other->calls[from++];
	memset(&program->calls[program->count], 0,
	       (FUZZ_CALLS_MAX - program->count) * sizeof(program->calls[0]));
}

static void tweak(struct fuzz_call *call, struct fuzz_random *random)
{
	unsigned int fields = fuzz_form_fields(call->operation);
	unsigned int i = fuzz_random_below(random, fields);

	if (one_in(random, 8) && !fuzz_sets[fuzz_forms[call->operation].fields[i].set].limit)
		call->values[i] ^= 1ULL << fuzz_random_below(random, 64);
	else
		call->values[i] = random_value(fuzz_forms[call->operation].fields[i].set, random);
}

static void swap(struct fuzz_program *program, struct fuzz_random *random)
{
	struct fuzz_call *a = &program->calls[fuzz_random_below(random, program->count)];
	struct fuzz_call *b = &program->calls[fuzz_random_below(random, program->count)];
	struct fuzz_call call = *a;

	*a = *b;
	*b = call;
}

static void change(struct fuzz_program *program, const struct fuzz_program *other,
		   struct fuzz_random *random)
{
	struct fuzz_call *call;

	if (!program->count) {
		insert(program, random);
		return;
	}
	call = &program->calls[fuzz_random_below(random, program->count)];
	switch (fuzz_random_below(random, 20)) {
	case 0 ... 4:
		insert(program, random);
		break;
	case 5 ... 6:
		fuzz_program_remove(program, call - program->calls);
		break;
	case 7:
		splice(program, other, random);
		break;
	case 8 ... 13:
		tweak(call, random);
		break;
	case 14 ... 15:
		call->task = fuzz_random_below(random, FUZZ_TASKS);
		break;
	case 16:
		swap(program, random);
		break;
	case 17:
		program->collide = !program->collide;
		break;
	case 18:
		call->fail = call->fail ? 0 : 1 + fuzz_random_below(random, FAIL_MAX);
		break;
	default:
		duplicate(program, random);
		break;
	}
}

void fuzz_program_mutate(struct fuzz_program *program, const struct fuzz_program *other,
			 struct fuzz_random *random)
{
	unsigned int changes = 1 + fuzz_random_below(random, CHANGES_MAX);

	while (changes--)
		change(program, other, random);
}
