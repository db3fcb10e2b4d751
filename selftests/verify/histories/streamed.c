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
	{ 0, 1, 2000, 1, 1 },
	{ 0, 16, 3000, 1, 1 },
	{ 1, 8, 4000, 1, 1 },
	{ 7, 64, 20000, 1, 1 },
	{ 64, 64, 60000, 2, 1 },
	{ 1024, 512, 300000, 6, 1 },
	{ 4096, 512, 300000, 6, 1 },
	{ 0, 1, 2000, 1, 3 },
	{ 1, 1, 3000, 1, 2 },
	{ 64, 1, 6000, 2, STREAM_CHANNELS },
};

/* Total number of elements. */
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

/* A failed task has printed the reason. */
static void check_task(pid_t pid)
{
	siginfo_t info = {};

	if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	    (info.si_pid && (info.si_code != CLD_EXITED || info.si_status)))
		give_up("a task of a stream failed");
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
	unsigned int i, channel;
	pid_t pids[TASKS];

	for (i = 0; i < TASKS; i++)
		pids[i] = streamed_task_start(streaming, i);
	while (!streamed_senders_finished(streaming)) {
		nanosleep(&moment, NULL);
		i = random_next(random) % TASKS;
		check_task(pids[i]);
		if (disturbing && !__atomic_load_n(&streaming->logs[i].finished, __ATOMIC_ACQUIRE))
			disturb(streaming, pids, i, random, stats);
	}
	for (i = 0; i < SENDERS; i++)
		await_task(pids[i]);
	/* If the last one was killed, this process does it. */
	for (channel = 0; channel < streaming->form.channels; channel++)
		chan_close(streaming->chs[channel]);
	for (; i < TASKS; i++)
		await_task(pids[i]);
}

/* Appends these to @records. */
static void *append(void *records, uint32_t *n, const void *more, uint32_t nmore, size_t size)
{
	records = realloc(records, (*n + nmore + 1) * size);
	if (!records)
		give_up("no memory to judge a stream");
	memcpy((char *)records + *n * size, more, nmore * size);
	*n += nmore;
	return records;
}

/* All logs, as one stream; to be freed. */
static struct stream join_logs(const struct streaming *streaming)
{
	struct stream stream = {};
	unsigned int i;

	for (i = 0; i < TASKS; i++) {
		const struct log *log = &streaming->logs[i];

		if (i < SENDERS) {
			stream.counts[i] = log->next;
			stream.sends = append(stream.sends, &stream.nsends, log->sends, log->n,
					      sizeof(*log->sends));
		} else {
			stream.recvs = append(stream.recvs, &stream.nrecvs, log->recvs, log->n,
					      sizeof(*log->recvs));
		}
		stream.refusals = append(stream.refusals, &stream.nrefusals, log->refusals,
					 log->nrefusals, sizeof(*log->refusals));
	}
	for (i = 0; i < streaming->form.channels; i++) {
		stream.channels[i].cap = streaming->form.cap;
		stream.channels[i].requeues = channel_info(streaming->chs[i]).requeues;
	}
	return stream;
}

static void count(const struct streaming *streaming, const struct stream *stream,
		  struct stats *stats)
{
	uint64_t elements = 0;
	unsigned int i;

	for (i = SENDERS; i < TASKS; i++)
		elements += streaming->logs[i].next;
	stats_add(&stats->streamed, elements);
	stats_add(&stats->selected, streaming->form.channels > 1 ? elements : 0);
	stats_add(&stats->refused, stream->nrefusals);
	for (i = 0; i < streaming->form.channels; i++)
		stats_add(&stats->requeues, stream->channels[i].requeues);
}

static void say_wrong(const struct form *form, struct stream_verdict verdict)
{
	printf("# a stream through %u channels of capacity %u, batches of %u: ", form->channels,
	       form->cap, form->batch);
	if (verdict.value)
		printf("element %u of sender %u is ", (uint32_t)verdict.value,
		       (unsigned int)(verdict.value >> 40) - 1);
	printf("%s\n", verdict.what);
}

static bool judge(const struct streaming *streaming, struct stats *stats)
{
	struct stream stream = join_logs(streaming);
	const struct stream_verdict verdict = stream_check(&stream);

	if (verdict.what) {
		__atomic_add_fetch(&stats->failures, 1, __ATOMIC_RELAXED);
		say_wrong(&streaming->form, verdict);
	} else {
		count(streaming, &stream, stats);
	}
	free(stream.sends);
	free(stream.recvs);
	free(stream.refusals);
	return !verdict.what;
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

/* At most as many operations as elements, plus interrupted ones. */
static size_t ops_of(const struct streaming *streaming)
{
	return total_of(streaming) * 3 / 2 + 4096;
}

static size_t values_size(const struct streaming *streaming)
{
	return (total_of(streaming) + BATCH_MAX + 1) * streaming->form.channels * sizeof(uint64_t);
}

static void make_logs(struct streaming *streaming, uint64_t *random)
{
	const size_t ops = ops_of(streaming);
	unsigned int i;

	for (i = 0; i < TASKS; i++) {
		struct log *log = &streaming->logs[i];

		log->random = random_next(random) | 1;
		log->refusals = shared_alloc(REFUSALS_MAX * sizeof(*log->refusals));
		if (i < SENDERS) {
			log->sends = shared_alloc(ops * sizeof(*log->sends));
		} else {
			log->recvs = shared_alloc(ops * sizeof(*log->recvs));
			log->values = shared_alloc(values_size(streaming));
		}
	}
}

static void free_logs(struct streaming *streaming)
{
	const size_t ops = ops_of(streaming);
	unsigned int i;

	for (i = 0; i < TASKS; i++) {
		struct log *log = &streaming->logs[i];

		munmap(log->refusals, REFUSALS_MAX * sizeof(*log->refusals));
		if (i < SENDERS) {
			munmap(log->sends, ops * sizeof(*log->sends));
		} else {
			munmap(log->recvs, ops * sizeof(*log->recvs));
			munmap(log->values, values_size(streaming));
		}
	}
}

bool streamed_play(struct stats *stats, uint64_t *random)
{
	struct streaming *streaming = shared_alloc(sizeof(*streaming));
	unsigned int channel;
	bool good;

	streaming->form = choose_form(random);
	for (channel = 0; channel < streaming->form.channels; channel++)
		streaming->chs[channel] = channel_make(streaming->form.cap);
	make_logs(streaming, random);
	run(streaming, stats, random);
	good = judge(streaming, stats);
	for (channel = 0; channel < streaming->form.channels; channel++)
		close(streaming->chs[channel]);
	free_logs(streaming);
	munmap(streaming, sizeof(*streaming));
	return good;
}
