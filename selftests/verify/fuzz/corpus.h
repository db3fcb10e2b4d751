/* SPDX-License-Identifier: GPL-2.0-only */
/* The corpus: programs worth keeping. */
#ifndef _FUZZ_CORPUS_H
#define _FUZZ_CORPUS_H

#include "coverage.h"
#include "program.h"

/**
 * struct fuzz_entry - one program
 * @name: of its file; empty if it has none
 * @features: the features it reached, once it has run; NULL before
 */
struct fuzz_entry {
	struct fuzz_program program;
	char name[64];
	struct fuzz_features *features;
};

struct fuzz_corpus {
	struct fuzz_entry *entries;
	unsigned int count;
};

/* Takes ownership of the features. */
void fuzz_corpus_add(struct fuzz_corpus *corpus, const char *name,
		     const struct fuzz_program *program, struct fuzz_features *features);
/* All DIR/NAME.txt, in the order of their names. Gives up on a syntax error. */
void fuzz_corpus_load(struct fuzz_corpus *corpus, const char *directory);
/* Reduce to few programs that reach all features of the corpus. Returns how many. */
unsigned int fuzz_corpus_save(const struct fuzz_corpus *corpus, const char *directory);
/* Gives up on a syntax error. */
void fuzz_program_load(struct fuzz_program *program, const char *path);
/* With a license line; @path is overwritten. */
void fuzz_program_save(const struct fuzz_program *program, const char *path, const char *comment);

#endif /* _FUZZ_CORPUS_H */
