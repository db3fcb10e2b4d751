// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Worker pool: processes take jobs from one channel and send results to another. One of the
 * jobs kills its worker. The others continue, and the results end when the last worker is
 * gone. Jobs without a result are known.
 */
#include "example.h"

#define WORKERS	4
#define JOBS	10
#define DEADLY	6

struct result {
	int job;
	int steps;
};

CHAN_TYPE(jobs, int);
CHAN_TYPE(results, struct result);

/* Number of Collatz steps from @n to 1. */
static int collatz(long n)
{
	int steps;

	for (steps = 0; n != 1; steps++)
		n = n % 2 ? 3 * n + 1 : n / 2;
	return steps;
}

static void work(struct jobs jobs, struct results results)
{
	struct result result;

	while (check(jobs_recv(jobs, &result.job)) == 1) {
		if (result.job == DEADLY)
			raise(SIGKILL);
		result.steps = collatz(result.job);
		check(results_send(results, &result));
	}
	exit(0);
}

int main(void)
{
	struct jobs jobs = jobs_make(JOBS, 0);
	struct results both = results_make(0, 0);
	/* Only workers keep the sending side, so the results end with the last of them. */
	struct results results = results_dup(both, CHAN_RIGHT_RECV);
	int steps[JOBS + 1], i;
	struct result result;

	check(jobs.fd);
	check(results.fd);
	for (i = 1; i <= JOBS; i++) {
		steps[i] = -1;
		check(jobs_send(jobs, &i));
	}
	check(chan_close(jobs.fd));
	for (i = 0; i < WORKERS; i++) {
		if (start() == 0)
			work(jobs, both);
	}
	close(both.fd);

	while (check(results_recv(results, &result)) == 1)
		steps[result.job] = result.steps;
	for (i = 1; i <= JOBS; i++) {
		if (steps[i] >= 0)
			printf("job %d: %d steps\n", i, steps[i]);
		else
			printf("job %d: no result\n", i);
	}
	return 0;
}
