// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files other than channels in a select (G5): at most one channel operation is carried out, and
 * none if a file is chosen.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/memory.h"
#include "common/operation.h"
#include "common/set.h"

/* A select of these cases in a thread, which has parked on @ch. */
static struct operation *park_select(int ch, struct chan_case *cases, unsigned int n)
{
	struct operation *op = operation_new(TASK_THREAD, operation_select, ch, n);

	op->data = cases;
	operation_park(op);
	return op;
}

TEST(G5_ready_file_is_chosen_and_no_channel_changes)
{
	int ch = channel_make(0), fd = eventfd(0, EFD_CLOEXEC);
	uint64_t value = 1;
	struct chan_case cases[] = {
		chan_case_send(ch, &value, sizeof(value)),
		chan_case_poll(fd, POLLIN),
	};

	EXPECT_EQ(-EAGAIN, chan_try_select(cases, 2));
	ASSERT_EQ(0, eventfd_write(fd, 1));
	EXPECT_EQ(1, chan_select(cases, 2));
	EXPECT_EQ(POLLIN, cases[1].revents);
	EXPECT_EQ(0, cases[1].result);
	EXPECT_EQ(0, channel_info(ch).sendq);
	EXPECT_EQ(0, channel_info(ch).send_parks);
}

TEST(G5_file_ends_a_parked_select)
{
	int ch = channel_make(0), fd = eventfd(0, EFD_CLOEXEC);
	uint64_t value = 1;
	struct chan_case cases[] = {
		chan_case_recv(ch, &value, sizeof(value)),
		chan_case_poll(fd, POLLIN),
	};
	struct operation *op = park_select(ch, cases, 2);

	ASSERT_EQ(0, eventfd_write(fd, 1));
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(POLLIN, cases[1].revents);
	EXPECT_EQ(0, channel_info(ch).recvq);
	EXPECT_EQ(-EAGAIN, chan_try_send(ch, &value, sizeof(value)));
}

TEST(G5_channel_ends_a_select_that_waits_for_files)
{
	int ch = channel_make(0), fd = eventfd(0, EFD_CLOEXEC);
	uint64_t value = 0;
	struct chan_case cases[] = {
		chan_case_poll(fd, POLLIN),
		chan_case_recv(ch, &value, sizeof(value)),
	};
	struct operation *op = park_select(ch, cases, 2);

	channel_send(ch, 9);
	EXPECT_EQ(1, operation_join(op));
	EXPECT_EQ(9, value);
	EXPECT_EQ(1, cases[1].result);
}

/* A wakeup without the event neither ends the wait nor changes the place in the queue. */
TEST(G2_file_that_is_not_ready_after_all_changes_nothing)
{
	int ch = channel_make(0), fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	uint64_t value = 0, sent = 9;
	eventfd_t count;
	struct chan_case cases[] = {
		chan_case_poll(fd, POLLIN),
		chan_case_recv(ch, &value, sizeof(value)),
	};
	struct operation *op = park_select(ch, cases, 2);
	int i, taken = 0;

	/* The faster task gets the count: sometimes the select finds nothing. */
	for (i = 0; i < 200 && !operation_done(op); i++) {
		ASSERT_EQ(0, eventfd_write(fd, 1));
		taken += !eventfd_read(fd, &count);
	}
	/*
	 * The select may have found the file ready without being done: then no task takes this
	 * element.
	 */
	if (chan_try_send(ch, &sent, sizeof(sent))) {
		EXPECT_EQ(0, operation_join(op));
	} else {
		EXPECT_EQ(1, channel_info(ch).recv_parks);
		EXPECT_EQ(1, operation_join(op));
		EXPECT_EQ(9, value);
	}
	EXPECT_GT(taken, 0);
}

TEST(every_kind_of_file_works)
{
	struct itimerspec soon = { .it_value = { .tv_nsec = 1 } };
	int pipes[2], sockets[2], fds[7], i;
	sigset_t signals;
	pid_t pid;
	uint64_t value;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR2);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	fds[0] = pipes[0];
	fds[1] = sockets[0];
	fds[2] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	fds[3] = signalfd(-1, &signals, SFD_CLOEXEC);
	fds[4] = inotify_init1(IN_CLOEXEC);
	pid = fork();
	if (!pid) {
		pause();
		_exit(0);
	}
	fds[5] = syscall(SYS_pidfd_open, pid, 0);
	fds[6] = channel_make(1);
	ASSERT_LE(0, inotify_add_watch(fds[4], "/tmp", IN_CREATE));
	for (i = 0; i < 7; i++) {
		struct chan_case cases[] = {
			chan_case_recv(channel_make(0), &value, sizeof(value)),
			chan_case_poll(fds[i], POLLIN),
		};

		if (i != 6)
			EXPECT_EQ(-EAGAIN, chan_try_select(cases, 2));
		switch (i) {
		case 0: ASSERT_EQ(1, write(pipes[1], "x", 1)); break;
		case 1: ASSERT_EQ(1, write(sockets[1], "x", 1)); break;
		case 2: ASSERT_EQ(0, timerfd_settime(fds[2], 0, &soon, NULL)); break;
		case 3: kill(getpid(), SIGUSR2); break;
		case 4: close(mkstemp((char[]){ "/tmp/chan-XXXXXX" })); break;
		case 5: kill(pid, SIGKILL); break;
		case 6: channel_send(fds[6], 1); break;
		}
		EXPECT_EQ(1, chan_select(cases, 2)) {
			TH_LOG("file %d", i);
		}
		EXPECT_TRUE(cases[1].revents & POLLIN);
	}
	waitpid(pid, NULL, 0);
}

TEST(file_that_cannot_be_polled_is_refused)
{
	uint64_t value = 1;
	int ch = channel_make(1), fd = open("/proc/self/exe", O_RDONLY);
	struct chan_case cases[] = {
		chan_case_send(ch, &value, sizeof(value)),
		chan_case_poll(fd, POLLIN),
	};

	ASSERT_GE(fd, 0);
	EXPECT_EQ(-EPERM, chan_select(cases, 2));
	EXPECT_EQ(0, chan_len(ch));
}

TEST(end_of_a_file_always_counts)
{
	int fds[2];
	struct chan_case c;

	ASSERT_EQ(0, pipe(fds));
	c = chan_case_poll(fds[0], 0);
	EXPECT_EQ(-EAGAIN, chan_try_select(&c, 1));
	close(fds[1]);
	EXPECT_EQ(0, chan_select(&c, 1));
	EXPECT_EQ(POLLHUP, c.revents);
}

TEST(G12_select_that_waits_for_a_file_can_be_killed)
{
	int ch = channel_make(0);
	struct chan_case *cases = shared_alloc(2 * sizeof(*cases));
	struct operation *op = operation_new(TASK_PROCESS, operation_select, ch, 2);

	cases[0] = chan_case_poll(eventfd(0, EFD_CLOEXEC), POLLIN);
	cases[1] = chan_case_recv(ch, op->elems, op->elemsize);
	op->data = cases;
	operation_park(op);
	operation_kill(op);
	EXPECT_EQ(OPERATION_KILLED, operation_join(op));
	EXPECT_EQ(0, channel_info(ch).recvq);
}

/* One takes from the channel, the other from the file: together they lose nothing. */
#define ROUNDS	500

static int run_take_both(struct operation *op)
{
	struct chan_case *cases = op->data;
	eventfd_t count;
	int ret;

	while ((ret = chan_select(cases, 2)) >= 0) {
		if (ret == 0 && !cases[0].result)
			return 0;
		if (ret == 0)
			op->progress++;
		else if (!eventfd_read(cases[1].fd, &count))
			op->min += count;
	}
	return ret;
}

TEST(G3_G5_channel_and_file_race)
{
	int ch = channel_make(0), fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct operation *ops[2];
	struct chan_case cases[2][2];
	uint64_t room[2], i;

	for (i = 0; i < 2; i++) {
		cases[i][0] = chan_case_recv(ch, &room[i], sizeof(room[i]));
		cases[i][1] = chan_case_poll(fd, POLLIN);
		ops[i] = operation_new(TASK_THREAD, run_take_both, ch, 1);
		ops[i]->data = cases[i];
		ops[i]->min = 0;
		operation_start(ops[i]);
	}
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, eventfd_write(fd, 1));
		ASSERT_EQ(0, chan_send(ch, &i, sizeof(i)));
	}
	wait_until(channel_events(fd) == POLLOUT || !(channel_events(fd) & POLLIN));
	ASSERT_EQ(0, chan_close(ch));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, operation_wait(ops[i]));
	EXPECT_EQ(ROUNDS, ops[0]->progress + ops[1]->progress);
	EXPECT_EQ(ROUNDS, ops[0]->min + ops[1]->min);
}

/*
 * Reports the ready events of the set into memory that faults slowly, and so keeps the set locked.
 */
static int run_wait_slowly(struct operation *op)
{
	return result_of(epoll_wait((intptr_t)op->data, op->elems, 1, 0));
}

/*
 * While a select polls its files, a peer completes one of its cases, and then a file is found
 * ready. Polling an epoll set takes as long as that set is locked.
 */
TEST(G10_success_wins_over_a_file_that_is_ready)
{
	int ch = channel_make(0), set = set_new(eventfd(1, EFD_CLOEXEC), EPOLLIN);
	int fd = eventfd(0, EFD_CLOEXEC);
	const struct memory_slow slow = memory_slow_new();
	uint64_t value = 0;
	struct chan_case cases[] = {
		chan_case_recv(ch, &value, sizeof(value)),
		chan_case_poll(set, POLLPRI),
		chan_case_poll(fd, POLLIN),
	};
	struct operation *op = park_select(ch, cases, 3);
	struct operation *locker = operation_new(TASK_THREAD, run_wait_slowly, ch, 1);

	locker->data = (void *)(intptr_t)set;
	locker->elems = slow.page;
	operation_start(locker);
	memory_slow_wait(&slow);
	ASSERT_EQ(0, eventfd_write(fd, 1));
	operation_wait_state(op, 'D');
	channel_send(ch, 9);
	memory_slow_release(&slow);
	EXPECT_EQ(1, operation_join(locker));
	EXPECT_EQ(0, operation_join(op));
	EXPECT_EQ(1, cases[0].result);
	EXPECT_EQ(9, value);
}

/* With a second thread, each case holds a reference to its file. */
TEST(G11_select_that_fails_holds_no_file)
{
	int ch = channel_make(0), recv = channel_dup(ch, CHAN_RIGHT_RECV), i;
	uint64_t value = 1;
	struct operation *thread = operation_park_recv(TASK_THREAD, ch);
	struct chan_case wrong[] = {
		chan_case_send(recv, &value, sizeof(value)),
		{ .fd = recv, .op = CHAN_CASE_RECV, .flags = 1 },
		chan_case_send(ch, MEMORY_BAD, sizeof(value)),
	};
	int errors[] = { -EBADF, -EINVAL, -EFAULT };

	for (i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct chan_case cases[] = {
			chan_case_recv(recv, &value, sizeof(value)),
			wrong[i],
		};

		EXPECT_EQ(errors[i], chan_select(cases, 2));
	}
	close(recv);
	EXPECT_EQ(1, channel_info(ch).receivers);
	channel_send(ch, 1);
	EXPECT_EQ(1, operation_join(thread));
}

/**
 * struct written - a socket that is unwritable until its peer receives a message
 * @writer: the socket
 * @peer: its peer
 */
struct written {
	int writer;
	int peer;
};

static void written_pair(struct written *w, int type)
{
	int sockets[2];

	if (socketpair(AF_UNIX, type, 0, sockets))
		give_up("socketpair: %s", strerror(errno));
	w->writer = sockets[0];
	w->peer = sockets[1];
}

/* The peer is not connected back: the writer is limited by the length of the peer's queue. */
static void written_queue(struct written *w, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	socklen_t size = sizeof(address);

	w->peer = socket(AF_UNIX, type, 0);
	w->writer = socket(AF_UNIX, type, 0);
	if (bind(w->peer, (void *)&address, sizeof(sa_family_t)) ||
	    getsockname(w->peer, (void *)&address, &size) ||
	    connect(w->writer, (void *)&address, size))
		give_up("no connected datagrams: %s", strerror(errno));
}

static void written_fill(const struct written *w)
{
	const char message[512] = "";

	while (send(w->writer, message, sizeof(message), MSG_DONTWAIT) == sizeof(message))
		;
}

static void written_drain(const struct written *w)
{
	char message[512];

	while (recv(w->peer, message, sizeof(message), MSG_DONTWAIT) > 0)
		;
}

FIXTURE(sockets) {};
/**
 * struct sockets - variants
 * @open: makes the socket that is written
 * @type: of the sockets
 * @writer: index of its case; the other one reads
 */
FIXTURE_VARIANT(sockets)
{
	void (*open)(struct written *w, int type);
	int type;
	int writer;
};
FIXTURE_SETUP(sockets) {}
FIXTURE_TEARDOWN(sockets) {}

#define SOCKETS(name, how, kind) \
	FIXTURE_VARIANT_ADD(sockets, name##_written_first) { how, kind, 0 }; \
	FIXTURE_VARIANT_ADD(sockets, name##_written_last) { how, kind, 1 }

SOCKETS(seqpacket_pair, written_pair, SOCK_SEQPACKET);
SOCKETS(dgram_pair, written_pair, SOCK_DGRAM);
SOCKETS(dgram_queue, written_queue, SOCK_DGRAM);

static int run_select_for_a_while(struct operation *op)
{
	return chan_select_until(op->data, op->count, chan_deadline(5 * CLOCK_SECOND));
}

/* A datagram socket checks for writability only if its poller asks for that. */
TEST_F(sockets, G9_each_file_is_asked_for_its_own_events)
{
	const int ch = channel_make(0), writer = variant->writer;
	struct written w, idle;
	uint64_t value;
	struct chan_case cases[3];
	struct operation *op;

	variant->open(&w, variant->type);
	written_pair(&idle, variant->type);
	written_fill(&w);
	cases[writer] = chan_case_poll(w.writer, POLLOUT);
	cases[!writer] = chan_case_poll(idle.writer, POLLIN);
	cases[2] = chan_case_recv(ch, &value, sizeof(value));
	op = operation_new(TASK_THREAD, run_select_for_a_while, ch, 3);
	op->data = cases;
	operation_park(op);
	written_drain(&w);
	EXPECT_EQ(writer, operation_join(op));
	EXPECT_EQ(POLLOUT, cases[writer].revents);
}

TEST_HARNESS_MAIN
