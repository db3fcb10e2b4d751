/* SPDX-License-Identifier: GPL-2.0-only */
/* Selects that send and receive on the same channel, and one that also uses another channel. */
#define SCAN		2
#define CHANNELS	2
#define TASKS		4
#define CASES		2
#define ELEMENTS	4
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0); op[W(0, 1)] = RECV(0);
		op[W(1, 0)] = RECV(0); op[W(1, 1)] = SEND(0);
		op[W(2, 0)] = RECV(1); op[W(2, 1)] = SEND(0);
		op[W(3, 0)] = SEND(1);
		run selector(0, 1, 0, 0, 0);
		run selector(1, 1, 1, 0, 0);
		run selector(2, 1, 2, 0, 0);
		run sender(3, 1, 3, 1, 1, 1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
