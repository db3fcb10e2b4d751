/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs, run and judged.
 */
#ifndef _FUZZ_RUN_H
#define _FUZZ_RUN_H

#include "coverage.h"
#include "program.h"

/* Once. Returns whether the module tells what it runs through; gives up where nothing works. */
bool fuzz_run_init(void);
/*
 * Run it. Returns what it has reached, to be freed; or NULL, and says why in @reason, if the module
 * did something wrong.
 */
struct fuzz_features *fuzz_run(const struct fuzz_program *program, char *reason, size_t room);

/* What a call of the last run returned, or a negative errno; false if it did not return. */
bool fuzz_run_result(unsigned int call, int64_t *result);

#endif /* _FUZZ_RUN_H */
