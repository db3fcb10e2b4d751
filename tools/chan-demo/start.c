// SPDX-License-Identifier: GPL-2.0-only
#include <unistd.h>

#include "crew.h"
#include "demo.h"

/* Both return a process ID, or a negative errno value. */

pid_t start_producer(struct demo *demo, uint32_t already_sent)
{
	pid_t pid = crew_fork();

	if (pid == 0)
		_exit(producer_run(demo, already_sent));
	return pid;
}

pid_t start_worker(struct demo *demo, uint32_t worker, enum worker_fate fate)
{
	pid_t pid = crew_fork();

	if (pid == 0)
		_exit(worker_run(demo, worker, fate));
	return pid;
}
