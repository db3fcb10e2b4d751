// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels of Go: a program that reads "ROW CALLS" lines, runs the row of that name, and answers
 * each with the nanoseconds that it took, or with "-" if it has no such row.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"
#include "crew.h"

static FILE *requests, *answers;
static pid_t process;

/* In the child: run the program with these ends of pipes. */
static void become(const char *program, unsigned int cpus, int in, int out)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", cpus);
	setenv("GOMAXPROCS", number, 1);
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
		execl(program, program, (char *)NULL);
	_exit(127);
}

/**
 * go_start() - start the program
 * @program: its file
 * @cpus: on how many CPUs it runs
 *
 * Return: 0 or a negative errno value.
 */
int go_start(const char *program, unsigned int cpus)
{
	int down[2], up[2];

	if (access(program, X_OK) || pipe(down))
		return -errno;
	if (pipe(up))
		return -errno;
	process = crew_fork();
	if (process < 0)
		return process;
	if (!process) {
		close(down[1]);
		close(up[0]);
		become(program, cpus, down[0], up[1]);
	}
	close(down[0]);
	close(up[1]);
	requests = fdopen(down[1], "w");
	answers = fdopen(up[0], "r");
	return requests && answers ? 0 : -ENOMEM;
}

/* The process of the program, or 0 if it does not run. */
pid_t go_process(void)
{
	return process;
}

int go_run(const char *row, unsigned int calls, uint64_t *elapsed)
{
	char line[32], *end;

	fprintf(requests, "%s %u\n", row, calls);
	if (fflush(requests) || !fgets(line, sizeof(line), answers))
		return -EPIPE;
	*elapsed = strtoull(line, &end, 10);
	return end == line ? -EOPNOTSUPP : 0;
}

bool go_has(const char *row)
{
	uint64_t elapsed;

	return process && go_run(row, 1, &elapsed) == 0;
}

/* Only its name is used. */
const struct mechanism go_mechanism = { .name = "go", .rendezvous = true };
