/* SPDX-License-Identifier: GPL-2.0-only */
/* A CHAN_SELECT_FIRST select of a channel, a file and a channel, while elements come. */
#define WATCH
#define FIRST
#define POLLED_FILES
#define CHANNELS	2
#define CAP0		1
#define TASKS		3
#define CASES		3
#define ELEMENTS	2
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = POLLED; op[W(0, 1)] = RECV(0); op[W(0, 2)] = RECV(1);
		op[W(1, 0)] = SEND(0);
		op[W(2, 0)] = SEND(1);
		first[0] = 1;
		run selector(0, 2, EMPTY, 0, 0);
		run sender(1, 0, 0, 1, 1, 1);
		run sender(2, 1, 1, 1, 1, 1);
		run kicker(0)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
