/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Option parsing shared by the BPF tools. Bad input ends the program, with one line on stderr.
 */
#ifndef CHAN_ARGUMENTS_H
#define CHAN_ARGUMENTS_H

#include <argp.h>
#include <stdint.h>

#include "../tools/common/numbers.h"

#define EXIT_USAGE	2

/* Maximum number of channels, and of processes, in a filter. */
#define ARGUMENTS_MOST	1024

/* ID,... and PID,... */
void arguments_channels(struct numbers *channels, const char *list, struct argp_state *state);
void arguments_processes(struct numbers *processes, const char *list, struct argp_state *state);
/* A number from 1 to INT_MAX. */
unsigned int arguments_number(const char *text, struct argp_state *state);
/* A time of at least 1 ns with a unit: ns, us, ms, s, m or h. Returns nanoseconds. */
uint64_t arguments_duration(const char *text, struct argp_state *state);

#endif /* CHAN_ARGUMENTS_H */
