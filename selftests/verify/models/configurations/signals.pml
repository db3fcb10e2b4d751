/* SPDX-License-Identifier: GPL-2.0-only */
/* A signal or a deadline races with selects and a task that waits on one channel. */
#define CHANNELS	2
#define TASKS		3
#define CASES		2
#define ELEMENTS	3
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0); op[W(0, 1)] = SEND(1);
		op[W(1, 0)] = RECV(1); op[W(1, 1)] = RECV(0);
		op[W(2, 0)] = SEND(0);
		run selector(0, 1, 0, 0, 0);
		run selector(1, 1, EMPTY, 0, 0);
		run sender(2, 0, 2, 1, 1, 1);
		run interrupter(1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
