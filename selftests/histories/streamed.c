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
#include "common/task.h"

#include "stream.h"
#include "streamed.h"

#define SENDERS		3
#define RECEIVERS	3
#define TASKS		(SENDERS + RECEIVERS)
#define BATCH_MAX	512

/**
 * struct form - one kind of stream
 * @elements: of each sender
 * @chance: how often it is chosen, compared to others
 */
static const struct form {
	unsigned int cap;
	unsigned int batch;
	uint32_t elements;
	unsigned int chance;
} forms[] = {
	{ 0, 1, 2000, 1 },
	{ 0, 16, 3000, 1 },
	{ 1, 8, 4000, 1 },
	{ 7, 64, 20000, 1 },
	{ 64, 64, 60000, 2 },
	{ 1024, 512, 300000, 6 },
	{ 4096, 512, 300000, 6 },
};

/**
 * struct log - what one task has done; shared, and it survives the task
 * @n: how many operations have ended
 * @call: of the operation that has not
 * @next: number of the next element, or how many were received
 * @count: how many elements are being sent
 * @finished: there is nothing more to do
 */
struct log {
	uint32_t n;
	uint64_t call;
	uint32_t next;
	uint32_t count;
	bool finished;
	struct stream_send *sends;
	struct stream_recv *recvs;
	uint64_t *values;
};

/**
 * struct streaming - one stream
 * @ticket: as in struct shared
 * @logs: of the senders, then of the receivers
 */
struct streaming {
	uint64_t ticket;
	int ch;
	struct form form;
	struct log logs[TASKS];
};

static uint64_t draw(struct streaming *streaming)
{
	return __atomic_add_fetch(&streaming->ticket, 1, __ATOMIC_SEQ_CST);
}

/* How many elements there are in all. */
static uint32_t total_of(const struct streaming *streaming)
{
	return SENDERS * streaming->form.elements;
}

static void send_batch(struct streaming *streaming, struct log *log, unsigned int sender)
{
	uint64_t values[BATCH_MAX];
	struct stream_send *send = &log->sends[log->n];
	const uint32_t left = streaming->form.elements - log->next;
	const uint32_t count = left < streaming->form.batch ? left : streaming->form.batch;
	uint32_t i;
	int done;

	for (i = 0; i < count; i++)
		values[i] = STREAM_VALUE(sender, log->next + i);
	log->count = count;
	__atomic_store_n(&log->call, draw(streaming), __ATOMIC_SEQ_CST);
	done = chan_sendv(streaming->ch, values, count);
	if (done < 0 && done != -EINTR)
		give_up("a sender failed: %s", strerror(-done));
	*send = (struct stream_send){
		.call = log->call, .ret = draw(streaming), .first = log->next, .count = count,
		.done = done < 0 ? 0 : done, .sender = sender,
	};
	log->next += send->done;
	log->finished = log->next >= streaming->form.elements;
	__atomic_store_n(&log->n, log->n + 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&log->call, 0, __ATOMIC_SEQ_CST);
}

/* Received straight into shared memory, where it is seen even if the task dies. */
static void recv_batch(struct streaming *streaming, struct log *log)
{
	uint64_t *values = log->values + log->next;
	struct stream_recv *recv = &log->recvs[log->n];
	int done;

	__atomic_store_n(&log->call, draw(streaming), __ATOMIC_SEQ_CST);
	done = chan_recvv(streaming->ch, values, streaming->form.batch);
	if (done < 0 && done != -EINTR)
		give_up("a receiver failed: %s", strerror(-done));
	*recv = (struct stream_recv){
		.call = log->call, .ret = draw(streaming), .values = values,
		.done = done < 0 ? 0 : done,
	};
	log->next += recv->done;
	log->finished = !done;
	/* Interrupted, it has not found the channel drained: this was nothing. */
	__atomic_store_n(&log->n, log->n + (done != -EINTR), __ATOMIC_SEQ_CST);
	__atomic_store_n(&log->call, 0, __ATOMIC_SEQ_CST);
}

static pid_t start_task(struct streaming *streaming, unsigned int i)
{
	const pid_t pid = task_fork();
	struct log *log = &streaming->logs[i];

	if (pid)
		return pid;
	while (!log->finished) {
		if (i < SENDERS)
			send_batch(streaming, log, i);
		else
			recv_batch(streaming, log);
	}
	_exit(0);
}

/*
 * What a task was doing when it was killed. If its record is there, but not yet counted, it counts
 * as killed as well: that says less, but nothing wrong.
 */
static void bury_sender(struct log *log, unsigned int sender, uint64_t death, uint32_t elements)
{
	struct stream_send *send = &log->sends[log->n];
	const uint32_t first = send->call == log->call ? send->first : log->next;

	*send = (struct stream_send){
		.call = log->call, .ret = death, .first = first, .count = log->count,
		.sender = sender, .killed = true,
	};
	log->n++;
	/* Its successor goes on behind all that it may have sent. */
	log->next = first + log->count;
	log->finished = log->next >= elements;
}

static void bury_receiver(struct log *log, uint64_t death)
{
	struct stream_recv *recv = &log->recvs[log->n];
	const uint64_t *values = recv->call == log->call ? recv->values : log->values + log->next;
	uint32_t done = 0;

	while (values[done])
		done++;
	*recv = (struct stream_recv){
		.call = log->call, .ret = death, .values = values, .done = done,
	};
	log->next = values - log->values + done;
	log->n += done > 0;
	log->finished = false;
}

static bool is_counted(const struct log *log, bool sends)
{
	if (!log->n)
		return false;
	return log->call == (sends ? log->sends[log->n - 1].call : log->recvs[log->n - 1].call);
}

static void bury(struct streaming *streaming, unsigned int i)
{
	struct log *log = &streaming->logs[i];
	const uint64_t death = draw(streaming);
	const bool sends = i < SENDERS;

	if (log->call && !is_counted(log, sends)) {
		if (sends)
			bury_sender(log, i, death, streaming->form.elements);
		else
			bury_receiver(log, death);
	}
	log->call = 0;
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
	bury(streaming, i);
	stats_add(&stats->stream_killed, 1);
	pids[i] = start_task(streaming, i);
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
		pids[i] = start_task(streaming, i);
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
