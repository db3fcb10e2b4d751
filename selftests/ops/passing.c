// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels between unrelated processes: the file descriptor is passed over a socket, and the
 * recipient has nothing but that socket.
 */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/passing.h"

#define ELEMENTS	100

CHAN_TYPE(numbers, uint64_t);
CHAN_TYPE(words, int64_t);

/* A child that runs @body with one end of the socket, and dies with the test. */
static pid_t start(int (*body)(int socket), int sockets[2], int mine)
{
	const pid_t pid = fork();

	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(sockets[!mine]);
	_exit(body(sockets[mine]));
}

static int exit_status(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

FIXTURE(passing)
{
	int sockets[2];
};

FIXTURE_VARIANT(passing)
{
	unsigned int cap;
};

FIXTURE_VARIANT_ADD(passing, cap_0) { .cap = 0 };
FIXTURE_VARIANT_ADD(passing, cap_1) { .cap = 1 };
FIXTURE_VARIANT_ADD(passing, cap_7) { .cap = 7 };

/* Used by the children of the running test. */
static unsigned int capacity;

FIXTURE_SETUP(passing)
{
	passing_pair(self->sockets);
	capacity = variant->cap;
}

FIXTURE_TEARDOWN(passing)
{
}

/* Makes a channel, passes a descriptor that may receive, and sends. */
static int make_pass_and_send(int socket)
{
	struct numbers ch = numbers_make(capacity, 0);
	struct numbers narrow = numbers_dup(ch, CHAN_RIGHT_RECV);
	uint64_t i;

	if (ch.fd < 0 || narrow.fd < 0)
		return 1;
	passing_send(socket, narrow.fd);
	close(narrow.fd);
	for (i = 1; i <= ELEMENTS; i++) {
		if (numbers_send(ch, &i))
			return 2;
	}
	return 0;
}

/* Receives until no sender is left. */
static int get_and_receive(int socket)
{
	struct numbers ch = numbers_attach(passing_recv(socket));
	uint64_t value, expected = 1;
	int ret;

	if (ch.fd < 0)
		return 1;
	chan_foreach_result(ch.fd, &value, ret) {
		if (value != expected++)
			return 2;
	}
	return ret || expected != ELEMENTS + 1 ? 3 : 0;
}

TEST_F(passing, unrelated_processes_work_together)
{
	pid_t receiver = start(get_and_receive, self->sockets, 0);
	pid_t sender = start(make_pass_and_send, self->sockets, 1);

	EXPECT_EQ(0, exit_status(sender));
	EXPECT_EQ(0, exit_status(receiver));
}

/* Passes a descriptor that may send, and receives. */
static int make_pass_and_receive(int socket)
{
	struct numbers ch = numbers_make(capacity, 0);
	struct numbers narrow = numbers_dup(ch, CHAN_RIGHT_SEND);
	struct numbers receive = numbers_dup(ch, CHAN_RIGHT_RECV);
	uint64_t value, expected = 1;
	int ret;

	passing_send(socket, narrow.fd);
	close(narrow.fd);
	close(ch.fd);
	chan_foreach_result(receive.fd, &value, ret) {
		if (value != expected++)
			return 1;
	}
	return ret || expected != ELEMENTS + 1 ? 2 : 0;
}

static int get_and_send(int socket)
{
	struct numbers ch = numbers_attach(passing_recv(socket));
	uint64_t i;

	for (i = 1; i <= ELEMENTS; i++) {
		if (numbers_send(ch, &i))
			return 1;
	}
	return 0;
}

TEST_F(passing, elements_flow_the_other_way)
{
	pid_t sender = start(get_and_send, self->sockets, 0);
	pid_t receiver = start(make_pass_and_receive, self->sockets, 1);

	EXPECT_EQ(0, exit_status(sender));
	EXPECT_EQ(0, exit_status(receiver));
}

static int make_pass_and_die(int socket)
{
	struct numbers ch = numbers_make(capacity, 0);
	uint64_t i;

	for (i = 1; i <= capacity; i++)
		channel_send(ch.fd, i);
	passing_send(socket, ch.fd);
	raise(SIGKILL);
	return 0;
}

TEST_F(passing, G11_channel_outlives_its_maker)
{
	pid_t maker = start(make_pass_and_die, self->sockets, 1);
	uint64_t i;
	int ch;

	EXPECT_EQ(-SIGKILL, exit_status(maker));
	ch = passing_recv(self->sockets[0]);
	EXPECT_EQ(CHAN_OPEN, channel_info(ch).closed);
	EXPECT_EQ(variant->cap, channel_info(ch).len);
	for (i = 1; i <= variant->cap; i++)
		EXPECT_EQ(i, channel_recv(ch));
}

TEST_F(passing, descriptor_in_flight_counts_as_alive)
{
	int ch = channel_make(variant->cap);
	int receive = channel_dup(ch, CHAN_RIGHT_RECV);

	passing_send(self->sockets[1], ch);
	close(ch);
	EXPECT_EQ(1, channel_info(receive).senders);
	EXPECT_EQ(CHAN_OPEN, channel_info(receive).closed);
	ch = passing_recv(self->sockets[0]);
	close(ch);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(receive).closed);
}

TEST_F(passing, descriptor_lost_in_flight_hangs_up)
{
	int ch = channel_make(variant->cap);
	int receive = channel_dup(ch, CHAN_RIGHT_RECV);

	passing_send(self->sockets[1], ch);
	close(ch);
	close(self->sockets[0]);
	close(self->sockets[1]);
	wait_until(channel_info(receive).closed != CHAN_OPEN);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(receive).closed);
}

TEST_F(passing, G13_narrowed_rights_stay_narrowed)
{
	int ch = channel_make(variant->cap);
	uint64_t value = 1;
	int narrow;

	passing_send(self->sockets[1], channel_dup(ch, CHAN_RIGHT_SEND));
	narrow = passing_recv(self->sockets[0]);
	EXPECT_EQ(CHAN_RIGHT_SEND, channel_info(narrow).rights);
	EXPECT_EQ(-EBADF, chan_try_recv(narrow, &value, sizeof(value)));
	EXPECT_EQ(-EBADF, chan_close(narrow));
	EXPECT_EQ(-EBADF, chan_dup(narrow, CHAN_RIGHT_RECV));
}

TEST_F(passing, type_of_a_passed_channel_is_checked)
{
	struct numbers ch = numbers_make(variant->cap, 0);
	int fd;

	passing_send(self->sockets[1], ch.fd);
	fd = passing_recv(self->sockets[0]);
	EXPECT_EQ(fd, numbers_attach(fd).fd);
	EXPECT_EQ(-EINVAL, words_attach(fd).fd);
}

/* Reports the number of its channel's descriptor, and receives. */
static int make_and_receive(int socket)
{
	int ch = channel_make(capacity);
	uint64_t value;

	if (write(socket, &ch, sizeof(ch)) != sizeof(ch))
		return 1;
	return chan_recv(ch, &value, sizeof(value)) == 1 && value == ELEMENTS ? 0 : 2;
}

TEST_F(passing, pidfd_getfd_shares_the_channel)
{
	pid_t receiver = start(make_and_receive, self->sockets, 1);
	int pidfd = syscall(SYS_pidfd_open, receiver, 0);
	uint64_t value = ELEMENTS;
	int theirs, ch;

	ASSERT_EQ(sizeof(theirs), read(self->sockets[0], &theirs, sizeof(theirs)));
	ch = syscall(SYS_pidfd_getfd, pidfd, theirs, 0);
	ASSERT_GE(ch, 0);
	/* It is the same open file. */
	EXPECT_EQ(1, channel_info(ch).senders);
	EXPECT_EQ(0, chan_send(ch, &value, sizeof(value)));
	EXPECT_EQ(0, exit_status(receiver));
}

/* A socket in its own queue keeps the channel; the kernel's garbage collector finds both. */
TEST_F(passing, channel_in_a_cycle_of_sockets_is_freed)
{
	const unsigned long long before = module_parameter("live_channels");
	int ch = channel_make(variant->cap);
	int other[2], i;

	EXPECT_EQ(before + 1, module_parameter("live_channels"));
	passing_pair(other);
	passing_send(self->sockets[1], ch);
	passing_send(self->sockets[1], self->sockets[0]);
	passing_send(self->sockets[0], self->sockets[1]);
	close(ch);
	close(self->sockets[0]);
	close(self->sockets[1]);
	/* The collector runs when sockets are closed. */
	for (i = 0; i < 2; i++)
		close(other[i]);
	wait_until(module_parameter("live_channels") == before);
}

TEST_HARNESS_MAIN
