// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * Priority queue: a channel keeps the order of its elements, so a process between two
 * channels sorts them. It receives all incoming jobs and offers the most urgent one; the
 * offer changes whenever a more urgent one arrives.
 */
#include "example.h"

#define ROOM	16

struct job {
	int priority;
	char name[12];
};

CHAN_TYPE(jobs, struct job);

/* Most urgent job last, where removal is cheap. */
struct queue {
	struct job jobs[ROOM];
	unsigned int n;
};

/* Behind jobs of higher priority, and behind earlier ones of the same priority. */
static void insert(struct queue *queue, struct job job)
{
	unsigned int i;

	for (i = queue->n++; i > 0 && queue->jobs[i - 1].priority >= job.priority; i--)
		queue->jobs[i] = queue->jobs[i - 1];
	queue->jobs[i] = job;
}

static void sort(struct jobs in, struct jobs out)
{
	struct queue queue = { .n = 0 };
	struct job job;
	int open = 1;

	while (open || queue.n > 0) {
		struct job *top = queue.n > 0 ? &queue.jobs[queue.n - 1] : NULL;
		/* Disable a case with nothing to offer, no free slot, or no more input. */
		struct chan_case cases[] = {
			chan_case_recv(open && queue.n < ROOM ? in.fd : -1, &job, sizeof(job)),
			chan_case_send(top ? out.fd : -1, top, sizeof(*top)),
		};

		if (check(chan_select(cases, 2)) == 1) {
			check(cases[1].result);
			queue.n--;
		} else if (check(cases[0].result) == 1) {
			insert(&queue, job);
		} else {
			open = 0;
		}
	}
	check(chan_close(out.fd));
	exit(0);
}

int main(void)
{
	static const struct job jobs[] = {
		{ 1, "sweep" }, { 5, "serve" }, { 3, "cook" },
		{ 9, "fire" }, { 3, "wash" }, { 5, "welcome" },
	};
	struct jobs in = jobs_make(0, 0), out = jobs_make(0, 0);
	struct job job;
	unsigned int i;

	check(in.fd);
	check(out.fd);
	if (start() == 0)
		sort(in, out);

	for (i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++)
		check(jobs_send(in, &jobs[i]));
	check(chan_close(in.fd));
	while (check(jobs_recv(out, &job)) == 1)
		printf("%d %s\n", job.priority, job.name);
	join();
	return 0;
}
