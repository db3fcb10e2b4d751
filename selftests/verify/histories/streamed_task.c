// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/task.h"

#include "group.h"
#include "streamed_task.h"

/* One in that many operations does not wait. */
#define TRY_CHANCE	8
/* Where other sends are selects, one in that many is plain. */
#define PLAIN_CHANCE	4

static uint64_t draw(struct streaming *streaming)
{
	return __atomic_add_fetch(&streaming->ticket, 1, __ATOMIC_SEQ_CST);
}

/* From here on the task may die at any time. */
static void begin(struct streaming *streaming, struct log *log, unsigned int count,
		  unsigned int channel)
{
	log->first = log->next;
	log->count = count;
	log->channel = channel;
	__atomic_store_n(&log->call, draw(streaming), __ATOMIC_SEQ_CST);
}

/* @records: the operation has written that many. */
static void end(struct log *log, unsigned int records)
{
	__atomic_store_n(&log->n, log->n + records, __ATOMIC_SEQ_CST);
	__atomic_store_n(&log->call, 0, __ATOMIC_SEQ_CST);
}

/* At one moment, none of the channels was ready. */
static void end_refused(struct streaming *streaming, struct log *log, bool sends)
{
	const uint64_t ret = draw(streaming);
	unsigned int channel;

	for (channel = 0; channel < streaming->form.channels; channel++) {
		if (log->closed & 1U << channel || log->nrefusals == REFUSALS_MAX)
			continue;
		log->refusals[log->nrefusals] = (struct stream_refusal){
			.call = log->call, .ret = ret, .channel = channel, .sends = sends,
		};
		__atomic_store_n(&log->nrefusals, log->nrefusals + 1, __ATOMIC_SEQ_CST);
	}
	end(log, 0);
}

/* Sends one element through any of the channels. Returns as chan_send(). */
static int select_send(struct streaming *streaming, struct log *log, uint64_t value, bool waits)
{
	struct chan_case cases[STREAM_CHANNELS];
	const unsigned int n = streaming->form.channels;
	unsigned int i;
	int ret;

	for (i = 0; i < n; i++)
		cases[i] = chan_case_send(streaming->chs[i], &value, sizeof(value));
	ret = waits ? chan_select(cases, n) : chan_try_select(cases, n);
	if (ret < 0)
		return ret;
	log->channel = ret;
	return cases[ret].result;
}

/* Returns how many elements were sent, or a negative errno. */
static int do_send(struct streaming *streaming, struct log *log, const uint64_t *values, bool waits)
{
	int ret;

	if (log->channel == STREAM_ANY)
		ret = select_send(streaming, log, *values, waits);
	else if (waits && streaming->form.channels == 1)
		return chan_sendv(streaming->chs[0], values, sizeof(*values), log->count);
	else if (waits)
		ret = chan_send(streaming->chs[log->channel], values, sizeof(*values));
	else
		ret = chan_try_send(streaming->chs[log->channel], values, sizeof(*values));
	return ret ? ret : 1;
}

/* A sender may wait for any one of the channels, as all receivers select. */
static unsigned int choose_channel(const struct streaming *streaming, struct log *log, bool waits)
{
	if (streaming->form.channels == 1)
		return 0;
	if (waits && !(random_next(&log->random) % PLAIN_CHANCE))
		return random_next(&log->random) % streaming->form.channels;
	return STREAM_ANY;
}

/* Returns false if it would have to wait, and does not. */
static bool send_some(struct streaming *streaming, struct log *log, unsigned int sender, bool waits)
{
	const uint32_t left = streaming->form.elements - log->next;
	const uint32_t most = waits ? streaming->form.batch : 1;
	const uint32_t count = left < most ? left : most;
	uint64_t values[BATCH_MAX];
	uint32_t i;
	int done;

	for (i = 0; i < count; i++)
		values[i] = STREAM_VALUE(sender, log->next + i);
	begin(streaming, log, count, choose_channel(streaming, log, waits));
	done = do_send(streaming, log, values, waits);
	if (done == -EAGAIN) {
		end_refused(streaming, log, true);
		return false;
	}
	if (done < 0 && done != -EINTR)
		give_up("a sender failed: %s", strerror(-done));
	log->sends[log->n] = (struct stream_send){
		.call = log->call, .ret = draw(streaming), .first = log->first, .count = count,
		.done = done < 0 ? 0 : done, .sender = sender, .channel = log->channel,
	};
	log->next += done < 0 ? 0 : done;
	log->finished = log->next >= streaming->form.elements;
	end(log, 1);
	return true;
}

/* Receives one element, into the place of its channel. */
static int select_recv(struct streaming *streaming, struct log *log, uint64_t *values, bool waits)
{
	struct chan_case cases[STREAM_CHANNELS];
	const unsigned int n = streaming->form.channels;
	unsigned int i;
	int ret;

	for (i = 0; i < n; i++)
		cases[i] = chan_case_recv(log->closed & 1U << i ? -1 : streaming->chs[i],
					  &values[i], sizeof(values[i]));
	ret = waits ? chan_select(cases, n) : chan_try_select(cases, n);
	if (ret < 0)
		return ret;
	log->channel = ret;
	return cases[ret].result;
}

/* Returns how many elements were received, 0 if the channel is drained, or a negative errno. */
static int do_recv(struct streaming *streaming, struct log *log, uint64_t *values, bool waits)
{
	if (streaming->form.channels > 1)
		return select_recv(streaming, log, values, waits);
	if (waits)
		return chan_recvv(streaming->chs[0], values, sizeof(*values),
				  streaming->form.batch);
	return chan_try_recv(streaming->chs[0], values, sizeof(*values));
}

static bool all_closed(const struct streaming *streaming, const struct log *log)
{
	return log->closed == (1U << streaming->form.channels) - 1;
}

/* Directly into shared memory, where it remains visible if the task dies. */
static bool recv_some(struct streaming *streaming, struct log *log, bool waits)
{
	uint64_t *values = log->values + log->next * streaming->form.channels;
	int done;

	begin(streaming, log, 0, 0);
	done = do_recv(streaming, log, values, waits);
	if (done == -EAGAIN) {
		end_refused(streaming, log, false);
		return false;
	}
	/* An interrupted operation has not found the channel drained, so it does not count. */
	if (done == -EINTR) {
		end(log, 0);
		return true;
	}
	if (done < 0)
		give_up("a receiver failed: %s", strerror(-done));
	log->recvs[log->n] = (struct stream_recv){
		.call = log->call, .ret = draw(streaming), .values = values + log->channel,
		.done = done, .channel = log->channel,
	};
	log->next += done;
	log->closed |= done ? 0 : 1U << log->channel;
	log->finished = all_closed(streaming, log);
	end(log, 1);
	return true;
}

bool streamed_senders_finished(const struct streaming *streaming)
{
	unsigned int i;

	for (i = 0; i < SENDERS; i++) {
		if (!__atomic_load_n(&streaming->logs[i].finished, __ATOMIC_ACQUIRE))
			return false;
	}
	return true;
}

/* As soon as no sender is left, while there is much in the buffers. */
static void close_all(const struct streaming *streaming)
{
	unsigned int channel;

	for (channel = 0; channel < streaming->form.channels; channel++)
		chan_close(streaming->chs[channel]);
}

pid_t streamed_task_start(struct streaming *streaming, unsigned int i)
{
	const pid_t pid = task_fork();
	struct log *log = &streaming->logs[i];
	bool waits = true;

	if (pid)
		return pid;
	/* After a refusal, it waits. */
	while (!log->finished) {
		waits = !waits || random_next(&log->random) % TRY_CHANCE;
		if (i < SENDERS)
			waits = send_some(streaming, log, i, waits);
		else
			waits = recv_some(streaming, log, waits);
	}
	if (i < SENDERS && streamed_senders_finished(streaming))
		close_all(streaming);
	_exit(0);
}

/*
 * The operation of a killed task. If its record exists but is not yet counted, it is recorded as
 * killed as well: that claims less, and is still true.
 */
static void bury_sender(const struct streaming *streaming, struct log *log, unsigned int sender,
			uint64_t death)
{
	log->sends[log->n++] = (struct stream_send){
		.call = log->call, .ret = death, .first = log->first, .count = log->count,
		.sender = sender, .channel = streaming->form.channels == 1 ? 0 : STREAM_ANY,
		.killed = true,
	};
	/* Its successor continues after all elements that it may have sent. */
	log->next = log->first + log->count;
	log->finished = log->next >= streaming->form.elements;
}

static void bury_receiver(const struct streaming *streaming, struct log *log, uint64_t death)
{
	const uint64_t *values = log->values + log->first * streaming->form.channels;
	unsigned int channel = 0;
	uint32_t done = 0;

	while (channel + 1 < streaming->form.channels && !values[channel])
		channel++;
	while (values[channel + done] && done < streaming->form.batch)
		done++;
	log->recvs[log->n] = (struct stream_recv){
		.call = log->call, .ret = death, .values = values + channel, .done = done,
		.channel = channel,
	};
	log->next = log->first + done;
	log->n += done > 0;
	log->closed = 0;
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
			bury_sender(streaming, log, i, death);
		else
			bury_receiver(streaming, log, death);
	}
	log->call = 0;
}
