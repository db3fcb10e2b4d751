// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocation and copy faults in commands other than send, receive and select: a failed call changes
 * nothing (G4) and leaks nothing (G11). Each allocation and each copy fails once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/clock.h"
#include "common/set.h"
#include "common/sweep_test.h"

SWEEP_FIXTURE(fail_nth)

static void build_nothing(struct scene *scene)
{
}

static void build_nil(struct scene *scene)
{
	scene->chs[scene->nchs++] = channel_open();
}

/* And the module already has an account for the user. */
static void build_known_nil(struct scene *scene)
{
	build_nil(scene);
	scene_add(scene);
}

static void build_filled(struct scene *scene)
{
	unsigned int i;

	scene_add(scene);
	for (i = 1; i <= scene->path->filled; i++)
		channel_send(scene->chs[0], i);
}

static void build_timer(struct scene *scene)
{
	scene->chs[scene->nchs++] = chan_tick(CLOCK_HOUR);
}

static void build_set(struct scene *scene)
{
	build_filled(scene);
	scene->file = epoll_create1(EPOLL_CLOEXEC);
	if (scene->file < 0)
		give_up("epoll_create1: %s", strerror(errno));
}

static int made(struct scene *scene, int fd)
{
	scene->made = fd;
	return fd;
}

static int call_open(struct scene *scene)
{
	return made(scene, result_of(open("/dev/chan", O_RDWR | O_CLOEXEC)));
}

static int call_make(struct scene *scene)
{
	const struct chan_make make = { .elemsize = scene->elemsize, .cap = scene->path->cap };

	return channel_ioctl(scene->chs[0], CHAN_IOC_MAKE, &make);
}

static int call_open_and_make(struct scene *scene)
{
	return made(scene, chan_make_typed(scene->elemsize, scene->path->cap, 0, "long"));
}

/* Only the ioctl; of a pair, just the receiving end stays open. */
static int call_new_flags(struct scene *scene, unsigned int flags)
{
	struct chan_new new = {
		.flags = flags,
		.make = { .elemsize = scene->elemsize, .cap = scene->path->cap },
	};
	const int err = channel_ioctl(scene->chs[0], CHAN_IOC_NEW, &new);

	if (err)
		return err;
	if (flags)
		close(new.fds[1]);
	return made(scene, new.fds[0]);
}

static int call_new(struct scene *scene)
{
	return call_new_flags(scene, 0);
}

static int call_new_pair(struct scene *scene)
{
	return call_new_flags(scene, CHAN_NEW_PAIR);
}

static int call_reopen(struct scene *scene)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", scene->chs[0]);
	return made(scene, result_of(open(path, O_RDONLY | O_CLOEXEC)));
}

static int call_fionread(struct scene *scene)
{
	return result_of(ioctl(scene->chs[0], FIONREAD, scene->elems));
}

static int call_after(struct scene *scene)
{
	return made(scene, chan_after(CLOCK_HOUR));
}

static int call_tick(struct scene *scene)
{
	return made(scene, chan_tick(CLOCK_HOUR));
}

static int call_timer(struct scene *scene)
{
	/* After a successful call, a tick is pending. */
	const struct chan_timer timer = { .expires = 1 };

	return channel_ioctl(scene->chs[0], CHAN_IOC_TIMER, &timer);
}

static int call_dup(struct scene *scene)
{
	return made(scene, chan_dup(scene->chs[0], CHAN_RIGHT_RECV));
}

static int call_close(struct scene *scene)
{
	return chan_close(scene->chs[0]);
}

static int call_info(struct scene *scene)
{
	return channel_ioctl(scene->chs[0], CHAN_IOC_INFO, scene->elems);
}

static int call_query(struct scene *scene)
{
	return channel_ioctl(scene->chs[0], CHAN_IOC_QUERY, scene->elems);
}

/* The file that is read is opened first, by the same call. */
static int read_file(struct scene *scene, const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret = result_of(fd);

	if (fd < 0)
		return ret;
	ret = result_of(read(fd, scene->elems, 4000));
	close(fd);
	return ret;
}

static int call_fdinfo(struct scene *scene)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", scene->chs[0]);
	return read_file(scene, path);
}

static int call_list(struct scene *scene)
{
	return read_file(scene, "/sys/kernel/debug/chan/channels");
}

static int call_poll(struct scene *scene)
{
	struct pollfd *poller = (void *)scene->elems;

	*poller = (struct pollfd){ .fd = scene->chs[0], .events = POLLIN };
	return result_of(poll(poller, 1, 0));
}

static int call_epoll(struct scene *scene)
{
	struct epoll_event event = { .events = EPOLLIN };

	return result_of(epoll_ctl(scene->file, EPOLL_CTL_ADD, scene->chs[0], &event));
}

static bool check_opened(struct scene *scene)
{
	return (scene->made >= 0 && channel_ioctl(scene->made, CHAN_IOC_INFO, NULL) == -EBADFD) ||
	       scene_broken(scene, "not a nil channel");
}

static bool is_made(const struct scene *scene, int ch)
{
	const struct chan_info info = channel_info(ch);

	channel_send(ch, 1);
	return (info.elemsize == scene->elemsize && info.cap == scene->path->cap &&
		channel_recv(ch) == 1) || scene_broken(scene, "made with other parameters");
}

static bool check_made(struct scene *scene)
{
	return is_made(scene, scene->chs[0]);
}

static bool check_opened_and_made(struct scene *scene)
{
	return scene->made >= 0 && is_made(scene, scene->made);
}

static bool check_clock(struct scene *scene)
{
	const int ch = scene->made;

	return channel_info(ch).flags == CHAN_F_TIMER && chan_timer_stop(ch) == 1;
}

static bool check_timer(struct scene *scene)
{
	return channel_info(scene->chs[0]).flags == CHAN_F_TIMER && scene_receives(scene, 1, 1);
}

static bool check_dup(struct scene *scene)
{
	const struct chan_info info = channel_info(scene->made);

	return info.rights == CHAN_RIGHT_RECV && info.receivers == 2 && info.senders == 1 &&
	       channel_recv(scene->made) == 1;
}

static bool check_pair(struct scene *scene)
{
	const struct chan_info info = channel_info(scene->made);

	return info.rights == CHAN_RIGHT_RECV && info.receivers == 1 && !info.senders &&
	       info.closed == CHAN_CLOSED_NO_SENDERS;
}

static bool check_fionread(struct scene *scene)
{
	return *(int *)scene->elems == 16 && scene_receives(scene, 1, 2);
}

static bool check_close(struct scene *scene)
{
	return channel_info(scene->chs[0]).closed == CHAN_CLOSED_BY_CLOSE &&
	       scene_receives(scene, 1, scene->path->filled);
}

static bool check_info(struct scene *scene)
{
	const struct chan_info info = channel_info(scene->chs[0]);

	return !memcmp(scene->elems, &info, sizeof(info)) && scene_receives(scene, 1, info.len);
}

static bool check_query(struct scene *scene)
{
	const struct chan_query query = channel_query();

	return !memcmp(scene->elems, &query, sizeof(query));
}

static bool check_text(struct scene *scene)
{
	return strstr(scene->elems, "chan-len:\t2\n") && scene_receives(scene, 1, 2);
}

static bool check_poll(struct scene *scene)
{
	return ((struct pollfd *)scene->elems)->revents == POLLIN && scene_receives(scene, 1, 1);
}

static bool check_epoll(struct scene *scene)
{
	return set_events(scene->file) == EPOLLIN && scene_receives(scene, 1, 1);
}

#define SWEEP_CALL(name, _build, _check, _cap, _filled, _enomem, _efault) \
	FIXTURE_VARIANT_ADD(fail_nth, name) { \
		.path = { \
			.build = build_##_build, .call = call_##name, .check = check_##_check, \
			.elemsize = sizeof(uint64_t), .cap = _cap, .filled = _filled, \
			.enomem = _enomem, .efault = _efault, \
		}, \
	}

#define SWEEP_MAKE(name, _build, _cap, _enomem) \
	FIXTURE_VARIANT_ADD(fail_nth, name) { \
		.path = { \
			.build = _build, .call = call_make, .check = check_made, \
			.elemsize = sizeof(uint64_t), .cap = _cap, \
			.enomem = _enomem, .efault = 1, \
		}, \
	}

/*
 * The channel and its open file, then the user's account and the ring. A ring of more than a page
 * falls back to another allocator.
 */
SWEEP_CALL(open, nothing, opened, 0, 0, 2, 0);
SWEEP_MAKE(make, build_nil, 4, 2);
SWEEP_MAKE(make_for_known_user, build_known_nil, 4, 1);
SWEEP_MAKE(make_with_ring_of_pages, build_nil, 16384, 1);
SWEEP_MAKE(make_with_large_ring, build_nil, 600000, 1);
SWEEP_CALL(open_and_make, nothing, opened_and_made, 4, 0, 4, 1);
SWEEP_CALL(new, nil, opened_and_made, 4, 0, 4, 1);
SWEEP_CALL(new_pair, nil, pair, 4, 0, 4, 1);
SWEEP_CALL(reopen, filled, dup, 4, 1, 2, 0);
SWEEP_CALL(fionread, filled, fionread, 4, 2, 0, 0);
SWEEP_CALL(timer, nil, timer, 1, 0, 3, 1);
SWEEP_CALL(after, nothing, clock, 1, 0, 5, 1);
SWEEP_CALL(tick, nothing, clock, 1, 0, 5, 1);
SWEEP_CALL(dup, filled, dup, 4, 1, 2, 1);
SWEEP_CALL(close, filled, close, 4, 2, 0, 0);
SWEEP_CALL(info, filled, info, 4, 2, 0, 1);
SWEEP_CALL(query, filled, query, 4, 2, 0, 1);
SWEEP_CALL(fdinfo, filled, text, 4, 2, 1, 1);
SWEEP_CALL(list, filled, text, 4, 2, 1, 1);
SWEEP_CALL(poll, filled, poll, 4, 1, 0, 1);
SWEEP_CALL(epoll, set, epoll, 4, 1, 1, 1);

FIXTURE_VARIANT_ADD(fail_nth, timer_set_anew) {
	.path = {
		.build = build_timer, .call = call_timer, .check = check_timer,
		.elemsize = sizeof(uint64_t), .cap = 1,
		.efault = 1,
	},
};

SWEEP_MAIN
