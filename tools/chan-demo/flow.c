// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first act: elements flow, and every process ends by itself.
 */
#include <errno.h>
#include <stdio.h>

#include "crew.h"
#include "demo.h"
#include "ledger.h"
#include "print.h"

static int start_all(struct demo *demo)
{
	uint32_t worker;
	pid_t pid;

	pid = start_producer(demo, 0);
	for (worker = 1; pid > 0 && worker <= demo->workers; worker++)
		pid = start_worker(demo, worker, WORKER_WORKS);
	return pid < 0 ? pid : 0;
}

static int collect(struct demo *demo, struct ledger *ledger)
{
	struct result result;
	int err, ret;

	/* Keep the right to close the paths: enough to inspect the channel. */
	err = demo_narrow(&demo->paths.fd, CHAN_RIGHT_CLOSE);
	if (!err)
		err = demo_narrow(&demo->results.fd, CHAN_RIGHT_RECV);
	if (err)
		return err;
	chan_foreach_result(demo->results.fd, &result, ret) {
		err = ledger_add(ledger, &result);
		if (err)
			return err;
	}
	return ret;
}

/**
 * act_flow() - one producer, some workers, one collector
 * @demo: the channels and the board
 * @ledger: receives the results
 *
 * Return: 0 if each path has a result, or a negative errno value.
 */
int act_flow(struct demo *demo, struct ledger *ledger)
{
	int err, dismissed;

	printf("Act 1. A producer walks a tree and sends each path. %u workers receive paths,\n"
	       "  hash the files and send results. A collector receives those. Each process\n"
	       "  keeps only its right to send, or to receive. No process closes a channel: it\n"
	       "  is closed when its last sender exits.\n",
	       demo->workers);
	err = start_all(demo);
	if (!err)
		err = collect(demo, ledger);
	if (err)
		crew_kill_all();
	dismissed = crew_dismiss();
	if (!err)
		err = dismissed;
	if (!err && ledger->count != demo->board->total)
		err = -ENODATA;
	if (!err) {
		print_channels(demo);
		print_legend();
		print_workers(ledger, demo->workers);
	}
	return err;
}
