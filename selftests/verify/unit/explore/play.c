// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plays: the stage is set, the tasks act, and once they have come to rest, their results are
 * checked.
 */
#include "stage.h"

/* As many as the tasks can need, unless the script is cold. */
#define RECORDS	(TASKS_MAX * COUNT_MAX)

struct stage stage;

void stage_broken(const char *what)
{
	if (!stage.broken)
		stage.broken = what;
}

static bool is_ready(const struct chan_info *info, enum verb verb)
{
	if (info->closed)
		return true;
	return verb == SEND ? info->len < info->cap : info->len || info->requeued;
}

/* Whether a tick is due, which a parked receiver should have got. */
static bool is_ticking(unsigned int channel)
{
	const struct hchan *ch = stage.recv[channel]->ch;

	return ch->ticker && chan_ticker_seems_ready(ch->ticker);
}

static bool is_interruptible(unsigned int task)
{
	return shim_task_asleep(stage.tasks[task]) & TASK_INTERRUPTIBLE;
}

/* Whether another task sleeps that would meet this case. */
static bool has_peer(unsigned int task, const struct act_case *c)
{
	const enum verb peer = c->verb == SEND ? RECV : SEND;
	unsigned int other, i;

	for (other = 0; other < stage.script->n; other++) {
		if (other == task || !stage.tasks[other])
			continue;
		for (i = 0; i < stage.acts[other]->n; i++) {
			const struct act_case *o = &stage.acts[other]->cases[i];

			if (o->verb == peer && o->channel == c->channel)
				return true;
		}
	}
	return false;
}

/* A task that sleeps now, as all do, sleeps forever. Returns how many of its cases are queued. */
static unsigned int check_sleeper(unsigned int task, const struct chan_info *infos)
{
	const struct act *act = stage.acts[task];
	unsigned int i, queued = 0;

	if (stage.interrupted[task])
		stage_broken("a task still sleeps although it was interrupted");
	if (act->until && stage.expired)
		stage_broken("a task still sleeps although its deadline has passed");
	if (act->verb == POLL && (is_ready(&infos[act->cases[0].channel], RECV) ||
				  infos[act->cases[0].channel].sendq))
		stage_broken("a task still polls although the channel is ready");
	if (act->verb == POLL && is_ticking(act->cases[0].channel))
		stage_broken("a task still polls although a tick is due");
	for (i = 0; i < act->n; i++) {
		const struct act_case *c = &act->cases[i];

		if (c->verb == RECV && is_ticking(c->channel))
			stage_broken("a task is parked although a tick is due");
		if (c->verb == FILE_READY) {
			if (stage.ready)
				stage_broken("a task still sleeps although a file is ready");
			continue;
		}
		if (c->verb == WATCH) {
			if (is_ready(&infos[c->channel], RECV) || has_peer(task, c))
				stage_broken("a task still sleeps although a watched file is ready");
			continue;
		}
		queued++;
		if (is_ready(&infos[c->channel], c->verb))
			stage_broken("a task is parked although it could proceed");
		if (has_peer(task, c))
			stage_broken("two parked tasks should have met");
	}
	return queued;
}

/* All tasks have come to rest. */
static void check_rest(void)
{
	struct chan_info infos[CHANNELS];
	unsigned int i, queued = 0;

	for (i = 0; i < CHANNELS; i++) {
		infos[i] = channel_info(stage.recv[i]);
		queued += infos[i].sendq + infos[i].recvq;
	}
	for (i = 0; i < stage.script->n; i++) {
		if (!stage.tasks[i])
			continue;
		if (control_locked(i))
			shim_fail("task %u waits forever for a lock", i);
		if (!is_interruptible(i))
			shim_fail("task %u waits forever for its completion", i);
		queued -= check_sleeper(i, infos);
	}
	if (queued)
		stage_broken("the queues do not match the parked tasks");
}

/* Operations of the test itself are in the history too. */
static void test_does(struct event *e, enum verb verb, unsigned int channel, long ret,
		      const u64 *value)
{
	e->ended = control_now();
	stage_record(TEST, e, (struct act_case){ verb, channel }, ret, value);
}

static bool is_ticker(unsigned int channel)
{
	return stage.script->ticks && channel == TICKER;
}

static void fill(unsigned int channel)
{
	unsigned int i;
	u64 value;

	for (i = 0; i < stage.script->held; i++) {
		struct event e = { .invoked = control_now(), .slept = CONTROL_NEVER };

		value = 1 + channel * 10 + i;
		test_does(&e, SEND, channel, channel_try_send(stage.send[channel], value), &value);
	}
}

static void drain(unsigned int channel)
{
	u64 value;
	long ret;

	do {
		struct event e = { .invoked = control_now(), .slept = CONTROL_NEVER };

		value = UNRECEIVED;
		ret = channel_try_recv(stage.recv[channel], &value);
		if (ret >= 0) {
			test_does(&e, RECV, channel, ret, &value);
			continue;
		}
		/* A timer channel is never drained. */
		if (ret != -EAGAIN || !is_ticker(channel))
			stage_broken("elements left in a channel cannot be received");
		e.ended = control_now();
		e.outcome = NOT_READY;
		e.n = 1;
		e.cases[0] = (struct act_case){ RECV, channel };
		history_add(&stage.history, TEST, &e);
	} while (ret > 0);
}

static void close_channel(unsigned int channel)
{
	struct event e = { .invoked = control_now(), .slept = CONTROL_NEVER };
	const u64 value = 0;
	int err;

	/* No file has the right to close a timer channel. */
	if (is_ticker(channel))
		return;
	err = chan_hchan_close(stage.recv[channel]->ch, CHAN_CLOSED_BY_CLOSE);
	test_does(&e, CLOSE, channel, !err, &value);
}

/* End the sleepers: by closing their channels, and by killing those that wait for files. */
static void end_tasks(void)
{
	unsigned int i;

	control_use(NULL);
	for (i = 0; i < CHANNELS; i++)
		close_channel(i);
	control_run();
	for (i = 0; i < stage.script->n; i++) {
		stage.interrupted[i] = true;
		if (stage.tasks[i])
			shim_task_kill(stage.tasks[i]);
	}
	control_run();
	for (i = 0; i < stage.script->n; i++) {
		if (!control_ended(i))
			shim_fail("task %u does not end", i);
	}
}

static void swap_files(struct chan_file **one, struct chan_file **other)
{
	struct chan_file *file = *one;

	*one = *other;
	*other = file;
}

static void set_stage(const struct script *script)
{
	unsigned int i;

	stage = (struct stage){ .script = script, .history.cap = script->cap,
				.history.ticks = script->ticks };
	stage.history.now = shim_clock_now(CLOCK_BOOTTIME);
	stage.deadline = shim_clock_now(CLOCK_MONOTONIC) + 5;
	shim_pollable_init(&stage.file);
	stage.fd = shim_fd_install(&stage.file.file);
	for (i = 0; i < CHANNELS; i++)
		stage.recv[i] = channel_open();
	/* Locks are taken in the order of addresses, which must be the same each time. */
	if (stage.recv[0]->ch > stage.recv[1]->ch)
		swap_files(&stage.recv[0], &stage.recv[1]);
	for (i = 0; i < CHANNELS; i++) {
		struct chan_file *all = stage.recv[i];
		struct chan_make form = channel_form(8, script->cap);

		if (is_ticker(i))
			channel_set_ticker(all, CLOCK_BOOTTIME, stage.history.now + INTERVAL,
					   INTERVAL);
		else if (chan_hchan_make(all->ch, &form, NULL))
			shim_fail("no channel can be made");
		while (!script->cold && all->ch->requeue.npool < RECORDS)
			chan_hchan_grow_requeue(all->ch);
		if (!is_ticker(i))
			stage.send[i] = channel_dup(all, CHAN_RIGHT_SEND);
		stage.recv[i] = channel_dup(all, CHAN_RIGHT_RECV | CHAN_RIGHT_CLOSE);
		channel_release(all);
		shim_watch_init(&stage.watches[i], channel_file(stage.recv[i]));
		stage.watch_fds[i] = shim_fd_install(&stage.watches[i].file);
		if (!is_ticker(i))
			fill(i);
	}
}

static void clear_stage(void)
{
	unsigned int i;

	for (i = 0; i < CHANNELS; i++) {
		shim_fd_close(stage.watch_fds[i]);
		channel_release(stage.recv[i]);
		if (stage.send[i])
			channel_release(stage.send[i]);
	}
	shim_fd_close(stage.fd);
	shim_tasks_reap();
	if (shim_memory_live() || shim_fds_held() || chan_user_live_bytes())
		stage_broken("something was leaked");
}

const char *play(const struct script *script, struct strategy *strategy)
{
	unsigned int i;

	control_begin();
	set_stage(script);
	for (i = 0; i < script->n; i++) {
		stage.tasks[i] = shim_task_alloc();
		control_add(stage.tasks[i], stage_run);
	}
	control_use(strategy);
	control_run();
	check_rest();
	end_tasks();
	for (i = 0; i < CHANNELS; i++)
		drain(i);
	if (!history_is_explained(&stage.history))
		stage_broken("no simple channel explains the history");
	clear_stage();
	control_end();
	return stage.broken;
}
