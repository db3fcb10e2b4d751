// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Try: an operation that never waits. -EAGAIN means that it would have to wait, and that
 * nothing happened. This is Go's select with one case and a default.
 */
#include "example.h"

int main(void)
{
	int ch = check(chan_make(sizeof(int), 2, 0));
	int ret, n = 1;

	while ((ret = chan_try_send(ch, &n, sizeof(n))) != -EAGAIN) {
		check(ret);
		printf("sent %d\n", n++);
	}
	printf("no room for %d\n", n);

	while ((ret = chan_try_recv(ch, &n, sizeof(n))) != -EAGAIN) {
		check(ret);
		printf("received %d\n", n);
	}
	printf("nothing to receive\n");

	check(chan_close(ch));
	if (chan_try_send(ch, &n, sizeof(n)) == -EPIPE)
		printf("closed: nothing can be sent\n");
	if (chan_try_recv(ch, &n, sizeof(n)) == 0)
		printf("closed: nothing will come any more\n");
	return 0;
}
