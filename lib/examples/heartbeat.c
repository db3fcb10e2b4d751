// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Heartbeat: a worker does three things at once: it takes jobs, waits for the request to
 * quit, and reports at every tick that it is alive. That report never waits: the worker must
 * not hang without a listener.
 */
#include "example.h"

#define JOBS	3
#define BEAT	(5 * MILLISECOND)

static void work(int jobs, int results, int alive, int quit)
{
	uint64_t due;
	int job, ret;
	struct chan_case cases[] = {
		chan_case_recv(jobs, &job, sizeof(job)),
		chan_case_recv(check(chan_tick(BEAT)), &due, sizeof(due)),
		chan_case_recv(quit, NULL, 0),
	};

	while ((ret = check(chan_select(cases, 3))) != 2) {
		if (ret == 0) {
			job *= job;
			check(chan_send(results, &job, sizeof(job)));
			continue;
		}
		ret = chan_try_send(alive, NULL, 0);
		if (ret != -EAGAIN)
			check(ret);
	}
	exit(0);
}

int main(void)
{
	int jobs = check(chan_make(sizeof(int), 0, 0));
	int results = check(chan_make(sizeof(int), 0, 0));
	int alive = check(chan_make(0, 1, 0));
	int quit = check(chan_make(0, 0, 0));
	int i, result;

	if (start() == 0)
		work(jobs, results, alive, quit);

	for (i = 1; i <= JOBS; i++) {
		check(chan_recv(alive, NULL, 0));
		printf("the worker is alive\n");
		check(chan_send(jobs, &i, sizeof(i)));
		check(chan_recv(results, &result, sizeof(result)));
		printf("job %d: %d\n", i, result);
	}
	check(chan_close(quit));
	join();
	printf("the worker has quit\n");
	return 0;
}
