/* SPDX-License-Identifier: GPL-2.0-only */
/* Generates and mutates programs. */
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

/* A few calls; the first ones make channels. */
void fuzz_program_generate(struct fuzz_program *program, struct fuzz_random *random);
/* Mutate a program; @other: a source of further calls. */
void fuzz_program_mutate(struct fuzz_program *program, const struct fuzz_program *other,
			 struct fuzz_random *random);
/* Remove one call. References of later calls are adjusted. */
void fuzz_program_remove(struct fuzz_program *program, unsigned int index);

#endif /* _FUZZ_MUTATE_H */
