// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Pipeline: one process per stage, which receives from the previous stage and sends to the
 * next. When the first ends, its side of the channel is closed, so the end propagates through
 * all stages.
 */
#include "example.h"

static void generate(int in, int out)
{
	int n;

	(void)in;
	for (n = 1; n <= 5; n++)
		check(chan_send(out, &n, sizeof(n)));
}

static void square(int in, int out)
{
	int n;

	while (check(chan_recv(in, &n, sizeof(n))) == 1) {
		n *= n;
		check(chan_send(out, &n, sizeof(n)));
	}
}

/* Start a stage that owns @in. Returns the channel of its output. */
static int stage(void (*run)(int in, int out), int in)
{
	struct sides out = make_sides(sizeof(int), 0);

	if (start() == 0) {
		close(out.recv);
		run(in, out.send);
		exit(0);
	}
	close(out.send);
	if (in >= 0)
		close(in);
	return out.recv;
}

int main(void)
{
	int out = stage(square, stage(square, stage(generate, -1)));
	int n;

	while (check(chan_recv(out, &n, sizeof(n))) == 1)
		printf("%d\n", n);
	join();
	return 0;
}
