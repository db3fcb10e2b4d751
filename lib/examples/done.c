// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Done: a task waits for the end of another by receiving a signal, an element of size 0.
 * Writes before the send are visible after the receive. A child that dies without sending
 * closes its side, so the wait always ends.
 */
#include "example.h"

int main(void)
{
	struct sides done = make_sides(0, 0);
	long *sum = share(sizeof(*sum));
	long i;

	if (start() == 0) {
		for (i = 1; i <= 1000; i++)
			*sum += i;
		check(chan_send(done.send, NULL, 0));
		return 0;
	}
	close(done.send);

	if (check(chan_recv(done.recv, NULL, 0)) == 1)
		printf("1 + 2 + ... + 1000 = %ld\n", *sum);
	else
		printf("the child died\n");
	join();
	return 0;
}
