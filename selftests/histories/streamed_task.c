// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/task.h"

#include "streamed_task.h"

static uint64_t draw(struct streaming *streaming)
{
	return __atomic_add_fetch(&streaming->ticket, 1, __ATOMIC_SEQ_CST);
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

pid_t streamed_task_start(struct streaming *streaming, unsigned int i)
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

void streamed_task_bury(struct streaming *streaming, unsigned int i)
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
