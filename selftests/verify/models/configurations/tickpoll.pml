/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticks for a poller, a non-blocking receiver and a blocking one; the clock is set back. */
#define TICKER
#define POLLERS
#define CLOCK_MAX	2
#define TASKS		4
#define ELEMENTS	8
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = RECV(0);
		op[W(1, 0)] = RECV(0);
		run tick_receiver(0, 1, 1, 0);
		run tick_receiver(1, 1, 0, 1);
		run poller(2, 0, 0);
		run alarm(3);
		run clockwork(1);
		run interrupter(1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
