/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fibers: several stacks in one thread, of which one runs. The address sanitizer is notified of
 * each switch.
 */
#ifndef _FIBER_H
#define _FIBER_H

/* The function does not return; its last switch is final. */
struct fiber *fiber_new(void (*run)(void *arg), void *arg);
/* The one that is running; the first is that of the thread itself. */
struct fiber *fiber_self(void);
void fiber_switch(struct fiber *to);

#endif /* _FIBER_H */
