// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/channel.h"

#include "perform.h"

uint64_t perform_value(const void *buffer, size_t elemsize)
{
	uint64_t value;

	memcpy(&value, buffer, sizeof(value));
	return element_is(buffer, elemsize, value) ? value : 0;
}

void perform_prepare(const struct performer *performer, struct step *step)
{
	const uint64_t empty = EMPTY;
	unsigned int i;

	for (i = 0; i < step->op.n; i++) {
		const struct history_case *c = &step->op.cases[i];

		if (c->verb == VERB_SEND)
			element_fill(performer->views[i], performer->sizes[c->channel], c->value);
		else if (c->verb == VERB_RECV && step->memory == MEMORY_PLAIN)
			memcpy(performer->views[i], &empty, sizeof(empty));
	}
}

static int perform_send(const struct performer *performer, const struct step *step,
			uint64_t deadline)
{
	const unsigned int channel = step->op.cases[0].channel;
	const size_t size = performer->sizes[channel];
	const int fd = performer->fds[channel];
	const void *elem = performer->buffers[0];
	ssize_t ret;

	if (step->op.mode == MODE_TRY)
		return chan_try_send(fd, elem, size);
	if (step->op.mode == MODE_UNTIL)
		return chan_send_until(fd, elem, size, deadline);
	if (step->way != WAY_FILE)
		return chan_send(fd, elem, size);
	ret = write(fd, elem, size);
	return ret < 0 ? -errno : ret == size ? 0 : -EIO;
}

static int perform_recv(const struct performer *performer, const struct step *step,
			uint64_t deadline)
{
	const unsigned int channel = step->op.cases[0].channel;
	const size_t size = performer->sizes[channel];
	const int fd = performer->fds[channel];
	void *elem = performer->buffers[0];
	ssize_t ret;

	if (step->op.mode == MODE_TRY)
		return chan_try_recv(fd, elem, size);
	if (step->op.mode == MODE_UNTIL)
		return chan_recv_until(fd, elem, size, deadline);
	if (step->way != WAY_FILE)
		return chan_recv(fd, elem, size);
	ret = read(fd, elem, size);
	if (!ret)
		memset(performer->views[0], 0, size);
	return ret < 0 ? -errno : !ret ? 0 : ret == size ? 1 : -EIO;
}

static int perform_look(const struct performer *performer, struct history_case *c)
{
	struct chan_info info;
	const int err = chan_get_info(performer->fds[c->channel], &info);

	c->value = HISTORY_SHOWN(info.len, info.requeued, info.closed != CHAN_OPEN);
	return err;
}

/* In the form of a select: the case in @chosen, and its result. */
static int perform_single(const struct performer *performer, struct step *step, uint64_t deadline)
{
	switch (step->op.cases[0].verb) {
	case VERB_SEND:
		return perform_send(performer, step, deadline);
	case VERB_RECV:
		return perform_recv(performer, step, deadline);
	case VERB_CLOSE:
		return chan_close(performer->fds[step->op.cases[0].channel]);
	default:
		return perform_look(performer, &step->op.cases[0]);
	}
}

static int perform_select(const struct performer *performer, struct step *step, uint64_t deadline)
{
	struct chan_case cases[HISTORY_CASES];
	unsigned int i;
	int ret;

	for (i = 0; i < step->op.n; i++) {
		const struct history_case *c = &step->op.cases[i];
		const size_t size = performer->sizes[c->channel];
		const int fd = performer->fds[c->channel];
		void *elem = performer->buffers[i];

		cases[i] = c->verb == VERB_SEND ? chan_case_send(fd, elem, size)
						: chan_case_recv(fd, elem, size);
	}
	if (step->op.mode == MODE_TRY)
		ret = chan_try_select(cases, step->op.n);
	else if (step->op.mode == MODE_UNTIL)
		ret = chan_select_until(cases, step->op.n, deadline);
	else
		ret = chan_select(cases, step->op.n);
	if (ret < 0)
		return ret;
	step->op.chosen = ret;
	return cases[ret].result;
}

static void record(const struct performer *performer, struct history_op *op, int result)
{
	struct history_case *c = &op->cases[op->chosen];

	switch (result) {
	case 0:
		op->outcome = c->verb == VERB_RECV ? OUTCOME_CLOSED : OUTCOME_DONE;
		break;
	case 1:
		op->outcome = OUTCOME_DONE;
		break;
	case -EPIPE:
		op->outcome = OUTCOME_CLOSED;
		break;
	case -EAGAIN:
	case -ETIMEDOUT:
		op->outcome = OUTCOME_NOT_READY;
		break;
	case -EINTR:
	case -ENOMEM:
		op->outcome = OUTCOME_NOTHING;
		break;
	case -EFAULT:
		op->outcome = OUTCOME_FAULT;
		break;
	default:
		op->outcome = OUTCOME_ERROR;
		op->chosen = -result;
		return;
	}
	if (c->verb != VERB_RECV || op->outcome > OUTCOME_CLOSED)
		return;
	c->value = perform_value(performer->views[op->chosen], performer->sizes[c->channel]);
	/* A closed and drained channel returns zeros. */
	if (op->outcome == OUTCOME_CLOSED &&
	    !memory_is(performer->views[op->chosen], performer->sizes[c->channel], 0)) {
		op->outcome = OUTCOME_ERROR;
		op->chosen = EBADMSG;
	}
}

void perform(const struct performer *performer, struct step *step)
{
	const uint64_t deadline = step->op.mode == MODE_UNTIL ? chan_deadline(step->delay) : 0;
	uint64_t ret;
	int result;

	__atomic_store_n(&step->op.call, ticket_draw(performer->shared), __ATOMIC_SEQ_CST);
	if (step->op.n > 1 || step->way == WAY_SELECT)
		result = perform_select(performer, step, deadline);
	else
		result = perform_single(performer, step, deadline);
	ret = ticket_draw(performer->shared);
	record(performer, &step->op, result);
	__atomic_store_n(&step->op.ret, ret, __ATOMIC_RELEASE);
}
