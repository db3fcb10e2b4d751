// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mechanisms, each used in the simplest way.
 */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

static int line_set(struct line *line, int out, int in)
{
	line->out = out;
	line->in = in;
	return 0;
}

static int chan_line_open(struct line *line, unsigned int capacity)
{
	int ch = chan_make(line->size, capacity, 0);

	return ch < 0 ? ch : line_set(line, ch, ch);
}

static int chan_line_open_unbuffered(struct line *line)
{
	return chan_line_open(line, 0);
}

static int chan_line_open_buffered(struct line *line)
{
	return chan_line_open(line, 1);
}

static int chan_line_send(const struct line *line)
{
	return chan_send(line->out, line->message, line->size);
}

static int chan_line_receive(const struct line *line)
{
	int ret = chan_recv(line->in, line->message, line->size);

	if (ret == 1)
		return 0;
	return ret == 0 ? -EPIPE : ret;
}

/* Pipes and streams may transfer a part; a short count is not an error. */
static int write_all(int fd, const char *from, size_t size)
{
	ssize_t n;

	while (size) {
		n = write(fd, from, size);
		if (n < 0)
			return -errno;
		from += n;
		size -= n;
	}
	return 0;
}

static int read_all(int fd, char *to, size_t size)
{
	ssize_t n;

	while (size) {
		n = read(fd, to, size);
		if (n <= 0)
			return n < 0 ? -errno : -EPIPE;
		to += n;
		size -= n;
	}
	return 0;
}

static int pipe_open(struct line *line)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	/* Default size, unless a message would not fit. */
	if ((size_t)fcntl(ends[1], F_GETPIPE_SZ) <= line->size &&
	    fcntl(ends[1], F_SETPIPE_SZ, (int)(2 * line->size)) < 0) {
		int err = -errno;

		close(ends[0]);
		close(ends[1]);
		return err;
	}
	return line_set(line, ends[1], ends[0]);
}

static int pipe_send(const struct line *line)
{
	return write_all(line->out, line->message, line->size);
}

static int pipe_receive(const struct line *line)
{
	return read_all(line->in, line->message, line->size);
}

static int seqpacket_open(struct line *line)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	return line_set(line, ends[0], ends[1]);
}

static int whole(const struct line *line, ssize_t n)
{
	if (n == (ssize_t)line->size)
		return 0;
	return n < 0 ? -errno : -EMSGSIZE;
}

static int seqpacket_send(const struct line *line)
{
	return whole(line, send(line->out, line->message, line->size, 0));
}

static int seqpacket_receive(const struct line *line)
{
	return whole(line, recv(line->in, line->message, line->size, 0));
}

static int mqueue_open(struct line *line)
{
	struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = line->size };
	char name[32];
	mqd_t queue;

	snprintf(name, sizeof(name), "/chanbench-%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
	if (queue < 0)
		return -errno;
	mq_unlink(name);
	return line_set(line, queue, queue);
}

static int mqueue_send(const struct line *line)
{
	return mq_send(line->out, line->message, line->size, 0) ? -errno : 0;
}

static int mqueue_receive(const struct line *line)
{
	return whole(line, mq_receive(line->in, line->message, line->size, NULL));
}

/* Carries an 8-byte counter, which excludes some values. */
static int eventfd_open(struct line *line)
{
	int fd;

	if (line->size != sizeof(uint64_t))
		return -EMSGSIZE;
	fd = eventfd(0, EFD_CLOEXEC);
	return fd < 0 ? -errno : line_set(line, fd, fd);
}

static int eventfd_send(const struct line *line)
{
	return whole(line, write(line->out, line->message, line->size));
}

static int eventfd_receive(const struct line *line)
{
	return whole(line, read(line->in, line->message, line->size));
}

const struct mechanism mechanisms[MECHANISMS] = {
	[CHAN_UNBUFFERED] = { "chan cap 0", false, chan_line_open_unbuffered, chan_line_send,
			      chan_line_receive },
	[CHAN_BUFFERED] = { "chan cap 1", true, chan_line_open_buffered, chan_line_send,
			    chan_line_receive },
	[PIPE] = { "pipe", true, pipe_open, pipe_send, pipe_receive },
	[SEQPACKET] = { "seqpacket", true, seqpacket_open, seqpacket_send, seqpacket_receive },
	[MQUEUE] = { "mqueue", true, mqueue_open, mqueue_send, mqueue_receive },
	[EVENTFD] = { "eventfd", true, eventfd_open, eventfd_send, eventfd_receive },
};

static int none_open(struct line *line)
{
	return line_set(line, -1, -1);
}

static int none_pass(const struct line *line)
{
	(void)line;
	return 0;
}

static int null_call_send(const struct line *line)
{
	(void)line;
	syscall(SYS_getppid);
	return 0;
}

const struct mechanism no_mechanism = { "nothing", true, none_open, none_pass, none_pass };
const struct mechanism null_call = { "null", true, none_open, null_call_send, none_pass };
