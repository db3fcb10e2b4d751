/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs that go on until they are interrupted (SIGINT, SIGTERM).
 */
#ifndef CHAN_INTERRUPT_H
#define CHAN_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

/* From now on, a signal is remembered and ends interrupt_wait(), but not the program. */
void interrupt_catch(void);
/* Has there been one? */
bool interrupt_came(void);
/* For so many nanoseconds, 0: for ever, or until a signal comes or has come. */
void interrupt_wait(uint64_t nanoseconds);

#endif /* CHAN_INTERRUPT_H */
