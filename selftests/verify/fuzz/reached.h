/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks of the module reached by any program, as offsets in its section .text. */
#ifndef _FUZZ_REACHED_H
#define _FUZZ_REACHED_H

#include <stdint.h>

/* Once, with the module inserted. */
void fuzz_reached_init(void);
/* @cover: a count, and that many program counters. */
void fuzz_reached_add(const uint64_t *cover);
/* One offset per line, in hexadecimal: where objdump(1) shows the call of kcov. */
void fuzz_reached_save(const char *path);

#endif /* _FUZZ_REACHED_H */
