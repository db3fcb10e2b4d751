// SPDX-License-Identifier: GPL-2.0-only
#include <chan.h>
#include <errno.h>
#include <unistd.h>

#include "bench.h"

static int chan_line_open(struct line *line)
{
	int ch = chan_make(line->size, line->capacity, 0);

	if (ch < 0)
		return ch;
	line->out = ch;
	line->in = ch;
	return 0;
}

static void chan_line_close(struct line *line)
{
	close(line->in);
}

static int chan_line_send(const struct line *line)
{
	return chan_send(line->out, line->messages, line->size);
}

static int chan_line_receive(const struct line *line)
{
	int ret = chan_recv(line->in, line->messages, line->size);

	if (ret == 1)
		return 0;
	return ret == 0 ? -EPIPE : ret;
}

static int chan_line_try_receive(const struct line *line)
{
	int ret = chan_try_recv(line->in, line->messages, line->size);

	if (ret == 1)
		return 0;
	return ret == 0 ? -EPIPE : ret;
}

static int whole_batch(int ret)
{
	if (ret < 0)
		return ret;
	return ret == BATCH ? 0 : -EPROTO;
}

static int chan_line_send_many(const struct line *line)
{
	return whole_batch(chan_sendv(line->out, line->messages, line->size, BATCH));
}

static int chan_line_receive_many(const struct line *line)
{
	return whole_batch(chan_recvv(line->in, line->messages, line->size, BATCH));
}

static int chan_line_end(const struct line *line)
{
	return chan_close(line->out);
}

const struct mechanism chan_mechanism = {
	.name = "chan",
	.rendezvous = true,
	.open = chan_line_open,
	.close = chan_line_close,
	.send = chan_line_send,
	.receive = chan_line_receive,
	.try_receive = chan_line_try_receive,
	.send_many = chan_line_send_many,
	.receive_many = chan_line_receive_many,
	.end = chan_line_end,
};
