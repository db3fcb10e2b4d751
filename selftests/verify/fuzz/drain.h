/* SPDX-License-Identifier: GPL-2.0-only */
/* Draining the channels of a program. */
#ifndef _FUZZ_DRAIN_H
#define _FUZZ_DRAIN_H

#include "task.h"

/* Once all other tasks have finished: receive the rest, and compare the channels' counters. */
void fuzz_drain(struct fuzz_machine *machine);

#endif /* _FUZZ_DRAIN_H */
