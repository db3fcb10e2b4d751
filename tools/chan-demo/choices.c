// SPDX-License-Identifier: GPL-2.0-only
/*
 * The third act: a dispatcher that waits for all its events in one select.
 *
 * The choice among ready workers is random, but the printed facts are deterministic: the first
 * worker is alone when it gets its path, and the deadline passes only when nothing else is left.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "crew.h"
#include "dispatch.h"
#include "ledger.h"
#include "print.h"

/* Number of the worker that hangs. */
#define HANGS		1
#define PATIENCE_MS	200
#define MILLISECOND	1000000ULL

static int start_all(struct dispatch *d, unsigned int workers)
{
	int err = 0;

	while (!err && d->workers < workers)
		err = dispatch_start(d, WORKER_WORKS);
	if (!err)
		err = demo_narrow(&d->demo->results.fd, CHAN_RIGHT_RECV);
	return err;
}

/* Start the producer and the first worker, which hangs as soon as it has a path. */
static int hang_one(struct dispatch *d)
{
	struct demo *demo = d->demo;
	pid_t producer = start_producer(demo, 0);
	int err = producer < 0 ? producer : demo_narrow(&demo->paths.fd, CHAN_RIGHT_RECV);

	if (err)
		return err;
	demo->quit = chan_make(0, 0, 0);
	if (demo->quit < 0)
		return demo->quit;
	err = dispatch_start(d, WORKER_STOPS);
	while (!err && !d->open)
		err = dispatch_step(d, CHAN_DEADLINE_NONE);
	if (!err)
		err = crew_wait_stopped(d->worker[HANGS].pid);
	if (!err)
		printf("\n  1. Worker %d is alone. It takes path %u, and hangs.\n", HANGS,
		       d->worker[HANGS].path.number);
	return err;
}

/* Run until only the hanging worker has a path, and the deadline has passed. */
static int work_around(struct dispatch *d, unsigned int workers)
{
	int err = start_all(d, workers);

	if (err)
		return err;
	printf("  2. The other %u workers start. Worker %d delays none of them: each path goes to\n"
	       "     a worker that is ready.\n", workers - 1, HANGS);
	while (!err && !(dispatch_sent_all(d) && d->open == 1))
		err = dispatch_step(d, CHAN_DEADLINE_NONE);
	if (err)
		return err;
	err = dispatch_step(d, chan_deadline(PATIENCE_MS * MILLISECOND));
	if (err != -ETIMEDOUT)
		return err ? err : -EBADMSG;
	printf("  3. After %u results, no more arrive for %d ms: the deadline ends the select.\n"
	       "     Path %u is missing. Worker %d has it, and is killed.\n",
	       d->ledger->count, PATIENCE_MS, d->worker[HANGS].path.number, HANGS);
	return kill(d->worker[HANGS].pid, SIGKILL) ? -errno : 0;
}

static int finish(struct dispatch *d)
{
	uint32_t number = d->worker[HANGS].path.number;
	int err = dispatch_step(d, CHAN_DEADLINE_NONE);

	if (err)
		return err;
	printf("  4. The select reports the exit of worker %d: processes are cases, too.\n", HANGS);
	while (!err && (d->open || !dispatch_sent_all(d)))
		err = dispatch_step(d, CHAN_DEADLINE_NONE);
	if (err)
		return err;
	printf("     Path %u goes to the next ready worker, %u.\n", number,
	       d->ledger->results[number - 1].worker);
	err = chan_close(d->demo->quit);
	if (!err)
		err = crew_dismiss();
	if (!err)
		printf("  5. The channel \"quit\" is closed. It is a case of each worker's select:\n"
		       "     all workers exit.\n");
	return err;
}

/* Each path was sent once, and that of the hanging worker twice. */
static int account(const struct dispatch *d)
{
	uint32_t worker, sends = 0;

	printf("\n  Choices of the dispatcher's select\n"
	       "    a path from the producer %7u\n"
	       "    a result                 %7u\n"
	       "    the exit of a worker     %7u\n"
	       "    the deadline             %7u\n"
	       "    a send to worker", d->paths, d->results, d->ends, 1);
	for (worker = 1; worker <= d->workers; worker++) {
		printf("%s  %u: %u", worker % 8 == 1 && worker > 1 ? "\n                    " : "",
		       worker, d->worker[worker].sends);
		sends += d->worker[worker].sends;
	}
	putchar('\n');
	return sends == d->paths + d->ends && d->results == d->paths ? 0 : -EBADMSG;
}

/**
 * act_choices() - the first act, with a dispatcher
 * @demo: the channels and the board
 * @ledger: receives the results
 *
 * Return: 0 if each path has a result, or a negative errno value.
 */
int act_choices(struct demo *demo, struct ledger *ledger)
{
	unsigned int workers = demo->workers < DISPATCHED_MAX ? demo->workers : DISPATCHED_MAX;
	struct dispatch d = { .demo = demo, .ledger = ledger };
	int err, dismissed;

	printf("\nAct 3. A dispatcher uses select. Each worker has a channel of its own. One\n"
	       "  select waits for the next path, for a worker that takes it, for a result,\n"
	       "  for the exit of a worker, and for a deadline.\n");
	err = hang_one(&d);
	if (!err)
		err = work_around(&d, workers);
	if (!err)
		err = finish(&d);
	crew_kill_all();
	dismissed = crew_dismiss();
	dispatch_end(&d);
	if (demo->quit >= 0)
		close(demo->quit);
	if (!err)
		err = dismissed;
	if (!err && ledger->count != demo->board->total)
		err = -ENODATA;
	return err ? err : account(&d);
}
