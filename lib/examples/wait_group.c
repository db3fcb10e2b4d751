// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Wait group: each worker holds the sending side of a channel, but never sends. When the last
 * worker has ended, the channel is closed and the receive returns. No counter can go wrong: a
 * worker that crashes counts as well.
 */
#include "example.h"

#define WORKERS	4

int main(void)
{
	struct sides group = make_sides(0, 0);
	int *squares = share(WORKERS * sizeof(*squares));
	int i;

	for (i = 0; i < WORKERS; i++) {
		if (start() == 0) {
			close(group.recv);
			if (i == 2)
				raise(SIGKILL);
			squares[i] = (i + 1) * (i + 1);
			return 0;
		}
	}
	close(group.send);

	check(chan_recv(group.recv, NULL, 0));
	for (i = 0; i < WORKERS; i++) {
		if (squares[i])
			printf("worker %d: %d\n", i, squares[i]);
		else
			printf("worker %d: ended without a result\n", i);
	}
	return 0;
}
