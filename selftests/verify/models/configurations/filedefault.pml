/* SPDX-License-Identifier: GPL-2.0-only */
/* A select with a default and a file, while elements come and go. */
#define WATCH
#define POLLED_FILES
#define CAP0		1
#define TASKS		3
#define CASES		2
#define ELEMENTS	1
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = POLLED; op[W(0, 1)] = RECV(0);
		op[W(1, 0)] = SEND(0);
		op[W(2, 0)] = RECV(0);
		run selector(0, 1, EMPTY, 1, 0);
		run sender(1, 0, 0, 1, 1, 1);
		run receiver(2, 0, 2, 1, 1, 1);
		run kicker(0)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
