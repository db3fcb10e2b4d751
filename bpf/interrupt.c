// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stddef.h>
#include <sys/select.h>

#include "interrupt.h"

#define SECOND	1000000000

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = signal;
}

void interrupt_catch(void)
{
	const struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool interrupt_came(void)
{
	return interrupted;
}

/* Signals are blocked until pselect() waits, so that none is missed. */
void interrupt_wait(uint64_t nanoseconds)
{
	const struct timespec time = {
		.tv_sec = nanoseconds / SECOND,
		.tv_nsec = nanoseconds % SECOND,
	};
	sigset_t set, before;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, &before);
	if (!interrupted)
		pselect(0, NULL, NULL, NULL, nanoseconds ? &time : NULL, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
