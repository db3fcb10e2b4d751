/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel says about itself.
 */
#ifndef _FUZZ_ORACLE_H
#define _FUZZ_ORACLE_H

#include <stdbool.h>
#include <stddef.h>

/* @patterns: a file of extended regular expressions, one a line; false: with errno. */
bool fuzz_oracle_init(const char *patterns);
/* Has the kernel said nothing that fits a pattern, since the last call? If so, @reason is it. */
bool fuzz_oracle_kernel(char *reason, size_t room);
/* Once all tasks are dead: is nothing of the module left alive? */
bool fuzz_oracle_counters(char *reason, size_t room);

#endif /* _FUZZ_ORACLE_H */
