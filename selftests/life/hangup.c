// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hang-up: effects of losing the last sender or the last receiver, by close(2), exit, kill or exec;
 * and the references that keep a channel open: a duplicate, an operation, a message in flight.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"
#include "common/passing.h"
#include "common/variants.h"

/**
 * struct ends - a channel with exactly two file descriptors
 * @send: may send
 * @recv: may receive
 */
struct ends {
	int send;
	int recv;
};

static struct ends ends_make(unsigned int cap, unsigned int flags)
{
	int ch = chan_make(sizeof(uint64_t), cap, flags);
	struct ends ends = {
		.send = channel_dup(ch, CHAN_RIGHT_SEND),
		.recv = channel_dup(ch, CHAN_RIGHT_RECV),
	};

	close(ch);
	return ends;
}

static bool drained(int ch)
{
	uint64_t value = 5;

	return chan_try_recv(ch, &value, sizeof(value)) == 0 && value == 0;
}

CAPACITY_ONLY_FIXTURE(hangup);

TEST_F(hangup, last_sender_gone_lets_receivers_drain)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct chan_info info;
	uint64_t i;

	for (i = 0; i < variant->cap; i++)
		channel_send(ends.send, i + 1);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	close(ends.send);
	info = channel_info(ends.recv);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, info.closed);
	EXPECT_EQ(0, info.senders);
	EXPECT_EQ(1, info.receivers);
	EXPECT_EQ(variant->cap, info.len);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(i + 1, channel_recv(ends.recv));
	EXPECT_TRUE(drained(ends.recv));
}

TEST_F(hangup, last_receiver_gone_gives_EPIPE)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct chan_info info;
	uint64_t i, value = 1;

	for (i = 0; i < variant->cap; i++)
		channel_send(ends.send, i + 1);
	close(ends.recv);
	info = channel_info(ends.send);
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, info.closed);
	EXPECT_EQ(1, info.senders);
	EXPECT_EQ(0, info.receivers);
	EXPECT_EQ(-EPIPE, chan_send(ends.send, &value, sizeof(value)));
	EXPECT_EQ(-EPIPE, chan_try_send(ends.send, &value, sizeof(value)));
	EXPECT_TRUE(channel_unchanged(ends.send, info));
}

TEST_F(hangup, parked_receivers_are_woken)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *receivers[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		receivers[i] = operation_new(TASK_THREAD, operation_recv_one, ends.recv, 1);
		memset(receivers[i]->elems, 0xa5, sizeof(uint64_t));
		operation_park(receivers[i]);
	}
	close(ends.send);
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, operation_wait(receivers[i]));
		EXPECT_EQ(0, operation_value(receivers[i]));
	}
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
}

TEST_F(hangup, parked_senders_get_EPIPE)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *senders[3];
	unsigned int i;

	for (i = 0; i < variant->cap; i++)
		channel_send(ends.send, i);
	for (i = 0; i < 3; i++)
		senders[i] = operation_park_send(TASK_THREAD, ends.send, i);
	close(ends.recv);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EPIPE, operation_join(senders[i]));
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(ends.send).closed);
	EXPECT_EQ(variant->cap, channel_info(ends.send).len);
}

/* Holds its ends until the channel in its data releases it. */
static int hold(struct operation *op)
{
	uint64_t value;

	return chan_recv(*(int *)op->data, &value, sizeof(value));
}

/* A child that inherits the open files of the test. */
static struct operation *holder_start(int ch, int *gate)
{
	struct operation *holder = operation_new(TASK_PROCESS, hold, ch, 1);

	*gate = channel_make(0);
	holder->data = gate;
	operation_start(holder);
	channel_wait_parked(*gate, 0, 1);
	return holder;
}

TEST_F(hangup, exit_of_the_last_sender_closes)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *holder, *receiver;
	int gate;

	holder = holder_start(ends.recv, &gate);
	close(ends.send);
	receiver = operation_park_recv(TASK_THREAD, ends.recv);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	channel_send(gate, 1);
	EXPECT_EQ(1, operation_join(holder));
	EXPECT_EQ(0, operation_join(receiver));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
}

TEST_F(hangup, death_of_the_last_sender_closes)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *holder, *receiver;
	int gate;

	holder = holder_start(ends.recv, &gate);
	close(ends.send);
	receiver = operation_park_recv(TASK_THREAD, ends.recv);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	operation_kill(holder);
	EXPECT_EQ(0, operation_join(receiver));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
}

TEST_F(hangup, death_of_the_last_receiver_gives_EPIPE)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *holder, *sender;
	uint64_t i;
	int gate;

	holder = holder_start(ends.send, &gate);
	close(ends.recv);
	for (i = 0; i < variant->cap; i++)
		channel_send(ends.send, i);
	sender = operation_park_send(TASK_THREAD, ends.send, i);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.send).closed);
	operation_kill(holder);
	EXPECT_EQ(-EPIPE, operation_join(sender));
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(ends.send).closed);
}

/* It is killed while it is parked itself. */
TEST_F(hangup, G11_death_of_a_parked_receiver_frees_its_end)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *receiver = operation_park_recv(TASK_PROCESS, ends.recv);
	uint64_t value = 1;

	close(ends.recv);
	operation_kill(receiver);
	EXPECT_EQ(0, channel_info(ends.send).recvq);
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(ends.send).closed);
	EXPECT_EQ(-EPIPE, chan_send(ends.send, &value, sizeof(value)));
}

TEST_F(hangup, NOHUP_keeps_a_channel_open)
{
	struct ends ends = ends_make(variant->cap, CHAN_F_NOHUP);
	struct ends other = ends_make(variant->cap, CHAN_F_NOHUP);
	struct operation *sender, *receiver;
	uint64_t i, value;

	receiver = operation_new(TASK_THREAD, operation_recv, ends.recv, 1);
	receiver->flags = CHAN_XFER_NONBLOCK;
	for (i = 0; i < variant->cap; i++)
		channel_send(ends.send, i);
	close(ends.send);
	EXPECT_EQ(0, channel_info(ends.recv).senders);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	for (i = 0; i < variant->cap; i++)
		EXPECT_EQ(i, channel_recv(ends.recv));
	EXPECT_EQ(-EAGAIN, operation_recv(receiver));

	close(other.recv);
	EXPECT_EQ(0, channel_info(other.send).receivers);
	for (i = 0; i < variant->cap; i++)
		channel_send(other.send, i);
	EXPECT_EQ(-EAGAIN, chan_try_send(other.send, &i, sizeof(i)));
	sender = operation_new(TASK_THREAD, operation_send, other.send, 1);
	sender->deadline = 0;
	EXPECT_EQ(-ETIMEDOUT, operation_send(sender));
	EXPECT_EQ(CHAN_OPEN, channel_info(other.send).closed);
	EXPECT_EQ(-EBADF, chan_recv(other.send, &value, sizeof(value)));
}

TEST(every_open_file_counts_once)
{
	int ch = channel_make(1), fds[4];
	unsigned int i;

	fds[0] = channel_dup(ch, CHAN_RIGHT_SEND);
	fds[1] = channel_dup(ch, CHAN_RIGHT_RECV);
	fds[2] = channel_dup(ch, CHAN_RIGHT_SEND | CHAN_RIGHT_CLOSE);
	fds[3] = channel_dup(ch, CHAN_RIGHT_CLOSE);
	EXPECT_EQ(3, channel_info(ch).senders);
	EXPECT_EQ(2, channel_info(ch).receivers);
	/* Another descriptor of the same open file. */
	close(dup(fds[0]));
	EXPECT_EQ(3, channel_info(ch).senders);
	for (i = 0; i < 4; i++) {
		close(fds[i]);
		EXPECT_EQ(i < 2 ? 2 : 1, channel_info(ch).senders);
		EXPECT_EQ(i < 1 ? 2 : 1, channel_info(ch).receivers);
	}
	EXPECT_EQ(CHAN_OPEN, channel_info(ch).closed);
}

TEST(last_of_many_descriptors_closes)
{
	struct ends ends = ends_make(1, 0);
	int fds[4] = { ends.send, dup(ends.send), channel_dup(ends.send, CHAN_RIGHT_SEND) };
	unsigned int i;

	fds[3] = dup(fds[2]);
	EXPECT_EQ(2, channel_info(ends.recv).senders);
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
		close(fds[i]);
	}
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
	EXPECT_TRUE(drained(ends.recv));
}

TEST(right_to_close_keeps_nothing_open)
{
	int ch = channel_make(1), other = channel_make(1);
	int closer = channel_dup(ch, CHAN_RIGHT_CLOSE);
	int recv = channel_dup(ch, CHAN_RIGHT_RECV);
	int other_closer = channel_dup(other, CHAN_RIGHT_CLOSE);
	int send = channel_dup(other, CHAN_RIGHT_SEND);

	close(ch);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(closer).closed);
	EXPECT_EQ(-EPIPE, chan_close(closer));
	EXPECT_TRUE(drained(recv));
	close(other);
	EXPECT_EQ(CHAN_CLOSED_NO_RECEIVERS, channel_info(other_closer).closed);
	EXPECT_EQ(-EPIPE, chan_send(send, &(uint64_t){ 1 }, sizeof(uint64_t)));
}

/* As with pipes: close(2) in one thread does not affect an operation of another. */
TEST_F(hangup, parked_operation_keeps_its_end_open)
{
	struct ends ends = ends_make(variant->cap, 0);
	struct operation *sender;
	uint64_t i;

	for (i = 0; i < variant->cap; i++)
		channel_send(ends.send, i);
	sender = operation_park_send(TASK_THREAD, ends.send, i);
	close(ends.send);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	EXPECT_EQ(1, channel_info(ends.recv).senders);
	for (i = 0; i <= variant->cap; i++)
		EXPECT_EQ(i, channel_recv(ends.recv));
	EXPECT_EQ(0, operation_join(sender));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
	EXPECT_TRUE(drained(ends.recv));
}

TEST(descriptor_under_way_keeps_its_end_open)
{
	struct ends ends = ends_make(1, 0);
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ends.send);
	close(ends.send);
	EXPECT_EQ(1, channel_info(ends.recv).senders);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	ends.send = passing_recv(sockets[1]);
	EXPECT_EQ(CHAN_RIGHT_SEND, channel_info(ends.send).rights);
	channel_send(ends.send, 1);
	close(ends.send);
	EXPECT_EQ(1, channel_recv(ends.recv));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
}

TEST(descriptor_that_never_arrives_is_gone)
{
	struct ends ends = ends_make(1, 0);
	struct operation *receiver;
	int sockets[2];

	passing_pair(sockets);
	passing_send(sockets[0], ends.send);
	close(ends.send);
	receiver = operation_park_recv(TASK_THREAD, ends.recv);
	close(sockets[0]);
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	close(sockets[1]);
	EXPECT_EQ(0, operation_join(receiver));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
}

/* A process that executes another program, which echoes its input until @gate is closed. */
static pid_t exec_echo(int *gate)
{
	int sockets[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		give_up("socketpair: %s", strerror(errno));
	pid = fork();
	if (!pid) {
		dup2(sockets[0], STDIN_FILENO);
		dup2(sockets[0], STDOUT_FILENO);
		execlp("cat", "cat", NULL);
		_exit(127);
	}
	close(sockets[0]);
	*gate = sockets[1];
	return pid;
}

static bool echoes(int gate)
{
	char data = 'x';

	return write(gate, &data, 1) == 1 && read(gate, &data, 1) == 1 && data == 'x';
}

static int exit_status(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid: %s", strerror(errno));
	return status;
}

TEST(exec_hangs_up)
{
	struct ends ends = ends_make(1, 0);
	struct operation *receiver = operation_new(TASK_THREAD, operation_recv_one, ends.recv, 1);
	int gate;
	pid_t pid = exec_echo(&gate);

	close(ends.send);
	operation_start(receiver);
	EXPECT_EQ(0, operation_join(receiver));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
	EXPECT_TRUE(echoes(gate));
	close(gate);
	EXPECT_EQ(0, exit_status(pid));
}

TEST(exec_keeps_what_is_not_to_be_closed)
{
	struct ends ends = ends_make(1, 0);
	struct operation *receiver;
	int gate;
	pid_t pid;

	ASSERT_EQ(0, fcntl(ends.send, F_SETFD, 0));
	pid = exec_echo(&gate);
	close(ends.send);
	receiver = operation_park_recv(TASK_THREAD, ends.recv);
	EXPECT_TRUE(echoes(gate));
	EXPECT_EQ(CHAN_OPEN, channel_info(ends.recv).closed);
	EXPECT_EQ(1, channel_info(ends.recv).recvq);
	close(gate);
	EXPECT_EQ(0, exit_status(pid));
	EXPECT_EQ(0, operation_join(receiver));
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(ends.recv).closed);
}

TEST_HARNESS_MAIN
