/* SPDX-License-Identifier: GPL-2.0-only */
/* The same operation in several cases of a select, with a buffer, and repeated. */
#define CHANNELS	2
#define CAP0		1
#define TASKS		3
#define CASES		3
#define ELEMENTS	6
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0); op[W(0, 1)] = SEND(0); op[W(0, 2)] = RECV(1);
		op[W(1, 0)] = RECV(0); op[W(1, 1)] = RECV(0); op[W(1, 2)] = SEND(1);
		op[W(2, 0)] = RECV(0);
		run selector(0, 2, 0, 0, 0);
		run selector(1, 2, 4, 0, 0);
		run receiver(2, 0, 1, 1, 1, 0)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
