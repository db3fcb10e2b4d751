// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of the first version of the interface: every ioctl, every function of libchan, and
 * what both promise. It is built from the files beside it alone, and prints KTAP. Each test runs
 * in a process of its own, which ends with the first thing that is not as it was.
 *
 * Of flags and limits it asks for those that it knows: there may be more.
 */
#include <chan.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND	1000000000ULL
#define HOUR	(3600 * SECOND)
#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

#define CHECK(condition) \
do { \
	if (!(condition)) { \
		printf("# line %d: %s\n", __LINE__, #condition); \
		fflush(stdout); \
		_exit(1); \
	} \
} while (0)

struct job {
	uint32_t id;
	uint32_t size;
};

CHAN_TYPE(jobs, struct job);

static int command(int fd, unsigned long number, const void *argument)
{
	int ret = ioctl(fd, number, argument);

	return ret < 0 ? -errno : ret;
}

static int make(uint32_t cap, uint32_t flags)
{
	struct chan_make make = { .elemsize = 8, .cap = cap, .flags = flags, .type = "long" };
	int fd = open("/dev/chan", O_RDWR);

	CHECK(fd >= 0);
	CHECK(command(fd, CHAN_IOC_MAKE, &make) == 0);
	return fd;
}

static struct chan_info info_of(int fd)
{
	struct chan_info info;

	memset(&info, 0xa5, sizeof(info));
	CHECK(command(fd, CHAN_IOC_INFO, &info) == 0);
	return info;
}

/* The ioctls. */

static void query(void)
{
	struct chan_query query;
	int fd = open("/dev/chan", O_RDWR);

	memset(&query, 0xa5, sizeof(query));
	CHECK(command(fd, CHAN_IOC_QUERY, &query) == 0);
	CHECK(query.version >= CHAN_ABI_VERSION);
	CHECK((query.make_flags & CHAN_F_ALL) == CHAN_F_ALL);
	CHECK((query.xfer_flags & CHAN_XFER_ALL) == CHAN_XFER_ALL);
	CHECK((query.rights & CHAN_RIGHTS_ALL) == CHAN_RIGHTS_ALL);
	CHECK((query.select_flags & CHAN_SELECT_ALL) == CHAN_SELECT_ALL);
	CHECK((query.timer_flags & CHAN_TIMER_ALL) == CHAN_TIMER_ALL);
	CHECK(query.elem_max >= CHAN_ELEM_MAX);
	CHECK(query.elem_inline >= CHAN_ELEM_INLINE);
	CHECK(query.select_max >= CHAN_SELECT_MAX);
	CHECK(query.ring_max > 0 && query.user_channels_max > 0 && query.user_bytes_max > 0);
	CHECK(query.user_channels < query.user_channels_max);
	CHECK(query.user_bytes < query.user_bytes_max);
}

static void make_and_info(void)
{
	struct chan_make again = { .elemsize = 8 };
	struct chan_info info;
	int fd = make(4, CHAN_F_NOHUP);
	uint64_t elem = 1;

	CHECK(command(fd, CHAN_IOC_MAKE, &again) == -EBUSY);
	CHECK(command(fd, CHAN_IOC_SEND(sizeof(elem)), &elem) == 0);
	info = info_of(fd);
	CHECK(info.id > 0 && info.elemsize == 8 && info.cap == 4 && info.flags == CHAN_F_NOHUP);
	CHECK(info.len == 1 && info.maxlen == 1 && info.closed == CHAN_OPEN);
	CHECK(info.rights == CHAN_RIGHTS_ALL && info.senders == 1 && info.receivers == 1);
	CHECK(info.sendq == 0 && info.recvq == 0 && info.requeued == 0 && info.requeues == 0);
	CHECK(info.sends.handoff == 0 && info.sends.ring == 1 && info.sends.park == 0);
	CHECK(command(fd, CHAN_IOC_RECV(sizeof(elem)), &elem) == 1);
	info = info_of(fd);
	CHECK(info.recvs.handoff == 0 && info.recvs.ring == 1 && info.recvs.park == 0);
	CHECK(info.send_parks == 0 && info.recv_parks == 0 && info.len == 0);
	CHECK(strcmp(info.type, "long") == 0);
}

static void rights(void)
{
	struct chan_dup send = { .rights = CHAN_RIGHT_SEND }, all = { .rights = CHAN_RIGHTS_ALL };
	struct chan_info info;
	int fd = make(1, 0), sender;
	uint64_t elem = 1;

	sender = command(fd, CHAN_IOC_DUP, &send);
	CHECK(sender >= 0);
	info = info_of(sender);
	CHECK(info.rights == CHAN_RIGHT_SEND && info.senders == 2 && info.receivers == 1);
	CHECK(command(sender, CHAN_IOC_DUP, &all) == -EBADF);
	CHECK(command(sender, CHAN_IOC_SEND(sizeof(elem)), &elem) == 0);
	CHECK(command(sender, CHAN_IOC_RECV(sizeof(elem)), &elem) == -EBADF);
	CHECK(command(sender, CHAN_IOC_CLOSE, NULL) == -EBADF);
}

static void close_is_final(void)
{
	int fd = make(1, 0);
	uint64_t elem = 7;

	CHECK(command(fd, CHAN_IOC_SEND(sizeof(elem)), &elem) == 0);
	CHECK(command(fd, CHAN_IOC_CLOSE, NULL) == 0);
	CHECK(command(fd, CHAN_IOC_CLOSE, NULL) == -EPIPE);
	CHECK(command(fd, CHAN_IOC_SEND(sizeof(elem)), &elem) == -EPIPE);
	CHECK(info_of(fd).closed == CHAN_CLOSED_BY_CLOSE);
	elem = 0;
	CHECK(command(fd, CHAN_IOC_RECV(sizeof(elem)), &elem) == 1 && elem == 7);
	CHECK(command(fd, CHAN_IOC_RECV(sizeof(elem)), &elem) == 0 && elem == 0);
}

static void hangup(void)
{
	struct chan_dup send = { .rights = CHAN_RIGHT_SEND }, recv = { .rights = CHAN_RIGHT_RECV };
	int fd = make(1, 0), other = make(1, 0), receiver, sender;
	uint64_t elem = 7;

	receiver = command(fd, CHAN_IOC_DUP, &recv);
	sender = command(other, CHAN_IOC_DUP, &send);
	close(fd);
	close(other);
	CHECK(info_of(receiver).closed == CHAN_CLOSED_NO_SENDERS);
	CHECK(info_of(sender).closed == CHAN_CLOSED_NO_RECEIVERS);
	CHECK(command(receiver, CHAN_IOC_RECV(sizeof(elem)), &elem) == 0);
	CHECK(command(sender, CHAN_IOC_SEND(sizeof(elem)), &elem) == -EPIPE);
}

static void batches(void)
{
	uint64_t elems[4] = { 1, 2, 3, 4 };
	struct chan_xfer xfer = {
		.elemsize = 8, .elems = (uintptr_t)elems, .count = 3, .min = 3, .deadline = CHAN_DEADLINE_NONE,
	};
	int fd = make(4, 0);

	CHECK(command(fd, CHAN_IOC_SENDV, &xfer) == 3);
	memset(elems, 0xa5, sizeof(elems));
	xfer.count = 4;
	xfer.min = 1;
	CHECK(command(fd, CHAN_IOC_RECVV, &xfer) == 3);
	CHECK(elems[0] == 1 && elems[1] == 2 && elems[2] == 3);
	CHECK(elems[3] == 0xa5a5a5a5a5a5a5a5);
	xfer.flags = CHAN_XFER_NONBLOCK;
	CHECK(command(fd, CHAN_IOC_RECVV, &xfer) == -EAGAIN);
}

static void deadlines(void)
{
	static const uint32_t clocks[] = { 0, CHAN_XFER_REALTIME, CHAN_XFER_BOOTTIME };
	uint64_t elem;
	int fd = make(1, 0);

	for (unsigned int i = 0; i < LENGTH(clocks); i++) {
		struct chan_xfer xfer = {
			.elemsize = 8, .elems = (uintptr_t)&elem, .count = 1, .min = 1, .flags = clocks[i],
			.deadline = 1,
		};
		struct chan_select select = { .flags = clocks[i], .deadline = 1 };

		select.casesize = sizeof(struct chan_case);
		CHECK(command(fd, CHAN_IOC_RECVV, &xfer) == -ETIMEDOUT);
		CHECK(command(fd, CHAN_IOC_SELECT, &select) == -ETIMEDOUT);
	}
}

static void select_cases(void)
{
	int fd = make(1, 0), empty = make(1, 0), pipes[2];
	uint64_t in = 7, out = 0;
	struct chan_case cases[] = {
		{ .fd = -1, .op = CHAN_CASE_RECV, .elem = (uintptr_t)&out, .size = sizeof(out) },
		{ .fd = empty, .op = CHAN_CASE_RECV, .elem = (uintptr_t)&out, .size = sizeof(out) },
		{ .fd = fd, .op = CHAN_CASE_SEND, .elem = (uintptr_t)&in, .size = sizeof(in) },
		{ .op = CHAN_CASE_POLL, .events = POLLIN },
	};
	struct chan_select select = {
		.cases = (uintptr_t)cases, .ncases = 4, .casesize = sizeof(cases[0]),
		.flags = CHAN_SELECT_FIRST, .deadline = CHAN_DEADLINE_NONE,
	};

	CHECK(pipe(pipes) == 0);
	cases[3].fd = pipes[0];
	CHECK(command(fd, CHAN_IOC_SELECT, &select) == 2);
	select.flags |= CHAN_SELECT_NONBLOCK;
	CHECK(command(fd, CHAN_IOC_SELECT, &select) == -EAGAIN);
	CHECK(write(pipes[1], "x", 1) == 1);
	CHECK(command(fd, CHAN_IOC_SELECT, &select) == 3 && cases[3].revents == POLLIN);
	cases[1].fd = fd;
	CHECK(command(fd, CHAN_IOC_SELECT, &select) == 1 && out == 7);
	CHECK(command(fd, CHAN_IOC_CLOSE, NULL) == 0);
	CHECK(command(fd, CHAN_IOC_SELECT, &select) == (1 | CHAN_SELECT_CLOSED) && out == 0);
	cases[1].fd = -1;
	CHECK(command(fd, CHAN_IOC_SELECT, &select) == (2 | CHAN_SELECT_CLOSED));
}

static void timers(void)
{
	static const uint32_t clocks[] = { 0, CHAN_TIMER_REALTIME, CHAN_TIMER_BOOTTIME };
	int channel = make(1, 0);

	for (unsigned int i = 0; i < LENGTH(clocks); i++) {
		struct chan_timer timer = { .expires = 1, .flags = clocks[i] };
		int fd = open("/dev/chan", O_RDWR);
		uint64_t tick = 0;

		CHECK(command(channel, CHAN_IOC_TIMER, &timer) == -EBUSY);
		CHECK(command(fd, CHAN_IOC_TIMER, &timer) == 0);
		CHECK(info_of(fd).flags == CHAN_F_TIMER && info_of(fd).rights == CHAN_RIGHT_RECV);
		CHECK(command(fd, CHAN_IOC_RECV(sizeof(tick)), &tick) == 1 && tick == 1);
		timer.expires = 1ULL << 62;
		timer.interval = HOUR;
		CHECK(command(fd, CHAN_IOC_TIMER, &timer) == 0);
		CHECK(command(fd, CHAN_IOC_TIMER, &timer) == 1);
	}
}

static void nil_channel(void)
{
	int fd = open("/dev/chan", O_RDWR | O_NONBLOCK);
	struct chan_info info;
	uint64_t elem;

	CHECK(command(fd, CHAN_IOC_CLOSE, NULL) == -EBADFD);
	CHECK(command(fd, CHAN_IOC_INFO, &info) == -EBADFD);
	CHECK(command(fd, CHAN_IOC_RECV(sizeof(elem)), &elem) == -EAGAIN);
}

static void file_operations(void)
{
	int fd = make(1, 0);
	struct pollfd polled = { .fd = fd, .events = POLLIN | POLLOUT };
	uint64_t elem = 7;

	CHECK(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	CHECK(poll(&polled, 1, 0) == 1 && polled.revents == POLLOUT);
	CHECK(write(fd, &elem, sizeof(elem)) == sizeof(elem));
	CHECK(write(fd, &elem, sizeof(elem)) == -1 && errno == EAGAIN);
	CHECK(poll(&polled, 1, 0) == 1 && polled.revents == POLLIN);
	elem = 0;
	CHECK(read(fd, &elem, sizeof(elem)) == sizeof(elem) && elem == 7);
	CHECK(read(fd, &elem, sizeof(elem)) == -1 && errno == EAGAIN);
	CHECK(command(fd, CHAN_IOC_CLOSE, NULL) == 0);
	CHECK(read(fd, &elem, sizeof(elem)) == 0);
}

/* The library. */

static void library_makes(void)
{
	int ch = chan_make(8, 2, 0), typed = chan_make_typed(8, 2, CHAN_F_NOHUP, "long");
	int recv = chan_dup(ch, CHAN_RIGHT_RECV), pipes[2];
	struct chan_info info;
	uint64_t elem = 0;

	CHECK(ch >= 0 && typed >= 0 && recv >= 0 && pipe(pipes) == 0);
	CHECK(chan_attach(typed, 8, "long") == typed && chan_attach(ch, 8, "") == ch);
	CHECK(chan_attach(typed, 4, "long") == -EMSGSIZE);
	CHECK(chan_attach(typed, 8, "int") == -EINVAL);
	CHECK(chan_make(CHAN_ELEM_MAX + 1, 0, 0) == -EINVAL);
	CHECK(chan_get_info(recv, &info) == 0 && info.rights == CHAN_RIGHT_RECV);
	CHECK(chan_send(recv, &elem, sizeof(elem)) == -EBADF);
	CHECK(chan_send(pipes[0], &elem, sizeof(elem)) == -ENOTTY);
}

static void library_moves(void)
{
	uint64_t elem = 7, elems[3] = { 1, 2, 3 };
	int ch = chan_make(8, 3, 0);

	CHECK(chan_cap(ch) == 3 && chan_len(ch) == 0);
	CHECK(chan_try_recv(ch, &elem, sizeof(elem)) == -EAGAIN);
	CHECK(chan_recv_until(ch, &elem, sizeof(elem), chan_deadline(0)) == -ETIMEDOUT);
	CHECK(chan_send(ch, &elem, sizeof(elem)) == 0 && chan_try_send(ch, &elem,
								       sizeof(elem)) == 0);
	CHECK(chan_send_until(ch, &elem, sizeof(elem),
			      CHAN_DEADLINE_NONE) == 0 && chan_len(ch) == 3);
	CHECK(chan_try_send(ch, &elem, sizeof(elem)) == -EAGAIN);
	CHECK(chan_send_until(ch, &elem, sizeof(elem), chan_deadline(0)) == -ETIMEDOUT);
	CHECK(chan_recv(ch, &elem, sizeof(elem)) == 1 && chan_try_recv(ch, &elem,
								       sizeof(elem)) == 1);
	CHECK(chan_recv_until(ch, &elem, sizeof(elem), CHAN_DEADLINE_NONE) == 1 && elem == 7);
	CHECK(chan_sendv(ch, elems, sizeof(*elems), 3) == 3);
	memset(elems, 0xa5, sizeof(elems));
	CHECK(chan_recvv(ch, elems, sizeof(*elems), 3) == 3 && elems[0] == 1 && elems[2] == 3);
	CHECK(chan_sendv(ch, elems, sizeof(*elems), 0) == -EINVAL && chan_recvv(ch, elems,
										sizeof(*elems), 0) == -EINVAL);
	CHECK(chan_deadline(~0ULL) == CHAN_DEADLINE_NONE);
}

static void library_closes(void)
{
	uint64_t elem = 7, sum = 0;
	int ch = chan_make(8, 2, 0), result;

	CHECK(chan_send(ch, &elem, sizeof(elem)) == 0 && chan_send(ch, &elem, sizeof(elem)) == 0);
	CHECK(chan_close(ch) == 0 && chan_close(ch) == -EPIPE && chan_send(ch, &elem,
									   sizeof(elem)) == -EPIPE);
	chan_foreach_result(ch, &elem, result)
		sum += elem;
	CHECK(result == 0 && sum == 14);
	chan_foreach(ch, &elem)
		CHECK(!"there is an element in a drained channel");
}

static void library_selects(void)
{
	int ch = chan_make(8, 1, 0), full = chan_make(8, 1, 0), pipes[2];
	uint64_t in = 7, out = 0;
	struct chan_case cases[3];

	CHECK(pipe(pipes) == 0 && chan_send(full, &in, sizeof(in)) == 0);
	cases[0] = chan_case_recv(ch, &out, sizeof(out));
	cases[1] = chan_case_send(full, &in, sizeof(in));
	cases[2] = chan_case_poll(pipes[0], POLLIN);
	CHECK(chan_try_select(cases, 3) == -EAGAIN);
	CHECK(chan_select_until(cases, 3, chan_deadline(0)) == -ETIMEDOUT);
	CHECK(chan_select_until(cases, 0, chan_deadline(0)) == -ETIMEDOUT);
	CHECK(write(pipes[1], "x", 1) == 1);
	CHECK(chan_select(cases, 3) == 2 && cases[2].result == 0 && cases[2].revents == POLLIN);
	CHECK(chan_send(ch, &in, sizeof(in)) == 0);
	CHECK(chan_try_select(cases, 2) == 0 && cases[0].result == 1 && out == 7);
	CHECK(chan_recv(full, &out, sizeof(out)) == 1);
	CHECK(chan_select(cases, 2) == 1 && cases[1].result == 0);
	CHECK(chan_close(ch) == 0);
	CHECK(chan_select(cases, 2) == 0 && cases[0].result == 0 && out == 0);
}

static void library_keeps_time(void)
{
	int after = chan_after(0), tick = chan_tick(HOUR);
	uint64_t first, second;

	CHECK(after >= 0 && tick >= 0 && chan_tick(0) == -EINVAL);
	CHECK(chan_recv(after, &first, sizeof(first)) == 1);
	CHECK(chan_timer_stop(after) == 0 && chan_timer_stop(tick) == 1);
	CHECK(chan_timer_reset(after, 0) == 0);
	CHECK(chan_recv(after, &second, sizeof(second)) == 1 && second >= first);
	CHECK(chan_tick_reset(tick, 1000) == 0 && chan_tick_reset(tick, 0) == -EINVAL);
	CHECK(chan_recv(tick, &first, sizeof(first)) == 1 && chan_recv(tick, &second,
								       sizeof(second)) == 1);
	CHECK(second > first && (second - first) % 1000 == 0);
}

static void library_has_types(void)
{
	struct jobs jobs = jobs_make(4, 0), same = jobs_attach(jobs.fd);
	struct jobs copy = jobs_dup(jobs, CHAN_RIGHTS_ALL);
	struct job job = { 1, 10 }, both[2] = { { 3, 30 }, { 4, 40 } };

	CHECK(jobs.fd >= 0 && same.fd == jobs.fd && copy.fd >= 0);
	CHECK(jobs_send(jobs, &job) == 0 && jobs_try_send(same, &job) == 0);
	CHECK(jobs_sendv(copy, both, 2) == 2);
	CHECK(jobs_send_until(copy, &job, chan_deadline(0)) == -ETIMEDOUT);
	CHECK(jobs_recv(copy, &job) == 1 && job.size == 10 && jobs_try_recv(copy, &job) == 1);
	CHECK(jobs_recvv(jobs, both, 2) == 2 && both[1].id == 4);
	CHECK(jobs_recv_until(jobs, &job, chan_deadline(0)) == -ETIMEDOUT);
}

static void rendezvous_of_processes(void)
{
	int there = chan_make(8, 0, 0), back = chan_make(8, 0, 0);
	uint64_t elem = 20;
	int status;

	if (!fork()) {
		CHECK(chan_recv(there, &elem, sizeof(elem)) == 1);
		elem++;
		CHECK(chan_send(back, &elem, sizeof(elem)) == 0);
		_exit(0);
	}
	CHECK(chan_send(there, &elem, sizeof(elem)) == 0 && chan_recv(back, &elem,
								      sizeof(elem)) == 1 && elem == 21);
	CHECK(wait(&status) > 0 && status == 0);
}

static void library_makes_pairs(void)
{
	struct chan_new new = { .make = { .elemsize = 8, .cap = 1 } };
	uint64_t elem = 9;
	int ends[2];

	CHECK(chan_pair(ends, 8, 1, 0) == 0);
	CHECK(chan_send(ends[1], &elem, sizeof(elem)) == 0);
	CHECK(chan_send(ends[0], &elem, sizeof(elem)) == -EBADF);
	CHECK(ioctl(ends[0], CHAN_IOC_NEW, &new) == 0 && new.fds[0] >= 0 && new.fds[1] == -1);
	close(ends[1]);
	CHECK(chan_recv(ends[0], &elem, sizeof(elem)) == 1 && elem == 9);
	CHECK(chan_recv(ends[0], &elem, sizeof(elem)) == 0);
}

#define TEST(function)	{ #function, function }

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	TEST(query), TEST(make_and_info), TEST(rights), TEST(close_is_final), TEST(hangup),
	TEST(batches), TEST(deadlines), TEST(select_cases), TEST(timers), TEST(nil_channel),
	TEST(file_operations), TEST(library_makes), TEST(library_moves), TEST(library_closes),
	TEST(library_selects), TEST(library_keeps_time), TEST(library_has_types),
	TEST(rendezvous_of_processes), TEST(library_makes_pairs),
};

static int passes(void (*run)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(60);
		run();
		_exit(0);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

int main(void)
{
	int failed = 0;

	printf("TAP version 13\n1..%zu\n", LENGTH(tests));
	for (unsigned int i = 0; i < LENGTH(tests); i++) {
		int passed = passes(tests[i].run);

		printf("%s %u G14_v1_%s\n", passed ? "ok" : "not ok", i + 1, tests[i].name);
		failed += !passed;
	}
	return failed ? 1 : 0;
}
