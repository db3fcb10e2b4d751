// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Semaphore: a channel of capacity N, from which each task takes only as many elements as it
 * has put in. A send enters, and waits while N tasks are inside; a receive leaves. The
 * longest waiting task enters first.
 */
#include "example.h"

#define ROOM	3
#define TASKS	8

static void work(int semaphore, int inside, int finish)
{
	check(chan_send(semaphore, NULL, 0));
	check(chan_send(inside, NULL, 0));
	check(chan_recv(finish, NULL, 0));
	check(chan_recv(semaphore, NULL, 0));
	exit(0);
}

int main(void)
{
	int semaphore = check(chan_make(0, ROOM, 0));
	int inside = check(chan_make(0, 0, 0));
	int finish = check(chan_make(0, 0, 0));
	int i;

	for (i = 0; i < TASKS; i++) {
		if (start() == 0)
			work(semaphore, inside, finish);
	}
	for (i = 0; i < ROOM; i++)
		check(chan_recv(inside, NULL, 0));
	printf("%d of %d tasks are inside\n", chan_len(semaphore), TASKS);
	if (chan_try_recv(inside, NULL, 0) == -EAGAIN)
		printf("nobody else enters\n");

	for (i = ROOM; i < TASKS; i++) {
		check(chan_send(finish, NULL, 0));
		check(chan_recv(inside, NULL, 0));
		printf("one leaves, another one enters\n");
	}
	check(chan_close(finish));
	join();
	printf("%d are inside\n", chan_len(semaphore));
	return 0;
}
