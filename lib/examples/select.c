// SPDX-License-Identifier: MIT OR LGPL-2.1-or-later
/*
 * A worker that does three things at once: it takes jobs, it listens for the end,
 * and it says every so often that it is alive. Go's select with a quit channel and
 * a ticker.
 */
#include <chan.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS		4
#define MILLISECOND	1000000ULL
#define HEARTBEAT	(100 * MILLISECOND)

static int check(int ret)
{
	if (ret < 0) {
		fprintf(stderr, "select: %s\n", strerror(-ret));
		exit(1);
	}
	return ret;
}

/* Nobody sends to @quit: it is closed. */
static void work(int jobs, int quit)
{
	int job, ret, done = 0;
	struct chan_case cases[] = {
		chan_case_recv(jobs, &job),
		chan_case_recv(quit, NULL),
	};
	uint64_t beat = chan_deadline(HEARTBEAT);

	for (;;) {
		ret = chan_select_until(cases, 2, beat);
		if (ret == -ETIMEDOUT) {
			printf("alive, %d jobs done\n", done);
			/* Absolute, so that it does not drift. */
			beat += HEARTBEAT;
			continue;
		}
		if (check(ret) == 1)
			break;
		if (cases[0].result == 0) {
			/* No more jobs: this case is never ready again. */
			cases[0].fd = -1;
			continue;
		}
		printf("job %d\n", job);
		done++;
	}
	printf("told to quit\n");
	exit(0);
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 150 * MILLISECOND };
	int jobs = check(chan_make_typed(sizeof(int), 0, 0, "int"));
	int quit = check(chan_make(0, 0, 0));
	int i;

	if (fork() == 0)
		work(jobs, quit);
	for (i = 1; i <= JOBS; i++) {
		check(chan_send(jobs, &i));
		nanosleep(&pause, NULL);
	}
	chan_close(jobs);
	nanosleep(&pause, NULL);
	chan_close(quit);
	wait(NULL);
	return 0;
}
