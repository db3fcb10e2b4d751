/* SPDX-License-Identifier: GPL-2.0-only */
/* Batches of two through a buffer of two; receivers may fail to keep their elements. */
#define CAP0		2
#define TASKS		4
#define ELEMENTS	4
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0);
		op[W(1, 0)] = SEND(0);
		op[W(2, 0)] = RECV(0);
		op[W(3, 0)] = RECV(0);
		run sender(0, 0, 0, 1, 2, 1);
		run sender(1, 0, 2, 1, 2, 2);
		run receiver(2, 0, 1, 2, 1, 1);
		run receiver(3, 0, 1, 1, 1, 0)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
