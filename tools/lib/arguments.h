/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Option parsing that all tools share, so that an option means the same in each. Bad input ends
 * the program, with one line on stderr.
 */
#ifndef LIB_ARGUMENTS_H
#define LIB_ARGUMENTS_H

#include <argp.h>
#include <stdint.h>

#include "numbers.h"

#define EXIT_USAGE	2

/* Maximum number of channels, and of processes, in a filter. */
#define ARGUMENTS_MOST	1024

/* ID,... and PID,... */
void arguments_ids(struct numbers *ids, const char *list, struct argp_state *state);
void arguments_pids(struct numbers *pids, const char *list, struct argp_state *state);
/* A number from 1 to @most; @what names it in the complaint. */
uint64_t arguments_number(const char *text, uint64_t most, const char *what,
			  struct argp_state *state);
/* A time of at least 1 ns with a unit: ns, us, ms, s, m or h. Returns nanoseconds. */
uint64_t arguments_duration(const char *text, struct argp_state *state);

#endif /* LIB_ARGUMENTS_H */
