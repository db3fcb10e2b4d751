/* SPDX-License-Identifier: GPL-2.0-only */
/* A select for a tick or an element, a receiver of ticks, a sender; a deadline or a signal. */
#define TICKER
#define CHANNELS	2
#define CLOCK_MAX	1
#define TASKS		4
#define CASES		2
#define ELEMENTS	8
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = RECV(0); op[W(0, 1)] = RECV(1);
		op[W(1, 0)] = RECV(0);
		op[W(2, 0)] = SEND(1);
		run selector(0, 1, EMPTY, 0, 0);
		run tick_receiver(1, 1, 1, 0);
		run sender(2, 1, 7, 1, 1, 1);
		run alarm(3);
		run clockwork(0);
		run interrupter(1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
