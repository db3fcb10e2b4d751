// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Quit by close: an endless generator offers its next number and receives from a channel that
 * carries no elements. When that channel is closed, the receive succeeds, for all generators
 * and permanently.
 */
#include "example.h"

#define GENERATORS	3

static void generate(long base, int numbers, int quit)
{
	long power = 1;
	struct chan_case cases[] = {
		chan_case_send(numbers, &power, sizeof(power)),
		chan_case_recv(quit, NULL, 0),
	};

	while (check(chan_select(cases, 2)) == 0) {
		check(cases[0].result);
		power *= base;
	}
	exit(0);
}

int main(void)
{
	int quit = check(chan_make(0, 0, 0));
	int numbers[GENERATORS];
	long power;
	int i, n;

	for (i = 0; i < GENERATORS; i++) {
		numbers[i] = check(chan_make(sizeof(long), 0, 0));
		if (start() == 0)
			generate(i + 2, numbers[i], quit);
	}
	for (i = 0; i < GENERATORS; i++) {
		for (n = 0; n < 5; n++) {
			check(chan_recv(numbers[i], &power, sizeof(power)));
			printf("%ld ", power);
		}
		printf("...\n");
	}
	check(chan_close(quit));
	join();
	printf("all generators have quit\n");
	return 0;
}
