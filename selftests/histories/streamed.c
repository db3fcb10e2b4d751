// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/operation.h"

#include "stream.h"
#include "streamed.h"
#include "streamed_task.h"

static const struct form forms[] = {
	{ 0, 1, 2000, 1 },
	{ 0, 16, 3000, 1 },
	{ 1, 8, 4000, 1 },
	{ 7, 64, 20000, 1 },
	{ 64, 64, 60000, 2 },
	{ 1024, 512, 300000, 6 },
	{ 4096, 512, 300000, 6 },
};

/* How many elements there are in all. */
static uint32_t total_of(const struct streaming *streaming)
{
	return SENDERS * streaming->form.elements;
}

static void disturb(struct streaming *streaming, pid_t *pids, unsigned int i, uint64_t *random,
		    struct stats *stats)
{
	const unsigned int dice = random_next(random) % 3;

	if (dice) {
		kill(pids[i], dice == 1 ? SIGUSR1 : SIGUSR2);
		return;
	}
	kill(pids[i], SIGKILL);
	if (waitpid(pids[i], NULL, 0) != pids[i])
		give_up("waitpid: %s", strerror(errno));
	streamed_task_bury(streaming, i);
	stats_add(&stats->stream_killed, 1);
	pids[i] = streamed_task_start(streaming, i);
}

/* A task that failed has said why. */
static void check_task(pid_t pid)
{
	siginfo_t info = {};

	if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    (info.si_pid && (info.si_code != CLD_EXITED || info.si_status)))
		give_up("a task of a stream failed");
}

static bool has_ended(const struct streaming *streaming, unsigned int from, unsigned int to)
{
	while (from < to && __atomic_load_n(&streaming->logs[from].finished, __ATOMIC_ACQUIRE))
		from++;
	return from == to;
}

static void await_task(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		give_up("a task of a stream failed: status %x", status);
}

static void run(struct streaming *streaming, struct stats *stats, uint64_t *random)
{
	const struct timespec moment = { .tv_nsec = 4000000 };
	const bool disturbing = random_next(random) % 2;
	pid_t pids[TASKS];
	unsigned int i;

	for (i = 0; i < TASKS; i++)
		pids[i] = streamed_task_start(streaming, i);
	while (!has_ended(streaming, 0, SENDERS)) {
		nanosleep(&moment, NULL);
		i = random_next(random) % TASKS;
		check_task(pids[i]);
		if (disturbing && !__atomic_load_n(&streaming->logs[i].finished, __ATOMIC_ACQUIRE))
			disturb(streaming, pids, i, random, stats);
	}
	for (i = 0; i < SENDERS; i++)
		await_task(pids[i]);
	if (chan_close(streaming->ch))
		give_up("a channel cannot be closed");
	for (; i < TASKS; i++)
		await_task(pids[i]);
}

/* All logs in one array. */
static void *join_logs(const struct streaming *streaming, unsigned int from, unsigned int to,
		       size_t size, uint32_t *n)
{
	unsigned int i;
	char *joined;

	*n = 0;
	for (i = from; i < to; i++)
		*n += streaming->logs[i].n;
	joined = calloc(*n + 1, size);
	if (!joined)
		give_up("no memory to judge a stream");
	*n = 0;
	for (i = from; i < to; i++) {
		const struct log *log = &streaming->logs[i];
		const void *records = log->sends ? (void *)log->sends : (void *)log->recvs;

		memcpy(joined + *n * size, records, log->n * size);
		*n += log->n;
	}
	return joined;
}

static bool judge(const struct streaming *streaming, struct stats *stats)
{
	struct stream stream = { .channels[0] = {
		.cap = streaming->form.cap, .givebacks = channel_info(streaming->ch).givebacks,
	} };
	struct stream_verdict verdict;
	unsigned int i;

	stream.sends = join_logs(streaming, 0, SENDERS, sizeof(*stream.sends), &stream.nsends);
	stream.recvs = join_logs(streaming, SENDERS, TASKS, sizeof(*stream.recvs), &stream.nrecvs);
	for (i = 0; i < SENDERS; i++)
		stream.counts[i] = streaming->logs[i].next;
	verdict = stream_check(&stream);
	free(stream.sends);
	free(stream.recvs);
	stats_add(&stats->givebacks, stream.channels[0].givebacks);
	for (i = SENDERS; i < TASKS && !verdict.what; i++)
		stats_add(&stats->streamed, streaming->logs[i].next);
	if (!verdict.what)
		return true;
	__atomic_add_fetch(&stats->failures, 1, __ATOMIC_RELAXED);
	printf("# a stream of capacity %u, batches of %u: element %u of sender %u is %s\n",
	       streaming->form.cap, streaming->form.batch, (uint32_t)verdict.value,
	       (unsigned int)(verdict.value >> 40) - 1, verdict.what);
	return false;
}

static struct form choose_form(uint64_t *random)
{
	unsigned int sum = 0, i, dice;

	for (i = 0; i < ARRAY_LENGTH(forms); i++)
		sum += forms[i].chance;
	dice = random_next(random) % sum;
	for (i = 0; dice >= forms[i].chance; i++)
		dice -= forms[i].chance;
	return forms[i];
}

/* As many operations as elements, at the most, and some that were interrupted. */
static size_t ops_of(const struct streaming *streaming)
{
	return total_of(streaming) * 3 / 2 + 4096;
}

static size_t values_size(const struct streaming *streaming)
{
	return (total_of(streaming) + BATCH_MAX + 1) * sizeof(uint64_t);
}

static void make_logs(struct streaming *streaming)
{
	const size_t ops = ops_of(streaming);
	unsigned int i;

	for (i = 0; i < SENDERS; i++)
		streaming->logs[i].sends = shared_alloc(ops * sizeof(struct stream_send));
	for (; i < TASKS; i++) {
		streaming->logs[i].recvs = shared_alloc(ops * sizeof(struct stream_recv));
		streaming->logs[i].values = shared_alloc(values_size(streaming));
	}
}

static void free_logs(struct streaming *streaming)
{
	const size_t ops = ops_of(streaming);
	unsigned int i;

	for (i = 0; i < SENDERS; i++)
		munmap(streaming->logs[i].sends, ops * sizeof(struct stream_send));
	for (; i < TASKS; i++) {
		munmap(streaming->logs[i].recvs, ops * sizeof(struct stream_recv));
		munmap(streaming->logs[i].values, values_size(streaming));
	}
}

bool streamed_play(struct stats *stats, uint64_t *random)
{
	struct streaming *streaming = shared_alloc(sizeof(*streaming));
	bool good;

	streaming->form = choose_form(random);
	streaming->ch = channel_make(streaming->form.cap);
	make_logs(streaming);
	run(streaming, stats, random);
	good = judge(streaming, stats);
	close(streaming->ch);
	free_logs(streaming);
	munmap(streaming, sizeof(*streaming));
	return good;
}
