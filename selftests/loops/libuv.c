// SPDX-License-Identifier: GPL-2.0-only
/*
 * Channels in the event loop of libuv.
 */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

#include "kselftest_harness.h"

#include "common/channel.h"
#include "common/operation.h"

/**
 * struct watcher - a channel in a loop
 * @handle: of the loop
 * @count: number of calls
 * @status: of the last call
 * @events: of the last call
 */
struct watcher {
	uv_poll_t handle;
	unsigned int count;
	int status;
	int events;
};

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct watcher *watcher = handle->data;

	watcher->count++;
	watcher->status = status;
	watcher->events = events;
}

static void watch(uv_loop_t *loop, struct watcher *watcher, int ch, int events)
{
	*watcher = (struct watcher){ .handle.data = watcher };
	if (uv_poll_init(loop, &watcher->handle, ch))
		give_up("uv_poll_init fails");
	watcher->handle.data = watcher;
	if (uv_poll_start(&watcher->handle, events, on_poll))
		give_up("uv_poll_start fails");
}

/* The events that it is called with at once. */
static int turn(uv_loop_t *loop, struct watcher *watcher)
{
	watcher->count = 0;
	watcher->events = 0;
	uv_run(loop, UV_RUN_NOWAIT);
	return watcher->events;
}

FIXTURE(libuv) {
	uv_loop_t loop;
	struct watcher watcher;
};

FIXTURE_SETUP(libuv)
{
	ASSERT_EQ(0, uv_loop_init(&self->loop));
}

FIXTURE_TEARDOWN(libuv)
{
}

TEST_F(libuv, G9_element_is_readable_until_it_is_received)
{
	int ch = channel_make(1);

	watch(&self->loop, &self->watcher, ch, UV_READABLE);
	EXPECT_EQ(0, turn(&self->loop, &self->watcher));
	channel_send(ch, 1);
	EXPECT_EQ(UV_READABLE, turn(&self->loop, &self->watcher));
	EXPECT_EQ(UV_READABLE, turn(&self->loop, &self->watcher));
	channel_recv(ch);
	EXPECT_EQ(0, turn(&self->loop, &self->watcher));
}

TEST_F(libuv, G9_room_is_writable)
{
	int ch = channel_make(1);

	channel_send(ch, 1);
	watch(&self->loop, &self->watcher, ch, UV_READABLE | UV_WRITABLE);
	EXPECT_EQ(UV_READABLE, turn(&self->loop, &self->watcher));
	channel_recv(ch);
	EXPECT_EQ(UV_WRITABLE, turn(&self->loop, &self->watcher));
}

TEST_F(libuv, G9_each_channel_calls_its_own_handle)
{
	struct watcher watchers[5];
	int chs[5], i;

	for (i = 0; i < 5; i++) {
		chs[i] = channel_make(1);
		watch(&self->loop, &watchers[i], chs[i], UV_READABLE);
	}
	channel_send(chs[1], 1);
	channel_send(chs[3], 1);
	uv_run(&self->loop, UV_RUN_NOWAIT);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(i == 1 || i == 3, watchers[i].count);
}

TEST_F(libuv, G6_close_is_told_apart_from_elements)
{
	int ch = channel_make(1);

	watch(&self->loop, &self->watcher, channel_dup(ch, CHAN_RIGHT_RECV), UV_DISCONNECT);
	channel_send(ch, 1);
	EXPECT_EQ(0, turn(&self->loop, &self->watcher));
	ASSERT_EQ(0, chan_close(ch));
	EXPECT_EQ(UV_DISCONNECT, turn(&self->loop, &self->watcher));
	EXPECT_EQ(0, self->watcher.status);
}

TEST_F(libuv, a_watched_channel_never_waits)
{
	uint64_t value = 0;
	int ch = channel_make(1);

	watch(&self->loop, &self->watcher, ch, UV_READABLE);
	EXPECT_EQ(-EAGAIN, chan_recv(ch, &value, sizeof(value)));
}

/* A loop of its own, for one turn. */
static int run_loop(struct operation *op)
{
	struct watcher watcher;
	uv_loop_t loop;

	if (uv_loop_init(&loop))
		give_up("uv_loop_init fails");
	watch(&loop, &watcher, op->ch, UV_READABLE);
	uv_run(&loop, UV_RUN_ONCE);
	return watcher.events;
}

TEST(G9_element_wakes_a_loop_that_sleeps)
{
	int ch = channel_make(1);
	struct operation *op = operation_new(TASK_PROCESS, run_loop, ch, 1);

	operation_start(op);
	/* Which of them it is depends on the version of libuv. */
	wait_until(operation_sleeps_in(op, SYS_epoll_wait) ||
		   operation_sleeps_in(op, SYS_epoll_pwait));
	channel_send(ch, 1);
	EXPECT_EQ(UV_READABLE, operation_join(op));
}

TEST_HARNESS_MAIN
