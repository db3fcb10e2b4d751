// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes, sockets and eventfds.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

static int line_set(struct line *line, int out, int in)
{
	line->out = out;
	line->in = in;
	return 0;
}

static void ends_close(struct line *line)
{
	if (line->out != line->in && line->out >= 0)
		close(line->out);
	close(line->in);
}

/* Pipes and streams may transfer a part; a short count is not an error. */
static int write_all(int fd, const unsigned char *from, size_t size)
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

static int read_all(int fd, unsigned char *to, size_t size)
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

/* Bytes that must fit. A pipe keeps its default size if they do. */
static size_t line_bytes(const struct line *line)
{
	return line->size * (line->capacity ? line->capacity : 1);
}

static int pipe_open(struct line *line)
{
	int ends[2], err;

	if (!line->size)
		return -EOPNOTSUPP;
	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	line_set(line, ends[1], ends[0]);
	if ((size_t)fcntl(ends[1], F_GETPIPE_SZ) <= line_bytes(line) &&
	    fcntl(ends[1], F_SETPIPE_SZ, (int)(2 * line_bytes(line))) < 0) {
		err = -errno;
		ends_close(line);
		return err;
	}
	return 0;
}

static int bytes_send(const struct line *line)
{
	return write_all(line->out, line->messages, line->size);
}

static int bytes_receive(const struct line *line)
{
	return read_all(line->in, line->messages, line->size);
}

static int bytes_send_many(const struct line *line)
{
	return write_all(line->out, line->messages, BATCH * line->size);
}

static int bytes_receive_many(const struct line *line)
{
	return read_all(line->in, line->messages, BATCH * line->size);
}

static int pipe_end(const struct line *line)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), err = 0;

	/* The descriptor stays valid, for pipe_close(). */
	if (null < 0 || dup3(null, line->out, O_CLOEXEC) < 0)
		err = -errno;
	if (null >= 0)
		close(null);
	return err;
}

static int socket_open(struct line *line, int type)
{
	int ends[2], bytes = (int)(2 * line_bytes(line)), err;

	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends))
		return -errno;
	line_set(line, ends[0], ends[1]);
	/* The default suffices for small messages. */
	if (bytes > 65536 && setsockopt(ends[0], SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) &&
	    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes))) {
		err = -errno;
		ends_close(line);
		return err;
	}
	return 0;
}

static int stream_open(struct line *line)
{
	return line->size ? socket_open(line, SOCK_STREAM) : -EOPNOTSUPP;
}

static int seqpacket_open(struct line *line)
{
	return socket_open(line, SOCK_SEQPACKET);
}

/* An empty message looks like the end. */
static int whole(const struct line *line, ssize_t n)
{
	if (n == (ssize_t)line->size)
		return 0;
	if (n == 0)
		return -EPIPE;
	return n < 0 ? -errno : -EMSGSIZE;
}

static int seqpacket_send(const struct line *line)
{
	return whole(line, send(line->out, line->messages, line->size, 0));
}

static int seqpacket_receive(const struct line *line)
{
	return whole(line, recv(line->in, line->messages, line->size, 0));
}

/* Fill in headers for a batch. */
static void headers_set(const struct line *line, struct mmsghdr *headers, struct iovec *parts)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){ line->messages + i * line->size, line->size };
		headers[i] = (struct mmsghdr){
			.msg_hdr = { .msg_iov = &parts[i], .msg_iovlen = 1 },
		};
	}
}

static int whole_batch(int n)
{
	if (n < 0)
		return -errno;
	return n == BATCH ? 0 : -EPROTO;
}

static int seqpacket_send_many(const struct line *line)
{
	struct mmsghdr headers[BATCH];
	struct iovec parts[BATCH];

	headers_set(line, headers, parts);
	return whole_batch(sendmmsg(line->out, headers, BATCH, 0));
}

static int seqpacket_receive_many(const struct line *line)
{
	struct mmsghdr headers[BATCH];
	struct iovec parts[BATCH];

	headers_set(line, headers, parts);
	return whole_batch(recvmmsg(line->in, headers, BATCH, MSG_WAITFORONE, NULL));
}

static int socket_end(const struct line *line)
{
	return shutdown(line->out, SHUT_WR) ? -errno : 0;
}

/* Carries a number, here 1: as a semaphore, so that each receive takes one. */
static int eventfd_open(struct line *line)
{
	int fd;

	if (line->size != sizeof(uint64_t))
		return -EOPNOTSUPP;
	fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
	return fd < 0 ? -errno : line_set(line, fd, fd);
}

static int eventfd_send(const struct line *line)
{
	const uint64_t one = 1;

	return whole(line, write(line->out, &one, sizeof(one)));
}

static int eventfd_receive(const struct line *line)
{
	return whole(line, read(line->in, line->messages, line->size));
}

const struct mechanism pipe_mechanism = {
	.name = "pipe",
	.pollable = true,
	.open = pipe_open,
	.close = ends_close,
	.send = bytes_send,
	.receive = bytes_receive,
	.send_many = bytes_send_many,
	.receive_many = bytes_receive_many,
	.end = pipe_end,
};

const struct mechanism stream_mechanism = {
	.name = "stream",
	.pollable = true,
	.open = stream_open,
	.close = ends_close,
	.send = bytes_send,
	.receive = bytes_receive,
	.send_many = bytes_send_many,
	.receive_many = bytes_receive_many,
	.end = socket_end,
};

const struct mechanism seqpacket_mechanism = {
	.name = "seqpacket",
	.pollable = true,
	.open = seqpacket_open,
	.close = ends_close,
	.send = seqpacket_send,
	.receive = seqpacket_receive,
	.send_many = seqpacket_send_many,
	.receive_many = seqpacket_receive_many,
	.end = socket_end,
};

const struct mechanism eventfd_mechanism = {
	.name = "eventfd",
	.pollable = true,
	.open = eventfd_open,
	.close = ends_close,
	.send = eventfd_send,
	.receive = eventfd_receive,
};
