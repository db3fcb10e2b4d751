/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For programs that run until they are interrupted (SIGINT, SIGTERM).
 */
#ifndef CHAN_INTERRUPT_H
#define CHAN_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* From now on, a signal is recorded and ends interrupt_wait(), but not the program. */
void interrupt_catch(void);
/* Has a signal arrived? */
bool interrupt_came(void);
/* Wait for this many nanoseconds (0: indefinitely), or until a signal arrives or has arrived. */
void interrupt_wait(uint64_t nanoseconds);

#endif /* CHAN_INTERRUPT_H */
