/* SPDX-License-Identifier: GPL-2.0-only */
/* A select also waits for a file, which kicks it and may no longer be ready then. */
#define POLLED_FILES
#define CHANNELS	2
#define TASKS		3
#define CASES		3
#define ELEMENTS	2
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0); op[W(0, 1)] = RECV(1); op[W(0, 2)] = POLLED;
		op[W(1, 0)] = RECV(0);
		op[W(2, 0)] = SEND(1);
		run selector(0, 1, 0, 0, 0);
		run kicker(1);
		run interrupter(1);
		/* One peer comes, or none. */
		if
		:: run receiver(1, 0, 1, 1, 1, 0)
		:: run sender(2, 1, 1, 1, 1, 1)
		:: true
		fi
	};
	atomic { timeout -> d_step { promise_rest() } }
}
