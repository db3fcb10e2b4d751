/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs and judges programs. */
#ifndef _FUZZ_RUN_H
#define _FUZZ_RUN_H

#include "coverage.h"
#include "program.h"

/*
 * Call it once. Returns whether the module has coverage; gives up if the environment is unusable.
 */
bool fuzz_run_init(void);
/*
 * Run it. Returns its coverage, to be freed; or NULL, with the reason in @reason, if the module
 * misbehaved.
 */
struct fuzz_features *fuzz_run(const struct fuzz_program *program, char *reason, size_t room);

/* The result of a call of the last run, or a negative errno; false if it did not return. */
bool fuzz_run_result(unsigned int call, int64_t *result);

#endif /* _FUZZ_RUN_H */
