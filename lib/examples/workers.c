// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * A queue of work for processes that may crash. Worker number 3 dies in the middle
 * of its job; the others finish the rest, and the results end when the last of them
 * is gone.
 */
#include <chan.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS	4
#define JOBS	16

struct job {
	uint32_t id;
	uint64_t value;
};

struct result {
	uint32_t id;
	uint32_t worker;
	uint64_t value;
};

CHAN_TYPE(jobs, struct job);
CHAN_TYPE(results, struct result);

static uint64_t collatz_steps(uint64_t value)
{
	uint64_t steps = 0;

	while (value != 1) {
		value = value % 2 ? 3 * value + 1 : value / 2;
		steps++;
	}
	return steps;
}

static void work(uint32_t worker, struct jobs jobs, struct results results)
{
	struct job job;

	while (jobs_recv(jobs, &job) == 1) {
		struct result result = {
			.id = job.id,
			.worker = worker,
			.value = collatz_steps(job.value),
		};

		if (worker == 3)
			abort();
		if (results_send(results, &result) < 0)
			break;
	}
	_exit(0);
}

static int die(const char *what, int err)
{
	fprintf(stderr, "workers: %s: %s\n", what, strerror(-err));
	return 1;
}

int main(void)
{
	struct jobs jobs = jobs_make(JOBS, 0);
	struct results both = results_make(0, 0);
	struct results results, out;
	struct result result;
	unsigned int received = 0;
	uint32_t i;

	if (jobs.fd < 0)
		return die("jobs", jobs.fd);
	if (both.fd < 0)
		return die("results", both.fd);
	results = results_dup(both, CHAN_RIGHT_RECV);
	out = results_dup(both, CHAN_RIGHT_SEND);
	close(both.fd);
	if (results.fd < 0 || out.fd < 0)
		return die("dup", results.fd < 0 ? results.fd : out.fd);

	for (i = 0; i < JOBS; i++) {
		struct job job = { .id = i, .value = 27 + i };

		jobs_send(jobs, &job);
	}
	chan_close(jobs.fd);

	for (i = 0; i < WORKERS; i++) {
		if (fork() == 0)
			work(i, jobs, out);
	}
	close(out.fd);

	while (results_recv(results, &result) == 1) {
		printf("job %" PRIu32 " by worker %" PRIu32 ": %" PRIu64 " steps\n",
		       result.id, result.worker, result.value);
		received++;
	}
	while (wait(NULL) > 0)
		continue;
	printf("%u of %u jobs\n", received, JOBS);
	return 0;
}
