/* SPDX-License-Identifier: GPL-2.0-only */
/* A select sends to a channel and waits for an epoll that watches it, as does another task. */
#define POLLED_FILES
#define EPOLL
#define CHANNELS	2
#define TASKS		4
#define CASES		2
#define ELEMENTS	2
#include "../model.pml"

init {
	atomic {
		op[W(0, 0)] = SEND(0); op[W(0, 1)] = POLLED;
		op[W(1, 0)] = SEND(0);
		op[W(2, 0)] = RECV(0);
		run selector(0, 1, 0, 0, 0);
		run sender(1, 0, 1, 1, 1, 1);
		run epoller(3);
		run interrupter(1);
		/* One peer comes, or none. */
		if
		:: run receiver(2, 0, 1, 1, 1, 0)
		:: true
		fi
	};
	atomic { timeout -> d_step { promise_rest() } }
}
