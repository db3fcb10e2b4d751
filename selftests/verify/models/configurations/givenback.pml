/* SPDX-License-Identifier: GPL-2.0-only */
/* Receivers, some of them selects, are killed while they hold elements. */
#define CAP0		1
#define TASKS		4
#define CASES		2
#define CHANNELS	2
#define ELEMENTS	4
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0);
		op[W(1, 0)] = RECV(0); op[W(1, 1)] = RECV(1);
		op[W(2, 0)] = RECV(0);
		op[W(3, 0)] = SEND(1);
		run sender(0, 0, 0, 2, 1, 1);
		run selector(1, 2, EMPTY, 0, 1);
		run receiver(2, 0, 1, 1, 1, 1);
		run sender(3, 1, 3, 1, 1, 1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
