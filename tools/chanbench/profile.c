// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "bench.h"
#include "mark.h"

#define ROUNDS	11

/* What is where in memory, for the symbols of the program and its libraries. */
static int print_maps(pid_t process)
{
	char name[32], line[512];
	FILE *stream;

	snprintf(name, sizeof(name), "/proc/%d/maps", (int)process);
	stream = fopen(name, "re");
	if (!stream)
		return -errno;
	while (fgets(line, sizeof(line), stream))
		fputs(line, stdout);
	fclose(stream);
	return fflush(stdout) ? -EIO : 0;
}

/* Once and twice as many calls: the difference has neither the marks nor the start of a run. */
static int run_round(struct trial *trial, unsigned int calls)
{
	uint64_t elapsed;
	int err;

	MARK(MARK_ONCE);
	err = trial_run(trial, calls, &elapsed);
	MARK(MARK_TWICE);
	if (!err)
		err = trial_run(trial, 2 * calls, &elapsed);
	MARK(MARK_NONE);
	return err;
}

/**
 * profile() - run a row between marks
 * @row: the row
 * @mechanism: over which
 * @calls: number of calls in a run
 *
 * Prints the memory maps, then the number of operations whose cost is the difference of a round.
 *
 * Return: 0 or a negative errno value.
 */
int profile(const struct row *row, const struct mechanism *mechanism, unsigned int calls)
{
	struct trial trial;
	unsigned int i;
	uint64_t elapsed;
	int err = trial_open(&trial, row, mechanism, 1);

	if (err)
		return err;
	err = print_maps(mechanism == &go_mechanism ? go_process() : getpid());
	if (!err)
		err = trial_run(&trial, row->warm_up ? row->warm_up : calls, &elapsed);
	for (i = 0; i < ROUNDS && !err; i++)
		err = run_round(&trial, calls);
	trial_close(&trial);
	printf("operations %u\n", calls * row_operations(row));
	return err;
}
