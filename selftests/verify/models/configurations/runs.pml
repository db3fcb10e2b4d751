/* SPDX-License-Identifier: GPL-2.0-only */
/* A close completes parked senders in several runs; one may give up between two runs. */
#define TASKS		4
#define ELEMENTS	2
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0);
		op[W(1, 0)] = SEND(0);
		op[W(2, 0)] = RECV(0);
		run sender(0, 0, 0, 1, 1, 1);
		run sender(1, 0, 1, 1, 1, 1);
		run receiver(2, 0, 1, 1, 1, 1);
		run closer(3, 0);
		run interrupter(1)
	};
	atomic { timeout -> d_step { promise_rest() } }
}
