/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * New programs, made up or made of others.
 */
#ifndef _FUZZ_MUTATE_H
#define _FUZZ_MUTATE_H

#include "program.h"

/* struct fuzz_random - its state, of which no part is 0 */
struct fuzz_random {
	uint64_t state;
};

struct fuzz_random fuzz_random_new(uint64_t seed);
/* A number below @limit, which is not 0. */
uint64_t fuzz_random_below(struct fuzz_random *random, uint64_t limit);

/* A few calls, of which the first make channels. */
void fuzz_program_generate(struct fuzz_program *program, struct fuzz_random *random);
/* Change a few things; @other: from which calls may come. */
void fuzz_program_mutate(struct fuzz_program *program, const struct fuzz_program *other,
			 struct fuzz_random *random);
/* Take one call out. What names a later one names the same one afterwards. */
void fuzz_program_remove(struct fuzz_program *program, unsigned int index);

#endif /* _FUZZ_MUTATE_H */
