/* SPDX-License-Identifier: GPL-2.0-only */
/* A close completes three parked senders in several runs, between which one may give up. */
#define CAP0		1
#define TASKS		5
#define ELEMENTS	4
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0);
		op[W(1, 0)] = SEND(0);
		op[W(2, 0)] = SEND(0);
		op[W(3, 0)] = RECV(0);
		run sender(0, 0, 0, 1, 1, 1);
		run sender(1, 0, 1, 1, 1, 1);
		run sender(2, 0, 2, 1, 1, 1);
		run receiver(3, 0, 2, 1, 1, 1);
		run closer(4, 0);
		run interrupter(1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
