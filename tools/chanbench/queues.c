// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message queues of POSIX and of System V.
 */
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "bench.h"

static int mqueue_open(struct line *line)
{
	struct mq_attr attributes = {
		.mq_maxmsg = line->capacity ? line->capacity : 1,
		.mq_msgsize = line->size ? line->size : 1,
	};
	static unsigned int opened;
	char name[48];
	mqd_t queue;

	snprintf(name, sizeof(name), "/chanbench-%d-%u", (int)getpid(), opened++);
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
	if (queue < 0)
		return -errno;
	mq_unlink(name);
	line->out = queue;
	line->in = queue;
	return 0;
}

static void mqueue_close(struct line *line)
{
	mq_close(line->in);
}

static int mqueue_send(const struct line *line)
{
	return mq_send(line->out, (const char *)line->messages, line->size, 0) ? -errno : 0;
}

static int mqueue_receive(const struct line *line)
{
	const size_t size = line->size ? line->size : 1;

	return mq_receive(line->in, (char *)line->messages, size, NULL) < 0 ? -errno : 0;
}

const struct mechanism mqueue_mechanism = {
	.name = "mqueue",
	.pollable = true,
	.open = mqueue_open,
	.close = mqueue_close,
	.send = mqueue_send,
	.receive = mqueue_receive,
};

static int sysv_open(struct line *line)
{
	const size_t bytes = line->size * (line->capacity ? line->capacity : 1);
	struct msqid_ds state;
	int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600), err;

	if (queue < 0)
		return -errno;
	line->out = queue;
	line->in = queue;
	if (msgctl(queue, IPC_STAT, &state))
		goto fail;
	if (state.msg_qbytes < bytes) {
		state.msg_qbytes = bytes;
		if (msgctl(queue, IPC_SET, &state))
			goto fail;
	}
	return 0;
fail:
	err = -errno;
	msgctl(queue, IPC_RMID, NULL);
	return err;
}

static void sysv_close(struct line *line)
{
	msgctl(line->in, IPC_RMID, NULL);
}

/* The header in front of the message is its type. */
static void *sysv_message(const struct line *line)
{
	return line->messages - sizeof(long);
}

static int sysv_send(const struct line *line)
{
	*(long *)sysv_message(line) = 1;
	return msgsnd(line->out, sysv_message(line), line->size, 0) ? -errno : 0;
}

static int sysv_receive(const struct line *line)
{
	return msgrcv(line->in, sysv_message(line), line->size, 0, 0) < 0 ? -errno : 0;
}

static int sysv_try_receive(const struct line *line)
{
	if (msgrcv(line->in, sysv_message(line), line->size, 0, IPC_NOWAIT) >= 0)
		return 0;
	return errno == ENOMSG ? -EAGAIN : -errno;
}

const struct mechanism sysv_mechanism = {
	.name = "sysv",
	.open = sysv_open,
	.close = sysv_close,
	.send = sysv_send,
	.receive = sysv_receive,
	.try_receive = sysv_try_receive,
};
