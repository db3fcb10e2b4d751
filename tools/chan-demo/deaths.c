// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second act: workers are killed, and no element is lost.
 *
 * The scenes are deterministic. A worker is killed when the channel shows that it is in
 * the state that the scene needs; the output is read from the channel and the board.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "crew.h"
#include "ledger.h"
#include "print.h"
#include "supervise.h"

/* Numbers of the workers that die. The others work as in the first act. */
enum {
	DIES_PARKED = 1,
	DIES_HANDED,
	DIES_HOLDING,
	EXTRA_WORKERS = DIES_HOLDING,
	DIES_WORKING,
};

/* Wait until @parked receivers are parked, the last of which will be @pid. */
static int await_parked(struct demo *demo, pid_t pid, uint32_t parked)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	struct chan_info info;
	int err;

	for (;;) {
		err = chan_get_info(demo->paths.fd, &info);
		if (err || info.recvq == parked)
			return err;
		if (crew_interrupted())
			return -EINTR;
		if (!crew_alive(pid))
			return -ECHILD;
		nanosleep(&pause, NULL);
	}
}

/* One after the other, so that they are queued in the order of their numbers. */
static int start_workers(struct supervisor *s, unsigned int workers)
{
	struct demo *demo = s->demo;
	enum worker_fate fate;
	unsigned int worker;
	int err;

	for (worker = 1; worker <= workers; worker++) {
		fate = worker == DIES_HANDED || worker == DIES_HOLDING ? WORKER_STOPS :
									 WORKER_WORKS;
		err = supervisor_watch(s, worker, start_worker(demo, worker, fate));
		if (!err)
			err = await_parked(demo, s->pid[worker], worker);
		if (err)
			return err;
	}
	err = demo_narrow(&demo->paths.fd, CHAN_RIGHT_SEND);
	if (!err)
		err = demo_narrow(&demo->results.fd, CHAN_RIGHT_RECV);
	if (err)
		return err;
	printf("\n  All %u workers have been started, and wait for a path.\n", workers);
	print_state(demo);
	return 0;
}

static int kill_parked(struct supervisor *s)
{
	int err;

	printf("\n  1. Worker %d is killed while it is parked.\n", DIES_PARKED);
	err = supervisor_kill(s, DIES_PARKED);
	if (err)
		return err;
	puts("     It had received nothing. The others stay queued in order.");
	print_state(s->demo);
	return 0;
}

/* Stop a worker, so that it cannot run between a send to it and its death. */
static int run_after_me(pid_t worker, cpu_set_t *mine)
{
	const struct sched_param none = {};
	cpu_set_t here;

	if (sched_getaffinity(0, sizeof(*mine), mine))
		return -errno;
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (sched_setaffinity(0, sizeof(here), &here) ||
	    sched_setaffinity(worker, sizeof(here), &here) ||
	    sched_setscheduler(worker, SCHED_IDLE, &none))
		return -errno;
	return 0;
}

static int kill_handed(struct supervisor *s)
{
	struct path first;
	cpu_set_t mine;
	int err;

	printf("\n  2. Path 1 is handed to worker %d, which is killed before it can run.\n",
	       DIES_HANDED);
	err = producer_first_path(s->demo->directory, &first);
	if (!err)
		err = run_after_me(s->pid[DIES_HANDED], &mine);
	if (!err)
		err = path_channel_send(s->demo->paths, &first);
	if (!err)
		err = supervisor_kill(s, DIES_HANDED);
	if (err)
		return err;
	if (sched_setaffinity(0, sizeof(mine), &mine))
		return -errno;
	if (supervisor_lacks(s, DIES_HANDED)) {
		puts("     It was faster, and died with the path in its memory: see below.");
		err = supervisor_send_again(s);
	} else {
		puts("     The kernel requeued the path, and handed it to the next waiter.");
	}
	print_state(s->demo);
	return err;
}

static int kill_holding(struct supervisor *s)
{
	int err = crew_wait_stopped(s->pid[DIES_HOLDING]);

	if (err)
		return err;
	printf("\n  3. Worker %d has received path %u, hangs, and is killed.\n", DIES_HOLDING,
	       s->demo->board->held[DIES_HOLDING].number);
	err = supervisor_kill(s, DIES_HOLDING);
	if (err)
		return err;
	puts("     The path counts as received: the kernel no longer has it. But the worker\n"
	     "     received it into shared memory, so the collector can send it again.");
	err = supervisor_send_again(s);
	print_state(s->demo);
	return err;
}

static int kill_working(struct supervisor *s, uint32_t expected)
{
	uint32_t number;
	int err;

	err = supervisor_watch(s, 0, start_producer(s->demo, 1));
	if (!err)
		err = supervisor_run(s, expected / 3);
	if (err)
		return err;
	printf("\n  4. The producer sends the rest. After %u results, worker %d is killed,\n"
	       "     in an arbitrary state.\n",
	       s->ledger->count, DIES_WORKING);
	err = supervisor_kill(s, DIES_WORKING);
	if (err)
		return err;
	number = s->demo->board->held[DIES_WORKING].number;
	if (supervisor_lacks(s, DIES_WORKING))
		printf("     It had received path %u: the collector sends it again.\n", number);
	else
		printf("     The last path that it received, %u, has its result.\n", number);
	puts("     The paths in the channel stay there for the others.");
	print_state(s->demo);
	return 0;
}

/* All results have arrived. */
static int kill_all(struct supervisor *s)
{
	struct path path = {};
	struct result result;
	int ret;

	printf("\n  5. All %u paths have a result. All the workers are killed at once.\n",
	       s->ledger->count);
	crew_kill_all();
	ret = result_channel_recv(s->demo->results, &result);
	if (ret != 0)
		return ret < 0 ? ret : -EBADMSG;
	puts("     The collector's next receive returns 0, \"closed\": no sender is left.");
	ret = crew_dismiss();
	if (ret)
		return ret;
	ret = path_channel_send(s->demo->paths, &path);
	if (ret != -EPIPE)
		return ret < 0 ? ret : -EBADMSG;
	puts("     A send of one more path fails with EPIPE: no receiver is left.");
	return 0;
}

static int play(struct supervisor *s, unsigned int workers, uint32_t expected)
{
	int err;

	err = start_workers(s, workers);
	if (!err)
		err = kill_parked(s);
	if (!err)
		err = kill_handed(s);
	if (!err)
		err = kill_holding(s);
	if (!err)
		err = kill_working(s, expected);
	if (!err)
		err = supervisor_run(s, UINT32_MAX);
	if (!err)
		err = kill_all(s);
	return err;
}

static uint64_t count_elements(const struct chan_paths *paths)
{
	return paths->handoff + paths->ring + paths->park;
}

/* The channel's counters must account for every path sent and received. */
static int account(const struct supervisor *s)
{
	uint32_t total = s->demo->board->total;
	struct chan_info info;
	uint64_t sent, received;
	int err = chan_get_info(s->demo->paths.fd, &info);

	if (err)
		return err;
	sent = count_elements(&info.sends);
	received = count_elements(&info.recvs);
	printf("  Paths: %u of the tree + %u sent again = %llu sent;\n"
	       "         %llu sent + %llu requeued = %llu received\n",
	       total, s->sent_again, (unsigned long long)sent, (unsigned long long)sent,
	       info.requeues, (unsigned long long)received);
	return sent == total + s->sent_again && received == sent + info.requeues ? 0 : -EBADMSG;
}

/**
 * act_deaths() - the first act, with workers that are killed
 * @demo: the channels and the board
 * @ledger: receives the results
 * @expected: expected number of results
 *
 * Return: 0 if each path has a result, or a negative errno value.
 */
int act_deaths(struct demo *demo, struct ledger *ledger, uint32_t expected)
{
	unsigned int workers = demo->workers + EXTRA_WORKERS;
	struct supervisor s;
	int err, dismissed;

	printf("\nAct 2. The same, with %d more workers, some of which are killed (SIGKILL).\n"
	       "  The collector supervises them: it may send paths, too.\n",
	       EXTRA_WORKERS);
	supervisor_init(&s, demo, ledger);
	err = play(&s, workers, expected);
	supervisor_deinit(&s);
	crew_kill_all();
	dismissed = crew_dismiss();
	if (!err)
		err = dismissed;
	if (!err && ledger->count != demo->board->total)
		err = -ENODATA;
	if (!err) {
		print_channels(demo);
		print_workers(ledger, workers);
		err = account(&s);
	}
	return err;
}
