// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tickers: clocks that feed channels, like Go's timers and tickers.
 *
 * Whether a tick is due depends on the clock alone. No task sends a tick: a task that holds
 * the lock of the channel and finds that the clock has passed the time of the tick takes it.
 * So a tick does not depend on another task being scheduled, and a ticker without waiters
 * costs nothing. An alarm, in hard interrupt context, is armed only while tasks wait:
 *
 *   look    a receive, select, poll or INFO: is the tick due, and no receiver parked?
 *   take    receive the tick; the next one is the first that is still in the future
 *   unlock  arm the alarm if a task waits for a tick that was not yet seen to be due
 *   alarm   if due, complete the first parked receiver, or else wake pollers
 *
 * A due tick belongs to the first parked receiver, even if its alarm is late: others get
 * EAGAIN (G2). A wait that reaches its deadline checks once more before it gives up. While
 * a tick is unread, later ticks are dropped and the alarm stays disarmed.
 *
 * Locking: chan_ticker.lock is raw and taken with interrupts off, by tasks inside hchan.lock
 * and by the alarm alone. It also protects recvq, next_seq, sends and recvs of the channel.
 * While a task holds hchan.lock, only the alarm can change these between two holds of
 * chan_ticker.lock.
 *
 * Setting a ticker never waits: each clock has its own hrtimer, so none has to change its
 * clock, and an alarm that is already running finds under the lock that it is disarmed. Only
 * freeing waits for a running alarm, with no lock held.
 *
 * Interleavings of alarm and receiver:
 *
 *   alarm before the enqueue        the earlier check has found the tick due, or the unlock
 *                                   after the enqueue arms for a time in the past
 *   alarm while a select enqueues   completes its parker; its other waiters are stale
 *   alarm against kill or deadline  the claim word decides; the tick of a dying receiver is
 *                                   requeued
 *   poller that registers           registers, then checks, then its unlock arms
 *                                   (CHAN_BARRIER_POLL)
 */
#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "hchan.h"
#include "ticker.h"

/* Clocks that a ticker can run on. */
static const clockid_t chan_ticker_clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME };

/**
 * struct chan_alarm - wakes tasks that wait for a ticker, on one clock
 * @hrtimer: expires in hard interrupt context
 * @ticker: the ticker; constant
 */
struct chan_alarm {
	struct hrtimer		hrtimer;
	struct chan_ticker	*ticker;
};

/**
 * struct chan_ticker - a clock that feeds a channel
 * @ch: the channel, which owns the ticker; constant
 * @lock: protects the fields below, and those of @ch that the banner names
 * @alarm: the alarm that is armed, the one of @ticks.first.clock, or NULL
 * @running: a tick is due or still to come
 * @seen: the tick was found due: it stays due even if the clock is set back
 * @due: time of the tick, on its clock
 * @ticks: the setting
 * @first_seq: sequence number of the first tick of this setting
 * @alarms: one per entry of chan_ticker_clocks
 * @pollers: wakes pollers when hard interrupt context may not (PREEMPT_RT)
 */
struct chan_ticker {
	struct hchan		*ch;
	raw_spinlock_t		lock;
	struct chan_alarm	*alarm;
	bool			running;
	bool			seen;
	ktime_t			due;
	struct chan_ticks	ticks;
	u64			first_seq;
	struct chan_alarm	alarms[ARRAY_SIZE(chan_ticker_clocks)];
	struct hrtimer		pollers;
};

static ktime_t chan_ticker_now(clockid_t clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
		return ktime_get_real();
	case CLOCK_BOOTTIME:
		return ktime_get_boottime();
	default:
		return ktime_get();
	}
}

static struct chan_alarm *chan_ticker_alarm(struct chan_ticker *t)
{
	unsigned int i = 0;

	while (chan_ticker_clocks[i] != t->ticks.first.clock)
		i++;
	return &t->alarms[i];
}

static bool chan_ticker_due_locked(const struct chan_ticker *t)
{
	lockdep_assert_held(&t->lock);
	return t->running && (t->seen || chan_ticker_now(t->ticks.first.clock) >= t->due);
}

/* Is the tick due, with no receiver parked ahead of the caller? If so, it has been seen. */
static bool chan_ticker_look_locked(struct chan_ticker *t)
{
	struct hchan *ch = t->ch;

	lockdep_assert_held(&t->lock);
	if (chan_waitq_trim(&ch->recvq) || !chan_ticker_due_locked(t))
		return false;
	if (!t->seen) {
		t->seen = true;
		ch->sends.ring++;
		ch->ring.maxlen = 1;
		trace_chan_send(ch->id, CHAN_PATH_RING, 1, 0, 0);
	}
	return true;
}

/* Advance to the first tick that is still in the future. */
static void chan_ticker_advance_locked(struct chan_ticker *t)
{
	const s64 interval = t->ticks.interval;
	s64 late = chan_ticker_now(t->ticks.first.clock) - t->due;

	lockdep_assert_held(&t->lock);
	t->seen = false;
	t->running = interval;
	if (!interval)
		return;
	t->due = ktime_add_safe(t->due, interval);
	late -= interval;
	if (late >= 0)
		t->due = ktime_add_safe(t->due, (div64_s64(late, interval) + 1) * interval);
}

/* Receive the tick, which is due. */
static void chan_ticker_take_locked(struct chan_ticker *t, void *slot, u64 *seq)
{
	lockdep_assert_held(&t->lock);
	*(u64 *)slot = ktime_to_ns(ktime_add(t->due, t->ticks.ahead));
	*seq = t->ch->next_seq++;
	chan_ticker_advance_locked(t);
}

/* Does a task wait that would not see the tick without an alarm? */
static bool chan_ticker_awaited_locked(const struct chan_ticker *t)
{
	lockdep_assert_held(&t->lock);
	if (!t->running || t->ch->recvq.count)
		return t->running;
	/* CHAN_BARRIER_POLL: check for pollers under the lock */
	return !t->seen && waitqueue_active(&t->ch->pollwq);
}

/**
 * chan_ticker_lock() - lock a ticker
 * @t: the ticker
 *
 * Context: Tasks hold the lock of the channel. Interrupts are off until the unlock.
 * Return: flags for chan_ticker_unlock().
 */
unsigned long chan_ticker_lock(struct chan_ticker *t)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&t->lock, flags);
	return flags;
}

/**
 * chan_ticker_unlock() - unlock a ticker, and arm its alarm if a task waits
 * @t: the ticker
 * @flags: from chan_ticker_lock()
 *
 * Context: Lock of the ticker held; released on return.
 */
void chan_ticker_unlock(struct chan_ticker *t, unsigned long flags)
{
	if (!t->alarm && chan_ticker_awaited_locked(t)) {
		t->alarm = chan_ticker_alarm(t);
		hrtimer_start(&t->alarm->hrtimer, t->due, HRTIMER_MODE_ABS_HARD);
	}
	raw_spin_unlock_irqrestore(&t->lock, flags);
}

/* Complete the first parked receiver with the tick, which is due. False: none is parked. */
static bool chan_ticker_complete_locked(struct chan_ticker *t, struct chan_wake *wake)
{
	struct hchan *ch = t->ch;
	struct chan_waiter *w;
	pid_t pid;

	lockdep_assert_held(&t->lock);
	w = chan_waitq_claim(&ch->recvq);
	/* Retried: the unlock arms the alarm for a time in the past. */
	if (IS_ERR(w))
		return true;
	if (!w)
		return false;
	pid = chan_waiter_pid(w);
	chan_ticker_take_locked(t, w->slot, &w->seq);
	w->peer = 0;
	ch->sends.handoff++;
	ch->recvs.park++;
	trace_chan_send(ch->id, CHAN_PATH_HANDOFF, 0, pid, 0);
	chan_waiter_complete(w, 1, wake);
	return true;
}

static void chan_ticker_wake_pollers(struct chan_ticker *t)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		hrtimer_start(&t->pollers, 0, HRTIMER_MODE_ABS_SOFT);
	else
		chan_wake_pollers_recv(&t->ch->pollwq, 1);
}

static enum hrtimer_restart chan_ticker_expire_pollers(struct hrtimer *hrtimer)
{
	struct chan_ticker *t = container_of(hrtimer, struct chan_ticker, pollers);

	chan_wake_pollers_recv(&t->ch->pollwq, 1);
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart chan_ticker_expire(struct hrtimer *hrtimer)
{
	struct chan_alarm *alarm = container_of(hrtimer, struct chan_alarm, hrtimer);
	struct chan_ticker *t = alarm->ticker;
	bool pollers = false;
	struct chan_wake wake __uninitialized;
	unsigned long flags;

	chan_wake_init(&wake);
	/* Under RCU, our reference to a woken task is never the last one. */
	rcu_read_lock();
	flags = chan_ticker_lock(t);
	if (t->alarm == alarm) {
		t->alarm = NULL;
		if (chan_ticker_due_locked(t) && !chan_ticker_complete_locked(t, &wake))
			pollers = chan_ticker_look_locked(t);
	}
	chan_ticker_unlock(t, flags);
	chan_wake_run(&wake, &t->ch->pollwq);
	rcu_read_unlock();
	if (pollers)
		chan_ticker_wake_pollers(t);
	return HRTIMER_NORESTART;
}

/**
 * chan_ticker_ready() - check whether a tick can be received at once
 * @t: the ticker
 *
 * Context: Lock of the channel held.
 * Return: true if so. The tick stays due until it is received.
 */
bool chan_ticker_ready(struct chan_ticker *t)
{
	unsigned long flags = chan_ticker_lock(t);
	bool ready = chan_ticker_look_locked(t);

	chan_ticker_unlock(t, flags);
	return ready;
}

/**
 * chan_ticker_seems_ready() - lockless hint: may be stale either way
 * @t: the ticker
 *
 * Context: Any context.
 * Return: true if a tick seems to be due.
 */
__no_kcsan bool chan_ticker_seems_ready(const struct chan_ticker *t)
{
	return READ_ONCE(t->running) &&
	       (READ_ONCE(t->seen) || chan_ticker_now(READ_ONCE(t->ticks.first.clock)) >= t->due);
}

/**
 * chan_ticker_recv() - receive a due tick, unless a receiver is parked
 * @t: the ticker
 * @slot: where the tick goes
 * @seq: result: its sequence number
 *
 * Context: Lock of the channel held.
 * Return: 1, or -EAGAIN.
 */
int chan_ticker_recv(struct chan_ticker *t, void *slot, u64 *seq)
{
	unsigned long flags = chan_ticker_lock(t);
	bool ready = chan_ticker_look_locked(t);

	if (ready) {
		chan_ticker_take_locked(t, slot, seq);
		t->ch->recvs.ring++;
		trace_chan_recv(t->ch->id, CHAN_PATH_RING, 0, 0, 0);
	}
	chan_ticker_unlock(t, flags);
	return ready ? 1 : -EAGAIN;
}

/**
 * chan_ticker_is_past() - check whether a tick belongs to an earlier setting
 * @t: the ticker
 * @seq: sequence number of the tick
 *
 * Context: Lock of recvq held.
 * Return: true if so: the tick must be dropped.
 */
bool chan_ticker_is_past(const struct chan_ticker *t, u64 seq)
{
	lockdep_assert_held(&t->lock);
	return seq < t->first_seq;
}

/**
 * chan_ticker_set_locked() - stop a ticker, and restart it with a new setting
 * @t: the ticker
 * @ticks: the setting; if its first tick is at KTIME_MAX, the ticker stays stopped
 *
 * Pending ticks are discarded. The caller drops requeued ones now, and others when they are
 * requeued later (chan_ticker_is_past()).
 *
 * Context: Lock of the channel held. Never waits.
 * Return: true if a tick was still to come or unread.
 */
bool chan_ticker_set_locked(struct chan_ticker *t, const struct chan_ticks *ticks)
{
	unsigned long flags = chan_ticker_lock(t);
	bool active = t->running;

	lockdep_assert_held(&t->ch->lock);
	/* An alarm that is already running finds that it is disarmed. */
	if (t->alarm)
		hrtimer_try_to_cancel(&t->alarm->hrtimer);
	t->alarm = NULL;
	if (t->seen)
		t->ch->recvs.ring++;
	t->seen = false;
	t->first_seq = t->ch->next_seq;
	t->ticks = *ticks;
	t->due = ticks->first.expires;
	t->running = t->due != KTIME_MAX;
	chan_ticker_unlock(t, flags);
	return active;
}

/**
 * chan_ticker_alloc() - allocate a ticker that is stopped
 * @ch: the channel that it will feed
 *
 * Context: May sleep.
 * Return: the ticker, or NULL.
 */
struct chan_ticker *chan_ticker_alloc(struct hchan *ch)
{
	struct chan_ticker *t = kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!t)
		return NULL;
	t->ch = ch;
	raw_spin_lock_init(&t->lock);
	for (i = 0; i < ARRAY_SIZE(t->alarms); i++) {
		hrtimer_setup(&t->alarms[i].hrtimer, chan_ticker_expire, chan_ticker_clocks[i],
			      HRTIMER_MODE_ABS_HARD);
		t->alarms[i].ticker = t;
	}
	hrtimer_setup(&t->pollers, chan_ticker_expire_pollers, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_SOFT);
	return t;
}

/**
 * chan_ticker_free() - free a ticker
 * @t: the ticker of a channel that is not used any more; may be NULL
 *
 * Context: May sleep, to wait for an alarm that runs on another CPU.
 */
void chan_ticker_free(struct chan_ticker *t)
{
	unsigned int i;

	if (!t)
		return;
	for (i = 0; i < ARRAY_SIZE(t->alarms); i++)
		hrtimer_cancel(&t->alarms[i].hrtimer);
	hrtimer_cancel(&t->pollers);
	kfree(t);
}
