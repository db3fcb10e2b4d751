/* SPDX-License-Identifier: GPL-2.0-only */
/* Pollers of both sides, while elements enter, leave and are requeued, and a close. */
#define POLLERS
#define CAP0		1
#define TASKS		5
#define ELEMENTS	2
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0);
		op[W(1, 0)] = RECV(0);
		run sender(0, 0, 0, 2, 1, 1);
		run receiver(1, 0, 2, 1, 1, 1);
		run poller(2, 0, 0);
		run poller(3, 0, 1);
		/* It is never closed. */
		if
		:: run closer(4, 0)
		:: true
		fi
	};
	atomic { timeout -> d_step { promise_rest() } }
}
