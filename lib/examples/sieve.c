// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * The prime sieve of the Go tutorials, with a process for each prime: each takes
 * numbers from its left, keeps the first one, which is prime, and passes on to its
 * right what that does not divide. When the first process has enough primes it leaves;
 * all others end because nobody is there to receive any more.
 */
#include <chan.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct side {
	int in;
	int out;
};

static int check(int fd)
{
	if (fd < 0) {
		fprintf(stderr, "sieve: %s\n", strerror(-fd));
		exit(1);
	}
	return fd;
}

/* A channel, split into its two sides, so that each notices the end of the other. */
static struct side sieve_channel(void)
{
	int both = check(chan_make_typed(sizeof(int), 0, 0, "int"));
	struct side side = {
		.in = check(chan_dup(both, CHAN_RIGHT_RECV)),
		.out = check(chan_dup(both, CHAN_RIGHT_SEND)),
	};

	close(both);
	return side;
}

static void generate(int out)
{
	int i = 2;

	while (chan_send(out, &i) == 0)
		i++;
	_exit(0);
}

static void filter(int in, int out, int prime)
{
	int i;

	chan_foreach(in, &i) {
		if (i % prime && chan_send(out, &i) < 0)
			break;
	}
	_exit(0);
}

/* Run a stage in a process of its own. Returns what comes out of it. */
static int stage(int in, int prime)
{
	struct side side = sieve_channel();

	fflush(stdout);
	if (fork() == 0) {
		close(side.in);
		if (prime)
			filter(in, side.out, prime);
		generate(side.out);
	}
	close(side.out);
	if (in >= 0)
		close(in);
	return side.in;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 10;
	int in = stage(-1, 0);
	int prime;

	while (count-- > 0 && chan_recv(in, &prime) == 1) {
		printf("%d\n", prime);
		in = stage(in, prime);
	}
	return 0;
}
