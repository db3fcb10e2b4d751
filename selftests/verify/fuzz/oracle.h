/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel-side oracle. */
#ifndef _FUZZ_ORACLE_H
#define _FUZZ_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

/* @patterns: a file of extended regular expressions, one per line; false: with errno. */
bool fuzz_oracle_init(const char *patterns);
/* Whether no message has matched a pattern since the last call. If one has, it is in @reason. */
bool fuzz_oracle_kernel(char *reason, size_t room);
/* Once all tasks are dead: whether no object of the module is left. */
bool fuzz_oracle_counters(char *reason, size_t room);

#endif /* _FUZZ_ORACLE_H */
