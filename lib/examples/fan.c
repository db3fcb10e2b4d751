// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Fan-out and fan-in: several workers receive from one channel, and each number goes to
 * exactly one of them. Each sends to its own channel; a select merges these. A file
 * descriptor of -1 disables a case whose channel has ended.
 */
#include "example.h"

#define NUMBERS	100
#define WORKERS	3

/* Start the process that sends all numbers. Returns the channel of its output. */
static int start_source(void)
{
	struct sides numbers = make_sides(sizeof(int), 0);
	int n;

	if (start() == 0) {
		close(numbers.recv);
		for (n = 1; n <= NUMBERS; n++)
			check(chan_send(numbers.send, &n, sizeof(n)));
		exit(0);
	}
	close(numbers.send);
	return numbers.recv;
}

/* Start a worker that shares @numbers. Returns the channel of its output. */
static int start_worker(int numbers)
{
	struct sides squares = make_sides(sizeof(int), 0);
	int n;

	if (start() == 0) {
		close(squares.recv);
		while (check(chan_recv(numbers, &n, sizeof(n))) == 1) {
			n *= n;
			check(chan_send(squares.send, &n, sizeof(n)));
		}
		exit(0);
	}
	close(squares.send);
	return squares.recv;
}

int main(void)
{
	struct chan_case cases[WORKERS];
	int i, n, numbers = start_source();
	int open = WORKERS, count = 0, sum = 0;

	for (i = 0; i < WORKERS; i++)
		cases[i] = chan_case_recv(start_worker(numbers), &n, sizeof(n));
	close(numbers);

	while (open > 0) {
		i = check(chan_select(cases, WORKERS));
		if (check(cases[i].result) == 1) {
			count++;
			sum += n;
		} else {
			close(cases[i].fd);
			cases[i].fd = -1;
			open--;
		}
	}
	printf("%d workers sent %d squares, of the sum %d\n", WORKERS, count, sum);
	join();
	return 0;
}
