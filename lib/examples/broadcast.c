// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Broadcast by close: an element reaches one receiver, a close reaches all of them, including
 * later ones. Here it starts a race.
 */
#include "example.h"

#define RUNNERS	5

static void run(int ready, int go, int finish)
{
	check(chan_send(ready, NULL, 0));
	/* The channel carries no elements: this returns when it is closed. */
	check(chan_recv(go, NULL, 0));
	check(chan_send(finish, NULL, 0));
	exit(0);
}

int main(void)
{
	int ready = check(chan_make(0, 0, 0));
	int go = check(chan_make(0, 0, 0));
	int finish = check(chan_make(0, 0, 0));
	int i;

	for (i = 0; i < RUNNERS; i++) {
		if (start() == 0)
			run(ready, go, finish);
	}
	for (i = 0; i < RUNNERS; i++)
		check(chan_recv(ready, NULL, 0));
	printf("%d runners are ready\n", RUNNERS);
	if (chan_try_recv(finish, NULL, 0) == -EAGAIN)
		printf("none has started\n");

	check(chan_close(go));
	for (i = 0; i < RUNNERS; i++)
		check(chan_recv(finish, NULL, 0));
	printf("%d runners have finished\n", RUNNERS);
	join();
	return 0;
}
