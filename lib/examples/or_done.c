// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Or-done: a stream is read until it ends or is cancelled. Several tasks may cancel it; a
 * process waits for all of them and closes one channel that represents any of them. So the
 * reader needs only two cases, however many reasons there are.
 */
#include "example.h"

#define REASONS	3

/* Returns a channel that is closed as soon as one of @done is closed. */
static int any_of(const int *done, unsigned int n)
{
	struct chan_case cases[REASONS];
	int any = check(chan_make(0, 0, 0));
	unsigned int i;

	for (i = 0; i < n; i++)
		cases[i] = chan_case_recv(done[i], NULL, 0);
	if (start() == 0) {
		check(chan_select(cases, n));
		check(chan_close(any));
		exit(0);
	}
	return any;
}

/* Returns 1 if an element was received, 0 if the stream has ended or @done is closed. */
static int recv_or_done(int stream, int done, void *elem, size_t size)
{
	struct chan_case cases[] = {
		chan_case_recv(stream, elem, size),
		chan_case_recv(done, NULL, 0),
	};

	return check(chan_select(cases, 2)) == 0 ? check(cases[0].result) : 0;
}

/* Sends three numbers and no more, but the stream does not end before @done. */
static void generate(int stream, int done)
{
	int n;

	for (n = 1; n <= 3; n++)
		check(chan_send(stream, &n, sizeof(n)));
	check(chan_recv(done, NULL, 0));
	exit(0);
}

int main(void)
{
	int stream = check(chan_make(sizeof(int), 0, 0));
	int done[REASONS];
	int any, i, n;

	for (i = 0; i < REASONS; i++)
		done[i] = check(chan_make(0, 0, 0));
	any = any_of(done, REASONS);
	if (start() == 0)
		generate(stream, any);

	while (recv_or_done(stream, any, &n, sizeof(n))) {
		printf("received %d\n", n);
		if (n == 3)
			check(chan_close(done[1]));
	}
	printf("called off\n");
	join();
	return 0;
}
