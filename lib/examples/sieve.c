// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * The prime sieve of the Go tutorials, with one process per prime. Each receives numbers from
 * its left, the first of which is prime, and passes on to its right those that the prime does
 * not divide. When the first process has enough primes it exits; the others end because they
 * have no receiver left.
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

/* Start a filter that owns @in. Returns the channel of its output. */
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
