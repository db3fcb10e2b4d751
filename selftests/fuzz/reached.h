/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which blocks of the module any program has reached, by their places in its section .text.
 */
#ifndef _FUZZ_REACHED_H
#define _FUZZ_REACHED_H

#include <stdint.h>

/* Once, with the module inserted. */
void fuzz_reached_init(void);
/* @cover: a count, and so many program counters. */
void fuzz_reached_add(const uint64_t *cover);
/* One place on a line, in hexadecimal: where objdump(1) has the call that told. */
void fuzz_reached_save(const char *path);

#endif /* _FUZZ_REACHED_H */
