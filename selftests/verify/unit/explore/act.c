// SPDX-License-Identifier: GPL-2.0-only
/* Acts: their execution, and their record in the history. */
#include <linux/rcupdate.h>

#include "cases.h"
#include "stage.h"

/**
 * struct room - elements of an act
 * @sends: of a send, its elements; of a select, that of each case
 * @receives: buffer for received elements
 */
struct room {
	u64	sends[CASES_MAX];
	u64	receives[COUNT_MAX];
};

static unsigned int reached[REACHED_MAX];

unsigned int play_reached(enum reached what)
{
	const unsigned int n = reached[what];

	reached[what] = 0;
	return n;
}

bool __real_chan_parker_claim(struct chan_parker *p);
bool __wrap_chan_parker_claim(struct chan_parker *p);

/* Replaces chan_parker_claim() where the owner of a parker calls it. */
bool __wrap_chan_parker_claim(struct chan_parker *p)
{
	const bool claimed = __real_chan_parker_claim(p);

	current->lost_claims += !claimed;
	return claimed;
}

/* The first element of an act; no two acts have the same elements. */
static u64 act_value(unsigned int task, const struct act *act)
{
	return 100 + (task * ACTS_MAX + (act - stage.script->programs[task].acts)) * 10;
}

static struct chan_deadline act_deadline(const struct act *act)
{
	struct chan_deadline deadline = act->try ? chan_deadline_now : chan_deadline_never;

	if (act->until)
		deadline.expires = stage.deadline;
	return deadline;
}

static long act_transfer(const struct act *act, struct room *room)
{
	const struct chan_deadline deadline = act_deadline(act);
	const unsigned int channel = act->cases[0].channel;

	if (act->verb == SEND)
		return chan_xfer_send(stage.send[channel], room->sends,
				      stage.send[channel]->ch->elemsize, act->count, act->count,
				      &deadline);
	return chan_xfer_recv(stage.recv[channel],
			      act->faulting ? UNIT_BAD_ADDRESS : room->receives,
			      stage.recv[channel]->ch->elemsize, act->count, act->count, &deadline);
}

static long act_select(const struct act *act, struct room *room)
{
	const struct chan_deadline deadline = act_deadline(act);
	struct chan_case cases[CASES_MAX] = { 0 };
	const struct chan_select select = {
		.cases = (uintptr_t)cases,
		.ncases = act->n,
		.casesize = sizeof(cases[0]),
	};
	unsigned int i;

	for (i = 0; i < act->n; i++) {
		const unsigned int channel = act->cases[i].channel;
		struct chan_case *c = &cases[i];

		switch (act->cases[i].verb) {
		case SEND:
			c->op = CHAN_CASE_SEND;
			c->fd = channel_fd(stage.send[channel]);
			c->elem = (uintptr_t)&room->sends[i];
			c->size = stage.send[channel]->ch->elemsize;
			break;
		case RECV:
			c->op = CHAN_CASE_RECV;
			c->fd = channel_fd(stage.recv[channel]);
			c->elem = (uintptr_t)(act->faulting ? UNIT_BAD_ADDRESS :
							       room->receives);
			c->size = stage.recv[channel]->ch->elemsize;
			break;
		default:
			c->op = CHAN_CASE_POLL;
			c->fd = act->cases[i].verb == WATCH ? stage.watch_fds[channel] : stage.fd;
			c->events = EPOLLIN;
		}
	}
	return chan_cases_select(&select, &deadline);
}

/* An interrupted task may end before it is woken. */
static void act_interrupt(const struct act *act)
{
	struct task_struct *task = stage.tasks[act->target];

	if (!task)
		return;
	stage.interrupted[act->target] = true;
	rcu_read_lock();
	if (act->verb == KILL)
		shim_task_kill(task);
	else
		shim_task_signal(task);
	rcu_read_unlock();
}

static void act_hang_up(const struct act *act)
{
	struct chan_file *cf = stage.send[act->cases[0].channel];

	stage.send[act->cases[0].channel] = NULL;
	if (cf)
		channel_release(cf);
}

static long act_run(const struct act *act, struct room *room)
{
	switch (act->verb) {
	case SEND:
	case RECV:
		return act_transfer(act, room);
	case SELECT:
		return act_select(act, room);
	case CLOSE:
		return chan_hchan_close(stage.recv[act->cases[0].channel]->ch,
					CHAN_CLOSED_BY_CLOSE);
	case HANGUP:
		act_hang_up(act);
		return 0;
	case POLL:
		return channel_poll(stage.recv[act->cases[0].channel], EPOLLIN) > 0 ? 0 : -EINTR;
	case READY:
		stage.ready = true;
		shim_pollable_set(&stage.file, EPOLLIN, EPOLLIN);
		return 0;
	case TICK:
		shim_clock_advance(CLOCK_BOOTTIME, INTERVAL);
		return 0;
	case SET:
	case STOP:
		room->sends[0] = act->verb == STOP ? KTIME_MAX :
						     shim_clock_now(CLOCK_BOOTTIME) + INTERVAL;
		channel_set_ticker(stage.recv[act->cases[0].channel], CLOCK_BOOTTIME,
				   room->sends[0], INTERVAL);
		return 0;
	case EXPIRE:
		stage.expired = true;
		shim_clock_advance(CLOCK_MONOTONIC, 10);
		return 0;
	default:
		act_interrupt(act);
		return 0;
	}
}

static bool act_has_file(const struct act *act)
{
	unsigned int i;

	for (i = 0; i < act->n; i++) {
		if (act->cases[i].verb == FILE_READY)
			return true;
	}
	return false;
}

/* Record the elements that one case moved, or that it found its channel closed. */
void stage_record(unsigned int task, struct event *e, struct act_case c, long moved,
		  const u64 *values)
{
	long i;

	e->n = 1;
	e->cases[0] = c;
	e->outcome = moved ? DONE : FOUND_CLOSED;
	if (!moved && c.verb == RECV && values[0])
		stage_broken("a receive on a closed channel stored no zeros");
	for (i = 0; i < max(moved, 1L); i++) {
		e->value = values[i];
		history_add(&stage.history, task, e);
	}
}

static void record_error(unsigned int task, const struct act *act, struct event *e, long err)
{
	if (err == -ERESTARTSYS && !stage.interrupted[task])
		stage_broken("a task was interrupted without a signal");
	if (err == -ETIMEDOUT && !(act->until && stage.expired))
		stage_broken("a task without a deadline timed out");
	if ((err == -EAGAIN && !act->try) ||
	    (err == -EFAULT && !act->faulting && !stage.interrupted[task]) ||
	    (err != -ERESTARTSYS && err != -ETIMEDOUT && err != -EAGAIN && err != -EFAULT))
		stage_broken("an act failed for no reason");
	e->outcome = err == -EAGAIN ? NOT_READY : NOTHING;
	if (err != -EFAULT) {
		history_add(&stage.history, task, e);
		return;
	}
	/* Such a select has one receiving case, the first. */
	e->n = 1;
	e->outcome = TAKEN;
	history_add(&stage.history, task, e);
	e->outcome = REQUEUED;
	e->slept = CONTROL_NEVER;
	history_add(&stage.history, task, e);
	reached[REACHED_REQUEUED]++;
}

/* The result of a select. */
static void record_select(unsigned int task, const struct act *act, struct event *e, long ret,
			  const struct room *room)
{
	const unsigned int winner = ret & CHAN_SELECT_INDEX;

	if (ret < 0) {
		record_error(task, act, e, ret);
	} else if (winner >= act->n) {
		stage_broken("a select returned an invalid case");
	} else {
		stage_record(task, e, act->cases[winner], !(ret & CHAN_SELECT_CLOSED),
			    act->cases[winner].verb == SEND ? &room->sends[winner] :
							      room->receives);
	}
}

static void record(unsigned int task, const struct act *act, struct event *e, long ret,
		   const struct room *room)
{
	switch (act->verb) {
	case SELECT:
		record_select(task, act, e, ret, room);
		break;
	case SEND:
	case RECV:
		if (ret < 0 && ret != -EPIPE)
			record_error(task, act, e, ret);
		else
			stage_record(task, e, act->cases[0], ret == -EPIPE ? 0 : ret,
				    act->verb == SEND ? room->sends : room->receives);
		break;
	case CLOSE:
	case HANGUP:
	case READY:
	case TICK:
	case SET:
	case STOP:
		stage_record(task, e, (struct act_case){ act->verb, act->cases[0].channel }, !ret,
			    room->sends);
		break;
	default:
		break;
	}
}

static void note_reached(const struct act *act, long ret, unsigned int task)
{
	const bool late = current->lost_claims && ret >= 0;

	/* Selects that allocated do not count. */
	reached[REACHED_LOOKED_AGAIN] += act->verb == SELECT && current->orders > 1 &&
					 !current->allocations && !act_has_file(act);
	reached[REACHED_BEFORE_SIGNAL] += late && stage.interrupted[task];
	reached[REACHED_BEFORE_DEADLINE] += late && act->until && !stage.interrupted[task];
	reached[REACHED_BEFORE_FILE] += late && !act->until && !stage.interrupted[task] &&
					act_has_file(act);
	current->lost_claims = 0;
	current->orders = 0;
	current->allocations = 0;
}

static void run_act(unsigned int task, const struct act *act)
{
	struct event e = { .n = act->n };
	struct room room;
	unsigned int i;
	long ret;

	memcpy(e.cases, act->cases, sizeof(e.cases));
	for (i = 0; i < CASES_MAX; i++)
		room.sends[i] = act_value(task, act) + i;
	for (i = 0; i < COUNT_MAX; i++)
		room.receives[i] = UNRECEIVED;
	stage.acts[task] = act;
	control_slept();
	e.invoked = control_now();
	ret = act_run(act, &room);
	e.ended = control_now();
	e.slept = control_slept();
	/* Later elements have waited for a shorter time, and pollers are in no queue. */
	if (act->count > 1)
		e.slept = CONTROL_NEVER;
	note_reached(act, ret, task);
	record(task, act, &e, ret, &room);
}

void stage_run(unsigned int task)
{
	const struct program *program = &stage.script->programs[task];
	struct task_struct *self = current;
	unsigned int i;

	for (i = 0; i < program->n && !self->killed; i++) {
		run_act(task, &program->acts[i]);
		self->signal = self->killed;
	}
	if (self->locks_held || self->order)
		shim_fail("a task has ended with a lock held");
	stage.tasks[task] = NULL;
	stage.acts[task] = NULL;
	shim_task_free(self);
}
