/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticks for two waiting receivers, one of which may fail to keep them, and a changed setting. */
#define TICKER
#define CLOCK_MAX	2
#define TASKS		3
#define ELEMENTS	8
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = RECV(0);
		op[W(1, 0)] = RECV(0);
		run tick_receiver(0, 2, 1, 1);
		run tick_receiver(1, 1, 1, 0);
		run alarm(2);
		run setter();
		run clockwork(0);
		run interrupter(1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
