/* SPDX-License-Identifier: GPL-2.0-only */
/* A channel is closed while a task and selects wait on it, or before they come. */
#define CHANNELS	2
#define CAP0		1
#define TASKS		4
#define CASES		2
#define ELEMENTS	4
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0);
		op[W(1, 0)] = RECV(0); op[W(1, 1)] = RECV(1);
		op[W(2, 0)] = SEND(1); op[W(2, 1)] = SEND(0);
		run sender(0, 0, 0, 2, 1, 1);
		run selector(1, 1, EMPTY, 0, 1);
		run selector(2, 1, 2, 0, 0);
		run closer(3, 0)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
