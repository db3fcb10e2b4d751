/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all users of BPF programs here do.
 */
#ifndef CHAN_PROGRAM_H
#define CHAN_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

/* libbpf does not talk to the user: what failed is said here. */
void program_quiet(void);
/* Say on stderr why a program could not be loaded, in one line. @err: negative errno value. */
void program_complain(int err);
/* The sum of the values, of 8 bytes, that the CPUs have at an index of a map. */
uint64_t program_sum(int map, unsigned int index);
/* CLOCK_MONOTONIC in nanoseconds: what events have as their time. */
uint64_t program_now(void);
/* Put these numbers, of 8 bytes, or as ints, into a map of what is asked for. Returns -errno. */
int program_ask_for(int map, const uint64_t *values, size_t count);
int program_ask_for_ints(int map, const uint64_t *values, size_t count);

#endif /* CHAN_PROGRAM_H */
