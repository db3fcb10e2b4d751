// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "crew.h"

uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

/* Pin this process and its future children to a CPU. */
int stay_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) ? -errno : 0;
}

/* Open lines as the row describes them. */
int trial_lines(struct trial *trial, unsigned int count)
{
	const struct row *row = trial->row;
	int err = 0;

	while (trial->count < count && !err) {
		err = line_open(&trial->lines[trial->count], trial->mechanism, row->size,
				row->capacity);
		trial->count += !err;
	}
	return err;
}

static void trial_close_lines(struct trial *trial)
{
	while (trial->count)
		line_close(&trial->lines[--trial->count], trial->mechanism);
}

/**
 * trial_open() - get ready to run a row over a mechanism
 * @trial: the trial
 * @row: the row
 * @mechanism: the mechanism
 * @cpus: number of CPUs for its tasks
 *
 * Return: 0, -EOPNOTSUPP if the mechanism has no such operation, or another negative errno value.
 */
int trial_open(struct trial *trial, const struct row *row, const struct mechanism *mechanism,
	       unsigned int cpus)
{
	const struct sched_param none = {};
	const struct kind *kind = row->kind;
	int err = 0;

	*trial = (struct trial){ .row = row, .mechanism = mechanism, .cpus = cpus };
	if (kind->unsupported && kind->unsupported(mechanism))
		return -EOPNOTSUPP;
	if (mechanism == &go_mechanism)
		return go_has(row->name) ? 0 : -EOPNOTSUPP;
	if (row->batch_policy && sched_setscheduler(0, SCHED_BATCH, &none))
		err = -errno;
	if (!err && kind->open)
		err = kind->open(trial);
	if (err)
		trial_close(trial);
	return err;
}

void trial_close(struct trial *trial)
{
	const struct sched_param none = {};

	if (trial->mechanism == &go_mechanism)
		return;
	if (trial->row->kind->close)
		trial->row->kind->close(trial);
	if (trial->row->batch_policy)
		sched_setscheduler(0, SCHED_OTHER, &none);
	trial_close_lines(trial);
}

/**
 * trial_run() - make calls of the operation
 * @trial: an open trial
 * @calls: how many
 * @elapsed: how long they took, in nanoseconds
 *
 * Return: 0 or a negative errno value.
 */
int trial_run(struct trial *trial, unsigned int calls, uint64_t *elapsed)
{
	uint64_t start;
	int err;

	if (trial->mechanism == &go_mechanism)
		return go_run(trial->row->name, calls, elapsed);
	start = now();
	err = trial->row->kind->run(trial, calls);
	*elapsed = now() - start;
	return err;
}

/* Of a process so far, in nanoseconds. */
static uint64_t cpu_time(pid_t pid)
{
	struct timespec time;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time))
		return 0;
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

/* Of all tasks of a trial so far, in nanoseconds. */
uint64_t trial_cpu_time(const struct trial *trial)
{
	uint64_t sum = cpu_time(getpid());
	unsigned int task;

	if (trial->mechanism == &go_mechanism)
		return sum + cpu_time(go_process());
	if (trial->peer)
		sum += cpu_time(trial->peer);
	for (task = 0; task < crew_tasks(trial); task++)
		sum += cpu_time(crew_process(trial, task));
	return sum;
}
