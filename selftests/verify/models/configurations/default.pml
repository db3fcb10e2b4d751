/* SPDX-License-Identifier: GPL-2.0-only */
/* A select with a default, while elements enter, leave and re-enter its channels. */
#define WATCH
#define SCAN		2
#define CHANNELS	2
#define CAP0		1
#define CAP1		1
#define TASKS		4
#define CASES		2
#define ELEMENTS	2
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = RECV(0); op[W(0, 1)] = RECV(1);
		op[W(1, 0)] = SEND(1);
		op[W(2, 0)] = SEND(0);
		op[W(3, 0)] = RECV(1); op[W(3, 1)] = RECV(0);
		run selector(0, 2, EMPTY, 1, 0);
		run sender(1, 1, 0, 1, 1, 1);
		run sender(2, 0, 1, 1, 1, 1);
		run selector(3, 1, EMPTY, 0, 1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
