/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for all users of BPF programs.
 */
#ifndef CHAN_PROGRAM_H
#define CHAN_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Silence libbpf: the tools report errors themselves. */
void program_quiet(void);
/* Report on stderr why a program could not be loaded, in one line. @err: negative errno value. */
void program_complain(int err);
/* Sum of the 8-byte values of all CPUs at an index of a per-CPU map. */
uint64_t program_sum(int map, unsigned int index);
/* CLOCK_MONOTONIC in nanoseconds, the clock of events. */
uint64_t program_now(void);
/* Add these numbers, as 8 bytes or as ints, to a filter map. Return 0 or a negative errno. */
int program_ask_for(int map, const uint64_t *values, size_t count);
int program_ask_for_ints(int map, const uint64_t *values, size_t count);

#endif /* CHAN_PROGRAM_H */
