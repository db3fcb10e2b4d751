// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * The prime sieve of the Go tutorials, with a process for each prime: each takes numbers
 * from its left, of which the first is prime, and passes on to its right what that does
 * not divide. When the first process has enough primes it leaves; the others end because
 * nobody is there to receive any more.
 */
#include "example.h"

static void generate(int out)
{
	int n = 2;

	while (chan_send(out, &n, sizeof(n)) == 0)
		n++;
	exit(0);
}

static void filter(int in, int out, int prime)
{
	int n;

	while (check(chan_recv(in, &n, sizeof(n))) == 1) {
		if (n % prime && chan_send(out, &n, sizeof(n)) == -EPIPE)
			break;
	}
	exit(0);
}

/* Start a filter behind @in, which then belongs to it. Returns what comes out of it. */
static int add_filter(int in, int prime)
{
	struct sides out = make_sides(sizeof(int), 0);

	if (start() == 0) {
		close(out.recv);
		filter(in, out.send, prime);
	}
	close(out.send);
	close(in);
	return out.recv;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 10;
	struct sides numbers = make_sides(sizeof(int), 0);
	int in = numbers.recv;
	int prime;

	if (start() == 0) {
		close(numbers.recv);
		generate(numbers.send);
	}
	close(numbers.send);

	while (count-- > 0) {
		check(chan_recv(in, &prime, sizeof(prime)));
		printf("%d\n", prime);
		in = add_filter(in, prime);
	}
	close(in);
	join();
	return 0;
}
