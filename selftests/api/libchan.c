// SPDX-License-Identifier: GPL-2.0-only
/* libchan: each function, each error, and errno left untouched. */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/memory.h"

/* No error has this number, so any change of errno is noticed. */
#define UNTOUCHED	4711

/* The result of a call that must not change errno. */
#define EXPECT_RET(expected, call) \
do { \
	int ret_ = (errno = UNTOUCHED, (call)); \
	int errno_ = errno; \
	\
	EXPECT_EQ(expected, ret_) { \
		TH_LOG("%s", #call); \
	} \
	EXPECT_EQ(UNTOUCHED, errno_) { \
		TH_LOG("%s: errno", #call); \
	} \
} while (0)

/* The number that the next file descriptor would get. */
static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* The exit status of a child that returns the result of @body. */
static int in_child(int (*body)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(body());
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

/* The errors below fit an exit status. */
static int make_without_device(void)
{
	return chroot("/proc") ? 255 : -chan_make(1, 1, 0);
}

static int make_without_fd(void)
{
	struct rlimit none = { 0, 0 };

	return setrlimit(RLIMIT_NOFILE, &none) ? 255 : -chan_make(1, 1, 0);
}

static int become_user(void)
{
	return setgid(54321) || setuid(54321);
}

static int make_over_limit(void)
{
	int fd = next_fd();

	if (become_user() || chan_make(CHAN_ELEM_INLINE, 1 << 20, 0) != -EDQUOT)
		return 255;
	return next_fd() == fd ? EDQUOT : 254;
}

static int send_until_over_limit(void)
{
	static char elem[CHAN_ELEM_MAX];
	int ch = become_user() ? -1 : chan_make(sizeof(elem), 1000, 0);
	int ret, sent = 0;

	while ((ret = chan_send(ch, elem, sizeof(elem))) == 0 && sent < 1000)
		sent++;
	return sent ? -ret : 255;
}

TEST(make)
{
	struct chan_info info;
	int ch = chan_make(24, 7, CHAN_F_NOHUP);

	ASSERT_GE(ch, 0);
	EXPECT_EQ(FD_CLOEXEC, fcntl(ch, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(ch, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	EXPECT_RET(0, chan_get_info(ch, &info));
	EXPECT_EQ(24, info.elemsize);
	EXPECT_EQ(7, info.cap);
	EXPECT_EQ(CHAN_F_NOHUP, info.flags);
	EXPECT_EQ(CHAN_RIGHTS_ALL, info.rights);
	EXPECT_STREQ("", info.type);
	close(ch);

	ch = chan_make_typed(4, 0, 0, "a name with thirty-one bytes.. ");
	ASSERT_GE(ch, 0);
	EXPECT_STREQ("a name with thirty-one bytes.. ", channel_info(ch).type);
}

TEST(make_errors)
{
	int fd = next_fd();

	EXPECT_RET(-EINVAL, chan_make(CHAN_ELEM_MAX + 1, 1, 0));
	/* Not truncated to 32 bits. */
	if (SIZE_MAX > UINT32_MAX)
		EXPECT_RET(-EINVAL, chan_make(SIZE_MAX - UINT32_MAX, 1, 0));
	EXPECT_RET(-EINVAL, chan_make(256, UINT_MAX, 0));
	EXPECT_RET(-EINVAL, chan_make(1, 1, ~CHAN_F_ALL));
	EXPECT_RET(-EINVAL, chan_make_typed(1, 1, 0, "a name with thirty-two bytes....."));
	EXPECT_EQ(fd, next_fd());

	EXPECT_EQ(ENOENT, in_child(make_without_device));
	EXPECT_EQ(EMFILE, in_child(make_without_fd));
	EXPECT_EQ(EDQUOT, in_child(make_over_limit));
}

TEST(send_and_recv)
{
	int64_t x = 5, y = 6;
	int ch = channel_make(2);

	EXPECT_RET(0, chan_send(ch, &x, sizeof(x)));
	EXPECT_RET(0, chan_try_send(ch, &y, sizeof(y)));
	EXPECT_RET(-EAGAIN, chan_try_send(ch, &y, sizeof(y)));
	EXPECT_RET(-ETIMEDOUT, chan_send_until(ch, &y, sizeof(y), 0));
	EXPECT_RET(1, chan_recv(ch, &y, sizeof(y)));
	EXPECT_EQ(5, y);
	EXPECT_RET(0, chan_send_until(ch, &x, sizeof(x), 0));
	EXPECT_RET(1, chan_try_recv(ch, &x, sizeof(x)));
	EXPECT_EQ(6, x);
	EXPECT_RET(1, chan_recv_until(ch, &x, sizeof(x), 0));
	EXPECT_EQ(5, x);
	EXPECT_RET(-EAGAIN, chan_try_recv(ch, &x, sizeof(x)));
	EXPECT_RET(-ETIMEDOUT, chan_recv_until(ch, &x, sizeof(x), 0));
	EXPECT_EQ(5, x);
}

TEST(closed)
{
	int64_t x = 5;
	int ch = channel_make(2);

	EXPECT_RET(0, chan_send(ch, &x, sizeof(x)));
	EXPECT_RET(0, chan_close(ch));
	EXPECT_RET(-EPIPE, chan_close(ch));
	EXPECT_RET(-EPIPE, chan_send(ch, &x, sizeof(x)));
	EXPECT_RET(-EPIPE, chan_try_send(ch, &x, sizeof(x)));
	EXPECT_RET(-EPIPE, chan_send_until(ch, &x, sizeof(x), CHAN_DEADLINE_NONE));
	EXPECT_RET(-EPIPE, chan_sendv(ch, &x, sizeof(x), 1));
	EXPECT_RET(1, chan_recv(ch, &x, sizeof(x)));

	EXPECT_RET(0, chan_recv(ch, &x, sizeof(x)));
	EXPECT_EQ(0, x);
	x = 1;
	EXPECT_RET(0, chan_try_recv(ch, &x, sizeof(x)));
	EXPECT_EQ(0, x);
	x = 1;
	EXPECT_RET(0, chan_recv_until(ch, &x, sizeof(x), CHAN_DEADLINE_NONE));
	EXPECT_EQ(0, x);
	x = 1;
	EXPECT_RET(0, chan_recvv(ch, &x, sizeof(x), 1));
	EXPECT_EQ(0, x);
}

TEST(signals_have_no_bytes)
{
	int ch = chan_make(0, 3000000000U, 0);

	ASSERT_GE(ch, 0);
	EXPECT_RET(0, chan_send(ch, NULL, 0));
	EXPECT_RET(3, chan_sendv(ch, NULL, 0, 3));
	EXPECT_RET(4, chan_len(ch));
	EXPECT_RET(INT_MAX, chan_cap(ch));
	EXPECT_RET(1, chan_recv(ch, NULL, 0));
	EXPECT_RET(3, chan_recvv(ch, NULL, 0, 4));
	EXPECT_RET(-EAGAIN, chan_try_recv(ch, NULL, 0));
}

TEST(nonblock)
{
	int64_t elems[4] = { 1, 2, 3, 4 };
	int ch = channel_make(3);

	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	EXPECT_RET(-EAGAIN, chan_recv(ch, elems, sizeof(*elems)));
	EXPECT_RET(-EAGAIN, chan_recvv(ch, elems, sizeof(*elems), 4));
	EXPECT_RET(-EAGAIN, chan_recv_until(ch, elems, sizeof(*elems), CHAN_DEADLINE_NONE));
	EXPECT_RET(3, chan_sendv(ch, elems, sizeof(*elems), 4));
	EXPECT_RET(-EAGAIN, chan_sendv(ch, elems, sizeof(*elems), 4));
	EXPECT_RET(-EAGAIN, chan_send(ch, elems, sizeof(*elems)));
	EXPECT_RET(-EAGAIN, chan_send_until(ch, elems, sizeof(*elems), CHAN_DEADLINE_NONE));
}

TEST(batches)
{
	int64_t in[3] = { 1, 2, 3 };
	int64_t out[3] = { 0 };
	int ch = channel_make(4);

	EXPECT_RET(3, chan_sendv(ch, in, sizeof(*in), 3));
	EXPECT_RET(2, chan_recvv(ch, out, sizeof(*out), 2));
	EXPECT_EQ(1, out[0]);
	EXPECT_EQ(2, out[1]);
	EXPECT_EQ(0, out[2]);
	EXPECT_RET(1, chan_recvv(ch, out, sizeof(*out), 3));
	EXPECT_EQ(3, out[0]);

	EXPECT_RET(-EINVAL, chan_sendv(ch, in, sizeof(*in), 0));
	EXPECT_RET(-EINVAL, chan_recvv(ch, out, sizeof(*out), 0));
	EXPECT_RET(-EINVAL, chan_sendv(ch, in, sizeof(*in), INT_MAX + 1U));
	EXPECT_RET(-EINVAL, chan_recvv(ch, out, sizeof(*out), INT_MAX + 1U));
}

TEST(batches_that_may_not_wait_for_ever)
{
	int64_t in[4] = { 1, 2, 3, 4 }, out[4] = { 0 };
	uint64_t deadline;
	int ch = channel_make(3);

	EXPECT_RET(-EAGAIN, chan_try_recvv(ch, out, sizeof(*out), 4));
	EXPECT_RET(-ETIMEDOUT, chan_recvv_until(ch, out, sizeof(*out), 4, 0));
	EXPECT_RET(3, chan_try_sendv(ch, in, sizeof(*in), 4));
	EXPECT_RET(-EAGAIN, chan_try_sendv(ch, in, sizeof(*in), 4));
	EXPECT_RET(-ETIMEDOUT, chan_sendv_until(ch, in, sizeof(*in), 4, 0));
	EXPECT_RET(2, chan_try_recvv(ch, out, sizeof(*out), 2));
	EXPECT_EQ(2, out[1]);
	EXPECT_RET(2, chan_sendv_until(ch, in, sizeof(*in), 2, CHAN_DEADLINE_NONE));
	/* Elements moved by the deadline are enough, received or sent. */
	EXPECT_RET(3, chan_recvv_until(ch, out, sizeof(*out), 4, 0));
	EXPECT_EQ(2, out[2]);
	deadline = chan_deadline(1000000);
	EXPECT_RET(3, chan_sendv_until(ch, in, sizeof(*in), 4, deadline));
	EXPECT_GE(chan_deadline(0), deadline);

	EXPECT_RET(-EINVAL, chan_try_sendv(ch, in, sizeof(*in), 0));
	EXPECT_RET(-EINVAL, chan_try_recvv(ch, out, sizeof(*out), INT_MAX + 1U));
	EXPECT_RET(-EINVAL, chan_sendv_until(ch, in, sizeof(*in), INT_MAX + 1U, 0));
	EXPECT_RET(-EINVAL, chan_recvv_until(ch, out, sizeof(*out), 0, 0));

	EXPECT_RET(0, chan_close(ch));
	EXPECT_RET(-EPIPE, chan_try_sendv(ch, in, sizeof(*in), 1));
	EXPECT_RET(-EPIPE, chan_sendv_until(ch, in, sizeof(*in), 1, CHAN_DEADLINE_NONE));
	EXPECT_RET(3, chan_try_recvv(ch, out, sizeof(*out), 4));
	out[0] = 77;
	EXPECT_RET(0, chan_recvv_until(ch, out, sizeof(*out), 4, CHAN_DEADLINE_NONE));
	EXPECT_EQ(0, out[0]);
}

TEST(faults)
{
	char *border = memory_border();
	int64_t *elems = (int64_t *)border - 2;
	int ch = channel_make(8);
	int64_t x;

	elems[0] = 1;
	elems[1] = 2;
	EXPECT_RET(-EFAULT, chan_send(ch, border, sizeof(x)));
	EXPECT_RET(-EFAULT, chan_try_send(ch, border, sizeof(x)));
	EXPECT_RET(2, chan_sendv(ch, elems, sizeof(*elems), 4));
	EXPECT_RET(2, chan_sendv(ch, elems, sizeof(*elems), 4));
	EXPECT_RET(4, chan_len(ch));

	EXPECT_RET(-EFAULT, chan_recv(ch, border, sizeof(x)));
	EXPECT_EQ(1, channel_info(ch).requeued);
	EXPECT_RET(3, chan_len(ch));
	EXPECT_RET(1, chan_recv(ch, &x, sizeof(x)));
	EXPECT_EQ(1, x);
	EXPECT_RET(2, chan_recvv(ch, elems, sizeof(*elems), 3));
	EXPECT_EQ(2, elems[0]);
	EXPECT_EQ(1, elems[1]);
	EXPECT_RET(1, chan_recv_until(ch, &x, sizeof(x), 0));
	EXPECT_EQ(2, x);
	EXPECT_RET(-EAGAIN, chan_try_recv(ch, border, sizeof(x)));
	EXPECT_RET(-EFAULT, chan_get_info(ch, (struct chan_info *)border));
}

TEST(send_over_limit)
{
	EXPECT_EQ(EDQUOT, in_child(send_until_over_limit));
}

TEST(deadline)
{
	uint64_t start, deadline;
	int64_t x;
	int ch = channel_make(0);

	start = chan_deadline(0);
	deadline = chan_deadline(1000000);
	EXPECT_GE(deadline, start + 1000000);
	EXPECT_RET(-ETIMEDOUT, chan_recv_until(ch, &x, sizeof(x), deadline));
	EXPECT_GE(chan_deadline(0), deadline);
	deadline = chan_deadline(1000000);
	EXPECT_RET(-ETIMEDOUT, chan_send_until(ch, &x, sizeof(x), deadline));
	EXPECT_GE(chan_deadline(0), deadline);

	EXPECT_EQ(CHAN_DEADLINE_NONE, chan_deadline(CHAN_DEADLINE_NONE));
	EXPECT_EQ(CHAN_DEADLINE_NONE, chan_deadline(CHAN_DEADLINE_NONE - 1));
}

TEST(rights)
{
	struct rlimit files;
	int64_t x = 5;
	int ch = channel_make(1);
	int send, recv, close_only;

	ASSERT_EQ(0, fcntl(ch, F_SETFL, O_NONBLOCK));
	send = chan_dup(ch, CHAN_RIGHT_SEND);
	recv = chan_dup(ch, CHAN_RIGHT_RECV);
	close_only = chan_dup(ch, CHAN_RIGHT_CLOSE);
	ASSERT_GE(send, 0);
	ASSERT_GE(recv, 0);
	ASSERT_GE(close_only, 0);
	EXPECT_EQ(FD_CLOEXEC, fcntl(send, F_GETFD));
	EXPECT_EQ(O_WRONLY, fcntl(send, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
	EXPECT_EQ(O_RDONLY, fcntl(recv, F_GETFL) & (O_ACCMODE | O_NONBLOCK));

	EXPECT_RET(0, chan_send(send, &x, sizeof(x)));
	EXPECT_RET(-EBADF, chan_recv(send, &x, sizeof(x)));
	EXPECT_RET(-EBADF, chan_try_recv(send, &x, sizeof(x)));
	EXPECT_RET(-EBADF, chan_close(send));
	EXPECT_RET(-EBADF, chan_send(recv, &x, sizeof(x)));
	EXPECT_RET(-EBADF, chan_sendv(recv, &x, sizeof(x), 1));
	EXPECT_RET(1, chan_recv(recv, &x, sizeof(x)));
	EXPECT_RET(0, chan_len(close_only));

	EXPECT_RET(-EBADF, chan_dup(send, CHAN_RIGHT_SEND | CHAN_RIGHT_RECV));
	EXPECT_RET(-EINVAL, chan_dup(ch, 0));
	EXPECT_RET(-EINVAL, chan_dup(ch, ~CHAN_RIGHTS_ALL));
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &files));
	files.rlim_cur = next_fd();
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	EXPECT_RET(-EMFILE, chan_dup(ch, CHAN_RIGHT_SEND));

	EXPECT_RET(0, chan_close(close_only));
	EXPECT_RET(0, chan_recv(recv, &x, sizeof(x)));
}

TEST(last_peer_gone)
{
	int64_t x = 5;
	int both = channel_make(1);
	int recv = chan_dup(both, CHAN_RIGHT_RECV);

	EXPECT_RET(0, chan_send(both, &x, sizeof(x)));
	close(both);
	EXPECT_EQ(CHAN_CLOSED_NO_SENDERS, channel_info(recv).closed);
	EXPECT_RET(1, chan_recv(recv, &x, sizeof(x)));
	EXPECT_RET(0, chan_recv(recv, &x, sizeof(x)));
}

TEST(no_channel)
{
	struct chan_info info;
	int64_t x = 0;
	int fds[2];
	int i, err;

	ASSERT_EQ(0, pipe(fds));
	for (i = 0; i < 2; i++) {
		int ch = i ? fds[0] : -1;

		err = i ? -ENOTTY : -EBADF;
		EXPECT_RET(err, chan_send(ch, &x, sizeof(x)));
		EXPECT_RET(err, chan_recv(ch, &x, sizeof(x)));
		EXPECT_RET(err, chan_try_send(ch, &x, sizeof(x)));
		EXPECT_RET(err, chan_try_recv(ch, &x, sizeof(x)));
		EXPECT_RET(err, chan_send_until(ch, &x, sizeof(x), 0));
		EXPECT_RET(err, chan_recv_until(ch, &x, sizeof(x), 0));
		EXPECT_RET(err, chan_sendv(ch, &x, sizeof(x), 1));
		EXPECT_RET(err, chan_recvv(ch, &x, sizeof(x), 1));
		EXPECT_RET(err, chan_try_sendv(ch, &x, sizeof(x), 1));
		EXPECT_RET(err, chan_try_recvv(ch, &x, sizeof(x), 1));
		EXPECT_RET(err, chan_sendv_until(ch, &x, sizeof(x), 1, 0));
		EXPECT_RET(err, chan_recvv_until(ch, &x, sizeof(x), 1, 0));
		EXPECT_RET(err, chan_close(ch));
		EXPECT_RET(err, chan_dup(ch, CHAN_RIGHT_SEND));
		EXPECT_RET(err, chan_len(ch));
		EXPECT_RET(err, chan_cap(ch));
		EXPECT_RET(err, chan_get_info(ch, &info));
		EXPECT_RET(err, chan_attach(ch, 8, ""));
	}
}

TEST(nil_channel)
{
	struct chan_info info;
	int64_t x = 7;
	int ch = open("/dev/chan", O_RDWR);

	ASSERT_GE(ch, 0);
	EXPECT_RET(-EAGAIN, chan_try_send(ch, &x, sizeof(x)));
	EXPECT_RET(-EAGAIN, chan_try_recv(ch, &x, sizeof(x)));
	EXPECT_RET(-ETIMEDOUT, chan_send_until(ch, &x, sizeof(x), 0));
	EXPECT_RET(-ETIMEDOUT, chan_recv_until(ch, &x, sizeof(x), 0));
	EXPECT_RET(-EBADFD, chan_close(ch));
	EXPECT_RET(-EBADFD, chan_dup(ch, CHAN_RIGHT_SEND));
	EXPECT_RET(-EBADFD, chan_len(ch));
	EXPECT_RET(-EBADFD, chan_cap(ch));
	EXPECT_RET(-EBADFD, chan_get_info(ch, &info));
	EXPECT_RET(-EBADFD, chan_attach(ch, 0, ""));
	EXPECT_EQ(7, x);
}

TEST_HARNESS_MAIN
