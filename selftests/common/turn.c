// SPDX-License-Identifier: GPL-2.0-only
#include <sched.h>

#include "turn.h"

static void turn_wait(const unsigned int *count, unsigned int least)
{
	while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < least)
		sched_yield();
}

void turn_begin(struct turn *turn, unsigned int index)
{
	turn_wait(&turn->ended, index);
	__atomic_store_n(&turn->begun, index + 1, __ATOMIC_RELEASE);
}

void turn_follow(struct turn *turn, unsigned int index)
{
	volatile unsigned int delay;

	turn_wait(&turn->begun, index + 1);
	for (delay = index % 100 * 20; delay; delay--)
		;
}

void turn_end(struct turn *turn, unsigned int index)
{
	__atomic_store_n(&turn->ended, index + 1, __ATOMIC_RELEASE);
}
